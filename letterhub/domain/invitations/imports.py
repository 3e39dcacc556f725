"""Import of signatories from a file: the outcome of each row and its reason."""

import enum
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Generic, TypeVar

from letterhub.domain.errors import Refused
from letterhub.domain.letters.document import Kind, Signatory
from letterhub.domain.letters.letter import WhoMaySign
from letterhub.domain.letters.snapshot import fingerprint
from letterhub.domain.mail.email_addresses import mailbox_of
from letterhub.domain.organizations.names import NotAWebsite, domain_of_website, name_key, website_of
from letterhub.domain.signatures.signing import takes
from letterhub.domain.states import STANDING, LetterState, SignatureState

LONGEST = dict.fromkeys(("organization", "signer_name", "signer_title", "location", "affiliation", "sort_name"), 200)
LONGEST["section"] = 60
PARTS = {"signer_name": "name of the signer", "signer_title": "title", "location": "place", "sort_name": "sort name"}
Told = TypeVar("Told")
_Handle = tuple[Kind, str | None, str | None]
LEFT = {
    SignatureState.DECLINED: "was declined before: return it to the queue on its own page if that was wrong",
    SignatureState.WITHDRAWN: "was withdrawn before; a file does not bring it back",
}


class Fate(enum.StrEnum):
    """Outcome of a row."""

    NEW = "new"
    STANDS = "stands"
    TWICE = "twice"
    LEFT = "left"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Given:
    """Parsed row of a file: `problems` block its import, `notes` say which values were dropped, and `remarks` are comments
    that people wrote beside it."""

    line: int
    signatory: Signatory
    email: str
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fated:
    """Row with its outcome, and a sentence that gives the reason; "" if there is none."""

    given: Given
    fate: Fate
    sentence: str


@dataclass(frozen=True, slots=True)
class Who:
    """Identity of a signatory for duplicate detection: an organization by name and site, a person by name and mailbox."""

    kind: Kind
    key: str
    at: str

    @classmethod
    def of(cls, kind: Kind, name: str, website: str, email: str) -> "Who":
        """Return the identity of a signatory with these values."""
        mailbox = mailbox_of(email) if email else ""
        return cls(kind, name_key(name), domain_of_website(website) if kind is Kind.ORGANIZATION else mailbox)

    @property
    def found_under(self) -> tuple[_Handle, ...]:
        """Index keys under which others find it: its name with its site or mailbox, its name alone and, for a person, the
        mailbox alone: one mailbox is one person, however the name is spelled. One site may belong to many organizations."""
        return ((self.kind, self.key, self.at), (self.kind, self.key, None), *self._by_mailbox)

    @property
    def looks_under(self) -> tuple[_Handle, ...]:
        """Index keys by which it finds possible duplicates: a site or mailbox that one of both lacks does not distinguish
        them."""
        if not self.at:
            return ((self.kind, self.key, None),)
        return ((self.kind, self.key, self.at), (self.kind, self.key, ""), *self._by_mailbox)

    @property
    def _by_mailbox(self) -> tuple[_Handle, ...]:
        return ((self.kind, None, self.at),) if self.kind is Kind.INDIVIDUAL and self.at else ()


class _Seen(Generic[Told]):
    """Index of values by the identity keys of signatories."""

    def __init__(self) -> None:
        self._told: dict[_Handle, dict[Told, None]] = defaultdict(dict)

    def add(self, who: Who, told: Told) -> None:
        for handle in who.found_under:
            self._told[handle][told] = None

    def like(self, who: Who) -> Iterator[Told]:
        """Yield the values of all possible duplicates, the same name before the same mailbox, without repetition per key."""
        for handle in who.looks_under:
            yield from self._told.get(handle, ())


class CannotImport(Refused):
    """Raised when a letter accepts no import."""


class ImportChanged(Refused):
    """Raised when the outcome of rows has changed since the preview."""


def check_imports(state: LetterState) -> None:
    """Raise CannotImport for a letter that is a draft or was withdrawn."""
    if state is LetterState.DRAFT:
        raise CannotImport("Open the letter first: a signature is bound to the text that it signs.")
    if state is LetterState.WITHDRAWN:
        raise CannotImport("This letter was withdrawn. It takes no more names.")


def fates(rows: Iterable[Given], held: Iterable[tuple[Who, SignatureState]], who_may_sign: WhoMaySign) -> tuple[Fated, ...]:
    """Return the outcome of each row of a file, in order, against the signatures that the letter has already."""
    known, earlier = _Seen[SignatureState](), _Seen[int]()
    for who, state in held:
        known.add(who, state)
    told = []
    for row in rows:
        line = row.signatory
        who = Who.of(line.kind, line.name, line.url, row.email)
        one = _fated(row, set(known.like(who)), next(earlier.like(who), None), who_may_sign)
        told.append(one)
        if one.fate is Fate.NEW:
            earlier.add(who, row.line)
    return tuple(told)


def mark_of_rows(rows: Iterable[Given]) -> str:
    """Return the version hash of rows, to detect changes since the preview."""
    return fingerprint({"rows": [{**asdict(row.signatory), "line": row.line, "email": row.email} for row in rows]})[:16]


def _fated(row: Given, states: set[SignatureState], earlier: int | None, who_may_sign: WhoMaySign) -> Fated:
    problems = (*row.problems, *_troubles(row.signatory, who_may_sign))
    if problems:
        return Fated(row, Fate.PROBLEM, " ".join(problems))
    if states & STANDING:
        return Fated(row, Fate.STANDS, "Already on this letter.")
    for state, reason in LEFT.items():
        if state in states:
            return Fated(row, Fate.LEFT, f"This name {reason}.")
    if earlier is not None:
        return Fated(row, Fate.TWICE, f"The same name as on line {earlier}.")
    return Fated(row, Fate.NEW, " ".join(row.notes))


def _troubles(line: Signatory, who_may_sign: WhoMaySign) -> Iterable[str]:
    if not takes(who_may_sign, line.kind):
        yield f"This letter takes {who_may_sign} only."
    for part, most in LONGEST.items():
        if len(getattr(line, part)) > most:
            yield f"The {PARTS.get(part, part)} is longer than {most} characters."


def with_website(row: Given) -> Given:
    """Normalize the website of a row; an invalid one is dropped with a note."""
    try:
        return replace(row, signatory=replace(row.signatory, url=website_of(row.signatory.url)))
    except NotAWebsite:
        note = f"“{row.signatory.url[:60]}” is not a website and was left out."
        return replace(row, signatory=replace(row.signatory, url=""), notes=(*row.notes, note))


def without_email(row: Given) -> Given:
    """Drop the invalid email address of a row, with a note."""
    return replace(row, email="", notes=(*row.notes, f"“{row.email[:60]}” is not an email address and was left out."))
