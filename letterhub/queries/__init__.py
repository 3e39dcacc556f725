"""Queries: the reads of the application. They never write."""
