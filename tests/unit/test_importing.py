"""What becomes of each row of a file of names."""

import pytest

from letterhub.domain.document import Kind, Signatory
from letterhub.domain.importing import CannotImport, Fate, Given, Who, check_imports, fates, with_website
from letterhub.domain.letters import WhoMaySign
from letterhub.domain.states import LetterState, SignatureState


def given(name: str, website: str = "", *, line: int = 2) -> Given:
    return Given(line, Signatory(organization=name, url=website), "")


def person(name: str, email: str = "", *, line: int = 2) -> Given:
    return Given(line, Signatory(signer_name=name, kind=Kind.INDIVIDUAL), email)


def held(name: str, state: SignatureState, website: str = "") -> tuple[Who, SignatureState]:
    return Who.of(Kind.ORGANIZATION, name, website, ""), state


@pytest.mark.parametrize(
    ("row", "there", "fate"),
    [
        (given("Example Alliance"), [], Fate.NEW),
        (given("Example Alliance"), [held("Example Alliance", SignatureState.PUBLISHED)], Fate.STANDS),
        (given("THE EXAMPLE ALLIANCE"), [held("Example Alliance", SignatureState.CONFIRMED)], Fate.STANDS),
        (given("Example Alliance"), [held("Example Alliance", SignatureState.PENDING)], Fate.NEW),
        (given("Example Alliance"), [held("Example Alliance", SignatureState.EXPIRED)], Fate.NEW),
        (given("Example Alliance"), [held("Example Alliance", SignatureState.DECLINED)], Fate.LEFT),
        (given("Example Alliance"), [held("Example Alliance", SignatureState.WITHDRAWN)], Fate.LEFT),
        (given("Peace", "https://a.example"), [held("Peace", SignatureState.PUBLISHED, "https://b.example")], Fate.NEW),
        (given("Peace", "https://a.example"), [held("Peace", SignatureState.PUBLISHED)], Fate.STANDS),
        (given("Peace"), [held("Peace", SignatureState.PUBLISHED, "https://b.example")], Fate.STANDS),
        (given("A" * 201), [], Fate.PROBLEM),
        (given("A" * 200), [], Fate.NEW),
        (person("Sam Example"), [], Fate.PROBLEM),
    ],
)
def test_a_row_is_taken_unless_its_name_stands_there_or_was_taken_off(
    row: Given, there: list[tuple[Who, SignatureState]], fate: Fate
) -> None:
    (told,) = fates([row], there, WhoMaySign.ORGANIZATIONS)
    assert told.fate is fate


@pytest.mark.parametrize(
    ("part", "most", "called"),
    [
        ("signer_name", 200, "name of the signer"),
        ("signer_title", 200, "title"),
        ("location", 200, "place"),
        ("affiliation", 200, "affiliation"),
        ("sort_name", 200, "sort name"),
        ("section", 60, "section"),
    ],
)
def test_a_part_that_no_column_can_hold_is_a_problem_with_a_sentence(part: str, most: int, called: str) -> None:
    rows = [Given(2, Signatory(organization="Peace", **{part: "x" * length}), "") for length in (most, most + 1)]
    fine, long = (fates([row], [], WhoMaySign.BOTH)[0] for row in rows)
    assert (fine.fate, long.fate) == (Fate.NEW, Fate.PROBLEM)
    assert long.sentence == f"The {called} is longer than {most} characters."


def test_who_stands_there_now_and_was_taken_off_before_stands_there() -> None:
    there = [held("Peace", SignatureState.WITHDRAWN), held("Peace", SignatureState.PUBLISHED)]
    (told,) = fates([given("Peace")], there, WhoMaySign.ORGANIZATIONS)
    assert told.fate is Fate.STANDS


@pytest.mark.parametrize(
    ("first", "second", "fate"),
    [
        (given("Peace"), given("The Peace"), Fate.TWICE),
        (given("Peace", "https://a.example"), given("Peace", "https://b.example"), Fate.NEW),
        (person("Sam Example", "sam@example.org"), person("Samuel Example", "SAM@example.org"), Fate.TWICE),
        (person("Sam Example", "sam@example.org"), person("Sam Example", "sam@example.net"), Fate.NEW),
        (person("Sam Example", "sam@example.org"), person("Sam Example"), Fate.TWICE),
        (given("Sam Example"), person("Sam Example"), Fate.NEW),
    ],
)
def test_a_name_is_taken_once_from_one_file(first: Given, second: Given, fate: Fate) -> None:
    told = fates([first, second], [], WhoMaySign.BOTH)
    assert [one.fate for one in told] == [Fate.NEW, fate]
    assert told[1].sentence == ("The same name as on line 2." if fate is Fate.TWICE else "")


def test_what_the_reader_found_wrong_is_said() -> None:
    (told,) = fates([Given(7, Signatory(organization="Peace"), "", ("Too many cells.",))], [], WhoMaySign.BOTH)
    assert (told.fate, told.sentence) == (Fate.PROBLEM, "Too many cells.")


@pytest.mark.parametrize(
    ("typed", "kept", "notes"),
    [("", "", 0), ("www.example.net", "https://www.example.net", 0), ("none yet", "", 1), ("javascript:alert(1)", "", 1)],
)
def test_a_website_is_an_address_or_left_aside(typed: str, kept: str, notes: int) -> None:
    row = with_website(given("Peace", typed))
    assert (row.signatory.url, len(row.notes)) == (kept, notes)


@pytest.mark.parametrize("state", [LetterState.DRAFT, LetterState.WITHDRAWN])
def test_a_letter_that_nobody_signs_takes_no_names(state: LetterState) -> None:
    with pytest.raises(CannotImport):
        check_imports(state)


@pytest.mark.parametrize("state", [LetterState.OPEN, LetterState.CLOSED, LetterState.DELIVERED])
def test_late_names_are_taken_for_the_next_edition(state: LetterState) -> None:
    check_imports(state)
