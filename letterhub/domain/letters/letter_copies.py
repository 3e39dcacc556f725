"""Copies of letters: what a copy takes over besides the text."""

import enum


class CopiedInvitees(enum.StrEnum):
    """Choice of whom a copy of a letter invites."""

    NOBODY = "nobody"
    SAME = "same"
