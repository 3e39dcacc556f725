"""Secret links to a draft in the table of all secret links; comments refer to it there."""

import sqlalchemy as sa
from alembic import op

from letterhub.infrastructure.db import UtcDateTime

revision = "0015"
down_revision = "0014"

KINDS = ("progress", "press")
PERMISSIONS = ("read", "comment")
TIMES = ("created_at", "expires_at", "revoked_at", "used_at")
SAME_COLUMNS = ("letter_id", "label", "token_hash", *TIMES, "created_by_id", "use_count", "person")


def upgrade() -> None:
    """Add what a link allows and by whom it is used, and move the links to drafts; they get new numbers."""
    with op.batch_alter_table("secret_link") as table:
        permission = sa.Enum(*PERMISSIONS, name="linkpermission", native_enum=False, create_constraint=True, length=24)
        table.add_column(sa.Column("permission", permission, server_default="read", nullable=False))
        table.add_column(sa.Column("person", sa.String(length=100), server_default="", nullable=False))
    with op.batch_alter_table("secret_link") as table:
        table.alter_column("permission", server_default=None)
        table.alter_column("person", server_default=None)
    _check_kinds((*KINDS, "draft"))
    connection, drafts, links = op.get_bind(), _table("draft_link", "may_comment"), _table("secret_link", "kind", "permission")
    rows = [
        {
            "kind": "draft",
            "permission": "comment" if row["may_comment"] else "read",
            **{name: row[name] for name in SAME_COLUMNS},
        }
        for row in connection.execute(sa.select(drafts).order_by(drafts.c.id)).mappings()
    ]
    if rows:
        op.bulk_insert(links, rows)
    _point_comments_at("secret_link", drafts, links)
    op.drop_table("draft_link")


def downgrade() -> None:
    """Make the table of links to drafts again, and move them back."""
    op.create_table(
        "draft_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("may_comment", sa.Boolean(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("use_count", sa.Integer(), nullable=False),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["staff.id"], name=op.f("fk_draft_link_created_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_draft_link_letter_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_draft_link_token_hash")),
    )
    op.create_index(op.f("ix_draft_link_letter_id"), "draft_link", ["letter_id"])
    connection, drafts, links = op.get_bind(), _table("draft_link", "may_comment"), _table("secret_link", "kind", "permission")
    query = sa.select(links).where(links.c.kind == "draft").order_by(links.c.id)
    rows = [
        {**{name: row[name] for name in SAME_COLUMNS}, "label": row["label"][:100], "may_comment": row["permission"] != "read"}
        for row in connection.execute(query).mappings()
    ]
    if rows:
        op.bulk_insert(drafts, rows)
    _point_comments_at("draft_link", links, drafts)
    connection.execute(sa.delete(links).where(links.c.kind == "draft"))
    _check_kinds(KINDS)
    with op.batch_alter_table("secret_link") as table:
        table.drop_constraint(op.f("ck_secret_link_linkpermission"), type_="check")
        table.drop_column("permission")
        table.drop_column("person")


def _table(name: str, *further: str) -> sa.TableClause:
    types = {**dict.fromkeys(TIMES, UtcDateTime(timezone=True)), "may_comment": sa.Boolean()}
    return sa.table(name, *(sa.column(column, types.get(column)) for column in ("id", *SAME_COLUMNS, *further)))


def _check_kinds(kinds: tuple[str, ...]) -> None:
    """Let the database accept these kinds of links."""
    with op.batch_alter_table("secret_link") as table:
        table.drop_constraint(op.f("ck_secret_link_linkkind"), type_="check")
        table.create_check_constraint(op.f("ck_secret_link_linkkind"), sa.column("kind").in_(kinds))


def _point_comments_at(table: str, old: sa.TableClause, new: sa.TableClause) -> None:
    """Let comments refer to the link with the same token in another table."""
    with op.batch_alter_table("draft_comment") as comment:
        comment.drop_constraint(op.f("fk_draft_comment_link_id"), type_="foreignkey")
    comments = sa.table("draft_comment", sa.column("link_id"))
    same = sa.select(new.c.id).join(old, old.c.token_hash == new.c.token_hash).where(old.c.id == comments.c.link_id)
    moved = sa.update(comments).where(comments.c.link_id.is_not(None)).values(link_id=same.scalar_subquery())
    op.get_bind().execute(moved)
    with op.batch_alter_table("draft_comment") as comment:
        comment.create_foreign_key(op.f("fk_draft_comment_link_id"), table, ["link_id"], ["id"], ondelete="CASCADE")
