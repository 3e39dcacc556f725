"""Fields for numbers of signatories in each text of an organizer: filled in where it is printed, or refused with a sentence."""

from dataclasses import replace

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.press.press_pages import release_press_page, save_press_page
from letterhub.domain.letters.document import Addressee, LetterText, SignatoryKind
from letterhub.domain.letters.opening_rules import missing_requirements
from letterhub.domain.mail.mail_words import FIELDS, InvalidWords, MailWords, WordedMail, check_words
from letterhub.domain.press.press_page import PressWords
from letterhub.models import Letter
from tests.support import cast, factories
from tests.support.visitor import Visitor

FIELDS_OF_TEXTS = ("count", "organizations", "individuals", "count_in_words")
PATH = "/letters/clean-rivers-for-everyone/press"


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter of two organizations and an individual."""
    letter = factories.open_letter(deadline_at=None)
    factories.signature(letter, cast.CLARA)
    factories.signature(letter, cast.HIRO)
    person = replace(cast.CLARA, organization="", website="", name="Ines Example", email="ines@person.example")
    factories.signature(letter, person, kind=SignatoryKind.INDIVIDUAL)
    return letter


@pytest.mark.parametrize("place", ["headline", "statement", "announcement", "facts"])
def test_a_press_page_has_the_numbers(visitor: Visitor, letter: Letter, place: str) -> None:
    typed = "{{count}} names: {{organizations}} groups, {{ individuals }} person, {{organizations_in_words}} in words"
    words = replace(PressWords("Headline", "Statement"), **{place: (typed,) if place == "facts" else typed})
    save_press_page(letter.id, words, 0, staff_id=None, actor="staff-1", at=now())  # type: ignore[arg-type]
    release_press_page(letter.id, now(), actor="staff-1", at=now())
    page = visitor.open(PATH).says("3 names: 2 groups, 1 person, two in words")
    assert "{{" not in page.html


@pytest.mark.parametrize("field", FIELDS_OF_TEXTS)
@pytest.mark.parametrize(
    "place",
    ["title", "re", "salutation", "closing", "via"],
)
def test_a_letter_with_one_outside_its_body_does_not_open(place: str, field: str) -> None:
    whole = LetterText(
        title="Title", body="Body", addressees=(Addressee("The President"),), salutation="Dear President:", closing="Yours,"
    )
    (missing,) = missing_requirements(replace(whole, **{place: f"To {{{{{field}}}}}"}), None, now())
    assert (missing.field, missing.sentence.startswith(f"{{{{{field}}}}} can’t be used in the")) == ("misplaced", True)


@pytest.mark.parametrize("field", FIELDS_OF_TEXTS)
@pytest.mark.parametrize("mail", list(WordedMail))
def test_an_email_takes_those_that_it_can_fill_in_and_names_them_otherwise(mail: WordedMail, field: str) -> None:
    for words in (MailWords(f"{{{{{field}}}}}", "Text"), MailWords("Subject", f"{{{{{field}}}}}")):
        if field in FIELDS[mail]:
            check_words(mail, words, ())
        else:
            with pytest.raises(InvalidWords, match="isn’t a field of this email"):
                check_words(mail, words, ())
