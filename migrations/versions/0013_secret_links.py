"""One table for the secret links to a letter's pages: those to the progress page, and those to the press page."""

import datetime as dt

import sqlalchemy as sa
from alembic import op

from letterhub.infrastructure.db import UtcDateTime

revision = "0013"
down_revision = "0012"

PRESS_LIFETIME = dt.timedelta(days=90)
TIMES = ("created_at", "expires_at", "revoked_at", "used_at")
SAME_COLUMNS = ("letter_id", "token_hash", "created_at", "created_by_id", "revoked_at", "used_at")


def upgrade() -> None:
    """Make the table, and move the links of both others to it. Those to a press page worked for 90 days."""
    op.create_table(
        "secret_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("progress", "press", name="linkkind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("use_count", sa.Integer(), nullable=False),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["staff.id"], name=op.f("fk_secret_link_created_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_secret_link_letter_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_secret_link_token_hash")),
    )
    op.create_index(op.f("ix_secret_link_letter_id"), "secret_link", ["letter_id"])
    connection = op.get_bind()
    progress, press = _table("progress_link", "label", "expires_at", "use_count"), _table("press_link", "name", "uses")
    rows = [{"kind": "progress", **row} for row in connection.execute(sa.select(progress)).mappings()]
    for row in connection.execute(sa.select(press)).mappings():
        same = {name: row[name] for name in SAME_COLUMNS}
        further = {"label": row["name"], "use_count": row["uses"], "expires_at": row["created_at"] + PRESS_LIFETIME}
        rows.append({"kind": "press", **same, **further})
    if rows:
        op.bulk_insert(_table("secret_link", "kind", "label", "expires_at", "use_count"), rows)
    op.drop_table("progress_link")
    op.drop_table("press_link")


def _table(name: str, *further: str) -> sa.TableClause:
    types = dict.fromkeys(TIMES, UtcDateTime(timezone=True))
    return sa.table(name, *(sa.column(column, types.get(column)) for column in (*SAME_COLUMNS, *further)))


def downgrade() -> None:
    """Make the two tables again, and move the links back."""
    for name, label, length, uses in (("progress_link", "label", 100, "use_count"), ("press_link", "name", 120, "uses")):
        expires = (sa.Column("expires_at", UtcDateTime(timezone=True), nullable=True),) if name == "progress_link" else ()
        op.create_table(
            name,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("letter_id", sa.Integer(), nullable=False),
            sa.Column(label, sa.String(length=length), nullable=False),
            sa.Column("token_hash", sa.String(length=64), nullable=False),
            sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
            sa.Column("created_by_id", sa.Integer(), nullable=True),
            *expires,
            sa.Column("revoked_at", UtcDateTime(timezone=True), nullable=True),
            sa.Column(uses, sa.Integer(), nullable=False),
            sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
            sa.ForeignKeyConstraint(
                ["created_by_id"], ["staff.id"], name=op.f(f"fk_{name}_created_by_id"), ondelete="SET NULL"
            ),
            sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f(f"fk_{name}_letter_id"), ondelete="CASCADE"),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
            sa.UniqueConstraint("token_hash", name=op.f(f"uq_{name}_token_hash")),
        )
        op.create_index(op.f(f"ix_{name}_letter_id"), name, ["letter_id"])
        expiry = ("expires_at",) if expires else ()
        links = _table("secret_link", "kind", "label", "expires_at", "use_count")
        query = sa.select(links).where(links.c.kind == name.removesuffix("_link"))
        rows = [
            {
                **{column: row[column] for column in (*SAME_COLUMNS, *expiry)},
                label: row["label"][:length],
                uses: row["use_count"],
            }
            for row in op.get_bind().execute(query).mappings()
        ]
        if rows:
            op.bulk_insert(_table(name, label, uses, *expiry), rows)
    op.drop_table("secret_link")
