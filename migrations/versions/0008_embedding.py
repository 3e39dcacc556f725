"""Websites that may show a coalition's letters in a frame."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the list of websites, empty for every coalition."""
    op.add_column("coalition", sa.Column("embed_sites", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    """Remove it."""
    op.drop_column("coalition", "embed_sites")
