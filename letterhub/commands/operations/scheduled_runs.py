"""Claims of hourly runs: the clock of each worker asks, one of them gets the run. See docs/design/jobs.md."""

import datetime as dt

from sqlalchemy.exc import IntegrityError

from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import ScheduledRun


@one_transaction
def claim_scheduled_run(name: str, at: dt.datetime) -> bool:
    """Return whether the caller claims this hour's run. If it is killed midway, the next hour's run does the rest.

    Any hour other than the last claimed one counts, earlier ones too: a clock that was ahead must not stop all work.
    """
    hour = at.replace(minute=0, second=0, microsecond=0)
    run = db.session.get(ScheduledRun, name, with_for_update=True)
    if run is None:
        try:
            with db.session.begin_nested():
                db.session.add(ScheduledRun(name=name, hour=hour))
                db.session.flush()
        except IntegrityError:
            return False  # another worker was faster
        return True
    if run.hour == hour:
        return False
    run.hour = hour
    return True
