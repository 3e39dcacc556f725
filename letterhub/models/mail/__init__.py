"""Email: kinds, outbox, suppression, notifications."""
