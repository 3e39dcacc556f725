"""Changes of a draft that partners suggest, and links that allow it."""

import sqlalchemy as sa
from alembic import op

from letterhub.infrastructure.db import UtcDateTime

revision = "0017"
down_revision = "0015"

PERMISSIONS = ("read", "comment")


def upgrade() -> None:
    """Add the table, and the permission of links."""
    _check_permissions((*PERMISSIONS, "suggest"))
    op.create_table(
        "draft_suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("replace", "add", "drop", name="suggestionkind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("draft_version", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("suggested_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "accepted", "rejected", "withdrawn", name="suggestionstate", native_enum=False, create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_draft_suggestion_letter_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["link_id"], ["secret_link.id"], name=op.f("fk_draft_suggestion_link_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_suggestion")),
    )  # fmt: skip
    op.create_index(op.f("ix_draft_suggestion_letter_id"), "draft_suggestion", ["letter_id"])


def downgrade() -> None:
    """Remove both; who could suggest can still comment."""
    op.drop_table("draft_suggestion")
    op.execute(sa.text("UPDATE secret_link SET permission = 'comment' WHERE permission = 'suggest'"))
    _check_permissions(PERMISSIONS)


def _check_permissions(permissions: tuple[str, ...]) -> None:
    """Let the database accept these permissions of links."""
    with op.batch_alter_table("secret_link") as table:
        table.drop_constraint(op.f("ck_secret_link_linkpermission"), type_="check")
        table.create_check_constraint(op.f("ck_secret_link_linkpermission"), sa.column("permission").in_(permissions))
