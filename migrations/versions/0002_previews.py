"""Previews: letters as their pages would be, drawn for whoever writes on them."""

import sqlalchemy as sa
from alembic import op

import letterhub.db

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "preview",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("waiting", "running", "done", "failed", name="jobstate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=1000), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("asked_at", letterhub.db.Moment(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("lease_until", letterhub.db.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff.id"], name=op.f("fk_preview_asked_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_preview_letter_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preview")),
    )
    with op.batch_alter_table("preview", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_preview_letter_id"), ["letter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_preview_state"), ["state"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("preview", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_preview_state"))
        batch_op.drop_index(batch_op.f("ix_preview_letter_id"))

    op.drop_table("preview")
