"""Checks of the database itself."""
