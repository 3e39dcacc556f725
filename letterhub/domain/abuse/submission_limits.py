"""Form submissions: idempotency keys, rate limits for those of strangers and the mail they cause, and flood thresholds.

The rules are explained for operators and lawyers in docs/design/abuse.md.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_network

from letterhub.domain.abuse.rate_limits import MINUTE, BucketKey, RateLimit, network_of, parse_ip
from letterhub.domain.errors import UserFacingError
from letterhub.domain.mail.email_addresses import EmailAddress

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)

MAX_UNCONFIRMED_FORMS = 300
"""Maximum unconfirmed forms of one network under a letter within a day."""
EXEMPT_FORMS = 2
"""Forms of a network within a day that are exempt from the limits shared between networks."""

NETWORK_LIMIT = RateLimit(20, 3 * MINUTE)
LETTER_LIMIT = RateLimit(200, dt.timedelta(seconds=10))
DOMAIN_LIMIT = RateLimit(40, 2 * MINUTE)
"""Rate limits of submissions. A network's is smaller and slower than the shared ones, so that it cannot exhaust them alone."""

NETWORK_MAILS_PER_LETTER = 5
NETWORK_MAILS_PER_DAY = 10
MAILBOX_MAILS_PER_DAY = 20
"""Daily mail limits: to one mailbox by one network, about one letter and about all letters; and by all networks."""

FLOOD_WINDOW = HOUR
NETWORK_FLOOD_THRESHOLD = 10
LETTER_FLOOD_THRESHOLD = 60

_PRIVATE = "127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16 ::/128 ::1/128 fc00::/7 fe80::/10"
PRIVATE_NETWORKS = tuple(map(ip_network, _PRIVATE.split()))


class TooManyForms(UserFacingError):
    """Raised when a network has left too many unconfirmed forms."""


class FormTokenSpent(UserFacingError):
    """Raised when the one-time token of a form was used by another form before."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Origin of a form: the IP address, "" if unknown.

    `reads` is an address whose mail the sender evidently reads, by following a link that was mailed to it. `proof` is the hash
    of the solved proof of work, "" without one; `invitation` is the id of the invitation that led here, or 0;
    `via` the word of a partner's link, "" without one.
    """

    address: str = ""
    reads: EmailAddress | None = None
    proof: str = ""
    invitation: int = 0
    via: str = ""

    @property
    def network(self) -> str:
        """Network of the address; "" for a private one, as that is a proxy."""
        ip = parse_ip(self.address)
        return "" if ip is None or any(ip in network for network in PRIVATE_NETWORKS) else network_of(self.address)

    def is_reader_of(self, email: EmailAddress) -> bool:
        """Return whether the sender evidently reads the mail to an address."""
        return self.reads is not None and self.reads.canonical == email.canonical


UNKNOWN_SENDER = Sender()


def make_idempotency_key(word: str, *about: object) -> str | None:
    """Return the key that all submissions of one form share, as a double click or a proxy's retry must act once.

    `word` is the form's token and `about` what it acts on, such as a letter's id. None without a token.
    """
    return hashlib.sha256(repr((word, *about)).encode()).hexdigest() if word else None


@dataclass(frozen=True, slots=True)
class MailDecision:
    """Decision about a confirmation mail.

    `promised_at` is the time that a page may show: it depends only on what the network did, so that it reveals nothing
    about the mailbox. `blocked` is why nothing is sent at all. `limits` names the rate limits that the mail draws on and
    `held_by` the one that delays it, "" for none. `replaces` are the waiting mails that it replaces.
    """

    due_at: dt.datetime
    promised_at: dt.datetime
    blocked: str = ""
    limits: tuple[str, ...] = ()
    held_by: str = ""
    replaces: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PastMail:
    """Earlier confirmation mail to a mailbox: `at` is when it was sent, or will be if it `waits`.

    `promised_at` is the time that the page of its form showed at `asked_at`; None if that was at once.
    """

    id: int
    letter_id: int
    same_network: bool
    same_address: bool
    waits: bool
    asked_at: dt.datetime
    at: dt.datetime
    limits: tuple[str, ...] = ()
    held_by: str = ""
    promised_at: dt.datetime | None = None
    blocked: bool = False


def allowed_at(times: Iterable[dt.datetime], limit: int, at: dt.datetime) -> dt.datetime:
    """Return when one more mail is allowed by a `limit` per 24 hours, given the `times` of earlier ones: `at` itself, or
    when enough of them are a day old."""
    recent = sorted((time for time in times if time > at - DAY), reverse=True)
    return at if len(recent) < limit else recent[limit - 1] + DAY


def network_may_mail_at(mails: Sequence[PastMail], letter_id: int, at: dt.datetime) -> dt.datetime:
    """Return when one network may have one mailbox mailed again, counting only its own requests.

    It counts the times that its pages showed, each once, so that the real fate of a mail is not revealed.
    """
    shown_times = {
        (mail.letter_id, mail.promised_at or mail.id): mail.promised_at or mail.asked_at for mail in mails if mail.same_network
    }
    times_of_letter = (shown for (letter, _), shown in shown_times.items() if letter == letter_id)
    return max(
        allowed_at(times_of_letter, NETWORK_MAILS_PER_LETTER, at), allowed_at(shown_times.values(), NETWORK_MAILS_PER_DAY, at)
    )


def mailbox_may_be_mailed_at(mails: Sequence[PastMail], letter_id: int, at: dt.datetime) -> dt.datetime:
    """Return when a mailbox may get one more mail from strangers: only sent mail counts, and the first of a day about a
    letter is always sent."""
    sent = [mail for mail in mails if not mail.waits]
    if not any(mail.letter_id == letter_id and mail.at > at - DAY for mail in sent):
        return at
    return allowed_at((mail.at for mail in sent), MAILBOX_MAILS_PER_DAY, at)


def network_bucket(letter_id: int, network: str) -> dict[BucketKey, RateLimit]:
    """Return the rate limit of a network under a letter."""
    return {("submission", "network", str(letter_id), network): NETWORK_LIMIT}


def shared_buckets(letter_id: int, email: EmailAddress) -> dict[BucketKey, RateLimit]:
    """Return the rate limits that all networks share: of a letter, and of a mail domain unless it is a free mail provider."""
    letter = str(letter_id)
    shared: dict[BucketKey, RateLimit] = {("submission", "letter", letter): LETTER_LIMIT}
    if email.domain and not email.is_free:
        shared["submission", "domain", letter, email.domain] = DOMAIN_LIMIT
    return shared


@dataclass(frozen=True, slots=True)
class NetworkForms:
    """Forms of one network under a letter: within a day, how many of them are unconfirmed, and within the last hour."""

    today: int = 0
    unconfirmed: int = 0
    last_hour: int = 0


@dataclass(frozen=True, slots=True)
class LetterForms:
    """Forms under a letter within the last hour, and how many of them were confirmed."""

    count: int
    confirmed: int


def is_flood_from_network(last_hour: int) -> bool:
    """Return whether one network sent so many forms within an hour that no rule publishes any of them."""
    return last_hour >= NETWORK_FLOOD_THRESHOLD


def is_flood_of_letter(forms: LetterForms) -> bool:
    """Return whether there are so many forms, and so few confirmed, that they are probably automated."""
    return forms.count >= LETTER_FLOOD_THRESHOLD and 3 * forms.confirmed < forms.count
