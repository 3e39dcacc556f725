"""A database of the first release, with its data, is upgraded to this version, and its pages open."""

import base64
import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import Connection, Date, DateTime, LargeBinary, MetaData, Table, func, select, text

from letterhub.commands.operations.migrate import migrate_to_newest
from letterhub.domain.links.secret_links import token_hash
from letterhub.infrastructure.db import db
from letterhub.models import DraftComment, SecretLink, Signature
from letterhub.models.signature_search import write_search_lines
from letterhub.paths import ROOT
from letterhub.queries.operations.health import audit_log_problems, database_problem
from tests.support import cast
from tests.support.visitor import Visitor

ROWS = json.loads((ROOT / "tests" / "support" / "files" / "first_release.json").read_text(encoding="utf-8"))
"""Rows of version 0.1.0 by table, parents first: a coalition with an owner, and a delivered letter with its log and a file."""
FIRST_RELEASE = "0001"


@pytest.fixture
def first_release(app: Flask) -> dict[str, int]:
    """The tables of the first release, filled; the number of rows of each."""
    db.session.remove()
    flask_migrate.downgrade(revision="base")
    flask_migrate.upgrade(revision=FIRST_RELEASE)
    tables = MetaData()
    with db.engine.begin() as connection:
        tables.reflect(connection, only=list(ROWS))
        for name, rows in ROWS.items():
            insert_rows(connection, tables.tables[name], rows)
    return {name: len(rows) for name, rows in ROWS.items()}


