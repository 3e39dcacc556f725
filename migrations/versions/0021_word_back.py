"""Suggestions and comments of a Word file that came back: without a link, brought by a member of staff."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Let a suggestion have no link, add who brought it, and say which comments are of a file."""
    with op.batch_alter_table("draft_suggestion") as table:
        table.alter_column("link_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("staff_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_draft_suggestion_staff_id"), "staff", ["staff_id"], ["id"], ondelete="SET NULL")
    with op.batch_alter_table("draft_comment") as table:
        table.add_column(sa.Column("is_from_word", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Remove what came by a file, and both columns."""
    op.execute(sa.text("DELETE FROM draft_suggestion WHERE link_id IS NULL"))
    comments = sa.table("draft_comment", sa.column("is_from_word", sa.Boolean()))
    op.execute(sa.delete(comments).where(comments.c.is_from_word))
    with op.batch_alter_table("draft_comment") as table:
        table.drop_column("is_from_word")
    with op.batch_alter_table("draft_suggestion") as table:
        table.drop_constraint(op.f("fk_draft_suggestion_staff_id"), type_="foreignkey")
        table.drop_column("staff_id")
        table.alter_column("link_id", existing_type=sa.Integer(), nullable=False)
