"""Lists that are read by the page: what each letter counts, the order and the words of its names, and the pages of editions."""

import json

import sqlalchemy as sa
from alembic import op

from letterhub.domain.document import Kind, Signatory
from letterhub.domain.listing import NAMES_A_PAGE, standing_of, words_of
from letterhub.domain.snapshot import signatory_from_facts

revision = "0015"
down_revision = "0014"

AT_ONCE = 500
COUNTS = {
    "pending": "state = 'pending'",
    "waiting": "state = 'confirmed'",
    "organizations": "state = 'published' AND kind = 'organization'",
    "people": "state = 'published' AND kind = 'individual'",
    "renewed": "state = 'published' AND outdated_at IS NOT NULL",
    "outdated": "state = 'outdated'",
    "declined": "state = 'declined'",
    "expired": "state = 'expired'",
}
KEYS = (("lead_key", 1, "1"), ("section_key", 600, ""), ("location_key", 600, ""))
LISTED = sa.text("state = 'published'")
INDEXES = {
    "ix_signature_by_name": (["letter_id", "lead_key", "sort_key", "id"], LISTED, LISTED),
    "ix_signature_by_section": (["letter_id", "section_key", "sort_key", "id"], LISTED, LISTED),
    "ix_signature_by_location": (["letter_id", "location_key", "sort_key", "id"], LISTED, LISTED),
    "ix_signature_flood": (["letter_id", "created_at"], sa.text("from_flood = 1"), sa.text("from_flood")),
    "ix_signature_ended": (["letter_id", "ended_at"], *2 * [sa.text("ended_at IS NOT NULL")]),
    "ix_signature_queue": (["letter_id", "confirmed_at", "id"], *2 * [sa.text("state = 'confirmed'")]),
}
LETTER = sa.table("letter", sa.column("id"), *map(sa.column, COUNTS))
LINE = "organization_name signer_name signer_title location kind website affiliation scope lead".split()
SIGNATURE = sa.table("signature", *map(sa.column, ("id", "letter_id", "state", *LINE, *(name for name, _, _ in KEYS))))
WORDS = sa.table("signatory_word", *map(sa.column, ("letter_id", "word", "signature_id")))
WORD = sa.String(32).with_variant(sa.String(32, collation="C"), "postgresql")


def upgrade() -> None:
    for name in COUNTS:
        op.add_column("letter", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for name, length, usual in KEYS:
        op.add_column("signature", sa.Column(name, sa.String(length), nullable=False, server_default=usual))
    op.add_column("edition", sa.Column("people", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "signatory_word",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("word", WORD, nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_signatory_word_letter_id")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_signatory_word_signature_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("letter_id", "word", "signature_id", name=op.f("pk_signatory_word")),
    )
    op.create_index(op.f("ix_signatory_word_signature_id"), "signatory_word", ["signature_id"])
    op.create_table(
        "edition_page",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_edition_page_edition_id")),
        sa.PrimaryKeyConstraint("edition_id", "number", name=op.f("pk_edition_page")),
    )
    op.drop_index("ix_signature_list", "signature")
    for name, that in COUNTS.items():
        counted = sa.select(sa.func.count()).where(SIGNATURE.c.letter_id == LETTER.c.id, sa.text(that)).scalar_subquery()
        op.execute(sa.update(LETTER).values({name: counted}))
    _keep_names()
    _keep_pages()
    for name, (columns, on_sqlite, on_postgresql) in INDEXES.items():
        op.create_index(name, "signature", columns, sqlite_where=on_sqlite, postgresql_where=on_postgresql)


def _keep_names() -> None:
    """Sorts every name anew, and keeps the words of what is published."""
    connection = op.get_bind()
    some = sa.select(SIGNATURE).order_by(SIGNATURE.c.id).limit(AT_ONCE)
    keyed = sa.update(SIGNATURE).where(SIGNATURE.c.id == sa.bindparam("number"))
    last = 0
    while rows := connection.execute(some.where(SIGNATURE.c.id > last)).all():
        last = rows[-1].id
        lines = {row.id: _line(row) for row in rows}
        places = ((number, standing_of(one)) for number, one in lines.items())
        keys = [
            {"number": number, "lead_key": at.lead, "section_key": at.section, "location_key": at.location}
            for number, at in places
        ]
        connection.execute(keyed.values({name: sa.bindparam(name) for name, _, _ in KEYS}), keys)
        listed = [row for row in rows if row.state == "published"]
        words = [
            {"letter_id": row.letter_id, "word": word, "signature_id": row.id}
            for row in listed
            for word in words_of(lines[row.id])
        ]
        if words:
            connection.execute(sa.insert(WORDS), words)


def _line(row: sa.Row) -> Signatory:
    kind = Kind(row.kind)
    return Signatory(
        row.organization_name, row.signer_name, row.signer_title, row.location, kind, row.website, row.affiliation,
        section=row.scope or ("individual" if kind is Kind.INDIVIDUAL else ""), lead=bool(row.lead),
    )  # fmt: skip


def _keep_pages() -> None:
    """Sets the names of every edition out in pages, from its document."""
    connection = op.get_bind()
    for number in connection.execute(sa.text("SELECT id FROM edition ORDER BY id")).scalars().all():
        document = connection.execute(sa.text("SELECT document FROM edition WHERE id = :id"), {"id": number}).scalar_one()
        lines = (json.loads(document) if isinstance(document, str) else document)["signatories"]
        people = sum(one["kind"] == "individual" for one in lines)
        connection.execute(sa.text("UPDATE edition SET people = :people WHERE id = :id"), {"id": number, "people": people})
        for page, begin in enumerate(range(0, len(lines), NAMES_A_PAGE), 1):
            some = lines[begin : begin + NAMES_A_PAGE]
            words = "\n".join(f" {' '.join(sorted(words_of(signatory_from_facts(one))))}" for one in some)
            connection.execute(
                sa.text("INSERT INTO edition_page (edition_id, number, lines, words) VALUES (:id, :page, :lines, :words)"),
                {"id": number, "page": page, "lines": json.dumps(some), "words": words},
            )


def downgrade() -> None:
    for name in reversed(INDEXES):
        op.drop_index(name, "signature")
    op.create_index("ix_signature_list", "signature", ["letter_id", "state", "lead", "sort_key", "id"])
    op.drop_table("edition_page")
    op.drop_table("signatory_word")
    op.drop_column("edition", "people")
    for name, _, _ in KEYS:
        op.drop_column("signature", name)
    for name in COUNTS:
        op.drop_column("letter", name)
