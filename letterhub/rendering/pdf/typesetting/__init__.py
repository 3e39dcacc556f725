"""Typesetter of the signatory list: sets names on pages, in columns, at any length."""
