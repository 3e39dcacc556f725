"""Choices of where a letter on paper prints its notes, and the addresses of its links."""

import enum


class NotePlacement(enum.StrEnum):
    """Place of a letter's notes on paper: at the foot of their pages, or together at the end."""

    FOOT = "foot"
    END = "end"


class LinkStyle(enum.StrEnum):
    """Style of links on paper: their addresses as notes, in a list at the end, or not at all, the words underlined."""

    NOTES = "notes"
    LIST = "list"
    NONE = "none"
