"""Invitations: invitations, reminders, and imports of signatories."""
