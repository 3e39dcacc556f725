"""Sign-off of a draft's text by lead organizations."""

import sqlalchemy as sa
from alembic import op

from letterhub.infrastructure.db import UtcDateTime

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the table of sign-offs, and whether a letter waits for all of them."""
    op.add_column("letter", sa.Column("requires_sign_offs", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "sign_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("organization", sa.String(length=300), nullable=False),
        sa.Column("person", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("mailbox_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_sha256", sa.String(length=64), nullable=False),
        sa.Column("use_count", sa.Integer(), nullable=False),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("agreed_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("agreed_sha256", sa.String(length=64), nullable=False),
        sa.Column("agreed_text", sa.JSON(), nullable=False),
        sa.Column("consent", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff.id"], name=op.f("fk_sign_off_asked_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_sign_off_letter_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off")),
        sa.UniqueConstraint("letter_id", "mailbox_hash", name=op.f("uq_sign_off_letter_id_mailbox_hash")),
    )


def downgrade() -> None:
    """Remove both."""
    op.drop_table("sign_off")
    op.drop_column("letter", "requires_sign_offs")
