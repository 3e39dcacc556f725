"""Deliveries and editions keep a mark of the form that they came by: a form that is sent twice records and freezes once."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    for table in ("delivery", "edition"):
        op.add_column(table, sa.Column("request_key", sa.String(length=64), nullable=True))
        op.create_index(f"ix_{table}_request_key", table, ["request_key"], unique=True)


def downgrade() -> None:
    for table in ("edition", "delivery"):
        op.drop_index(f"ix_{table}_request_key", table)
        op.drop_column(table, "request_key")
