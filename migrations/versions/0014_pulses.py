"""Pulses: the last sign of life of workers, queue and backups; and why a mail that waits did not leave at its last try."""

import sqlalchemy as sa
from alembic import op

import letterhub.db

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "pulse",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sign", sa.Enum("worker", "queue", "backup", name="sign", native_enum=False, length=24), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("machine", sa.String(length=12), nullable=False),
        sa.Column("since", letterhub.db.Moment(timezone=True), nullable=False),
        sa.Column("at", letterhub.db.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse")),
        sa.UniqueConstraint("sign", "name", name=op.f("uq_pulse_sign_name")),
    )
    trouble = sa.Enum("server", "later", "never", name="trouble", native_enum=False, length=24)
    op.add_column("outbox", sa.Column("trouble", trouble, nullable=True))


def downgrade() -> None:
    op.drop_column("outbox", "trouble")  # not in a batch: SQLite would copy a table of a year's mail
    op.drop_table("pulse")
