"""Letters keep a mark of the form that they were begun by: a form that is sent twice begins one."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.add_column("letter", sa.Column("request_key", sa.String(length=64), nullable=True))
    op.create_index("ix_letter_request_key", "letter", ["request_key"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_letter_request_key", "letter")
    op.drop_column("letter", "request_key")
