"""Audit: audit log, consistency check, reports."""
