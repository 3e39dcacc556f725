"""What the directory knows of organizations besides: more domains, and names that nobody told it; and invitations to sign."""

import sqlalchemy as sa
from alembic import op

import letterhub.db

revision = "0017"
down_revision = "0016"

MOMENT = letterhub.db.Moment(timezone=True)


def upgrade() -> None:
    op.add_column("organization", sa.Column("more_domains", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("organization", sa.Column("other_name", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("signature_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("mailbox_key", sa.String(length=64), nullable=False),
        sa.Column("line", sa.JSON(), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("invited_at", MOMENT, nullable=False),
        sa.Column("declined_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_invitation_letter_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_invitation_organization_id")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_invitation_signature_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["invited_by_id"], ["staff.id"], name=op.f("fk_invitation_invited_by_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("letter_id", "mailbox_key", name=op.f("uq_invitation_letter_id_mailbox_key")),
    )
    op.create_index(op.f("ix_invitation_organization_id"), "invitation", ["organization_id"])
    op.create_index(op.f("ix_invitation_signature_id"), "invitation", ["signature_id"])


def downgrade() -> None:
    op.drop_table("invitation")
    op.drop_column("organization", "other_name")
    op.drop_column("organization", "more_domains")
