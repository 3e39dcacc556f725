"""Evidence of signatures as facts, what was shown to who signed, questions to organizations, and verification reports."""

import sqlalchemy as sa
from alembic import op

import letterhub.db

revision = "0006"
down_revision = "0005"

MOMENT = letterhub.db.Moment(timezone=True)
KINDS = (
    "mailbox", "own-domain", "imported", "no-mail-server", "second-yes", "other-yes", "second-no", "vouched", "vouch-ended",
)  # fmt: skip
JOB_STATES = ("waiting", "running", "done", "failed")


def upgrade() -> None:
    evidence = op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum(*KINDS, name="factkind", native_enum=False, length=24), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_evidence_signature_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_signature_id"), ["signature_id"], unique=False)
    _keep_what_is_known(evidence, "form", "mailbox")
    _keep_what_is_known(evidence, "import", "imported")
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_consent_signature_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_signature_id"), ["signature_id"], unique=False)
    op.create_table(
        "inquiry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("published", sa.String(length=300), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Enum("yes", "no", name="answer", native_enum=False, length=24), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff.id"], name=op.f("fk_inquiry_asked_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_inquiry_signature_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry")),
    )
    with op.batch_alter_table("inquiry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inquiry_signature_id"), ["signature_id"], unique=False)
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("with_addresses", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Enum(*JOB_STATES, name="jobstate", native_enum=False, length=24), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=1000), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff.id"], name=op.f("fk_report_asked_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_report_letter_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_letter_id"), ["letter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_state"), ["state"], unique=False)


def _keep_what_is_known(evidence: sa.Table, source: str, kind: str) -> None:
    """What a confirmation, or an import, showed of the signatures that are here already."""
    signature = sa.table(
        "signature", sa.column("id", sa.Integer), sa.column("source", sa.String), sa.column("confirmed_at", MOMENT)
    )
    who = sa.literal("signatory-") + sa.cast(signature.c.id, sa.String) if source == "form" else sa.literal("worker")
    known = sa.select(
        signature.c.id, sa.literal(kind), who, sa.literal(""), sa.literal({}, sa.JSON()), signature.c.confirmed_at
    ).where(signature.c.source == source, signature.c.confirmed_at.is_not(None))
    op.execute(evidence.insert().from_select(["signature_id", "kind", "source", "about", "facts", "at"], known))


def downgrade() -> None:
    for table, columns in (
        ("report", ("state", "letter_id")),
        ("inquiry", ("signature_id",)),
        ("consent", ("signature_id",)),
        ("evidence", ("signature_id",)),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.drop_index(batch_op.f(f"ix_{table}_{column}"))
        op.drop_table(table)
