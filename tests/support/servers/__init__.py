"""Servers and processes of the tests: databases, mail, Redis, nginx, workers."""
