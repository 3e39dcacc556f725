"""Drafting with partners: secret links to a draft, and comments on it."""
