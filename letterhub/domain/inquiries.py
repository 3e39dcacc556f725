"""Asking an organization at another of its addresses: whom one may ask, and what an answer means."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from letterhub.domain.evidence import FactKind
from letterhub.domain.mailboxes import is_free_mail, mailbox_of
from letterhub.domain.organizations import domain_of_email, domain_of_website
from letterhub.domain.refusals import Refused
from letterhub.domain.states import STANDING, SignatureState

MOST = 3  # addresses that are asked about one signature
ANSWERABLE = STANDING | {SignatureState.OUTDATED, SignatureState.DECLINED}
"""The states in which whatever an organization says of a signature matters: it stands, or may come back."""


class Answer(enum.StrEnum):
    """What an organization says about a signature in its name."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class AskedAddress:
    """An address that was asked about a signature, and where staff found it published."""

    address: str


class CannotAsk(Refused):
    """An address that cannot tell anything about a signature, or a signature that nobody needs to be asked about."""

    field = "address"


class NotItsDomain(Refused):
    """An address at another domain than the organization's: staff must say that it is the organization's all the same."""

    field = "address"


class AnsweredAlready(Refused):
    """A question that was answered before."""


class NothingToAnswer(Refused):
    """A question about a signature that was erased, or a "yes" to one that was withdrawn."""


def check_may_ask(state: SignatureState, signed_with: str, address: str, before: Sequence[AskedAddress]) -> None:
    """Raises CannotAsk where the signature is not in the list nor waiting for review, or the address tells nothing new."""
    if state not in STANDING:
        raise CannotAsk(f"This signature is {state}: there is nothing to ask about.", field="")
    mailbox = mailbox_of(address)
    if mailbox == mailbox_of(signed_with):
        raise CannotAsk("This is the address that signed. Ask another one that the organization has published.")
    if any(mailbox_of(one.address) == mailbox for one in before):
        raise CannotAsk("This address has already been asked.")
    if len(before) >= MOST:
        raise CannotAsk("Three addresses have already been asked. Decide on what you know.")


def answers_that_count(state: SignatureState, *, erased: bool) -> tuple[Answer, ...]:
    """Which answers about a signature matter now. Of one that was withdrawn a "no" does: who signed it may try again.

    Where its line was `erased`, nobody can say anything about it.
    """
    if erased:
        return ()
    if state is SignatureState.WITHDRAWN:
        return (Answer.NO,)
    return tuple(Answer) if state in ANSWERABLE else ()


def is_its_own(address: str, website: str) -> bool:
    """Whether an address is at the domain of the organization's website, and not where anyone can have one."""
    domain = domain_of_email(address)
    return bool(domain) and domain == domain_of_website(website) and not is_free_mail(address.rpartition("@")[2])


def check_domain(address: str, website: str, *, sure: bool) -> None:
    """Raises NotItsDomain where the address is at another domain and nobody said that they are `sure`."""
    if sure or is_its_own(address, website):
        return
    site = domain_of_website(website)
    told = f"not at {site}, the domain of the website that was given" if site else "at a domain that nothing vouches for"
    sentence = f"This address is {told}. Check that the organization itself publishes it, then ask anyway."
    raise NotItsDomain(sentence)


def kind_of_answer(answer: Answer, *, own: bool) -> FactKind:
    """What an answer shows: a "no" counts wherever it comes from."""
    if answer is Answer.NO:
        return FactKind.SECOND_NO
    return FactKind.SECOND_YES if own else FactKind.OTHER_YES
