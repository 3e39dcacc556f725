"""Coalitions that nobody joins by a group at the identity provider, only by invitation."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the column: by groups, too, as before."""
    op.add_column("coalition", sa.Column("invitation_only", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Remove it."""
    op.drop_column("coalition", "invitation_only")
