"""Why a mailbox gets no more mail about a letter, and when what happened to one organization is an alarm."""

import enum

from letterhub.domain.mailboxes import is_disposable, is_free_mail
from letterhub.domain.organizations import domain_of_email

ALARM_AT = 3


class Why(enum.StrEnum):
    """Why mail stops."""

    DISOWNED = "disowned"
    BOUNCED = "bounced"


NOT_SENT = {
    Why.DISOWNED: "Not sent: someone who reads this mailbox said that an earlier signature was not theirs.",
    Why.BOUNCED: "Not sent: an earlier email to this mailbox could not be delivered.",
}


def own_domain(email: str) -> str:
    """Return the domain of a mailbox whose reader says something, where one organization has it; "" where anyone can have one.

    The website that a form names proves nothing: whoever fills it in could raise an alarm about somebody else's domain.
    """
    host = email.rpartition("@")[2]
    return "" if is_free_mail(host) or is_disposable(host) else domain_of_email(email)
