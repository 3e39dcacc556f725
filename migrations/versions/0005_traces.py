"""Traces of forms, stops of mail, sweeps of floods, and how long each letter keeps what it knows of people."""

import sqlalchemy as sa
from alembic import op

import letterhub.db

revision = "0005"
down_revision = "0004"

MOMENT = letterhub.db.Moment(timezone=True)
STATES = ("pending", "confirmed", "published", "declined", "withdrawn", "expired")


def upgrade() -> None:
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.add_column(sa.Column("network_days", sa.Integer(), nullable=False, server_default="30"))
        batch_op.add_column(sa.Column("contact_months", sa.Integer(), nullable=False, server_default="12"))
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.add_column(sa.Column("from_flood", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("contact_erased_at", MOMENT, nullable=True))
    op.create_table(
        "trace",
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("address_key", sa.String(length=64), nullable=False),
        sa.Column("network_key", sa.String(length=64), nullable=False),
        sa.Column("mail_domain", sa.String(length=255), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_trace_letter_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_trace_signature_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("signature_id", name=op.f("pk_trace")),
    )
    with op.batch_alter_table("trace", schema=None) as batch_op:
        batch_op.create_index("ix_trace_domain", ["letter_id", "mail_domain"], unique=False)
        batch_op.create_index("ix_trace_network", ["letter_id", "network_key"], unique=False)
        batch_op.create_index("ix_trace_when", ["letter_id", "begun_at"], unique=False)
    op.create_table(
        "mail_stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("mailbox_key", sa.String(length=64), nullable=False),
        sa.Column("why", sa.Enum("disowned", "bounced", name="why", native_enum=False, length=24), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_mail_stop_letter_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_mail_stop_signature_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_stop")),
    )
    with op.batch_alter_table("mail_stop", schema=None) as batch_op:
        batch_op.create_index("ix_mail_stop_mailbox", ["letter_id", "mailbox_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_mail_stop_signature_id"), ["signature_id"], unique=False)
    op.create_table(
        "sweep",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("network_key", sa.String(length=64), nullable=False),
        sa.Column("mail_domain", sa.String(length=255), nullable=False),
        sa.Column("since", MOMENT, nullable=True),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("restored_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_sweep_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweep")),
    )
    with op.batch_alter_table("sweep", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sweep_letter_id"), ["letter_id"], unique=False)
    op.create_table(
        "swept_name",
        sa.Column("sweep_id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("stood", sa.Enum(*STATES, name="signaturestate", native_enum=False, length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_swept_name_signature_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["sweep_id"], ["sweep.id"], name=op.f("fk_swept_name_sweep_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sweep_id", "signature_id", name=op.f("pk_swept_name")),
    )


def downgrade() -> None:
    op.drop_table("swept_name")
    with op.batch_alter_table("sweep", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sweep_letter_id"))

    op.drop_table("sweep")
    with op.batch_alter_table("mail_stop", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_stop_signature_id"))
        batch_op.drop_index("ix_mail_stop_mailbox")

    op.drop_table("mail_stop")
    with op.batch_alter_table("trace", schema=None) as batch_op:
        batch_op.drop_index("ix_trace_when")
        batch_op.drop_index("ix_trace_network")
        batch_op.drop_index("ix_trace_domain")

    op.drop_table("trace")
    for table, column in (
        ("signature", "contact_erased_at"),
        ("signature", "from_flood"),
        ("letter", "contact_months"),
        ("letter", "network_days"),
    ):
        op.drop_column(table, column)  # not in a batch: SQLite would copy a table that others point at
