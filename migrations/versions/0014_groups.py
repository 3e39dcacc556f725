"""Index by which published names are counted by section and location."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the index."""
    published = sa.text("state = 'published'")
    op.create_index(
        "ix_signature_groups",
        "signature",
        ["letter_id", "kind", "section", "location"],
        sqlite_where=published,
        postgresql_where=published,
    )


def downgrade() -> None:
    """Remove the index."""
    op.drop_index("ix_signature_groups", "signature")
