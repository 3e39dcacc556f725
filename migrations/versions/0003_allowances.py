"""Allowances: how often one may try to sign in."""

import sqlalchemy as sa
from alembic import op

import letterhub.db

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "allowance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purse", sa.String(length=64), nullable=False),
        sa.Column("spent_until", letterhub.db.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowance")),
        sa.UniqueConstraint("purse", name=op.f("uq_allowance_purse")),
    )
    with op.batch_alter_table("allowance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allowance_spent_until"), ["spent_until"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("allowance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_allowance_spent_until"))

    op.drop_table("allowance")
