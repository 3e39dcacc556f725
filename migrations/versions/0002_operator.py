"""Operators of the site, invitations to found a coalition, and coalitions closed to new letters."""

import sqlalchemy as sa
from alembic import op

from letterhub.infrastructure.db import UtcDateTime

revision = "0002"
down_revision = "0001"

KINDS = ("worker", "web", "queue", "backup", "redis-away", "queue-away", "files-away", "disk-full")
NEW_KINDS = ("audit-log", "audit-log-broken")


def upgrade() -> None:
    """Add columns of accounts and coalitions, the invitations, kinds of heartbeats, and an index of files by size."""
    op.add_column("staff", sa.Column("is_operator", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("staff", sa.Column("last_signed_in_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column("coalition", sa.Column("closed_to_letters_at", UtcDateTime(timezone=True), nullable=True))
    op.create_table(
        "coalition_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("invited_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("accepted_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("coalition_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["coalition_id"], ["coalition.id"], name=op.f("fk_coalition_invitation_coalition_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["staff.id"], name=op.f("fk_coalition_invitation_invited_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coalition_invitation")),
    )
    op.create_index("ix_coalition_invitation_invited_at", "coalition_invitation", ["invited_at"])
    op.create_index("ix_edition_file_size", "edition_file", ["size"])
    _check_kinds(KINDS + NEW_KINDS)


def downgrade() -> None:
    """Remove all of it."""
    op.execute(sa.text("DELETE FROM heartbeat WHERE kind IN ('audit-log', 'audit-log-broken')"))
    _check_kinds(KINDS)
    op.drop_index("ix_edition_file_size", "edition_file")
    op.drop_index("ix_coalition_invitation_invited_at", "coalition_invitation")
    op.drop_table("coalition_invitation")
    op.drop_column("coalition", "closed_to_letters_at")
    op.drop_column("staff", "last_signed_in_at")
    op.drop_column("staff", "is_operator")


def _check_kinds(kinds: tuple[str, ...]) -> None:
    """Let the database accept these kinds of heartbeats."""
    with op.batch_alter_table("heartbeat") as heartbeat:
        heartbeat.drop_constraint(op.f("ck_heartbeat_heartbeatkind"), type_="check")
        heartbeat.create_check_constraint(op.f("ck_heartbeat_heartbeatkind"), sa.column("kind").in_(kinds))
