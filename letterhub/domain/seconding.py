"""When a second person of an organization may confirm the signature that stands for it."""

from letterhub.domain.inquiries import is_its_own
from letterhub.domain.mailboxes import mailbox_of
from letterhub.domain.refusals import Refused


class CannotSecond(Refused):
    """A signature that this mailbox cannot confirm, because it does not stand, or speaks for nobody new."""


def may_second(email: str, signed_with: str, website: str) -> bool:
    """Whether a mailbox is another one than the signature's, at the domain of its organization's website."""
    return bool(email) and mailbox_of(email) != mailbox_of(signed_with) and is_its_own(email, website)
