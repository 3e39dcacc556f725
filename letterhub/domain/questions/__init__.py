"""Organizers' own questions on the form of a letter, and consent to news."""
