"""Lists of contacts: what a row of a table adds to the contacts of a coalition. Nothing that is known is overwritten."""

import enum
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace

from letterhub.domain.i18n import _, join_sentences
from letterhub.domain.invitations.contact import (
    MAX_NAME,
    MAX_PEOPLE,
    MAX_PHONE,
    MAX_TAG,
    MAX_TAGS,
    PersonDetails,
    complete_person,
    is_same_person,
    parse_tags,
)
from letterhub.domain.organizations.name_keys import name_key
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.domain.signatures.signatory_import import ParsedRow, PlannedRow


class ContactRowOutcome(enum.StrEnum):
    """Outcome of a row of a list of contacts."""

    NEW = "new"
    ADDED = "added"
    UNCHANGED = "unchanged"
    PROBLEM = "problem"


APPLIED = (ContactRowOutcome.NEW, ContactRowOutcome.ADDED)
"""Outcomes of rows that are applied."""


@dataclass(slots=True)
class PersonState:
    """Person of a contact: as stored, with its id, and completed by rows of the list."""

    details: PersonDetails
    id: int | None = None
    is_changed: bool = False


@dataclass(slots=True)
class ContactState:
    """Contact while a list is read: as stored, then with what the rows add. One without an id is new, by a `line`."""

    name: str
    website: str
    id: int | None = None
    line: int | None = None
    people: list[PersonState] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    notes: set[str] = field(default_factory=set)
    new_tags: list[str] = field(default_factory=list)
    new_notes: list[str] = field(default_factory=list)
    is_changed: bool = False


class ContactStates:
    """Contacts by name, as rows of a list look for them."""

    def __init__(self, contacts: Iterable[ContactState]) -> None:
        self._by_name: dict[str, list[ContactState]] = defaultdict(list)
        for contact in contacts:
            self.add(contact)

    def add(self, contact: ContactState) -> None:
        """Add a contact."""
        self._by_name[name_key(contact.name)].append(contact)

    def find(self, name: str, website: str) -> list[ContactState]:
        """Return the contacts that a row may mean: of its name, unless at another website; one if the website is the same."""
        domain, named = domain_of_website(website), self._by_name.get(name_key(name), [])
        if not domain:
            return named
        same = [contact for contact in named if domain_of_website(contact.website) == domain]
        return same or [contact for contact in named if not domain_of_website(contact.website)]

    @property
    def changed(self) -> list[ContactState]:
        """Contacts that are new, or have more than before."""
        return [contact for named in self._by_name.values() for contact in named if contact.is_changed]


def plan_contact_list(rows: Iterable[ParsedRow], contacts: ContactStates) -> tuple[PlannedRow[ContactRowOutcome], ...]:
    """Return the outcome of each row, in order; `contacts` are then as the list leaves them."""
    return tuple(_plan_row(replace(row, remarks=tuple(contact_remarks(row))), contacts) for row in rows)


def _plan_row(row: ParsedRow, contacts: ContactStates) -> PlannedRow[ContactRowOutcome]:
    """Return a row with its outcome, and add to the contact what the row has."""
    line, tags = row.signatory, row_tags(row)
    if problem := join_sentences(_problems(row, tags)):
        return PlannedRow(row, ContactRowOutcome.PROBLEM, problem)
    found = contacts.find(line.organization, line.website)
    if len(found) > 1:
        sentence = _("Several of your contacts have this name. Add a website that says which one is meant.")
        return PlannedRow(row, ContactRowOutcome.PROBLEM, sentence)
    contact = found[0] if found else ContactState(line.organization, line.website, line=row.line)
    if problem := _limit_problem(row, tags, contact):
        return PlannedRow(row, ContactRowOutcome.PROBLEM, problem)
    additions = tuple(_add(row, tags, contact))
    if not found:
        contact.is_changed = True
        contacts.add(contact)
        return PlannedRow(row, ContactRowOutcome.NEW, join_sentences(row.notes))
    contact.is_changed = contact.is_changed or bool(additions)
    outcome = ContactRowOutcome.ADDED if additions else ContactRowOutcome.UNCHANGED
    return PlannedRow(
        row, outcome, join_sentences((*_recognized(row, contact), *additions, *_known_otherwise(row, contact), *row.notes))
    )


def _person(row: ParsedRow) -> PersonDetails:
    """Return the person whom a row names."""
    return PersonDetails(row.signatory.signer_name, row.signatory.signer_title, row.email, row.values.get("phone", ""))


