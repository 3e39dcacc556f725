"""Organizations are a coalition's own: which are one, which may be one, what staff say of them, and by what they are found."""

import sqlalchemy as sa
from alembic import op

import letterhub.db

revision = "0008"
down_revision = "0007"

SIGNED_AS = """
CREATE TABLE signed_as AS
SELECT signature.id AS signature_id, letter.coalition_id, organization.name, organization.name_key, organization.domain,
  organization.created_at
FROM signature JOIN letter ON letter.id = signature.letter_id JOIN organization ON organization.id = signature.organization_id
"""
LET_GO = "UPDATE signature SET organization_id = NULL"
ONE_FOR_EACH_COALITION = """
INSERT INTO organization (coalition_id, name, name_key, domain, created_at)
SELECT coalition_id, MIN(name), name_key, domain, MIN(created_at) FROM signed_as GROUP BY coalition_id, name_key, domain
"""
ONE_FOR_ALL = """
INSERT INTO organization (name, name_key, domain, created_at)
SELECT MIN(name), name_key, domain, MIN(created_at) FROM signed_as GROUP BY name_key, domain
"""
POINT_AT = """
UPDATE signature SET organization_id = (
  SELECT organization.id FROM signed_as JOIN organization
  ON organization.name_key = signed_as.name_key AND organization.domain = signed_as.domain {and_more}
  WHERE signed_as.signature_id = signature.id
)
"""
"""SQLite copies a table that is altered, and lets none go that others point at: so the signatures let go of it meanwhile."""
TO_NOTHING_ELSE = ("root_id", "merged_into_id", "parent_id")
INDEXED = ("root_id", "parent_id", "keyed_by")


def upgrade() -> None:
    op.execute(SIGNED_AS)
    op.execute(LET_GO)
    op.execute("DELETE FROM organization")
    with op.batch_alter_table("organization", schema=None) as batch_op:
        batch_op.drop_constraint("uq_organization_name_key_domain", type_="unique")
        batch_op.add_column(sa.Column("coalition_id", sa.Integer(), nullable=False))
        batch_op.add_column(sa.Column("sort_key", sa.String(length=1200), nullable=False, server_default=""))
        for column in TO_NOTHING_ELSE:
            batch_op.add_column(sa.Column(column, sa.Integer(), nullable=True))
            batch_op.create_foreign_key(batch_op.f(f"fk_organization_{column}"), "organization", [column], ["id"])
        batch_op.add_column(sa.Column("other_names", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("scope", sa.String(length=60), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("country", sa.String(length=100), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("vouched_at", letterhub.db.Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("vouched_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("vouched_why", sa.String(length=500), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("keyed_by", sa.Integer(), nullable=False, server_default="0"))
        own = ["coalition_id", "name_key", "domain"]
        batch_op.create_unique_constraint(batch_op.f("uq_organization_coalition_id_name_key_domain"), own)
        batch_op.create_index("ix_organization_list", ["coalition_id", "sort_key", "id"])
        for column in INDEXED:
            batch_op.create_index(batch_op.f(f"ix_organization_{column}"), [column])
        coalition, staff = batch_op.f("fk_organization_coalition_id"), batch_op.f("fk_organization_vouched_by_id")
        batch_op.create_foreign_key(coalition, "coalition", ["coalition_id"], ["id"])
        batch_op.create_foreign_key(staff, "staff", ["vouched_by_id"], ["id"], ondelete="SET NULL")
    op.execute(ONE_FOR_EACH_COALITION)
    op.execute(POINT_AT.format(and_more="AND organization.coalition_id = signed_as.coalition_id"))
    op.drop_table("signed_as")
    op.create_table(
        "organization_key",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_organization_key_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "organization_id", name=op.f("pk_organization_key")),
    )
    op.create_index(op.f("ix_organization_key_organization_id"), "organization_key", ["organization_id"])
    op.create_table(
        "likeness",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("one_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("found_at", letterhub.db.Moment(timezone=True), nullable=False),
        sa.Column("two_at", letterhub.db.Moment(timezone=True), nullable=True),
        sa.Column("two_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["one_id"], ["organization.id"], name=op.f("fk_likeness_one_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other_id"], ["organization.id"], name=op.f("fk_likeness_other_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["two_by_id"], ["staff.id"], name=op.f("fk_likeness_two_by_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_likeness")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_likeness_one_id_other_id")),
    )
    op.create_index(op.f("ix_likeness_other_id"), "likeness", ["other_id"])


def downgrade() -> None:
    op.drop_table("likeness")
    op.drop_table("organization_key")
    op.execute(SIGNED_AS)
    op.execute(LET_GO)
    op.execute("UPDATE organization SET root_id = NULL, merged_into_id = NULL, parent_id = NULL")
    op.execute("DELETE FROM organization")
    with op.batch_alter_table("organization", schema=None) as batch_op:
        for column in ("coalition_id", *TO_NOTHING_ELSE, "vouched_by_id"):
            batch_op.drop_constraint(batch_op.f(f"fk_organization_{column}"), type_="foreignkey")
        for column in INDEXED:
            batch_op.drop_index(batch_op.f(f"ix_organization_{column}"))
        batch_op.drop_index("ix_organization_list")
        batch_op.drop_constraint(batch_op.f("uq_organization_coalition_id_name_key_domain"), type_="unique")
        for column in ("coalition_id", "sort_key", *TO_NOTHING_ELSE, "other_names", "scope", "country", "keyed_by"):
            batch_op.drop_column(column)
        for column in ("vouched_at", "vouched_by_id", "vouched_why"):
            batch_op.drop_column(column)
        batch_op.create_unique_constraint(batch_op.f("uq_organization_name_key_domain"), ["name_key", "domain"])
    op.execute(ONE_FOR_ALL)
    op.execute(POINT_AT.format(and_more=""))
    op.drop_table("signed_as")
