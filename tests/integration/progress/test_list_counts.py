"""Counts of published names that a process keeps: whatever happens to the list, they are those of a process that starts."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event
from time_machine import Traveller

from letterhub.clock import now
from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.progress.time_bins import TimeSpan
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature, SubmissionOrigin
from letterhub.queries.progress import list_counts
from letterhub.queries.progress.figures import letter_span
from letterhub.queries.progress.list_counts import ListCounts, count_list
from tests.support import cast, factories

PLACES = ("Springfield, IL", "Albany, NY", "Austin, Texas", "Paris", "")


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter that three organizations have signed."""
    letter = factories.open_letter(deadline_at=now() + dt.timedelta(days=14))
    for number in range(3):
        add_name(letter, number)
    return letter


@pytest.fixture
def span(letter: Letter) -> TimeSpan:
    """Span of its chart."""
    return letter_span(letter, now())


def add_name(letter: Letter, number: int, state: SignatureState = SignatureState.PUBLISHED) -> Signature:
    by = cast.Signer(f"Alliance {number}", f"https://a{number}.example", "Ada Example", "Chair", f"ada@a{number}.example",
                     PLACES[number % 5], "local" if number % 3 else "national")  # fmt: skip
    person = {"kind": SignatoryKind.INDIVIDUAL, "organization_name": "", "website": "", "section": ""}
    signature = factories.signature(letter, by, state, **(person if number % 4 == 3 else {}))
    via = ("", "friends", "x")[number % 3]
    db.session.add(SubmissionOrigin(signature_id=signature.id, letter_id=letter.id, started_at=now(), via=via))
    db.session.commit()
    return signature


def count(letter: Letter, span: TimeSpan) -> ListCounts:
    db.session.expire_all()
    return count_list(db.session.get_one(Letter, letter.id), span)


def count_anew(letter: Letter, span: TimeSpan) -> ListCounts:
    list_counts._counts.clear()
    return count(letter, span)


@contextmanager
def reads_of_all_names() -> Iterator[list[str]]:
    """Collect the statements that count all names of a letter."""
    found: list[str] = []

    def collect(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "GROUP BY signature.kind" in statement:
            found.append(statement)

    event.listen(db.engine, "before_cursor_execute", collect)
    yield found
    event.remove(db.engine, "before_cursor_execute", collect)


def test_new_names_alone_are_counted(letter: Letter, span: TimeSpan, clock: Traveller) -> None:
    count(letter, span)
    with reads_of_all_names() as reads:
        for number in range(3, 9):
            clock.shift(60)
            add_name(letter, number)
            assert count(letter, span).total == number + 1
    assert reads == []
    cached = count(letter, span)
    assert cached == count_anew(letter, span)
    assert cached.sections == Counter({"local": 5, "national": 2, "individual": 2})
    assert cached.states == Counter({"Illinois": 2, "New York": 2, "Texas": 2, "Paris": 2, "": 1})
    assert cached.words == Counter({"friends": 3, "x": 3})


CHANGES: dict[str, Callable[[Signature], object]] = {
    "withdrawn": lambda row: row.move(SignatureMove.WITHDRAW, now()),
    "returned to the queue": lambda row: row.move(SignatureMove.RETURN, now()),
    "moved to another state": lambda row: setattr(row, "location", "Reno, NV"),
    "in another section": lambda row: setattr(row, "section", "state"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_all_are_counted_again(letter: Letter, span: TimeSpan, clock: Traveller, change: str) -> None:
    before = count(letter, span)
    clock.shift(60)
    CHANGES[change](db.session.query(Signature).order_by(Signature.id).limit(1).one())
    add_name(letter, 3)
    cached = count(letter, span)
    assert cached == count_anew(letter, span) != before


def test_names_that_were_published_at_one_moment_are_all_counted(letter: Letter, span: TimeSpan) -> None:
    count(letter, span)
    add_name(letter, 3)
    assert count(letter, span).total == 4


def test_a_name_that_returns_to_its_old_time_is_counted(letter: Letter, span: TimeSpan, clock: Traveller) -> None:
    row = db.session.query(Signature).order_by(Signature.id).limit(1).one()
    published_at = row.published_at or now()
    row.move(SignatureMove.DECLINE, now())
    db.session.commit()
    clock.shift(60)
    add_name(letter, 3)
    count(letter, span)
    row.move(SignatureMove.RETURN, now())
    row.move(SignatureMove.PUBLISH, published_at)
    db.session.commit()
    cached = count(letter, span)
    assert cached == count_anew(letter, span)
    assert cached.total == 4


def test_a_hundred_changes_leave_the_counts_that_a_new_process_finds(letter: Letter, clock: Traveller) -> None:
    dice = random.Random(18)
    for number in range(3, 103):
        clock.shift(dice.choice((0, 1, 3600)))
        choice = dice.random()
        if choice < 0.6:
            add_name(letter, number, dice.choice((SignatureState.PUBLISHED, SignatureState.CONFIRMED)))
        else:
            row = dice.choice(db.session.query(Signature).order_by(Signature.id).all())
            if row.state is SignatureState.PUBLISHED:
                dice.choice(list(CHANGES.values()))(row)
            elif row.state is SignatureState.CONFIRMED:
                row.move(SignatureMove.PUBLISH, now())
            db.session.commit()
        span = letter_span(letter, now())
        cached, before = count(letter, span), dict(list_counts._counts)
        if dice.random() < 0.2:
            assert cached == count_anew(letter, span)
            list_counts._counts.update(before)
