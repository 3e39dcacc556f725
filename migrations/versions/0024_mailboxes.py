"""The place of a person under a letter is her mailbox's, however its address is spelled. Who took it twice keeps both."""

import sqlalchemy as sa
from alembic import op

from letterhub.domain.mailboxes import mailbox_of

revision = "0024"
down_revision = "0023"

SIGNATURE = sa.table("signature", *map(sa.column, ("id", "letter_id", "kind", "email", "stands_as")))
TAKEN = sa.select(SIGNATURE).where(
    SIGNATURE.c.kind == "individual", SIGNATURE.c.email != "", SIGNATURE.c.stands_as.is_not(None)
)


def upgrade() -> None:
    connection = op.get_bind()
    rows = connection.execute(TAKEN.order_by(SIGNATURE.c.id)).all()
    taken = {(row.letter_id, row.stands_as) for row in rows}
    for row in rows:
        place = (row.letter_id, f"person|{mailbox_of(row.email)}")
        if place not in taken:
            taken.add(place)
            connection.execute(_moved(row.id, place[1]))


def downgrade() -> None:
    connection = op.get_bind()
    for row in connection.execute(TAKEN.order_by(SIGNATURE.c.id)).all():
        connection.execute(_moved(row.id, f"person|{row.email.casefold()}"))


def _moved(number: int, place: str) -> sa.Update:
    return sa.update(SIGNATURE).where(SIGNATURE.c.id == number).values(stands_as=place)
