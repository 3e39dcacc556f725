"""Language of a letter file: as its head says, or as its words do."""

import re

from babel import Locale

from letterhub.domain.i18n import _
from letterhub.domain.letters.language_guess import guess_language
from letterhub.intake.letters.front_matter import FrontMatter

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def read_language(head: FrontMatter, body: str) -> str:
    """Return the language code of the letter. If none is given, it is guessed from the text, with a note that says so, or "en"
    if no guess is clear. Raises FileRefused for an invalid code."""
    for key in ("language", "lang"):
        if tag := head.text(key):
            if not _LANGUAGE.fullmatch(tag):
                raise head.refusal(key, _("must be a language code such as en or pt-BR, not “%(value)s”.", value=tag))
            return tag
    guess = guess_language(body) or "en"
    if guess != "en":
        name = Locale.parse(guess, sep="-").get_display_name("en") or guess
        head.note_whole(
            _(
                "The letter has no language at its head; its words look like %(name)s. Write “language: %(tag)s” there.",
                name=name,
                tag=guess,
            )
        )
    return guess
