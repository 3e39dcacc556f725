"""Lists of letters for the public, as pages and as feeds."""
