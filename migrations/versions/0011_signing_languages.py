"""Language and translation in which a letter was signed."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add both columns: so far everyone signed in the letter's own language."""
    op.execute("ALTER TABLE signature ADD COLUMN language VARCHAR(35) DEFAULT '' NOT NULL")
    op.execute(  # one statement for both databases: SQLite adds no constraint to a table that is there
        "ALTER TABLE signature ADD COLUMN translation_id INTEGER "
        "CONSTRAINT fk_signature_translation_id REFERENCES translated_text (id)"
    )


def downgrade() -> None:
    """Remove them."""
    op.execute("ALTER TABLE signature DROP COLUMN translation_id")
    op.execute("ALTER TABLE signature DROP COLUMN language")
