"""Outgoing email: outbox rows, message composition, and transport."""
