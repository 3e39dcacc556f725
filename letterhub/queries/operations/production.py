"""Production checks: accounts without a second factor, and a proxy that hides client networks."""

import datetime as dt

from sqlalchemy import func, select

from letterhub.infrastructure.db import db
from letterhub.models import Staff, Trace

MANY_FORMS, MANY_DOMAINS = 20, 10
LATELY = dt.timedelta(days=7)


def without_second_step() -> int:
    """Return how many active accounts have no second factor."""
    open_accounts = (Staff.active.is_(True), Staff.password.is_not(None), Staff.tf_primary_method.is_(None))
    return db.session.scalar(select(func.count()).select_from(Staff).where(*open_accounts)) or 0


def forms_of_one_network(at: dt.datetime) -> int:
    """Return how many of a letter's forms came within a week from one network, though from mailboxes of many domains; 0 if no
    letter has many forms, or they came from several networks.
    """
    of_letter = (
        select(func.count())
        .where(Trace.begun_at > at - LATELY, Trace.network_key != "")
        .group_by(Trace.letter_id)
        .having(
            func.count() >= MANY_FORMS,
            func.count(Trace.network_key.distinct()) == 1,
            func.count(Trace.mail_domain.distinct()) >= MANY_DOMAINS,
        )
    )
    return max(db.session.scalars(of_letter), default=0)
