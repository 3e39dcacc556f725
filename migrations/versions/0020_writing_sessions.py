"""Sessions in which several members of staff write a draft at once: document, steps and authors."""

import sqlalchemy as sa
from alembic import op

from letterhub.infrastructure.db import UtcDateTime

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "writing_session",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("settled_version", sa.Integer(), nullable=False),
        sa.Column("folded_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_writing_session_letter_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_writing_session")),
    )
    op.create_table(
        "writing_step",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("client", sa.String(length=40), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("step", sa.JSON(), nullable=False),
        sa.Column("taken_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["writing_session.letter_id"], name=op.f("fk_writing_step_letter_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_writing_step_staff_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("letter_id", "version", name=op.f("pk_writing_step")),
    )
    op.create_table(
        "writing_author",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("client", sa.String(length=40), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.Integer(), nullable=False),
        sa.Column("head", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("typed_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["writing_session.letter_id"], name=op.f("fk_writing_author_letter_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_writing_author_staff_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("letter_id", "client", name=op.f("pk_writing_author")),
    )


def downgrade() -> None:
    """Remove them: drafts have the text that was last settled."""
    op.drop_table("writing_author")
    op.drop_table("writing_step")
    op.drop_table("writing_session")
