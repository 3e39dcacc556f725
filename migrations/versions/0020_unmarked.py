"""An index of what nobody confirmed and no flood is known to have brought: a form of a flood marks those like it by it."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_index(
        "ix_signature_unmarked", "signature", ["letter_id", "created_at"],
        sqlite_where=sa.text("state = 'pending' AND from_flood = 0"),
        postgresql_where=sa.text("state = 'pending' AND NOT from_flood"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_signature_unmarked", "signature")
