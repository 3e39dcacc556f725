"""Who holds an organization's one place under a letter, of several signatures in its name: the one with the best proof."""

from collections.abc import Sequence
from dataclasses import dataclass

from letterhub.domain.mailboxes import mailbox_of
from letterhub.domain.proof_level import ProofLevel, own_domain_of
from letterhub.domain.states import SignatureState


@dataclass(frozen=True, slots=True)
class Contender:
    """A signature that holds or wants a place. `level` counts all that is known, `own_level` not that staff published it.

    `order` says which was confirmed earlier; `reviewed` that staff published it as it prints; `turned_away` that staff turned
    its mailbox away.
    """

    id: int
    state: SignatureState
    level: ProofLevel
    own_level: ProofLevel
    email: str
    reviewed: bool
    order: tuple[float, int]
    turned_away: bool = False

    def is_colleague_of(self, other: "Contender") -> bool:
        """Whether both have one mailbox, or mailboxes at one domain that is not anyone's."""
        if not self.email or not other.email:
            return False
        domain = own_domain_of(self.email)
        return mailbox_of(self.email) == mailbox_of(other.email) or (bool(domain) and domain == own_domain_of(other.email))


def yields_place(holder: Contender, newcomer: Contender) -> bool:
    """Whether the holder of a place gives it up to a newcomer.

    What staff published stays until they decide. What a rule published yields to nothing less than proof. A signature that a
    change of the text outdated keeps its place, but for a colleague who signs the new text. Nothing yields to a mailbox that
    staff turned away.
    """
    if newcomer.turned_away:
        return False
    if holder.state is SignatureState.OUTDATED and newcomer.is_colleague_of(holder):
        return newcomer.own_level >= holder.own_level
    if holder.state is SignatureState.PUBLISHED:
        return not holder.reviewed and newcomer.level > holder.level and newcomer.level is ProofLevel.PROVEN
    return newcomer.level > holder.level


def place_goes_to(holder: Contender | None, waiting: Sequence[Contender]) -> Contender:
    """Return who gets a place: its holder, or of those `waiting` the one with the best proof, of equals the earliest."""
    best = min(waiting, key=lambda one: (one.turned_away, -one.level, one.order))
    return best if holder is None or yields_place(holder, best) else holder
