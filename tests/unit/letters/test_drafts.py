"""Drafts: the relevant changes, the merge of two drafts, and the moment from which a text is fixed."""

import time
from dataclasses import replace

import pytest

from letterhub.domain.letters.drafts import (
    TextBase,
    changed_parts,
    lock_reason,
    merge_texts,
    normalize_body,
    normalize_multiline,
    part_hashes,
    trim_text,
)
from letterhub.domain.letters.letter_document import Addressee, LetterText
from letterhub.domain.states import LetterState

BASE = LetterText(title="Clean rivers", body="We ask.", closing="Respectfully,", cc=("The Clerk",))
SPEAKER = Addressee("", ("The Speaker", "Hall"))


def test_what_is_only_there_while_writing_does_not_count() -> None:
    typed = replace(
        BASE,
        title=" Clean rivers ",
        body="We ask.\n\n",
        addressees=(
            Addressee(""),
            Addressee("The President", ("", " The White House ")),
            Addressee("", ("The Speaker", "Hall")),
        ),
        cc=("", "The Clerk"),
    )
    text = trim_text(typed)
    assert text.addressees == (Addressee("The President", ("The White House",)), Addressee("The Speaker", ("Hall",)))
    assert changed_parts(BASE, typed) == ("addressees",)
    assert trim_text(text) == text


@pytest.mark.parametrize(
    ("mine", "theirs", "together"),
    [
        ({}, {"closing": "Sincerely,"}, {"closing": "Sincerely,"}),
        ({"body": "Mine."}, {}, {"body": "Mine."}),
        ({"body": "Mine."}, {"closing": "Sincerely,"}, {"body": "Mine.", "closing": "Sincerely,"}),
        ({"body": "Mine."}, {"body": "Theirs."}, {"body": "Mine."}),
        ({"body": ""}, {"cc": ()}, {"body": "", "cc": ()}),
        ({"body": "We ask.\n"}, {"body": "Theirs."}, {"body": "Theirs."}),  # a blank line at the end is no change
    ],
)
def test_parts_that_one_left_alone_come_from_the_other(
    mine: dict[str, object], theirs: dict[str, object], together: dict[str, object]
) -> None:
    found = merge_texts(replace(BASE, **mine), replace(BASE, **theirs), TextBase(part_hashes(BASE), None))
    assert trim_text(found.text) == trim_text(replace(BASE, **together))


def test_without_marks_everything_is_mine() -> None:
    assert merge_texts(BASE, replace(BASE, closing="Sincerely,"), TextBase("", None)).text == BASE


@pytest.mark.parametrize(
    ("state", "is_delivered", "fixed"),
    [
        (LetterState.DRAFT, False, False),
        (LetterState.OPEN, False, False),
        (LetterState.OPEN, True, True),
        (LetterState.CLOSED, False, True),
        (LetterState.DELIVERED, True, True),
        (LetterState.WITHDRAWN, False, True),
    ],
)
def test_a_text_is_fixed_once_its_letter_takes_no_signatures(state: LetterState, is_delivered: bool, fixed: bool) -> None:
    assert bool(lock_reason(state, is_delivered=is_delivered)) is fixed


def test_line_ends_are_one_kind_and_controls_are_none() -> None:
    assert normalize_multiline("a\x0bb\u2028c\x0cd\u2029e\x85f") == "a\nb\nc\n\nd\n\ne\nf"
    assert normalize_multiline("a\r\nb\rc\x00\x07\td\ud800e\u0301") == "a\nb\nc\tdé"


@pytest.mark.parametrize(
    ("pasted", "body"),
    [
        ("a\x0bb", "a  \nb"),
        ("a \u2028 b", "a  \nb"),
        ("a\x0b\x0bb", "a\n  \nb"),
        ("a\x0b\nb", "a\n\nb"),
        ("a\x0b", "a\n"),
        ("a\x0cb", "a\n\nb"),
        ("  a\tb  \n", "  a\tb  \n"),
    ],
)
def test_a_line_that_a_word_processor_breaks_stays_broken(pasted: str, body: str) -> None:
    assert normalize_body(pasted) == body


def test_many_blanks_are_read_at_once() -> None:
    started = time.process_time()
    normalize_body(" " * 400_000)
    normalize_body((" " * 99 + "\x0b") * 4_000)
    assert time.process_time() - started < 2
