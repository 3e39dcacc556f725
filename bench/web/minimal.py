"""Baselines: bytes by WSGI alone, a Flask "hello", and the least that an app with SQLAlchemy does for such pages."""

import csv
import io
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask import Flask, Response, redirect, request
from sqlalchemy import ForeignKey, String, create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from werkzeug.wrappers import Response as Answer

PAGE = """<!doctype html><title>{{ title }}</title><h1>{{ title }}</h1><p>{{ count }} have signed.</p>
<ul>{% for row in rows %}<li>{{ row.name }}, {{ row.person }}</li>{% endfor %}</ul>"""


class Base(DeclarativeBase):
    """Base class of the models."""


class Letter(Base):
    """A letter with its count."""

    __tablename__ = "minimal_letter"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    count: Mapped[int]


class Signature(Base):
    """A signature."""

    __tablename__ = "minimal_signature"
    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("minimal_letter.id"))
    state: Mapped[str] = mapped_column(String(20), default="pending")
    name: Mapped[str] = mapped_column(String(300))
    person: Mapped[str] = mapped_column(String(300))
    email: Mapped[str] = mapped_column(String(255))


class Mail(Base):
    """A row of the outbox."""

    __tablename__ = "minimal_outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("minimal_signature.id"))
    recipient: Mapped[str] = mapped_column(String(255))
    message_id: Mapped[str] = mapped_column(String(255), unique=True)


def raw(size: int) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """Return a WSGI app that answers every request with so many bytes from memory."""
    headers, body = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(size))], b"x" * size

    def answer(_environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("200 OK", headers)
        return (body,)

    return answer


def hello() -> Flask:
    """Return an app that is nothing but Flask."""
    app = Flask("hello")
    app.get("/")(lambda: "hello")
    return app


def minimal(url: str) -> Flask:
    """Return an app: a page with a count and a hundred names, a form saved durably with its mail, its confirmation, a table."""
    app, engine = Flask("minimal"), create_engine(url)
    page = app.jinja_env.from_string(PAGE)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", durable)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))

    @app.get("/letter")
    def letter() -> str:
        with engine.begin() as connection:
            title, count = connection.execute(select(Letter.title, Letter.count).where(Letter.id == 1)).one()
            named = select(Signature.name, Signature.person).where(Signature.id <= 100).order_by(Signature.id)
            return page.render(title=title, count=count, rows=connection.execute(named).all())

    @app.post("/sign")
    def sign() -> Answer:
        with Session(engine) as session:
            _write(session)
            row = Signature(letter_id=1, name=request.form["organization"], person="Nia", email=request.form["email"])
            session.add(row)
            session.flush()
            session.add(_mail(row))
            session.commit()
        return redirect("/letter", 303)

    @app.post("/confirm/<int:number>")
    def confirm(number: int) -> Answer:
        with Session(engine) as session:
            _write(session)
            row = session.get_one(Signature, number)
            row.state = "confirmed"
            session.add(_mail(row))
            session.commit()
        return redirect("/letter", 303)

    @app.get("/table.csv")
    def table() -> Response:
        return Response(_lines(engine), mimetype="text/csv")

    return app


def _mail(row: Signature) -> Mail:
    return Mail(signature_id=row.id, recipient=row.email, message_id=secrets.token_hex(16))


def _write(session: Session) -> None:
    """Take the write lock at once, if the database has one."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("ROLLBACK")
        session.connection().exec_driver_sql("BEGIN IMMEDIATE")


def _lines(engine) -> Iterator[str]:  # type: ignore[no-untyped-def]
    with engine.connect() as connection:
        rows = connection.execution_options(yield_per=500).execute(select(Signature.name, Signature.person, Signature.state))
        for some in rows.partitions():
            out = io.StringIO()
            csv.writer(out).writerows(some)
            yield out.getvalue()


def durable(connection, _record) -> None:  # type: ignore[no-untyped-def]
    connection.isolation_level = None
    for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


if "BENCH_BYTES" in os.environ:
    app: Any = raw(int(os.environ["BENCH_BYTES"]))
else:
    app = minimal(os.environ["BENCH_DATABASE"]) if "BENCH_DATABASE" in os.environ else hello()
