"""Sort keys of signatories: of their names, and of the orders that a letter can have."""

from collections.abc import Mapping
from dataclasses import dataclass

from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.organizations.name_keys import sort_key
from letterhub.domain.signatures.personal_names import person_sort_key

MAX_LEAD_ORDER = 998
"""Limit on the place of a lead that staff set."""

SECTION_ORDER = ("lead", "international", "national", "state", "local", "individual")
KEY_LENGTH = 600


def signatory_sort_key(signatory: Signatory, alphabet: str = "") -> str:
    """Return the collation key of a signatory's name: a person's by surname, an organization's without its article; the key of
    the sort name if there is one. `alphabet` is that of the letter's language."""
    if signatory.kind is SignatoryKind.INDIVIDUAL:
        return person_sort_key(signatory.name, signatory.sort_name, alphabet)
    return sort_key(signatory.sort_name or signatory.name, alphabet)


def lead_rank(signatory: Signatory) -> int:
    """Return the sort rank of a signatory: leads with a place in its order, the other leads, everyone else."""
    if not signatory.lead:
        return MAX_LEAD_ORDER + 2
    return min(signatory.lead_order or MAX_LEAD_ORDER + 1, MAX_LEAD_ORDER + 1)


def section_rank(section: str) -> int:
    """Return the sort rank of a section: the built-in ones in their order, then a letter's own, then none."""
    ranks: Mapping[str, int] = {name: rank for rank, name in enumerate(SECTION_ORDER)}
    if not section:
        return len(SECTION_ORDER) + 1
    return ranks.get(section.casefold(), len(SECTION_ORDER))


@dataclass(frozen=True, slots=True)
class ListSortKey:
    """Sort key of a signatory before its name, for each order of a letter; strings, so that all databases sort alike."""

    lead: str
    kind: str
    section: str
    location: str


def list_sort_key(signatory: Signatory, alphabet: str = "") -> ListSortKey:
    """Return the sort key of a signatory: leads first, by their places; the others in one group; by kind, organizations before
    individuals; by rank and name of their section; or by location, those without one last. `alphabet` is that of the letter's
    language."""
    if signatory.lead:
        return ListSortKey(*(f"0{lead_rank(signatory):03}",) * 4)
    kind = "2" if signatory.kind is SignatoryKind.INDIVIDUAL else "1"
    location = f"10{sort_key(signatory.location, alphabet)}" if signatory.location else "11"
    section = f"1{section_rank(signatory.section)}{sort_key(signatory.section, alphabet)}"
    return ListSortKey("1", kind, section[:KEY_LENGTH], location[:KEY_LENGTH])
