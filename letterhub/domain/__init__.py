"""Business rules and value types: plain Python, without Flask or SQLAlchemy."""
