"""Occasions: which hour's work of the clock was taken on, so that one worker of several does it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "occasion",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_occasion")),
    )


def downgrade() -> None:
    op.drop_table("occasion")
