"""A letter that organizations and individuals sign says how many of each, wherever it counts."""

import pytest
from flask import Flask

from letterhub.domain.letters.letter_document import LetterText, SignatoryKind
from letterhub.domain.letters.signing_settings import WhoMaySign
from letterhub.models import Letter
from tests.support import cast, factories
from tests.support.visitor import Visitor

HOME = "coalition-for-clean-rivers"
TEXT = LetterText("Clean rivers", "We, {{organizations}} organizations and {{individuals_in_words}} individuals, ask.")
PEOPLE = ("Zoe Abend", "Ada van der Berg", "Bo Ärlig")


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter of one organization and three individuals."""
    letter = factories.open_letter(TEXT, who_may_sign=WhoMaySign.BOTH)
    factories.signature(letter, cast.CLARA)
    for name in PEOPLE:
        email = f"{name.split()[0].casefold()}@example.org"
        factories.signature(letter, cast.Signer("", "", name, "", email), kind=SignatoryKind.INDIVIDUAL)
    return letter


def test_pages_count_both_kinds_and_sort_people_by_surname(visitor: Visitor, otto: Visitor, letter: Letter) -> None:
    page = visitor.visit("letters.detail", slug=letter.slug)
    page.says(
        "One organization and 3 individuals have signed", "1 organization and 3 individuals",
        "We, 1 organizations and three individuals, ask.",
    )  # fmt: skip
    names = page.text.partition("1 organization and 3 individuals")[2]
    assert names.index("Zoe Abend") < names.index("Bo Ärlig") < names.index("Ada van der Berg")
    visitor.open("/").says("one organization and 3 individuals")
    otto.visit("dashboard.index", coalition=HOME).says("one organization and 3 individuals")
    otto.visit("signing_settings.edit", coalition=HOME, slug=letter.slug).says("(one organization and 3 individuals)")
    otto.visit("signatures.index", coalition=HOME, slug=letter.slug).says("On the letter: one organization and 3 individuals.")
