"""Secret links to a draft, and comments on it."""

import sqlalchemy as sa
from alembic import op

from letterhub.infrastructure.db import UtcDateTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the tables of links and comments."""
    op.create_table(
        "draft_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("may_comment", sa.Boolean(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("use_count", sa.Integer(), nullable=False),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["staff.id"], name=op.f("fk_draft_link_created_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_draft_link_letter_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_draft_link_token_hash")),
    )
    op.create_index(op.f("ix_draft_link_letter_id"), "draft_link", ["letter_id"])
    op.create_table(
        "draft_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("link_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("paragraph", sa.Text(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("written_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_draft_comment_letter_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["link_id"], ["draft_link.id"], name=op.f("fk_draft_comment_link_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_draft_comment_staff_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["draft_comment.id"], name=op.f("fk_draft_comment_thread_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_comment")),
    )
    op.create_index(op.f("ix_draft_comment_letter_id"), "draft_comment", ["letter_id"])
    op.create_index(op.f("ix_draft_comment_thread_id"), "draft_comment", ["thread_id"])


def downgrade() -> None:
    """Remove both tables."""
    op.drop_table("draft_comment")
    op.drop_table("draft_link")
