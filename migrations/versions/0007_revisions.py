"""Revisions say how and why they changed the text; signatures, when it changed under them; letters, when consent is old."""

import sqlalchemy as sa
from alembic import op

import letterhub.db

revision = "0007"
down_revision = "0006"

KINDS = ("first", "unsigned", "typo", "substance", "taken-back")


def upgrade() -> None:
    with op.batch_alter_table("revision", schema=None) as batch_op:
        kind = sa.Enum(*KINDS, name="changekind", native_enum=False, length=24)
        batch_op.add_column(sa.Column("change", kind, nullable=False, server_default="first"))
        batch_op.add_column(sa.Column("reason", sa.String(length=500), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("counts_from", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("asked_again", sa.Integer(), nullable=False, server_default="0"))
    # until now a text was replaced only while nobody had signed it
    op.execute("UPDATE revision SET change = 'unsigned', counts_from = number WHERE number > 1")
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.add_column(sa.Column("outdated_at", letterhub.db.Moment(timezone=True), nullable=True))
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.add_column(sa.Column("consent_days", sa.Integer(), nullable=False, server_default="30"))


def downgrade() -> None:
    # without the state, what waits to be confirmed again waits for review instead: no name is printed without a person's eyes
    op.execute("UPDATE signature SET state = 'confirmed' WHERE state = 'outdated'")
    for table, column in (
        ("letter", "consent_days"),
        ("signature", "outdated_at"),
        ("revision", "asked_again"),
        ("revision", "counts_from"),
        ("revision", "reason"),
        ("revision", "change"),
    ):
        op.drop_column(table, column)  # not in a batch: SQLite would copy a table that others point at
