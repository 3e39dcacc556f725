"""The numbered migrations lead to the tables that the models describe, and back."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Enum, func, inspect, select, text

from letterhub.clock import now
from letterhub.config import ROOT
from letterhub.db import Base, Moment, db
from letterhub.domain.document import Face, Paper, Theme
from letterhub.domain.looks import House
from letterhub.domain.mails import MailKind, Trouble
from letterhub.domain.pulse import Sign
from letterhub.domain.revisions import ChangeKind
from letterhub.domain.snapshot import facts_of_text
from letterhub.domain.states import LetterMove, SignatureMove, SignatureState
from letterhub.domain.stops import Why
from letterhub.mail.outbox import post
from letterhub.models import (
    Coalition,
    Delivery,
    Draft,
    Edition,
    EditionFile,
    Letter,
    MailStop,
    Organization,
    OutboxLine,
    Preview,
    Pulse,
    Revision,
    Signature,
    Sweep,
    SweptName,
    Trace,
)
from letterhub.queries.migrations import known_revisions, newest_revision
from tests import cast, editions, factories

VERSIONS = ROOT / "migrations" / "versions"


def test_migrations_are_known_by_the_names_of_their_files() -> None:
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    assert known_revisions() == {one.revision for one in scripts.walk_revisions()}
    assert newest_revision() == scripts.get_current_head()


def versions() -> list[Path]:
    return sorted(VERSIONS.glob("*.py"))


def test_migrated_tables_are_the_models_tables(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.shows("R5")
def test_migrations_run_down_to_nothing_and_up_again(app: Flask) -> None:
    flask_migrate.downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    flask_migrate.upgrade()
    assert set(inspect(db.engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def rows_of_tables() -> dict[str, int]:
    """How many rows each table has."""
    with db.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        return {name: connection.scalar(text(f'SELECT COUNT(*) FROM "{name}"')) or 0 for name in names}


def one_row_everywhere() -> None:
    """A row in each table that has none, of whatever fits there."""
    filler: dict[type, Any] = {str: "x", int: 1, float: 1.0, bool: False, object: [], bytes: b"x", dict: {}, list: []}
    with db.engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            if connection.scalar(select(func.count()).select_from(table)):
                continue
            row = {}
            for column in table.columns:
                if column.foreign_keys:
                    (key,) = column.foreign_keys
                    row[column.name] = connection.scalar(select(key.column).limit(1))
                elif isinstance(column.type, Enum):
                    row[column.name] = column.type.python_type(column.type.enums[0])
                elif isinstance(column.type, Moment):
                    row[column.name] = now()
                elif not (column.primary_key and column.autoincrement is not False and column.type.python_type is int):
                    row[column.name] = filler[column.type.python_type]
            connection.execute(table.insert().values(row))


@pytest.mark.shows("R5")
def test_every_migration_runs_down_and_up_with_rows_in_every_table(app: Flask) -> None:
    letter = factories.open_letter()
    factories.signature(letter)
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    editions.delivered(letter)
    db.session.remove()
    one_row_everywhere()
    assert [name for name, count in rows_of_tables().items() if not count] == []
    for path in reversed(versions()):
        before = rows_of_tables()
        flask_migrate.downgrade(revision="-1")
        kept = rows_of_tables()
        flask_migrate.upgrade(revision="+1")
        again = rows_of_tables()
        assert {name: again[name] for name in kept} == {name: before[name] for name in kept}, path.name
        flask_migrate.downgrade(revision="-1")
        assert rows_of_tables() == kept, path.name
    assert set(rows_of_tables()) == {"alembic_version"}
    flask_migrate.upgrade()


def test_previews_go_with_their_table_and_leave_the_letters(app: Flask) -> None:
    letter = factories.draft()
    factories.kept(Preview(letter_id=letter.id, text=facts_of_text(factories.TEXT), version=1, warnings=[], asked_at=now()))
    db.session.remove()
    flask_migrate.downgrade(revision="0001")
    assert "preview" not in inspect(db.engine).get_table_names()
    flask_migrate.upgrade()
    assert (db.session.query(Draft).count(), db.session.query(Preview).count()) == (1, 0)


@pytest.mark.shows("R5")
def test_deliveries_go_with_their_table_and_editions_stay_and_know_their_zone_again(app: Flask) -> None:
    letter = factories.open_letter(deadline_zone="Asia/Tokyo")
    factories.signature(letter)
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    made = editions.delivered(letter)
    kept = (made.public_id, made.sha256, db.session.query(EditionFile).count())
    db.session.remove()
    flask_migrate.downgrade(revision="0003")
    assert "delivery" not in inspect(db.engine).get_table_names()
    flask_migrate.upgrade()
    edition = db.session.query(Edition).one()
    assert (edition.public_id, edition.sha256, db.session.query(EditionFile).count()) == kept
    assert (edition.zone, edition.signature_ids, db.session.query(Delivery).count()) == ("Asia/Tokyo", [], 0)


def test_traces_and_sweeps_go_with_their_tables_and_leave_signatures_and_letters(app: Flask) -> None:
    signature = factories.signature(factories.open_letter(), from_flood=True)
    letter_id = signature.letter_id
    facts = {"signature_id": signature.id, "letter_id": letter_id}
    factories.kept(Trace(**facts, network_key="n" * 64, mail_domain="alliance.example", begun_at=now()))
    factories.kept(MailStop(**facts, mailbox_key="m" * 64, why=Why.DISOWNED, name="Example Alliance", at=now()))
    sweep = factories.kept(Sweep(letter_id=letter_id, reason="A flood", count=1, actor="staff-1", at=now()))
    factories.kept(SweptName(sweep_id=sweep.id, signature_id=signature.id, stood=SignatureState.PUBLISHED))
    db.session.remove()
    flask_migrate.downgrade(revision="0004")
    assert not {"trace", "mail_stop", "sweep", "swept_name"} & set(inspect(db.engine).get_table_names())
    flask_migrate.upgrade()
    kept, letter = db.session.query(Signature).one(), db.session.query(Letter).one()
    assert (kept.from_flood, kept.contact_erased_at, letter.network_days, letter.contact_months) == (False, None, 30, 12)


def test_signatures_that_wait_for_a_new_text_wait_for_review_where_it_is_unknown(app: Flask) -> None:
    letter = factories.open_letter()
    factories.signature(letter).move(SignatureMove.OUTDATE, now())
    factories.revise(letter, "Another text.")
    db.session.commit()
    db.session.remove()
    flask_migrate.downgrade(revision="0005")
    assert "counts_from" not in {column["name"] for column in inspect(db.engine).get_columns("revision")}
    flask_migrate.upgrade()
    assert db.session.query(Signature).one().state is SignatureState.CONFIRMED
    revisions = db.session.query(Revision).order_by(Revision.number)
    assert [(one.change, one.counts_from) for one in revisions] == [(ChangeKind.FIRST, 1), (ChangeKind.UNSIGNED, 2)]


@pytest.mark.shows("R5")
def test_organizations_become_each_coalitions_own_and_one_for_all_again(app: Flask) -> None:
    here = factories.signature(factories.open_letter()).id
    other = factories.coalition(cast.OTHER_COALITION)
    elsewhere = other.id
    there = factories.signature(factories.open_letter(replace(factories.TEXT, title="Quiet skies"), of=other)).id
    assert organizations_of(here, there) == [(cast.CLARA.organization, 1), (cast.CLARA.organization, elsewhere)]
    db.session.remove()
    flask_migrate.downgrade(revision="0007")
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT COUNT(*), COUNT(DISTINCT organization_id) FROM signature")).one() == (2, 1)
    flask_migrate.upgrade()
    assert organizations_of(here, there) == [(cast.CLARA.organization, 1), (cast.CLARA.organization, elsewhere)]


def organizations_of(*numbers: int) -> list[tuple[str, int]]:
    """The name and the coalition of the organization of each signature."""
    rows = select(Organization).join(Signature).where(Signature.id.in_(numbers)).order_by(Signature.id)
    return [(row.name, row.coalition_id) for row in db.session.scalars(rows)]


def test_migrations_are_numbered_without_a_gap_each_upon_the_last() -> None:
    numbers = [path.name[:4] for path in versions()]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    assert len(numbers) > 0
    texts = [path.read_text(encoding="utf-8") for path in versions()]
    below = [re.search(r"^down_revision.*= (.*)$", text, re.MULTILINE) for text in texts]
    assert [match and match[1].strip("\"'") for match in below] == ["None", *numbers[:-1]]


def test_the_look_of_new_letters_goes_with_its_columns_and_leaves_the_coalition(app: Flask) -> None:
    coalition = factories.coalition()
    coalition.take_on(House(coalition.name, ("12 River Street",), Theme.PLAIN, Face.SANS, "#7a1f2b", Paper.A4))
    db.session.commit()
    db.session.remove()
    flask_migrate.downgrade(revision="0008")
    flask_migrate.upgrade()
    kept = db.session.query(Coalition).one().house
    assert (kept.lines, kept.accent) == (("12 River Street",), "#7a1f2b")
    assert (kept.theme, kept.face, kept.paper) == (Theme.CLASSIC, Face.THEME, Paper.LETTER)


def test_signs_of_life_go_with_their_table_and_leave_the_mail(app: Flask) -> None:
    signature = factories.signature(factories.open_letter())
    line = post(MailKind.SIGNED, signature.email, at=now(), signature_id=signature.id)
    line.postpone(now(), "The mail server hung up.", Trouble.SERVER)
    factories.kept(line)
    factories.kept(Pulse(sign=Sign.WORKER, name="one", machine="a1b2c3d4e5f6", since=now(), at=now()))
    db.session.remove()
    flask_migrate.downgrade(revision="0013")
    assert "pulse" not in inspect(db.engine).get_table_names()
    flask_migrate.upgrade()
    kept = db.session.query(OutboxLine).one()
    assert (kept.error, kept.trouble, db.session.query(Pulse).count()) == ("The mail server hung up.", None, 0)


def test_mails_that_wait_get_their_place_by_their_kind(app: Flask) -> None:
    letter = factories.open_letter()
    for kind in (MailKind.CONFIRM, MailKind.COPY, MailKind.TYPO, MailKind.RESET, MailKind.INVITE):
        factories.kept(post(kind, cast.CLARA.email, at=now(), letter_id=letter.id))
    db.session.remove()
    flask_migrate.downgrade(revision="0020")
    assert "precedence" not in {column["name"] for column in inspect(db.engine).get_columns("outbox")}
    flask_migrate.upgrade()
    kept = db.session.query(OutboxLine).order_by(OutboxLine.id)
    assert [one.precedence for one in kept] == [0, 1, 1, 0, 1]
