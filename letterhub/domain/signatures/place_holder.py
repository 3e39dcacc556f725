"""Choice of the signature that holds an organization's only place on a letter, by the proof of those that hold or want it.

See docs/design/signatures.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from letterhub.domain.mail.email_addresses import is_same_mailbox, own_domain
from letterhub.domain.signatures.proof_level import ProofLevel
from letterhub.domain.states import SignatureState


@dataclass(frozen=True, slots=True)
class PlaceContender:
    """Signature that holds or wants a place. `level` is its proof level, `own_level` that without the credit for being
    published.

    `order` sorts by time of confirmation; `reviewed`: staff published it as it prints; `turned_away`: staff declined its
    mailbox.
    """

    id: int
    state: SignatureState
    level: ProofLevel
    own_level: ProofLevel
    email: str
    reviewed: bool
    order: tuple[float, int]
    turned_away: bool = False

    def is_colleague_of(self, other: "PlaceContender") -> bool:
        """Return whether both have the same mailbox, or mailboxes at one domain that is not a free mail provider's."""
        if not self.email or not other.email:
            return False
        domain = own_domain(self.email)
        return is_same_mailbox(self.email, other.email) or (bool(domain) and domain == own_domain(other.email))


def yields_place(holder: PlaceContender, newcomer: PlaceContender) -> bool:
    """Return whether the signature that holds its organization's only place on a letter loses it to a newcomer.

    What staff published stays until they decide. What a rule published yields only to PROVEN. An outdated signature keeps its
    place, except against a colleague who signs the new text. No signature yields to a mailbox that staff declined.
    """
    if newcomer.turned_away:
        return False
    if holder.state is SignatureState.OUTDATED and newcomer.is_colleague_of(holder):
        return newcomer.own_level >= holder.own_level
    if holder.state is SignatureState.PUBLISHED:
        return not holder.reviewed and newcomer.level > holder.level and newcomer.level is ProofLevel.PROVEN
    return newcomer.level > holder.level


def choose_place_holder(holder: PlaceContender | None, waiting: Sequence[PlaceContender]) -> PlaceContender:
    """Return the signature that gets an organization's only place on a letter: its holder, unless the best of those `waiting`
    outranks it.

    The best has the highest proof level; among equals, the one confirmed first. Mailboxes that staff declined come last.
    """
    best = min(waiting, key=lambda contender: (contender.turned_away, -contender.level, contender.order))
    return best if holder is None or yields_place(holder, best) else holder
