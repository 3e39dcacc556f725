"""Rendering of a letter: HTML, PDF, text and tables, from one frozen document."""
