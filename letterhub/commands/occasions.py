"""Takes on what the clock asks for every hour. The clock of each worker asks; one of them is told to do it."""

import datetime as dt

from sqlalchemy.exc import IntegrityError

from letterhub.db import db, one_transaction
from letterhub.models import Occasion


@one_transaction
def take_on(name: str, at: dt.datetime) -> bool:
    """Whether the work of this hour is the caller's. Where she is killed in the middle of it, the next hour's does the rest.

    Any other hour than the last is a new one, an earlier one too: a clock that ran ahead for a while must not stop all work.
    """
    hour = at.replace(minute=0, second=0, microsecond=0)
    occasion = db.session.get(Occasion, name, with_for_update=True)
    if occasion is None:
        return _first(name, hour)
    if occasion.hour == hour:
        return False
    occasion.hour = hour
    return True


def _first(name: str, hour: dt.datetime) -> bool:
    try:
        with db.session.begin_nested():
            db.session.add(Occasion(name=name, hour=hour))
            db.session.flush()
    except IntegrityError:
        return False  # another worker was faster
    return True
