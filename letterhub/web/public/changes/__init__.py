"""Substantive changes: the choice before publishing, the deadline, and what signatories answer."""
