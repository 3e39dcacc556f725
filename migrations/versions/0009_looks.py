"""Looks: the theme, face and paper that a coalition's new letters begin with."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

CHOICES = (
    ("theme", ("classic", "modern", "plain"), "classic"),
    ("face", ("theme", "serif", "sans"), "theme"),
    ("paper", ("letter", "a4"), "letter"),
)


def upgrade() -> None:
    for name, words, usual in CHOICES:
        kind = sa.Enum(*words, name=name, native_enum=False, length=24)
        op.add_column("coalition", sa.Column(name, kind, nullable=False, server_default=usual))


def downgrade() -> None:
    for name, _, _ in reversed(CHOICES):
        op.drop_column("coalition", name)  # not in a batch: SQLite would copy a table that others point at
