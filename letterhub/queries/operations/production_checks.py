"""Counts for the checks of a production site: accounts without a second factor, and a proxy that hides client networks."""

import datetime as dt

from sqlalchemy import func, select

from letterhub.infrastructure.db import db
from letterhub.models import Staff, SubmissionOrigin
from letterhub.queries.sign_in_methods import has_second_factor

MANY_FORMS, MANY_DOMAINS = 20, 10
NETWORK_WINDOW = dt.timedelta(days=7)


def count_without_two_factor() -> int:
    """Return how many active accounts have a password, and no app, passkey or provider for the second factor."""
    open_accounts = (
        Staff.active.is_(True),
        Staff.password.is_not(None),
        ~has_second_factor(),
    )
    return db.session.scalar(select(func.count()).select_from(Staff).where(*open_accounts)) or 0


def count_forms_of_one_network(at: dt.datetime) -> int:
    """Return how many forms a letter got within a week if there are many, for mailboxes at many domains, all from one network.

    Then a proxy may hide the clients' networks. Of several such letters, the largest number; 0 if there is none.
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
