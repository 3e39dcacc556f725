"""Translations of a letter, and their published texts."""

import sqlalchemy as sa
from alembic import op

from letterhub.infrastructure.db import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "translated_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["staff.id"], name=op.f("fk_translated_text_created_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_translated_text_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translated_text")),
    )
    op.create_index("ix_translated_text_revision_id", "translated_text", ["revision_id"])
    op.create_table(
        "translation",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=True),
        sa.Column("published_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_translation_letter_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["published_id"], ["translated_text.id"], name=op.f("fk_translation_published_id")),
        sa.ForeignKeyConstraint(["saved_by_id"], ["staff.id"], name=op.f("fk_translation_saved_by_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("letter_id", "language", name=op.f("pk_translation")),
    )


def downgrade() -> None:
    """Remove both tables."""
    op.drop_table("translation")
    op.drop_index("ix_translated_text_revision_id", "translated_text")
    op.drop_table("translated_text")
