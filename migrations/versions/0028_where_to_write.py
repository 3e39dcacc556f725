"""Coalitions say where people can write to them."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column("coalition", sa.Column("contact", sa.String(length=254), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("coalition", "contact")
