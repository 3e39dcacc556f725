"""Language that a member of staff chose for pages and emails."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column; "" is what the browser asks for."""
    op.add_column("staff", sa.Column("language", sa.String(length=8), server_default="", nullable=False))


def downgrade() -> None:
    """Remove it."""
    op.drop_column("staff", "language")