def insert_rows(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows as they are kept in the file: times in ISO 8601, bytes in base64."""
    for row in rows:
        given = {name: value for name, value in row.items() if value is not None}
        connection.execute(table.insert().values({name: value_for(table.c[name].type, given[name]) for name in given}))
    if connection.dialect.name == "postgresql" and "id" in table.columns:  # its numbers go on from the last row's
        last = max(row["id"] for row in rows)
        connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {last})"))


def value_for(kind: Any, value: Any) -> Any:
    """Return a value as a column of this type takes it."""
    if isinstance(kind, DateTime):
        return dt.datetime.fromisoformat(value).replace(tzinfo=dt.UTC if kind.timezone else None)
    if isinstance(kind, Date):
        return dt.date.fromisoformat(value)
    return base64.b64decode(value.removeprefix("base64:")) if isinstance(kind, LargeBinary) else value


def add_search_lines() -> None:
    """Add the words of the search, which each database keeps differently, so that the file has none."""
    write_search_lines(db.session.connection(), db.session.query(Signature).order_by(Signature.id).all())
    db.session.commit()


def stored_rows(names: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of these tables as they are stored now, by the columns that each table has now."""
    tables = MetaData()
    with db.engine.connect() as connection:
        tables.reflect(connection, only=list(names))
        queries = {name: select(tables.tables[name]).order_by(*tables.tables[name].primary_key) for name in names}
        return {name: [dict(row) for row in connection.execute(query).mappings()] for name, query in queries.items()}


@pytest.mark.shows("R5")
def test_a_database_of_the_first_release_is_upgraded_with_its_data(
    app: Flask, first_release: dict[str, int], visitor: Visitor
) -> None:
    assert database_problem().startswith("The database is at 0001, but this Letterhub needs")
    before = stored_rows(first_release)
    assert {name: len(rows) for name, rows in before.items()} == first_release
    migrate_to_newest()
    assert database_problem() == ""
    after = stored_rows(first_release)
    for name, rows in before.items():  # a migration that changes or drops what was stored says so here
        found = [{column: row.get(column, "is gone") for column in rows[0]} for row in after[name]]
        assert found == rows, name
    assert audit_log_problems() == {}
    add_search_lines()
    page = visitor.visit("letters.detail", slug="clean-rivers-for-everyone").says(cast.CLARA.organization, "Clean rivers")
    page.says(cast.HIRO.organization)
    letter = {"coalition": "coalition-for-clean-rivers", "slug": "clean-rivers-for-everyone"}
    visitor.sign_in(cast.OLIVE)
    visitor.visit("dashboard.index", coalition=letter["coalition"]).says("Clean rivers for everyone", "Delivered")
    visitor.visit("signatures.index", **letter).says(cast.CLARA.organization, cast.CLARA.email)
    visitor.visit("editions.index", **letter).says("Edition 1")
    visitor.visit("audit_log.letter", **letter).says("Log intact")
    visitor.visit("team.index", coalition=letter["coalition"]).submit(
        "Send invitation", email="nadia@rivers.example", role="reviewer"
    ).says("is on its way")
    draft = visitor.visit("dashboard.new_letter", coalition=letter["coalition"]).submit(
        "Create draft", title="After the upgrade"
    )
    draft.says("After the upgrade")


def test_secret_links_move_to_one_table_and_work_on(app: Flask, first_release: dict[str, int], visitor: Visitor) -> None:
    made_at = dt.datetime(2022, 1, 5, 17, tzinfo=dt.UTC)
    tables = MetaData()
    with db.engine.begin() as connection:
        tables.reflect(connection, only=["progress_link", "press_link"])
        link = {
            "letter_id": 1,
            "created_at": made_at if connection.dialect.name == "postgresql" else made_at.replace(tzinfo=None),
        }
        progress = {"label": "Board", "token_hash": token_hash("of-the-board"), "use_count": 3, **link}
        connection.execute(tables.tables["progress_link"].insert().values(progress))
        press = {"name": "The Daily Example", "token_hash": token_hash("of-the-daily"), "uses": 2, **link}
        connection.execute(tables.tables["press_link"].insert().values(press))
    migrate_to_newest()
    rows = db.session.query(SecretLink).order_by(SecretLink.id)
    moved = [(row.kind, row.label, row.use_count, row.created_at, row.expires_at) for row in rows]
    assert moved == [
        ("progress", "Board", 3, made_at, None),
        ("press", "The Daily Example", 2, made_at, made_at + dt.timedelta(days=90)),
    ]
    visitor.open("/progress/of-the-board").says("Clean rivers")
    flask_migrate.downgrade(revision="0012")
    with db.engine.connect() as connection:
        counts = [
            connection.scalar(select(func.count()).select_from(tables.tables[name])) for name in ("press_link", "progress_link")
        ]
    assert counts == [1, 1]
    db.session.remove()
    migrate_to_newest()
    add_search_lines()


def test_links_to_drafts_move_to_the_table_of_all_links_with_their_comments(
    app: Flask, first_release: dict[str, int], visitor: Visitor
) -> None:
    flask_migrate.upgrade(revision="0014")
    made_at, tables = dt.datetime(2022, 1, 5, 17, tzinfo=dt.UTC), MetaData()
    with db.engine.begin() as connection:
        tables.reflect(connection, only=["draft_link", "draft_comment"])
        stored_at = made_at if connection.dialect.name == "postgresql" else made_at.replace(tzinfo=None)
        link = {"letter_id": 1, "created_at": stored_at, "expires_at": stored_at + dt.timedelta(days=365 * 9)}
        for number, name in enumerate(("River Keepers", "Lake Keepers"), 1):
            person = {"label": name, "person": f"Person {number}", "use_count": number}
            rights = {"id": number + 7, "token_hash": token_hash(name), "may_comment": number == 1}
            connection.execute(tables.tables["draft_link"].insert().values(**link, **person, **rights))
        comment = {
            "letter_id": 1,
            "author": "Nia Example",
            "text": "Say which.",
            "paragraph": "",
            "words": "",
            "resolved_by": "",
        }
        for number, of in enumerate(({"link_id": 8}, {"link_id": 9, "thread_id": 1}, {"thread_id": 1}), 1):
            connection.execute(tables.tables["draft_comment"].insert().values(id=number, written_at=stored_at, **comment, **of))
    migrate_to_newest()

    def partners() -> list[tuple[str | None, int | None]]:
        query = db.session.query(SecretLink.label, DraftComment.thread_id)
        rows = query.select_from(DraftComment).outerjoin(SecretLink).order_by(DraftComment.id).all()
        return [(label, thread_id) for label, thread_id in rows]

    links = db.session.query(SecretLink).order_by(SecretLink.id)
    assert [(row.kind, row.permission, row.label, row.person, row.use_count, row.created_at) for row in links] == [
        ("draft", "comment", "River Keepers", "Person 1", 1, made_at),
        ("draft", "read", "Lake Keepers", "Person 2", 2, made_at),
    ]
    assert partners() == [("River Keepers", None), ("Lake Keepers", 1), (None, 1)]
    visitor.open("/drafts/River Keepers").says("it has opened")
    db.session.remove()
    flask_migrate.downgrade(revision="0014")
    down, comments = tables.tables["draft_link"], tables.tables["draft_comment"]
    with db.engine.connect() as connection:
        query = select(down.c.label, down.c.may_comment).join(comments, comments.c.link_id == down.c.id)
        assert connection.execute(query.order_by(comments.c.id)).all() == [("River Keepers", True), ("Lake Keepers", False)]
    migrate_to_newest()
    assert partners() == [("River Keepers", None), ("Lake Keepers", 1), (None, 1)]
    add_search_lines()
