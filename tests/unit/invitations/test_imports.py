"""Outcome of each row of an imported file of names."""

import itertools
import random
import time
from dataclasses import replace

import pytest

from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.letters.signing_settings import WhoMaySign
from letterhub.domain.signatures.signatory_import import (
    CannotImport,
    ParsedRow,
    PlannedRow,
    RowOutcome,
    SignatoryKey,
    check_imports,
    normalize_website,
    plan_import,
    signatory_key,
)
from letterhub.domain.states import LetterState, SignatureState


def given(name: str, website: str = "", *, line: int = 2) -> ParsedRow:
    return ParsedRow(line, Signatory(organization=name, website=website), "")


def person(name: str, email: str = "", *, line: int = 2) -> ParsedRow:
    return ParsedRow(line, Signatory(signer_name=name, kind=SignatoryKind.INDIVIDUAL), email)


def held(name: str, state: SignatureState, website: str = "") -> tuple[SignatoryKey, SignatureState]:
    return SignatoryKey.of(SignatoryKind.ORGANIZATION, name, website, ""), state


@pytest.mark.parametrize(
    ("row", "there", "fate"),
    [
        (given("Example Alliance"), [], RowOutcome.NEW),
        (given("Example Alliance"), [held("Example Alliance", SignatureState.PUBLISHED)], RowOutcome.ALREADY_LISTED),
        (given("THE EXAMPLE ALLIANCE"), [held("Example Alliance", SignatureState.CONFIRMED)], RowOutcome.ALREADY_LISTED),
        (given("Example Alliance"), [held("Example Alliance", SignatureState.PENDING)], RowOutcome.NEW),
        (given("Example Alliance"), [held("Example Alliance", SignatureState.EXPIRED)], RowOutcome.NEW),
        (given("Example Alliance"), [held("Example Alliance", SignatureState.DECLINED)], RowOutcome.SKIPPED),
        (given("Example Alliance"), [held("Example Alliance", SignatureState.WITHDRAWN)], RowOutcome.SKIPPED),
        (given("Peace", "https://a.example"), [held("Peace", SignatureState.PUBLISHED, "https://b.example")], RowOutcome.NEW),
        (given("Peace", "https://a.example"), [held("Peace", SignatureState.PUBLISHED)], RowOutcome.ALREADY_LISTED),
        (given("Peace"), [held("Peace", SignatureState.PUBLISHED, "https://b.example")], RowOutcome.ALREADY_LISTED),
        (given("A" * 201), [], RowOutcome.PROBLEM),
        (given("A" * 200), [], RowOutcome.NEW),
        (person("Sam Example"), [], RowOutcome.PROBLEM),
    ],
)
def test_a_row_is_taken_unless_its_name_stands_there_or_was_taken_off(
    row: ParsedRow, there: list[tuple[SignatoryKey, SignatureState]], fate: RowOutcome
) -> None:
    (planned,) = plan_import([row], there, WhoMaySign.ORGANIZATIONS)
    assert planned.outcome is fate


@pytest.mark.parametrize(
    ("part", "most", "called"),
    [
        ("signer_name", 200, "Signer"),
        ("signer_title", 200, "Title of the signer"),
        ("location", 200, "Location"),
        ("affiliation", 200, "Affiliation"),
        ("sort_name", 200, "Sorted as"),
        ("section", 60, "Scope"),
    ],
)
def test_a_part_that_no_column_can_hold_is_a_problem_with_a_sentence(part: str, most: int, called: str) -> None:
    rows = [ParsedRow(2, Signatory(organization="Peace", **{part: "x" * length}), "") for length in (most, most + 1)]
    fine, long = (plan_import([row], [], WhoMaySign.BOTH)[0] for row in rows)
    assert (fine.outcome, long.outcome) == (RowOutcome.NEW, RowOutcome.PROBLEM)
    assert long.sentence == f"“{called}” is longer than {most} characters."


