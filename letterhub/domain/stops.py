"""Why a mailbox gets no more mail about a letter, and when what happened to one organization is an alarm."""

import enum

from letterhub.domain.mailboxes import is_free_mail
from letterhub.domain.organizations import domain_of_email, domain_of_website

ALARM_AT = 3


class Why(enum.StrEnum):
    """Why mail stops."""

    DISOWNED = "disowned"
    BOUNCED = "bounced"


NOT_SENT = {
    Why.DISOWNED: "Not sent: the owner of this mailbox said that an earlier signature was not theirs.",
    Why.BOUNCED: "Not sent: an earlier e-mail to this mailbox could not be delivered.",
}


def whose(website: str, email: str) -> str:
    """The domain of whoever is signed up by others: of the website, or of a mailbox that is not one of anyone's; or ""."""
    mail = domain_of_email(email)
    return domain_of_website(website) or ("" if is_free_mail(email.rpartition("@")[2]) else mail)
