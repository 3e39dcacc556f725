"""Mail suppression: reasons for sending a mailbox no more mail about a letter, and the alarm threshold for one domain."""

import enum

from letterhub.domain.i18n import _
from letterhub.domain.mail.email_addresses import EmailAddress

ALARM_THRESHOLD = 3


class SuppressionReason(enum.StrEnum):
    """Reason for mail suppression."""

    DISOWNED = "disowned"
    BOUNCED = "bounced"


NOT_SENT_SENTENCES = {
    SuppressionReason.DISOWNED: _("Not sent: someone with this mailbox said that an earlier signature was not theirs."),
    SuppressionReason.BOUNCED: _("Not sent: an earlier email to this mailbox could not be delivered."),
}


def own_domain(email: str) -> str:
    """Return the domain of a mailbox if one organization owns it; "" for a free or disposable mail provider.

    The website in a form proves nothing: anyone could raise an alarm about another organization's domain.
    """
    address = EmailAddress(email)
    return "" if address.is_free or address.is_disposable else address.domain
