"""HTTP entry point: pages for the public and for staff."""
