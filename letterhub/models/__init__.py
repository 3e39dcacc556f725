"""How it is kept: one table a file."""
