"""Counts for the checks of a production site: accounts without a second factor, and a proxy that hides client networks."""

import datetime as dt

from sqlalchemy import func, select

from letterhub.infrastructure.db import db
from letterhub.models import Staff, SubmissionOrigin

MANY_FORMS, MANY_DOMAINS = 20, 10
NETWORK_WINDOW = dt.timedelta(days=7)


def count_without_two_factor() -> int:
    """Return how many active accounts have no second factor."""
    open_accounts = (Staff.active.is_(True), Staff.password.is_not(None), Staff.tf_primary_method.is_(None))
    return db.session.scalar(select(func.count()).select_from(Staff).where(*open_accounts)) or 0


def count_forms_of_one_network(at: dt.datetime) -> int:
    """Return how many of a letter's forms came within a week from one network, though from mailboxes of many domains; 0 if no
    letter has many forms, or they came from several networks.
    """
    query = (
        select(func.count())
        .where(SubmissionOrigin.started_at > at - NETWORK_WINDOW, SubmissionOrigin.network_hash != "")
        .group_by(SubmissionOrigin.letter_id)
        .having(
            func.count() >= MANY_FORMS,
            func.count(SubmissionOrigin.network_hash.distinct()) == 1,
            func.count(SubmissionOrigin.mail_domain.distinct()) >= MANY_DOMAINS,
        )
    )
    return max(db.session.scalars(query), default=0)
