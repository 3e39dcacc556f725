"""Inquiries to an organization at another of its addresses, and its second confirmation by another person."""

import enum
from collections.abc import Sequence

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.mail.email_addresses import is_same_mailbox, own_domain
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.domain.signatures.evidence import FactKind
from letterhub.domain.states import ACTIVE_STATES, CONFIRMED_STATES, SIGNATURE_STATE_NAMES, SignatureState

MAX_INQUIRIES = 3  # addresses asked about one signature
ANSWERABLE = CONFIRMED_STATES | {SignatureState.DECLINED}
"""States in which an answer matters: the signature is listed, waits for review, or may come back."""


class Answer(enum.StrEnum):
    """Answer of an organization about a signature in its name."""

    YES = "yes"
    NO = "no"


class CannotAsk(UserFacingError):
    """Raised for an address that cannot tell anything new, or a signature that needs no inquiry."""

    field = "address"


class UnrelatedDomain(UserFacingError):
    """Raised for an address at another domain than the organization's, until staff say that it is the organization's."""

    field = "address"


class AlreadyAnswered(UserFacingError):
    """Raised when an inquiry was answered before."""


class CannotAnswer(UserFacingError):
    """Raised for an answer about a signature that was erased, or a "yes" to one that was withdrawn."""


def check_can_ask(state: SignatureState, signed_with: str, address: str, asked_addresses: Sequence[str]) -> None:
    """Raise CannotAsk if the signature is neither listed nor waiting for review, or the address cannot tell anything new.

    `asked` are the addresses that were asked before.
    """
    if state not in ACTIVE_STATES:
        raise CannotAsk(
            _("This signature is %(state)s, so there is nothing to ask about.", state=SIGNATURE_STATE_NAMES[state]), field=""
        )
    if is_same_mailbox(address, signed_with):
        raise CannotAsk(_("This is the address that signed. Ask a different one that the organization has published."))
    if any(is_same_mailbox(address, earlier) for earlier in asked_addresses):
        raise CannotAsk(_("This address has already been asked."))
    if len(asked_addresses) >= MAX_INQUIRIES:
        raise CannotAsk(_("Three addresses have already been asked. Decide based on what you know."))


def accepted_answers(state: SignatureState, *, erased: bool) -> tuple[Answer, ...]:
    """Return the answers that an organization may give about a signature in this state; empty if none matters any more.

    About a withdrawn one that is only "no", as its signer may try again. None is accepted once its line was `erased`.
    """
    if erased:
        return ()
    if state is SignatureState.WITHDRAWN:
        return (Answer.NO,)
    return tuple(Answer) if state in ANSWERABLE else ()


def is_at_own_domain(address: str, website: str) -> bool:
    """Return whether an address is at the domain of the organization's website, and speaks for it: see `own_domain`."""
    domain = own_domain(address)
    return bool(domain) and domain == domain_of_website(website)


def check_inquiry_domain(address: str, website: str, *, sure: bool) -> None:
    """Raise UnrelatedDomain if the address is at another domain and nobody confirmed it with `sure`."""
    if sure or is_at_own_domain(address, website):
        return
    if site := domain_of_website(website):
        raise UnrelatedDomain(
            _(
                "This address is not at %(site)s, the domain of the organization’s website. "
                "Check that the organization itself publishes it, then ask anyway.",
                site=site,
            )
        )
    raise UnrelatedDomain(
        _(
            "This address is at a domain that nothing ties to the organization. "
            "Check that the organization itself publishes it, then ask anyway."
        )
    )


def fact_kind_of_answer(answer: Answer, *, own: bool) -> FactKind:
    """Return the kind of fact that an answer proves; `own` says whether it came from the organization's domain."""
    if answer is Answer.NO:
        return FactKind.SECOND_NO
    return FactKind.SECOND_YES if own else FactKind.OTHER_YES


class CannotSecond(UserFacingError):
    """Raised when this mailbox cannot second the signature: it is not listed, or the mailbox adds no new person."""


def can_second(email: str, signed_with: str, website: str) -> bool:
    """Return whether a mailbox is another than the signature's, at the domain of its organization's website."""
    return bool(email) and not is_same_mailbox(email, signed_with) and is_at_own_domain(email, website)
