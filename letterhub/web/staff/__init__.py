"""Pages for a coalition's staff."""
