"""Deliveries: to whom an edition was handed over, and what an edition needs to be checked against for ever."""

import sqlalchemy as sa
from alembic import op

import letterhub.db

revision = "0004"
down_revision = "0003"

WAYS = ("letterhub", "email", "post", "hand", "portal")


def upgrade() -> None:
    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.add_column(sa.Column("address", sa.String(length=300), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("zone", sa.String(length=64), nullable=False, server_default="UTC"))
        batch_op.add_column(sa.Column("signature_ids", sa.JSON(), nullable=False, server_default="[]"))
    op.execute("UPDATE edition SET zone = (SELECT deadline_zone FROM letter WHERE letter.id = edition.letter_id)")
    with op.batch_alter_table("edition_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.String(length=64), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_edition_file_sha256"), ["sha256"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=500), nullable=False),
        sa.Column("way", sa.Enum(*WAYS, name="way", native_enum=False, length=24), nullable=False),
        sa.Column("delivered_at", letterhub.db.Moment(timezone=True), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.String(length=1000), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=True),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("recorded_at", letterhub.db.Moment(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("taken_back_at", letterhub.db.Moment(timezone=True), nullable=True),
        sa.Column("taken_back_why", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_delivery_edition_id")),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_delivery_outbox_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["staff.id"], name=op.f("fk_delivery_recorded_by_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_edition_id"), ["edition_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_edition_id"))

    op.drop_table("delivery")
    op.drop_index(op.f("ix_edition_file_sha256"), table_name="edition_file")
    op.drop_column("edition_file", "version")  # not in a batch: SQLite would copy a table that others point at
    for column in ("signature_ids", "zone", "address"):
        op.drop_column("edition", column)
