"""A search looks through what a letter prints: each word of a line says which part of it it stands in."""

import json

import sqlalchemy as sa
from alembic import op

from letterhub.domain.document import Kind, LetterText, Order, Shown, Signatory
from letterhub.domain.listing import Part, parts_printed, words_of
from letterhub.domain.snapshot import signatory_from_facts

revision = "0027"
down_revision = "0026"

AT_ONCE = 500
LINE = "organization_name signer_name signer_title location kind affiliation lead".split()
SIGNATURE = sa.table("signature", *map(sa.column, ("id", "letter_id", "state", *LINE)))
WORD = sa.String(32).with_variant(sa.String(32, collation="C"), "postgresql")


def upgrade() -> None:
    _make_anew("part")
    _keep_words(*((part,) for part in Part))
    _keep_pages(as_printed=True)


def downgrade() -> None:
    _make_anew()
    _keep_words(tuple(Part))
    _keep_pages(as_printed=False)


def _make_anew(*more: str) -> None:
    """The table without its rows: on SQLite a key is not changed otherwise, and every row is another."""
    op.drop_table("signatory_word")
    op.create_table(
        "signatory_word",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("word", WORD, nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(24), nullable=False) for name in more),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_signatory_word_letter_id")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_signatory_word_signature_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("letter_id", "word", "signature_id", *more, name=op.f("pk_signatory_word")),
    )
    op.create_index(op.f("ix_signatory_word_signature_id"), "signatory_word", ["signature_id"])


def _keep_words(*every: tuple[Part, ...]) -> None:
    """Keeps the words of what is published, those of some parts together."""
    connection = op.get_bind()
    columns = ("letter_id", "word", "signature_id", *(("part",) if len(every) > 1 else ()))
    kept = sa.insert(sa.table("signatory_word", *map(sa.column, columns)))
    some = sa.select(SIGNATURE).where(SIGNATURE.c.state == "published").order_by(SIGNATURE.c.id).limit(AT_ONCE)
    last = 0
    while rows := connection.execute(some.where(SIGNATURE.c.id > last)).all():
        last = rows[-1].id
        words = [
            dict(zip(columns, (row.letter_id, word, row.id, str(parts[0])), strict=False))
            for row in rows
            for parts in every
            for word in words_of(_line(row), parts)
        ]
        if words:
            connection.execute(kept, words)


def _line(row: sa.Row) -> Signatory:
    kind = Kind(row.kind)
    return Signatory(
        row.organization_name, row.signer_name, row.signer_title, row.location, kind, "", row.affiliation, lead=bool(row.lead)
    )


def _keep_pages(*, as_printed: bool) -> None:
    """Keeps the words of the pages of editions: of all parts of their lines, or of those that each prints."""
    connection = op.get_bind()
    for number in connection.execute(sa.text("SELECT id FROM edition ORDER BY id")).scalars().all():
        document = connection.execute(sa.text("SELECT document FROM edition WHERE id = :id"), {"id": number}).scalar_one()
        text = (json.loads(document) if isinstance(document, str) else document)["text"]
        parts = parts_printed(LetterText("", "", order=Order(text["order"]), shown=Shown(text["shown"])))
        pages = sa.text("SELECT number, lines FROM edition_page WHERE edition_id = :id")
        for page, lines in connection.execute(pages, {"id": number}).all():
            some = map(signatory_from_facts, json.loads(lines) if isinstance(lines, str) else lines)
            words = "\n".join(f" {' '.join(sorted(words_of(one, parts if as_printed else tuple(Part))))}" for one in some)
            connection.execute(
                sa.text("UPDATE edition_page SET words = :words WHERE edition_id = :id AND number = :page"),
                {"id": number, "page": page, "words": words},
            )
