"""Requirements for opening a letter, and the slug made from its title."""

import datetime as dt
import time
from dataclasses import replace

import pytest

from letterhub.domain.letters.letter_document import Addressee, LetterText
from letterhub.domain.letters.opening_rules import footnote_errors, missing_requirements
from letterhub.domain.letters.slugs import slugify

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
READY = LetterText(
    "Clean rivers", "Please.", addressees=(Addressee("The President"),), salutation="Dear:", closing="Respectfully,"
)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Keep libraries open", "keep-libraries-open"),
        ("  Ça va? Très bien!  ", "ca-va-tres-bien"),
        ("Public Money? Public Code!", "public-money-public-code"),
        ("手紙", "letter"),
        ("", "letter"),
        ("New", "letter"),
        ("a" * 100, "a" * 60),
        ("word " * 30, "-".join(["word"] * 12)),
    ],
)
def test_a_title_gives_an_address(title: str, slug: str) -> None:
    assert slugify(title) == slug


def test_a_whole_letter_misses_nothing() -> None:
    assert missing_requirements(READY, NOW + dt.timedelta(days=1), NOW) == ()
    assert missing_requirements(READY, None, NOW) == ()
    assert missing_requirements(replace(READY, body="{{count}}, {{ count_in_words }}"), None, NOW) == ()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"body": "\n"}, "body"),
        ({"body": "We, the {{cuont}} undersigned"}, "placeholder"),
        ({"body": "We, the {{ count in words }}"}, "placeholder"),
        ({"closing": "The {{count}} of us"}, "misplaced"),
        ({"addressees": (Addressee("A", ("{{ first_name }}",)),)}, "misplaced"),
        ({"body": "We write.[^x]"}, "notes"),
        ({"addressees": ()}, "addressees"),
        ({"addressees": (Addressee(" "),)}, "addressees"),
        ({"salutation": ""}, "salutation"),
        ({"closing": ""}, "closing"),
    ],
)
def test_what_is_missing_is_said_with_its_field(change: dict[str, object], field: str) -> None:
    assert [missing.field for missing in missing_requirements(replace(READY, **change), None, NOW)] == [field]


def test_a_placeholder_outside_the_text_is_told_with_its_part() -> None:
    (missing,) = missing_requirements(replace(READY, salutation="Dear {{Name}},"), None, NOW)
    assert missing.sentence == ("{{Name}} can’t be used in the salutation, only in the text: it would be printed as it stands.")


@pytest.mark.parametrize(
    ("body", "slips"),
    [
        ("We[^1] write[^1]: so[^b].\n\n[^1]: A\n\n> [^b]: B", ()),
        (r"As \[^x] and {{count}}", ()),
        ("We write.[^x]\n\n[^1]: A\n[^x ]: B", ("[^x] refers to a note", "to the note [^1]")),
        ("We write.[^1]\n\n[^1]: A\n\n[^1]: B", ("[^1] is written twice",)),
    ],
)
def test_notes_that_would_be_lost_or_printed_as_typed_are_told(body: str, slips: tuple[str, ...]) -> None:
    errors = footnote_errors(body)
    assert len(errors) == len(slips)
    assert [slip for slip, sentence in zip(slips, errors, strict=True) if slip not in sentence] == []


MANY_NOTES = "".join(f"[^a{n}] " for n in range(30_000)) + "".join(f"\n\n[^b{n}]: x" for n in range(30_000))


@pytest.mark.shows("S2")
def test_no_text_of_marks_keeps_the_reader_waiting() -> None:
    started = time.process_time()
    for bomb in ("[^" * 200_000, "> " * 200_000 + "[^1]", " " * 200_000 + "\n" * 200_000, "[^1]: " * 60_000, MANY_NOTES):
        footnote_errors(bomb)
    assert time.process_time() - started < 5


def test_a_deadline_must_lie_ahead() -> None:
    (missing,) = missing_requirements(READY, NOW, NOW)
    assert missing.sentence == "The deadline has passed. Choose a later one."
