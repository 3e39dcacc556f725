"""Copies of a draft as PDF, with numbered lines."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Tell draft copies from previews."""
    op.add_column("preview", sa.Column("is_draft_copy", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Remove the mark, and the copies with it."""
    op.execute("DELETE FROM preview WHERE is_draft_copy")
    op.drop_column("preview", "is_draft_copy")
