"""Features through HTTP, commands and the command line, on SQLite and on PostgreSQL."""
