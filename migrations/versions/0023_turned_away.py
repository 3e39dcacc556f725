"""What signatures that were turned away are known again by; those of before are known, too, where their data is not erased."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

import letterhub.db
from letterhub.domain.document import Kind, Signatory
from letterhub.domain.turned_away import known_again_by
from letterhub.mail.fingerprints import known_again

revision = "0023"
down_revision = "0022"

MOMENT = letterhub.db.Moment(timezone=True)
WHY = sa.Enum("declined", "denied", name="turned", native_enum=False, length=24)
COLUMNS = ("id", "letter_id", "kind", "organization_name", "signer_name", "website", "email", "state", "decline_reason")
SIGNATURE = sa.table(
    "signature", *map(sa.column, COLUMNS), sa.column("created_at", MOMENT), sa.column("ended_at", MOMENT)
)  # fmt: skip
INQUIRY = sa.table("inquiry", sa.column("signature_id"), sa.column("answer"), sa.column("answered_at", MOMENT))
TURNED = sa.table(
    "turned_away", *map(sa.column, ("letter_id", "signature_id", "key", "why")), sa.column("at", MOMENT)
)  # fmt: skip
AT_ONCE = 500


def upgrade() -> None:
    op.create_table(
        "turned_away",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("why", WHY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_turned_away_letter_id")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_turned_away_signature_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turned_away")),
    )
    op.create_index(op.f("ix_turned_away_signature_id"), "turned_away", ["signature_id"])
    op.create_index("ix_turned_away_key", "turned_away", ["letter_id", "key"])
    declined = sa.select(SIGNATURE, sa.func.coalesce(SIGNATURE.c.ended_at, SIGNATURE.c.created_at, type_=MOMENT).label("at"))
    _keep(declined.where(sa.or_(SIGNATURE.c.state == "declined", SIGNATURE.c.decline_reason != "")), "declined")
    denied = sa.select(SIGNATURE, INQUIRY.c.answered_at.label("at")).join(INQUIRY, INQUIRY.c.signature_id == SIGNATURE.c.id)
    _keep(denied.where(INQUIRY.c.answer == "no"), "denied")


def downgrade() -> None:
    op.drop_table("turned_away")


def _keep(turned: sa.Select[Any], why: str) -> None:
    connection = op.get_bind()
    found = connection.execute(turned.order_by(SIGNATURE.c.id)).all()
    for start in range(0, len(found), AT_ONCE):
        rows = [one for row in found[start : start + AT_ONCE] for one in _keys(row, why)]
        if rows:
            connection.execute(sa.insert(TURNED), rows)


def _keys(row: sa.Row[Any], why: str) -> Iterator[dict[str, Any]]:
    kind = Kind(row.kind)
    name = Signatory(row.organization_name, row.signer_name, kind=kind).name
    if not name:  # erased
        return
    for key in dict.fromkeys(known_again(row.letter_id, known_again_by(kind, name, row.website, row.email))):
        yield {"letter_id": row.letter_id, "signature_id": row.id, "key": key, "why": why, "at": row.at}
