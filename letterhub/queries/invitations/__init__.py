"""Invitations: by name, to past signatories or by a list; reminders, and answers."""
