"""Commands: the writes of the application, each in one transaction."""
