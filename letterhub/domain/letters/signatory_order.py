"""Order of a letter's signatories, and the groups that its list shows under headings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

from letterhub.domain.alphabets import alphabet_of
from letterhub.domain.letters.letter_document import (
    LetterDocument,
    LetterText,
    Signatory,
    SignatoryCounts,
    SignatoryKind,
    SignatoryOrder,
)
from letterhub.domain.organizations.name_keys import sort_key
from letterhub.domain.signatures.sort_keys import lead_rank, section_rank, signatory_sort_key


@dataclass(frozen=True, slots=True)
class SignatoryGroup:
    """Run of signatories under one heading, "" for none.

    `is_location` tells a heading that signatories typed as their place from the built-in headings.
    """

    heading: str
    signatories: tuple[Signatory, ...]
    is_location: bool = False

    @property
    def is_rest(self) -> bool:
        """Return whether the group has no heading of its own: it is the rest, or the whole list."""
        return not self.is_location and self.heading in ("", "other")


def build_document(text: LetterText, signatories: Iterable[Signatory], **attributes: object) -> LetterDocument:
    """Return the document of a text and its signatories, sorted by the text's order; `attributes` are its other fields."""
    ordered = sort_signatories(tuple(signatories), text.order, alphabet_of(text.language))
    return replace(LetterDocument(text=text, signatories=ordered), **attributes)  # type: ignore[arg-type]


def sort_signatories(signatories: Sequence[Signatory], order: SignatoryOrder, alphabet: str = "") -> tuple[Signatory, ...]:
    """Sort signatories for printing: leads first, by their places; then by the letter's order and each one's name; in
    alphabetical order, organizations before individuals. `alphabet` is that of the letter's language."""
    if order is SignatoryOrder.AS_GIVEN:
        return tuple(sorted(signatories, key=lead_rank))

    def sort_position(signatory: Signatory) -> tuple[object, ...]:
        by_name = (signatory_sort_key(signatory, alphabet), signatory.name, signatory.detail)
        match order:
            case SignatoryOrder.SECTIONS:
                return (lead_rank(signatory), section_rank(signatory.section), sort_key(signatory.section, alphabet), *by_name)
            case SignatoryOrder.LOCATION:
                return (lead_rank(signatory), not signatory.location, sort_key(signatory.location, alphabet), *by_name)
        return (lead_rank(signatory), not signatory.lead and signatory.kind is SignatoryKind.INDIVIDUAL, *by_name)

    return tuple(sorted(signatories, key=sort_position))


def has_kind_headings(counts: SignatoryCounts, layout: int) -> bool:
    """Return whether organizations and individuals have headings and counts of their own: if the list has both."""
    return layout > 1 and counts.organizations > 0 and counts.individuals > 0


def group_heading(signatory: Signatory, order: SignatoryOrder, *, by_kind: bool = False) -> str:
    """Return the heading of a signatory's group: "lead" for a lead; by the letter's order its section or place, or "other" if
    it has none; its kind in alphabetical order `by_kind`; else ""."""
    if signatory.lead:
        return "lead"
    match order:
        case SignatoryOrder.SECTIONS:
            return signatory.section or "other"
        case SignatoryOrder.LOCATION:
            return signatory.location or "other"
        case SignatoryOrder.ALPHABETICAL if by_kind:
            return str(signatory.kind)
    return ""


def group_runs(signatories: Sequence[Signatory], order: SignatoryOrder, *, by_kind: bool = False) -> tuple[SignatoryGroup, ...]:
    """Group consecutive signatories with the same heading. A place "other" is another heading than the built-in one."""
    by_location = order is SignatoryOrder.LOCATION
    headings = [
        (group_heading(one, order, by_kind=by_kind), by_location and bool(one.location) and not one.lead) for one in signatories
    ]
    runs = groupby(zip(headings, signatories, strict=True), key=itemgetter(0))
    return tuple(SignatoryGroup(heading, tuple(one for _, one in run), is_location) for (heading, is_location), run in runs)


def signatory_groups(document: LetterDocument) -> tuple[SignatoryGroup, ...]:
    """Return a document's signatories in groups. If "other" would be the only heading, there is none."""
    by_kind = has_kind_headings(document.counts, document.layout)
    groups = group_runs(document.signatories, document.text.order, by_kind=by_kind)
    if document.signatories and all(group.is_rest for group in groups):
        return (SignatoryGroup("", tuple(document.signatories)),)
    return groups