def test_who_stands_there_now_and_was_taken_off_before_stands_there() -> None:
    there = [held("Peace", SignatureState.WITHDRAWN), held("Peace", SignatureState.PUBLISHED)]
    (planned,) = plan_import([given("Peace")], there, WhoMaySign.ORGANIZATIONS)
    assert planned.outcome is RowOutcome.ALREADY_LISTED


@pytest.mark.parametrize(
    ("first", "second", "fate"),
    [
        (given("Peace"), given("The Peace"), RowOutcome.DUPLICATE),
        (given("Peace", "https://a.example"), given("Peace", "https://b.example"), RowOutcome.NEW),
        (person("Sam Example", "sam@example.org"), person("Samuel Example", "SAM@example.org"), RowOutcome.DUPLICATE),
        (person("Sam Example", "sam@example.org"), person("Sam Example", "sam@example.net"), RowOutcome.NEW),
        (person("Sam Example", "sam@example.org"), person("Sam Example"), RowOutcome.DUPLICATE),
        (given("Sam Example"), person("Sam Example"), RowOutcome.NEW),
    ],
)
def test_a_name_is_taken_once_from_one_file(first: ParsedRow, second: ParsedRow, fate: RowOutcome) -> None:
    planned = plan_import([first, second], [], WhoMaySign.BOTH)
    assert [one.outcome for one in planned] == [RowOutcome.NEW, fate]
    assert planned[1].sentence == ("Same name as on line 2." if fate is RowOutcome.DUPLICATE else "")


@pytest.mark.parametrize("seed", range(40))
def test_rows_have_the_fates_that_comparing_each_with_each_gives(seed: int) -> None:
    chance = random.Random(seed)
    rows, there = _some_rows(chance), _some_held(chance)
    outcomes = [(one.outcome, one.sentence) for one in plan_import(rows, there, WhoMaySign.BOTH)]
    assert outcomes == [(one.outcome, one.sentence) for one in _planned_by_pairs(rows, there)]


def _some_rows(chance: random.Random) -> list[ParsedRow]:
    rows = []
    for line in range(2, 2 + chance.randrange(12)):
        site, mailbox = chance.choice(["", "https://a.example", "https://b.example"]), chance.choice(["", "a@x.org", "b@x.org"])
        made = (given("Peace", site), given("Quiet", site), person("Sam", mailbox), person("Peace", mailbox))
        rows.append(replace(chance.choice(made), line=line))
    return rows


def _some_held(chance: random.Random) -> list[tuple[SignatoryKey, SignatureState]]:
    rows = (_who(row) for row in _some_rows(chance)[:4])
    return [(who, chance.choice(list(SignatureState))) for who in rows]


def _planned_by_pairs(rows: list[ParsedRow], there: list[tuple[SignatoryKey, SignatureState]]) -> list[PlannedRow[RowOutcome]]:
    """Return outcomes found by comparing each row with all names of the letter and of earlier rows."""
    planned: list[PlannedRow[RowOutcome]] = []
    for row in rows:
        who = _who(row)
        states = [state for other, state in there if _may_be(who, other)]
        same = [one.parsed for one in planned if one.outcome is RowOutcome.NEW and _may_be(who, _who(one.parsed))]
        same.sort(key=lambda one: _who(one).key != who.key)
        (one,) = plan_import([row], [(who, state) for state in states], WhoMaySign.BOTH)
        if one.outcome is RowOutcome.NEW and same:
            one = PlannedRow(row, RowOutcome.DUPLICATE, f"Same name as on line {same[0].line}.")
        planned.append(one)
    return planned


def _may_be(one: SignatoryKey, other: SignatoryKey) -> bool:
    if one.kind is not other.kind:
        return False
    if one.kind is SignatoryKind.INDIVIDUAL and one.at and one.at == other.at:
        return True
    return one.key == other.key and (one.at == other.at or not one.at or not other.at)


