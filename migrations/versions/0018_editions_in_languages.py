"""Files of an edition in each language, the translations that it was frozen with, and the language of what is emailed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from letterhub.infrastructure.db import UtcDateTime

revision = "0018"
down_revision = "0017"

FORMATS = ("html", "pdf", "docx", "odt", "csv", "xlsx", "txt", "comment", "json")
STATES = ("waiting", "running", "done", "failed")


def upgrade() -> None:
    """Add the table and both columns: so far all files were in the letter's own language."""
    op.create_table(
        "edition_translation",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_edition_translation_edition_id")),
        sa.ForeignKeyConstraint(["text_id"], ["translated_text.id"], name=op.f("fk_edition_translation_text_id")),
        sa.PrimaryKeyConstraint("edition_id", "language", name=op.f("pk_edition_translation")),
    )
    op.execute("ALTER TABLE delivery_email ADD COLUMN language VARCHAR(35) DEFAULT '' NOT NULL")
    with op.batch_alter_table("edition_file", copy_from=_edition_files(("edition_id", "format"))) as batch:
        batch.add_column(sa.Column("language", sa.String(length=35), server_default="", nullable=False))
        batch.drop_constraint("uq_edition_file_edition_id_format", type_="unique")
        batch.create_unique_constraint("uq_edition_file_edition_id_format_language", ["edition_id", "format", "language"])


def downgrade() -> None:
    """Remove them, with the files in other languages than the letter's own: the tables before have no room for these."""
    op.execute("DELETE FROM edition_file WHERE language <> ''")
    copied = _edition_files(
        ("edition_id", "format", "language"), sa.Column("language", sa.String(length=35), server_default="", nullable=False)
    )
    with op.batch_alter_table("edition_file", copy_from=copied) as batch:
        batch.drop_constraint("uq_edition_file_edition_id_format_language", type_="unique")
        batch.create_unique_constraint("uq_edition_file_edition_id_format", ["edition_id", "format"])
        batch.drop_column("language")
    op.execute("ALTER TABLE delivery_email DROP COLUMN language")
    op.drop_table("edition_translation")


def _edition_files(unique: Sequence[str], *further: sa.Column[str]) -> sa.Table:
    """Return the table of files, unique by these columns, as SQLite copies it: reflection would lose its checks."""
    return sa.Table(
        "edition_file",
        sa.MetaData(),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column(
            "format", sa.Enum(*FORMATS, name="fileformat", native_enum=False, create_constraint=True, length=24), nullable=False
        ),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("toolchain", sa.String(length=64), nullable=False),
        sa.Column("finished_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "state", sa.Enum(*STATES, name="jobstate", native_enum=False, create_constraint=True, length=24), nullable=False
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=1000), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("requested_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("lease_until", UtcDateTime(timezone=True), nullable=True),
        *further,
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name="fk_edition_file_edition_id"),
        sa.PrimaryKeyConstraint("id", name="pk_edition_file"),
        sa.UniqueConstraint(*unique, name="uq_edition_file_" + "_".join(unique)),
        sa.Index("ix_edition_file_sha256", "sha256"),
        sa.Index("ix_edition_file_size", "size"),
        sa.Index("ix_edition_file_state", "state"),
    )
