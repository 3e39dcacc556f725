"""Through the doors that people use, on SQLite and on PostgreSQL."""
