"""Exceptions for the outcomes of a check that are not a plain success."""


class CheckFailed(Exception):
    """Raised when an operator has to fix something; the message says what and how."""


class CheckImpossible(Exception):
    """Raised when a check is impossible here; the message says why, and what to do."""