def row_tags(row: ParsedRow) -> tuple[str, ...]:
    """Return the tags of a row."""
    return parse_tags(row.values.get("tags", "").replace(";", ","))


def contact_remarks(row: ParsedRow) -> Iterator[str]:
    """Yield what a row has besides name and address, for the preview."""
    if phone := row.values.get("phone"):
        yield _("Phone: %(phone)s", phone=phone)
    if tags := row_tags(row):
        yield _("Tags: %(tags)s", tags=", ".join(tags))
    if note := row.values.get("notes"):
        yield _("Note: %(note)s", note=note)


def _problems(row: ParsedRow, tags: tuple[str, ...]) -> Iterator[str]:
    """Yield what keeps a row from use, by itself."""
    person = _person(row)
    if not row.signatory.organization:
        yield _("The row names no organization.")
        return
    yield from row.problems
    yield from contact_problems(row, tags)
    if person.title and person.is_empty:
        yield _("The row has a title, but no name, email address or phone number of a person.")


def contact_problems(row: ParsedRow, tags: Collection[str]) -> Iterator[str]:
    """Yield what of a row no contact can hold."""
    person = _person(row)
    for label, value, most in ((_("Person"), person.name, MAX_NAME), (_("Phone"), person.phone, MAX_PHONE)):
        if len(value) > most:
            yield _("“%(field)s” is longer than %(most)s characters.", field=label, most=most)
    if any(len(tag) > MAX_TAG for tag in tags):
        yield _("A tag is longer than %(most)s characters.", most=MAX_TAG)
    if len(tags) > MAX_TAGS:
        yield _("The contact would have more than %(most)s tags.", most=MAX_TAGS)


def _limit_problem(row: ParsedRow, tags: tuple[str, ...], contact: ContactState) -> str:
    """Return why a contact can't take a row; "" if it can."""
    if len(contact.tags.union(tags)) > MAX_TAGS:
        return _("The contact would have more than %(most)s tags.", most=MAX_TAGS)
    person = _person(row)
    if not person.is_empty and len(contact.people) >= MAX_PEOPLE and _find_person(contact, person) is None:
        return _("A contact can have up to %(most)s people.", most=MAX_PEOPLE)
    return ""


def _find_person(contact: ContactState, person: PersonDetails) -> PersonState | None:
    """Return the person of a contact who is this one, at the same mailbox before one of the same name."""
    same = [one for one in contact.people if is_same_person(one.details, person)]
    return min(same, key=lambda one: not (one.details.email and person.email), default=None)


def _add(row: ParsedRow, tags: tuple[str, ...], contact: ContactState) -> Iterator[str]:
    """Add to a contact what a row has and it lacks; yield a sentence on each."""
    person, note = _person(row), row.values.get("notes", "")
    if row.signatory.website and not contact.website:
        contact.website = row.signatory.website
        yield _("Adds the website.")
    known = _find_person(contact, person)
    if not person.is_empty and known is None:
        contact.people.append(PersonState(person))
        yield _("Adds a person.")
    elif known and (completed := complete_person(known.details, person)) != known.details:
        known.details, known.is_changed = completed, True
        yield _("Adds what was missing about %(person)s.", person=completed.name or completed.email or completed.phone)
    if new := [tag for tag in tags if tag not in contact.tags]:
        contact.tags.update(new)
        contact.new_tags += new
        yield _("Adds tags: %(tags)s.", tags=", ".join(new))
    if note and note not in contact.notes:
        contact.notes.add(note)
        contact.new_notes.append(note)
        yield _("Adds a note.")


def _recognized(row: ParsedRow, contact: ContactState) -> Iterator[str]:
    """Yield which contact a row means, where that isn't plain."""
    if contact.id is None:
        yield _("Same organization as on line %(line)s.", line=contact.line)
    elif contact.name != row.signatory.organization:
        yield _("Your contact is called %(name)s.", name=contact.name)


def _known_otherwise(row: ParsedRow, contact: ContactState) -> Iterator[str]:
    """Yield what the row says otherwise than we know it: that stays."""
    person = _person(row)
    known = None if person.is_empty else _find_person(contact, person)
    if known is None:
        return
    pairs = (
        (known.details.name, person.name), (known.details.title, person.title), (known.details.phone, person.phone)
    )  # fmt: skip
    if own := [have for have, given in pairs if given and have != given]:
        yield _("Stays as it is: %(values)s.", values=", ".join(own))
