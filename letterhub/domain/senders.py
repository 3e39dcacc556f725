"""Who sends a form, how many mails she may cause before hers wait, and when so many forms are a flood.

Nothing here refuses anyone: a form that comes too often is kept, and its mail waits for its turn. The first two forms from a
network wait for nobody, so that no stranger can use up what a real organization needs.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_network

from letterhub.domain.allowances import MINUTE, Allowance, LimitedAct, Purse, ip_of, network_of
from letterhub.domain.mailboxes import is_free_mail, mailbox_of
from letterhub.domain.organizations import domain_of_email

HOUR = dt.timedelta(hours=1)

FROM_NETWORK = Allowance(20, 3 * MINUTE)
FIRST_FROM_NETWORK = Allowance(2, 12 * HOUR)
TO_DOMAIN = Allowance(20, 5 * MINUTE)
OF_LETTER = Allowance(200, dt.timedelta(seconds=10))

FLOOD_WITHIN = HOUR
NETWORK_FLOOD = 10
LETTER_FLOOD = 60

MAILS_ABOUT_A_LETTER = 5
MAILS_A_DAY_IN_ALL = 20


_HOUSES = "127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16 ::/128 ::1/128 fc00::/7 fe80::/10"
HOUSES = tuple(map(ip_network, _HOUSES.split()))


@dataclass(frozen=True, slots=True)
class Sender:
    """From which IP address a form came, "" where nobody knows.

    `reads` is an address whose mail she was seen to read: she came by a link that was mailed to it. `proof` is the mark of the
    challenge that her browser solved, "" where it solved none; `invitation` is the number of the one that she came by, or 0.
    """

    address: str = ""
    reads: str = ""
    proof: str = ""
    invitation: int = 0

    @property
    def network(self) -> str:
        """The network of her address; "" within this machine or house, where a proxy stands for everyone."""
        return _network_outside(self.address)

    def is_reader_of(self, email: str) -> bool:
        """Whether she was seen to read the mail to an address."""
        return bool(self.reads) and mailbox_of(self.reads) == mailbox_of(email)


@lru_cache(maxsize=1024)
def _network_outside(address: str) -> str:
    known = ip_of(address)
    return "" if known is None or any(known in house for house in HOUSES) else network_of(address)


NOBODY = Sender()


@dataclass(frozen=True, slots=True)
class Purses:
    """The purses that a mail for a stranger draws on: of her network always, beyond its first forms those that all share."""

    network: Mapping[Purse, Allowance]
    first: Mapping[Purse, Allowance]
    shared: Mapping[Purse, Allowance]


def purses_of(letter_id: int, network: str, email: str) -> Purses:
    """The purses for a mail to an address about a letter, for someone of a network, however that is named.

    A domain where anyone may have a mailbox has no purse of its own.
    """
    letter, domain = str(letter_id), domain_of_email(email)
    shared: dict[Purse, Allowance] = {(LimitedAct.SIGN, "letter", letter): OF_LETTER}
    if domain and not is_free_mail(email.rpartition("@")[2]):
        shared[(LimitedAct.SIGN, "domain", letter, domain)] = TO_DOMAIN
    return Purses(
        network={(LimitedAct.SIGN, "network", letter, network): FROM_NETWORK},
        first={(LimitedAct.SIGN, "first", letter, network): FIRST_FROM_NETWORK},
        shared=shared,
    )


@dataclass(frozen=True, slots=True)
class Begun:
    """How many forms came within the last hour: under a letter, how many of them were confirmed, and from one network."""

    letter: int
    confirmed: int
    network: int


def is_flood_from_network(begun: Begun) -> bool:
    """Whether so many forms came from one network that nobody's word is taken for any of them."""
    return begun.network >= NETWORK_FLOOD


def is_flood_of_letter(begun: Begun) -> bool:
    """Whether so many forms came, and so few were confirmed, that machines are the likelier senders."""
    return begun.letter >= LETTER_FLOOD and 3 * begun.confirmed < begun.letter


def is_too_much_mail(about_letter: int, today: int) -> bool:
    """Whether strangers had a mailbox mailed too often, this mail counted: about one letter ever, or by all within a day."""
    return about_letter > MAILS_ABOUT_A_LETTER or today > MAILS_A_DAY_IN_ALL
