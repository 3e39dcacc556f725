"""All tables of version 0.1.0."""

import sqlalchemy as sa
from alembic import op

import letterhub.infrastructure.db

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "allowance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bucket_key", sa.String(length=64), nullable=False),
        sa.Column("expires_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowance")),
        sa.UniqueConstraint("bucket_key", name=op.f("uq_allowance_bucket_key")),
    )
    with op.batch_alter_table("allowance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allowance_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "chain",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain")),
        sa.UniqueConstraint("name", name=op.f("uq_chain_name")),
    )
    op.create_table(
        "coalition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("accent", sa.String(length=7), nullable=False),
        sa.Column(
            "theme",
            sa.Enum("classic", "modern", "plain", name="theme", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "face",
            sa.Enum("theme", "serif", "sans", name="face", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "paper", sa.Enum("letter", "a4", name="paper", native_enum=False, create_constraint=True, length=24), nullable=False
        ),
        sa.Column("contact", sa.String(length=254), server_default="", nullable=False),
        sa.Column("created_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coalition")),
        sa.UniqueConstraint("slug", name=op.f("uq_coalition_slug")),
    )
    op.create_table(
        "figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("labels", sa.String(length=255), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure")),
        sa.UniqueConstraint("name", "labels", name=op.f("uq_figure_name_labels")),
    )
    op.create_table(
        "occasion",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("hour", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_occasion")),
    )
    op.create_table(
        "pulse",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "sign",
            sa.Enum(
                "worker",
                "web",
                "queue",
                "backup",
                "redis away",
                "queue away",
                "files away",
                "disk full",
                name="sign",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("machine", sa.String(length=12), nullable=False),
        sa.Column("since", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ahead", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse")),
        sa.UniqueConstraint("sign", "name", name=op.f("uq_pulse_sign_name")),
    )
    op.create_table(
        "spent_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("expires_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spent_proof")),
        sa.UniqueConstraint("mark", name=op.f("uq_spent_proof_mark")),
    )
    with op.batch_alter_table("spent_proof", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_spent_proof_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("created_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("tf_primary_method", sa.String(length=64), nullable=True),
        sa.Column("tf_totp_secret", sa.String(length=255), nullable=True),
        sa.Column("tf_last_counter", sa.Integer(), nullable=True),
        sa.Column("mf_recovery_codes", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_staff_fs_uniquifier")),
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coalition_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("draft_slug", sa.String(length=80), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "open",
                "closed",
                "delivered",
                "withdrawn",
                name="letterstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "who_may_sign",
            sa.Enum(
                "organizations", "individuals", "both", name="whomaysign", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column(
            "publish_rule",
            sa.Enum("ask-staff", "reviewed", name="publishrule", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("publish_individuals", sa.Boolean(), nullable=False),
        sa.Column("organizations_by_rule", sa.Boolean(), nullable=False),
        sa.Column("individuals_by_rule", sa.Boolean(), nullable=False),
        sa.Column("individuals_imported", sa.Boolean(), nullable=False),
        sa.Column("deadline_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("deadline_zone", sa.String(length=64), nullable=False),
        sa.Column("grace_hours", sa.Integer(), nullable=False),
        sa.Column("network_days", sa.Integer(), nullable=False),
        sa.Column("contact_months", sa.Integer(), nullable=False),
        sa.Column("consent_days", sa.Integer(), nullable=False),
        sa.Column("asks_proof", sa.Boolean(), nullable=False),
        sa.Column("created_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("delivered_to", sa.String(length=500), nullable=False),
        sa.Column("withdrawn_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("idempotency_key", sa.String(length=64), nullable=True),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("organizations", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("renewed", sa.Integer(), nullable=False),
        sa.Column("outdated", sa.Integer(), nullable=False),
        sa.Column("declined", sa.Integer(), nullable=False),
        sa.Column("expired", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["coalition_id"], ["coalition.id"], name=op.f("fk_letter_coalition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("slug", name=op.f("uq_letter_slug")),
    )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_coalition_id"), ["coalition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_draft_slug"), ["draft_slug"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_idempotency_key"), ["idempotency_key"], unique=True)

    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("coalition_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("reviewer", "organizer", "owner", name="role", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("invited_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("joined_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["coalition_id"], ["coalition.id"], name=op.f("fk_membership_coalition_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_membership_staff_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("staff_id", "coalition_id", name=op.f("uq_membership_staff_id_coalition_id")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_coalition_id"), ["coalition_id"], unique=False)

    op.create_table(
        "organization",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coalition_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("name_key", sa.String(length=300), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("sort_key", sa.String(length=1200), nullable=False),
        sa.Column("created_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("root_id", sa.Integer(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("other_names", sa.JSON(), nullable=False),
        sa.Column("more_domains", sa.JSON(), nullable=False),
        sa.Column("other_name", sa.Boolean(), nullable=False),
        sa.Column("section", sa.String(length=60), nullable=False),
        sa.Column("country", sa.String(length=100), nullable=False),
        sa.Column("vouched_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("vouched_by_id", sa.Integer(), nullable=True),
        sa.Column("vouch_reason", sa.String(length=500), nullable=False),
        sa.Column("keys_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["coalition_id"], ["coalition.id"], name=op.f("fk_organization_coalition_id")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["organization.id"], name=op.f("fk_organization_merged_into_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["organization.id"], name=op.f("fk_organization_parent_id")),
        sa.ForeignKeyConstraint(["root_id"], ["organization.id"], name=op.f("fk_organization_root_id")),
        sa.ForeignKeyConstraint(
            ["vouched_by_id"], ["staff.id"], name=op.f("fk_organization_vouched_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("coalition_id", "name_key", "domain", name=op.f("uq_organization_coalition_id_name_key_domain")),
    )
    with op.batch_alter_table("organization", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organization_keys_version"), ["keys_version"], unique=False)
        batch_op.create_index("ix_organization_list", ["coalition_id", "sort_key", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_organization_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_organization_root_id"), ["root_id"], unique=False)

    op.create_table(
        "record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["chain_id"], ["chain.id"], name=op.f("fk_record_chain_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("chain_id", "number", name=op.f("uq_record_chain_id_number")),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("started_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_sign_in_staff_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_sign_in_key_hash")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_started_at"), ["started_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "draft",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_draft_letter_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["saved_by_id"], ["staff.id"], name=op.f("fk_draft_saved_by_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_draft")),
    )
    op.create_table(
        "likeness",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("one_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("found_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("kept_apart_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("kept_apart_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["one_id"], ["organization.id"], name=op.f("fk_likeness_one_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other_id"], ["organization.id"], name=op.f("fk_likeness_other_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["kept_apart_by_id"], ["staff.id"], name=op.f("fk_likeness_kept_apart_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_likeness")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_likeness_one_id_other_id")),
    )
    with op.batch_alter_table("likeness", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_likeness_other_id"), ["other_id"], unique=False)

    op.create_table(
        "organization_key",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_organization_key_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "organization_id", name=op.f("pk_organization_key")),
    )
    with op.batch_alter_table("organization_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organization_key_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "organization_logo",
        sa.Column("organization_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_organization_logo_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_organization_logo")),
    )
    op.create_table(
        "preview",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "running", "done", "failed", name="jobstate", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=1000), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("lease_until", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff.id"], name=op.f("fk_preview_asked_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_preview_letter_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preview")),
    )
    with op.batch_alter_table("preview", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_preview_letter_id"), ["letter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_preview_state"), ["state"], unique=False)

    op.create_table(
        "report",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("with_addresses", sa.Boolean(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "running", "done", "failed", name="jobstate", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=1000), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("lease_until", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff.id"], name=op.f("fk_report_asked_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_report_letter_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_letter_id"), ["letter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_state"), ["state"], unique=False)

    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "change",
            sa.Enum(
                "first",
                "unsigned",
                "typo",
                "substance",
                "taken-back",
                name="changekind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("counts_from", sa.Integer(), nullable=False),
        sa.Column("asked_again", sa.Integer(), nullable=False),
        sa.Column("created_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["staff.id"], name=op.f("fk_revision_created_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_revision_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("letter_id", "number", name=op.f("uq_revision_letter_id_number")),
    )
    op.create_table(
        "sweep",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("network_hash", sa.String(length=64), nullable=False),
        sa.Column("mail_domain", sa.String(length=255), nullable=False),
        sa.Column("since", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("until", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("restored_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_sweep_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweep")),
    )
    with op.batch_alter_table("sweep", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sweep_letter_id"), ["letter_id"], unique=False)

    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_upload_letter_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["staff.id"], name=op.f("fk_upload_uploaded_by_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_letter_id"), ["letter_id"], unique=False)

    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("as_of", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("signature_ids", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("idempotency_key", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["staff.id"], name=op.f("fk_edition_created_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_edition_letter_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_edition_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("letter_id", "number", name=op.f("uq_edition_letter_id_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_edition_public_id")),
    )
    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_edition_idempotency_key"), ["idempotency_key"], unique=True)

    op.create_table(
        "signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "confirmed",
                "published",
                "declined",
                "withdrawn",
                "expired",
                "outdated",
                name="signaturestate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum("form", "import", name="source", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum("organization", "individual", name="kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("organization_name", sa.String(length=300), nullable=False),
        sa.Column("website", sa.String(length=400), nullable=False),
        sa.Column("signer_name", sa.String(length=300), nullable=False),
        sa.Column("signer_title", sa.String(length=300), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("location", sa.String(length=300), nullable=False),
        sa.Column("section", sa.String(length=60), nullable=False),
        sa.Column("affiliation", sa.String(length=300), nullable=False),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.Column("sort_name", sa.String(length=300), nullable=False),
        sa.Column("sort_key", sa.String(length=1200), nullable=False),
        sa.Column("lead_key", sa.String(length=1), nullable=False),
        sa.Column("section_key", sa.String(length=600), nullable=False),
        sa.Column("location_key", sa.String(length=600), nullable=False),
        sa.Column("unique_key", sa.String(length=600), nullable=True),
        sa.Column("idempotency_key", sa.String(length=64), nullable=True),
        sa.Column("first_seen", sa.Boolean(), nullable=False),
        sa.Column("from_flood", sa.Boolean(), nullable=False),
        sa.Column("decline_reason", sa.String(length=500), nullable=False),
        sa.Column("created_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("published_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reviewed_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("contact_erased_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("outdated_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_signature_letter_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_signature_organization_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_signature_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint("letter_id", "unique_key", name=op.f("uq_signature_letter_id_unique_key")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_signature_idempotency_key")),
    )
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.create_index(
            "ix_signature_by_location",
            ["letter_id", "location_key", "sort_key", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )
        batch_op.create_index(
            "ix_signature_by_name",
            ["letter_id", "lead_key", "sort_key", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )
        batch_op.create_index(
            "ix_signature_by_section",
            ["letter_id", "section_key", "sort_key", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )
        batch_op.create_index(batch_op.f("ix_signature_email"), ["email"], unique=False)
        batch_op.create_index(
            "ix_signature_ended",
            ["letter_id", "ended_at"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NOT NULL"),
            postgresql_where=sa.text("ended_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_signature_flood",
            ["letter_id", "created_at"],
            unique=False,
            sqlite_where=sa.text("from_flood = 1"),
            postgresql_where=sa.text("from_flood"),
        )
        batch_op.create_index(
            "ix_signature_named",
            ["letter_id", "sort_key", "id", "state"],
            unique=False,
            sqlite_where=sa.text("organization_name != '' OR signer_name != ''"),
            postgresql_where=sa.text("organization_name != '' OR signer_name != ''"),
        )
        batch_op.create_index(batch_op.f("ix_signature_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(
            "ix_signature_queue",
            ["letter_id", "confirmed_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'confirmed'"),
            postgresql_where=sa.text("state = 'confirmed'"),
        )
        batch_op.create_index(
            "ix_signature_unmarked",
            ["letter_id", "created_at"],
            unique=False,
            sqlite_where=sa.text("state = 'pending' AND from_flood = 0"),
            postgresql_where=sa.text("state = 'pending' AND NOT from_flood"),
        )

    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_consent_signature_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_signature_id"), ["signature_id"], unique=False)

    op.create_table(
        "edition_file",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column(
            "format",
            sa.Enum(
                "html",
                "pdf",
                "docx",
                "csv",
                "xlsx",
                "txt",
                "comment",
                "json",
                name="format",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("finished_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "running", "done", "failed", name="jobstate", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=1000), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("lease_until", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_edition_file_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_file")),
        sa.UniqueConstraint("edition_id", "format", name=op.f("uq_edition_file_edition_id_format")),
    )
    with op.batch_alter_table("edition_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_edition_file_sha256"), ["sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_edition_file_state"), ["state"], unique=False)

    op.create_table(
        "edition_page",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_edition_page_edition_id")),
        sa.PrimaryKeyConstraint("edition_id", "number", name=op.f("pk_edition_page")),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "mailbox",
                "own-domain",
                "known-contact",
                "invited",
                "second-person",
                "imported",
                "no-mail-server",
                "names-another",
                "like-organization",
                "odd-letters",
                "no-proof",
                "second-yes",
                "other-yes",
                "second-no",
                "not-ours",
                "disputed",
                "vouched",
                "vouch-ended",
                name="factkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_evidence_signature_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_signature_id"), ["signature_id"], unique=False)

    op.create_table(
        "inquiry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("published", sa.String(length=300), nullable=False),
        sa.Column("asked_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "answer", sa.Enum("yes", "no", name="answer", native_enum=False, create_constraint=True, length=24), nullable=True
        ),
        sa.Column("answered_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff.id"], name=op.f("fk_inquiry_asked_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_inquiry_signature_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry")),
    )
    with op.batch_alter_table("inquiry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inquiry_signature_id"), ["signature_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("signature_id", sa.Integer(), nullable=True),
        sa.Column("copied_from_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("mailbox_hash", sa.String(length=64), nullable=False),
        sa.Column("name_key", sa.String(length=300), nullable=False),
        sa.Column("line", sa.JSON(), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("invited_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("declined_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["copied_from_id"], ["signature.id"], name=op.f("fk_invitation_copied_from_id")),
        sa.ForeignKeyConstraint(["invited_by_id"], ["staff.id"], name=op.f("fk_invitation_invited_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_invitation_letter_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_invitation_organization_id")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_invitation_signature_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("letter_id", "mailbox_hash", name=op.f("uq_invitation_letter_id_mailbox_hash")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index("ix_invitation_name", ["letter_id", "name_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_copied_from_id"), ["copied_from_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_signature_id"), ["signature_id"], unique=False)

    op.create_table(
        "mail_stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("mailbox_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "why",
            sa.Enum("disowned", "bounced", name="why", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_mail_stop_letter_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_mail_stop_signature_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_stop")),
    )
    with op.batch_alter_table("mail_stop", schema=None) as batch_op:
        batch_op.create_index("ix_mail_stop_mailbox", ["letter_id", "mailbox_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_mail_stop_signature_id"), ["signature_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coalition_id", sa.Integer(), nullable=True),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.Column("signature_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("precedence", sa.SmallInteger(), nullable=False),
        sa.Column("recipient", sa.String(length=255), nullable=False),
        sa.Column("mailbox", sa.String(length=255), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("created_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("asked_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("lease_until", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("deferrals", sa.Integer(), nullable=False),
        sa.Column("sent_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("failed_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column(
            "trouble",
            sa.Enum(
                "server",
                "interrupted",
                "later",
                "never",
                "no mailbox",
                name="trouble",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["coalition_id"], ["coalition.id"], name=op.f("fk_outbox_coalition_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_outbox_letter_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_outbox_signature_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_id")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_coalition_id"), ["coalition_id"], unique=False)
        batch_op.create_index(
            "ix_outbox_failed",
            ["failed_at"],
            unique=False,
            sqlite_where=sa.text("failed_at IS NOT NULL"),
            postgresql_where=sa.text("failed_at IS NOT NULL"),
        )
        batch_op.create_index("ix_outbox_letter", ["letter_id", "kind"], unique=False)
        batch_op.create_index("ix_outbox_mailbox", ["mailbox", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_signature_id"), ["signature_id"], unique=False)
        batch_op.create_index(
            "ix_outbox_waiting",
            ["precedence", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NULL AND failed_at IS NULL AND cancelled_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL AND cancelled_at IS NULL"),
        )

    op.create_table(
        "signatory_word",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column(
            "part",
            sa.Enum("name", "person", "place", "lead-place", name="part", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_signatory_word_letter_id")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_signatory_word_signature_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("letter_id", "word", "signature_id", "part", name=op.f("pk_signatory_word")),
    )
    with op.batch_alter_table("signatory_word", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signatory_word_signature_id"), ["signature_id"], unique=False)

    op.create_table(
        "swept_name",
        sa.Column("bulk_decline_id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column(
            "state_before",
            sa.Enum(
                "pending",
                "confirmed",
                "published",
                "declined",
                "withdrawn",
                "expired",
                "outdated",
                name="signaturestate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_swept_name_signature_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["bulk_decline_id"], ["sweep.id"], name=op.f("fk_swept_name_bulk_decline_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("bulk_decline_id", "signature_id", name=op.f("pk_swept_name")),
    )
    op.create_table(
        "trace",
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("network_hash", sa.String(length=64), nullable=False),
        sa.Column("mail_domain", sa.String(length=255), nullable=False),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("started_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_trace_letter_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_trace_signature_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("signature_id", name=op.f("pk_trace")),
    )
    with op.batch_alter_table("trace", schema=None) as batch_op:
        batch_op.create_index("ix_trace_domain", ["letter_id", "mail_domain"], unique=False)
        batch_op.create_index("ix_trace_network", ["letter_id", "network_hash", "started_at"], unique=False)
        batch_op.create_index("ix_trace_when", ["letter_id", "started_at"], unique=False)

    op.create_table(
        "reviewed_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coalition_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("site", sa.String(length=255), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=True),
        sa.Column("reviewed_by", sa.String(length=40), nullable=False),
        sa.Column("reviewed_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["coalition_id"], ["coalition.id"], name=op.f("fk_reviewed_name_coalition_id")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_reviewed_name_signature_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewed_name")),
    )
    with op.batch_alter_table("reviewed_name", schema=None) as batch_op:
        batch_op.create_index("ix_reviewed_name_name", ["coalition_id", "name"], unique=False)
        batch_op.create_index(batch_op.f("ix_reviewed_name_signature_id"), ["signature_id"], unique=False)

    op.create_table(
        "seconder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["signature.id"], name=op.f("fk_seconder_entry_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_seconder_signature_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seconder")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_seconder_entry_id")),
    )
    with op.batch_alter_table("seconder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seconder_signature_id"), ["signature_id"], unique=False)

    op.create_table(
        "staff_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column(
            "happening",
            sa.Enum(
                "corrected",
                "withdrawn",
                "erased",
                "not-ours",
                "published",
                "declined",
                "returned",
                name="happening",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_staff_notice_letter_id")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_staff_notice_signature_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_notice")),
    )
    with op.batch_alter_table("staff_notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_notice_letter_id"), ["letter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_staff_notice_signature_id"), ["signature_id"], unique=False)

    op.create_table(
        "turned_away",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column(
            "why",
            sa.Enum("declined", "denied", "unanswered", name="turned", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_turned_away_letter_id")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_turned_away_signature_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turned_away")),
    )
    with op.batch_alter_table("turned_away", schema=None) as batch_op:
        batch_op.create_index("ix_turned_away_key", ["letter_id", "key"], unique=False)
        batch_op.create_index(batch_op.f("ix_turned_away_signature_id"), ["signature_id"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=500), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "letterhub", "email", "post", "hand", "portal", name="way", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("delivered_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.String(length=1000), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=True),
        sa.Column("mail_limit", sa.Integer(), nullable=True),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("recorded_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", letterhub.infrastructure.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("undo_reason", sa.String(length=500), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_delivery_edition_id")),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_delivery_outbox_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["staff.id"], name=op.f("fk_delivery_recorded_by_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_edition_id"), ["edition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_idempotency_key"), ["idempotency_key"], unique=True)


def downgrade() -> None:
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_idempotency_key"))
        batch_op.drop_index(batch_op.f("ix_delivery_edition_id"))

    op.drop_table("delivery")
    with op.batch_alter_table("turned_away", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_turned_away_signature_id"))
        batch_op.drop_index("ix_turned_away_key")

    op.drop_table("turned_away")
    with op.batch_alter_table("staff_notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_notice_signature_id"))
        batch_op.drop_index(batch_op.f("ix_staff_notice_letter_id"))

    op.drop_table("staff_notice")
    with op.batch_alter_table("seconder", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seconder_signature_id"))

    op.drop_table("seconder")
    with op.batch_alter_table("reviewed_name", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reviewed_name_signature_id"))
        batch_op.drop_index("ix_reviewed_name_name")

    op.drop_table("reviewed_name")
    with op.batch_alter_table("trace", schema=None) as batch_op:
        batch_op.drop_index("ix_trace_when")
        batch_op.drop_index("ix_trace_network")
        batch_op.drop_index("ix_trace_domain")

    op.drop_table("trace")
    op.drop_table("swept_name")
    with op.batch_alter_table("signatory_word", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signatory_word_signature_id"))

    op.drop_table("signatory_word")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_waiting",
            sqlite_where=sa.text("sent_at IS NULL AND failed_at IS NULL AND cancelled_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL AND cancelled_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_outbox_signature_id"))
        batch_op.drop_index("ix_outbox_mailbox")
        batch_op.drop_index("ix_outbox_letter")
        batch_op.drop_index(
            "ix_outbox_failed", sqlite_where=sa.text("failed_at IS NOT NULL"), postgresql_where=sa.text("failed_at IS NOT NULL")
        )
        batch_op.drop_index(batch_op.f("ix_outbox_coalition_id"))

    op.drop_table("outbox")
    with op.batch_alter_table("mail_stop", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_stop_signature_id"))
        batch_op.drop_index("ix_mail_stop_mailbox")

    op.drop_table("mail_stop")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_signature_id"))
        batch_op.drop_index("ix_invitation_name")
        batch_op.drop_index(batch_op.f("ix_invitation_organization_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_copied_from_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("inquiry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inquiry_signature_id"))

    op.drop_table("inquiry")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_signature_id"))

    op.drop_table("evidence")
    op.drop_table("edition_page")
    with op.batch_alter_table("edition_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_edition_file_state"))
        batch_op.drop_index(batch_op.f("ix_edition_file_sha256"))

    op.drop_table("edition_file")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_signature_id"))

    op.drop_table("consent")
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_signature_unmarked",
            sqlite_where=sa.text("state = 'pending' AND from_flood = 0"),
            postgresql_where=sa.text("state = 'pending' AND NOT from_flood"),
        )
        batch_op.drop_index(
            "ix_signature_queue", sqlite_where=sa.text("state = 'confirmed'"), postgresql_where=sa.text("state = 'confirmed'")
        )
        batch_op.drop_index(batch_op.f("ix_signature_organization_id"))
        batch_op.drop_index(
            "ix_signature_named",
            sqlite_where=sa.text("organization_name != '' OR signer_name != ''"),
            postgresql_where=sa.text("organization_name != '' OR signer_name != ''"),
        )
        batch_op.drop_index(
            "ix_signature_flood", sqlite_where=sa.text("from_flood = 1"), postgresql_where=sa.text("from_flood")
        )
        batch_op.drop_index(
            "ix_signature_ended", sqlite_where=sa.text("ended_at IS NOT NULL"), postgresql_where=sa.text("ended_at IS NOT NULL")
        )
        batch_op.drop_index(batch_op.f("ix_signature_email"))
        batch_op.drop_index(
            "ix_signature_by_section",
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )
        batch_op.drop_index(
            "ix_signature_by_name", sqlite_where=sa.text("state = 'published'"), postgresql_where=sa.text("state = 'published'")
        )
        batch_op.drop_index(
            "ix_signature_by_location",
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )

    op.drop_table("signature")
    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_edition_idempotency_key"))

    op.drop_table("edition")
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_upload_letter_id"))

    op.drop_table("upload")
    with op.batch_alter_table("sweep", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sweep_letter_id"))

    op.drop_table("sweep")
    op.drop_table("revision")
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_state"))
        batch_op.drop_index(batch_op.f("ix_report_letter_id"))

    op.drop_table("report")
    with op.batch_alter_table("preview", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_preview_state"))
        batch_op.drop_index(batch_op.f("ix_preview_letter_id"))

    op.drop_table("preview")
    op.drop_table("organization_logo")
    with op.batch_alter_table("organization_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organization_key_organization_id"))

    op.drop_table("organization_key")
    with op.batch_alter_table("likeness", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_likeness_other_id"))

    op.drop_table("likeness")
    op.drop_table("draft")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_staff_id"))
        batch_op.drop_index(batch_op.f("ix_sign_in_started_at"))

    op.drop_table("sign_in")
    op.drop_table("record")
    with op.batch_alter_table("organization", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organization_root_id"))
        batch_op.drop_index(batch_op.f("ix_organization_parent_id"))
        batch_op.drop_index("ix_organization_list")
        batch_op.drop_index(batch_op.f("ix_organization_keys_version"))

    op.drop_table("organization")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_coalition_id"))

    op.drop_table("membership")
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_idempotency_key"))
        batch_op.drop_index(batch_op.f("ix_letter_draft_slug"))
        batch_op.drop_index(batch_op.f("ix_letter_coalition_id"))

    op.drop_table("letter")
    op.drop_table("staff")
    with op.batch_alter_table("spent_proof", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_spent_proof_expires_at"))

    op.drop_table("spent_proof")
    op.drop_table("pulse")
    op.drop_table("occasion")
    op.drop_table("figure")
    op.drop_table("coalition")
    op.drop_table("chain")
    with op.batch_alter_table("allowance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_allowance_expires_at"))

    op.drop_table("allowance")
