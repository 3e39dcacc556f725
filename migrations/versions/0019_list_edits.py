"""Number of changes to a letter's published list that were more than an added name."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add the column."""
    op.execute("ALTER TABLE letter ADD COLUMN list_edits INTEGER DEFAULT 0 NOT NULL")


def downgrade() -> None:
    """Remove the column."""
    op.execute("ALTER TABLE letter DROP COLUMN list_edits")
