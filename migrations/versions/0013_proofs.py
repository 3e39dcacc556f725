"""Proofs of work: which letters ask for them, which forms came with one, and those that were spent."""

import sqlalchemy as sa
from alembic import op

import letterhub.db

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("letter", sa.Column("asks_proof", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("trace", sa.Column("proven", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "spent_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("spent_until", letterhub.db.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spent_proof")),
        sa.UniqueConstraint("mark", name=op.f("uq_spent_proof_mark")),
    )
    op.create_index(op.f("ix_spent_proof_spent_until"), "spent_proof", ["spent_until"])


def downgrade() -> None:
    op.drop_table("spent_proof")
    op.drop_column("trace", "proven")
    op.drop_column("letter", "asks_proof")
