"""Lint of a letter: what print leaves out, or prints as it was typed."""
