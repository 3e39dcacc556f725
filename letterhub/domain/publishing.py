"""When a name appears without staff: what a letter's rules let through, and for which doubts they leave it to a person."""

from dataclasses import dataclass

from letterhub.domain.document import Kind
from letterhub.domain.evidence import Doubt, Evidence, Standing
from letterhub.domain.letters import PublishRule


@dataclass(frozen=True, slots=True)
class PublishRules:
    """A letter's rules for publishing: the one for organizations, and whether individuals appear once they confirm."""

    organizations: PublishRule = PublishRule.ASK_STAFF
    individuals: bool = False

    def asks_about_all(self, kind: Kind) -> bool:
        """Whether staff read every name of a kind before it appears."""
        return not self.individuals if kind is Kind.INDIVIDUAL else self.organizations is PublishRule.ASK_STAFF


NO_DOUBT = {
    Kind.ORGANIZATION: frozenset({Doubt.FIRST_SEEN, Doubt.LIKE_ANOTHER, Doubt.OTHER_NAME}),
    Kind.INDIVIDUAL: frozenset({Doubt.FIRST_SEEN, Doubt.FREE_MAIL, Doubt.NO_WEBSITE}),
}
"""What is told of a name of each kind and is no reason for a rule to leave it to staff. Whoever reviewed an organization's name
knew what it is like, and a forger who signs by one that resembles it takes nothing from it.
"""


def publishes_at_once(rules: PublishRules, kind: Kind, standing: Standing) -> bool:
    """Whether a letter's rules let a signature appear without staff: of organizations only those that staff reviewed before,
    with exactly this name, at the domain of this mailbox.
    """
    if rules.asks_about_all(kind) or standing.doubts - NO_DOUBT[kind] or Evidence.MAILBOX not in standing.evidence:
        return False
    return kind is Kind.INDIVIDUAL or Evidence.REVIEWED in standing.evidence


def reasons_to_ask(rules: PublishRules, kind: Kind, standing: Standing) -> tuple[Doubt, ...]:
    """The doubts for which a rule leaves a name to staff, the gravest first; none where it asks about every name."""
    if rules.asks_about_all(kind) or publishes_at_once(rules, kind, standing):
        return ()
    return tuple(doubt for doubt in Doubt if doubt in standing.doubts - NO_DOUBT[kind])


def is_clear(kind: Kind, standing: Standing) -> bool:
    """Whether nothing is in doubt about a name, so that staff may publish it together with others: an organization confirmed at
    its own domain, or an individual who confirmed.
    """
    if kind is Kind.INDIVIDUAL:
        return publishes_at_once(PublishRules(individuals=True), kind, standing)
    return standing.clear
