"""Gives a sign of life: that a worker is there, that the queue moves, that a backup was made."""

import datetime as dt

from sqlalchemy import delete

from letterhub.db import db, inserting, one_transaction
from letterhub.domain.pulse import FORGOTTEN, Sign
from letterhub.models import Pulse


@one_transaction
def give_sign(sign: Sign, name: str, machine: str, at: dt.datetime) -> None:
    """Keeps that something lives at this moment; of workers that are long gone nothing is kept."""
    new = inserting(Pulse).values(sign=sign, name=name, machine=machine, since=at, at=at)
    db.session.execute(new.on_conflict_do_update(index_elements=["sign", "name"], set_={"at": at, "machine": machine}))
    gone = (Pulse.sign == sign, Pulse.sign != Sign.BACKUP, Pulse.at < at - FORGOTTEN)
    db.session.execute(delete(Pulse).where(*gone).execution_options(synchronize_session=False))
