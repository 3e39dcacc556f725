"""Next-step hints of a letter, and the slugs that it may have."""

import datetime as dt

import pytest

from letterhub.domain.letters.drafts import apply_editor_action
from letterhub.domain.letters.letter_document import Addressee, Letterhead, LetterText, Logo
from letterhub.domain.letters.next_step import LetterProgress, next_step
from letterhub.domain.letters.opening_rules import missing_requirements
from letterhub.domain.letters.slugs import first_free_slug, is_valid_slug
from letterhub.domain.states import LetterState

NOON = dt.datetime(2022, 1, 5, 17, tzinfo=dt.UTC)
AHEAD, PAST = NOON + dt.timedelta(hours=1), NOON - dt.timedelta(hours=1)
OPEN, CLOSED = LetterState.OPEN, LetterState.CLOSED


@pytest.mark.parametrize(
    ("progress", "sentence"),
    [
        (LetterProgress(OPEN, AHEAD, 0, 0, 0), "Organizations can sign. There is nothing to review."),
        (LetterProgress(OPEN, None, 1, 5, 0), "1 name waits for review."),
        (LetterProgress(OPEN, PAST, 1200, 5, 0), "1,200 names wait for review; the deadline has passed."),
        (LetterProgress(OPEN, PAST, 0, 5, 0), "The deadline has passed. Close the letter, or extend the deadline."),
        (LetterProgress(CLOSED, PAST, 2, 5, 1), "2 names wait for review."),
        (LetterProgress(CLOSED, PAST, 0, 5, 0), "Freeze an edition to deliver."),
        (LetterProgress(CLOSED, PAST, 0, 5, 1), "Hand over the edition, then record its delivery."),
        (LetterProgress(CLOSED, PAST, 0, 0, 0), "No names are published. Reopen the letter, or withdraw it."),
        (LetterProgress(LetterState.DELIVERED, PAST, 3, 5, 1), "3 names wait for review."),
        (LetterProgress(LetterState.DELIVERED, PAST, 0, 5, 1), ""),
        (LetterProgress(LetterState.WITHDRAWN, PAST, 3, 0, 0), ""),
    ],
)
def test_the_next_step(progress: LetterProgress, sentence: str) -> None:
    assert next_step(progress, (), NOON) == sentence


@pytest.mark.parametrize(
    ("text", "deadline", "sentence"),
    [
        (
            LetterText(title="", body=""),
            PAST,
            "Still needs a title, its text, an addressee, a salutation, a closing and a later deadline.",
        ),
        (LetterText(title="T", body="B", addressees=(Addressee("A"),), salutation="S"), None, "Still needs a closing."),
        (
            LetterText(title="T", body="B", addressees=(Addressee("A"),), salutation="S", closing="C"),
            AHEAD,
            "Ready to open for signatures.",
        ),
    ],
    ids=["nothing", "almost", "ready"],
)
def test_what_a_draft_needs(text: LetterText, deadline: dt.datetime | None, sentence: str) -> None:
    progress = LetterProgress(LetterState.DRAFT, deadline, 0, 0, 0)
    assert next_step(progress, missing_requirements(text, deadline, NOON), NOON) == sentence


@pytest.mark.parametrize(
    ("taken", "free"),
    [(set(), "rivers"), ({"rivers"}, "rivers-2"), ({"rivers", "rivers-2", "rivers-4"}, "rivers-3"), ({"rivers-2"}, "rivers")],
)
def test_the_first_free_address(taken: set[str], free: str) -> None:
    assert first_free_slug("rivers", frozenset(taken)) == free


@pytest.mark.parametrize(
    ("slug", "good"),
    [
        ("clean-rivers-2022", True), ("", False), ("Rivers", False), ("a--b", False), ("-a", False), ("new", False),
        ("a/b", False), ("a" * 61, False), ("flüsse", False),
    ],
)  # fmt: skip
def test_what_may_be_an_address(slug: str, good: bool) -> None:
    assert is_valid_slug(slug) is good


@pytest.mark.parametrize(
    ("act", "names"),
    [
        ("add", ["A", "B", "C", ""]), ("remove-1", ["A", "C"]), ("up-2", ["A", "C", "B"]), ("up-0", ["A", "B", "C"]),
        ("down-0", ["B", "A", "C"]), ("down-2", ["A", "B", "C"]), ("save", ["A", "B", "C"]), ("remove-9", ["A", "B", "C"]),
        ("remove-", ["A", "B", "C"]), (f"remove-{'9' * 5000}", ["A", "B", "C"]), ("burn-1", ["A", "B", "C"]),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)  # fmt: skip
def test_addressees_are_rearranged(act: str, names: list[str]) -> None:
    text = LetterText(title="T", body="", addressees=tuple(map(Addressee, "ABC")))
    assert [one.name for one in apply_editor_action(text, act).addressees] == names


@pytest.mark.parametrize(
    ("act", "logos"),
    [
        ("remove-logo-0", "BC"), ("remove-logo-1", "AC"), ("remove-logo-2", "AB"), ("remove-logo-3", "ABC"),
        ("remove-logo-", "ABC"), ("remove-0", "ABC"), ("add", "ABC"),
    ],
)  # fmt: skip
def test_one_logo_is_removed_and_the_others_stay_in_order(act: str, logos: str) -> None:
    first, *more = (Logo("image/png", b"", name) for name in "ABC")
    text = LetterText(title="T", body="", letterhead=Letterhead("Coalition", logo=first, more_logos=tuple(more)))
    letterhead = apply_editor_action(text, act).letterhead
    assert (letterhead.name, "".join(logo.description for logo in letterhead.logos)) == ("Coalition", logos)


def test_the_last_logo_leaves_none() -> None:
    text = LetterText(title="T", body="", letterhead=Letterhead(logo=Logo("image/png", b"", "A")))
    assert apply_editor_action(text, "remove-logo-0").letterhead.logos == ()
    assert apply_editor_action(LetterText(title="T", body=""), "remove-logo-0").letterhead.logos == ()
