"""Which mail goes first where several are due: those that many are told wait for those that someone sits and waits for."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

WAITING = sa.text("sent_at IS NULL AND failed_at IS NULL AND cancelled_at IS NULL")
TO_MANY = ("remind", "copy", "typo", "again", "restored", "still", "invite")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("precedence", sa.SmallInteger(), nullable=False, server_default="0"))
    outbox = sa.table("outbox", sa.column("kind", sa.String), sa.column("precedence", sa.SmallInteger))
    op.execute(outbox.update().where(outbox.c.kind.in_(TO_MANY)).values(precedence=1))
    _index("precedence", "due_at", "id")


def downgrade() -> None:
    _index("due_at", "id")
    op.drop_column("outbox", "precedence")


def _index(*columns: str) -> None:
    op.drop_index("ix_outbox_waiting", "outbox")
    op.create_index("ix_outbox_waiting", "outbox", columns, sqlite_where=WAITING, postgresql_where=WAITING)