def _who(row: ParsedRow) -> SignatoryKey:
    return SignatoryKey.of(row.signatory.kind, row.signatory.name, row.signatory.website, row.email)


@pytest.mark.parametrize("last_site", ["", "https://a{}.example"], ids=["without-site", "other-sites"])
def test_a_file_of_one_name_takes_no_longer_than_one_of_many(last_site: str) -> None:
    line = itertools.count(2)
    rows = [given("Peace", f"https://b{number}.example", line=next(line)) for number in range(3000)]
    rows += [given("Peace", last_site.format(number), line=next(line)) for number in range(3000)]
    there = [held("Peace", SignatureState.EXPIRED, f"https://c{number}.example") for number in range(3000)]
    started = time.process_time()
    planned = plan_import(rows, there, WhoMaySign.BOTH)
    assert [one.outcome for one in planned[:3000]] == [RowOutcome.NEW] * 3000
    assert {one.outcome for one in planned[3000:]} == {RowOutcome.NEW if last_site else RowOutcome.DUPLICATE}
    assert time.process_time() - started < 3


def test_what_the_reader_found_wrong_is_said() -> None:
    (planned,) = plan_import([ParsedRow(7, Signatory(organization="Peace"), "", ("Too many cells.",))], [], WhoMaySign.BOTH)
    assert (planned.outcome, planned.sentence) == (RowOutcome.PROBLEM, "Too many cells.")


@pytest.mark.parametrize(
    ("typed", "website", "notes"),
    [("", "", 0), ("www.example.net", "https://www.example.net", 0), ("none yet", "", 1), ("javascript:alert(1)", "", 1)],
)
def test_a_website_is_an_address_or_left_aside(typed: str, website: str, notes: int) -> None:
    row = normalize_website(given("Peace", typed))
    assert (row.signatory.website, len(row.notes)) == (website, notes)


def test_a_letter_that_was_withdrawn_takes_no_names() -> None:
    with pytest.raises(CannotImport):
        check_imports(LetterState.WITHDRAWN)


@pytest.mark.parametrize("state", [LetterState.DRAFT, LetterState.OPEN, LetterState.CLOSED, LetterState.DELIVERED])
def test_late_names_are_taken_for_the_next_edition(state: LetterState) -> None:
    check_imports(state)


def test_people_of_one_name_are_told_apart_by_what_is_printed_and_those_taken_off_by_name() -> None:
    def teacher(title: str, line: int) -> ParsedRow:
        return ParsedRow(line, Signatory(signer_name="Sam Example", signer_title=title, kind=SignatoryKind.INDIVIDUAL), "")

    def printed(line: Signatory) -> str:
        return f"{line.name}, {line.detail}"

    rows = [teacher("Teacher, Dover", 2), teacher("Nurse, Reno", 3), teacher("TEACHER, Dover", 4)]
    outcomes = [row.outcome for row in plan_import(rows, [], WhoMaySign.BOTH, printed)]
    assert outcomes == [RowOutcome.NEW, RowOutcome.NEW, RowOutcome.DUPLICATE]
    assert [row.outcome for row in plan_import(rows, [], WhoMaySign.BOTH)][1:] == [RowOutcome.DUPLICATE] * 2
    for state, outcome in ((SignatureState.PUBLISHED, RowOutcome.NEW), (SignatureState.DECLINED, RowOutcome.SKIPPED)):
        there = [(signatory_key(rows[0].signatory, "", printed, state), state)]
        assert plan_import(rows[1:2], there, WhoMaySign.BOTH, printed)[0].outcome is outcome


def test_two_lines_of_one_organization_say_what_would_mend_it() -> None:
    rows = [ParsedRow(line, Signatory("Peace", location=place), "") for line, place in ((2, "Dover"), (3, "Reno"))]
    [_first, second] = plan_import(rows, [], WhoMaySign.BOTH, lambda line: f"{line.name} {line.location}")
    assert (second.outcome, "enter the website of each" in second.sentence) == (RowOutcome.DUPLICATE, True)
