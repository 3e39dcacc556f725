"""A delivery that was mailed keeps how many bytes its mailbox takes: the next one to the same mailbox begins with that."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("delivery", sa.Column("mail_limit", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("delivery", "mail_limit")
