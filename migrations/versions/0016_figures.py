"""Figures that all processes share, and an index of the mails that failed, so that they are counted at once."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

FAILED = sa.text("failed_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("labels", sa.String(length=255), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure")),
        sa.UniqueConstraint("name", "labels", name=op.f("uq_figure_name_labels")),
    )
    op.create_index("ix_outbox_failed", "outbox", ["failed_at"], sqlite_where=FAILED, postgresql_where=FAILED)


def downgrade() -> None:
    op.drop_index("ix_outbox_failed", "outbox")
    op.drop_table("figure")
