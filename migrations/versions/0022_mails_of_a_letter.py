"""An index of a letter's mails by their kind: who was sent a copy, who was told of a change, who was asked once more."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_index("ix_outbox_letter", "outbox", ["letter_id", "kind"])


def downgrade() -> None:
    op.drop_index("ix_outbox_letter", "outbox")
