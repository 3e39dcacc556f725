"""The names of a letter in every state are read by the page, in the order of a reader, and counted by the same index."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

NAMED = sa.text("organization_name != '' OR signer_name != ''")


def upgrade() -> None:
    columns = ["letter_id", "sort_key", "id", "state"]
    op.create_index("ix_signature_named", "signature", columns, sqlite_where=NAMED, postgresql_where=NAMED)


def downgrade() -> None:
    op.drop_index("ix_signature_named", "signature")
