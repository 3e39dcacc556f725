"""What becomes of each row of a file of names: taken, or left out with the reason."""

import enum
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Generic, TypeVar

from letterhub.domain.document import Kind, Signatory
from letterhub.domain.letters import WhoMaySign
from letterhub.domain.mailboxes import mailbox_of
from letterhub.domain.organizations import NotAWebsite, domain_of_website, name_key, website_of
from letterhub.domain.refusals import Refused
from letterhub.domain.signing import takes
from letterhub.domain.snapshot import fingerprint
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
    """What becomes of a row."""

    NEW = "new"
    STANDS = "stands"
    TWICE = "twice"
    LEFT = "left"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Given:
    """A row as the file gives it: `problems` keep it from being taken, `notes` say what of it is left aside, and `remarks` are
    what people wrote beside it."""

    line: int
    signatory: Signatory
    email: str
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fated:
    """A row with its fate, and a sentence that gives the reason; "" where there is nothing to say."""

    given: Given
    fate: Fate
    sentence: str


@dataclass(frozen=True, slots=True)
class Who:
    """What one recognizes a signatory by: an organization by name and site, a person by name and mailbox."""

    kind: Kind
    key: str
    at: str

    @classmethod
    def of(cls, kind: Kind, name: str, website: str, email: str) -> "Who":
        """Whom these facts name."""
        mailbox = mailbox_of(email) if email else ""
        return cls(kind, name_key(name), domain_of_website(website) if kind is Kind.ORGANIZATION else mailbox)

    @property
    def found_under(self) -> tuple[_Handle, ...]:
        """What others that may be the same find it by: its name with its site or mailbox, its name whatever that is, and, of
        a person, the mailbox alone: one mailbox is one person, however the name is spelled. One site may be many
        organizations'."""
        return ((self.kind, self.key, self.at), (self.kind, self.key, None), *self._by_mailbox)

    @property
    def looks_under(self) -> tuple[_Handle, ...]:
        """What it finds those by that may be the same: a site or mailbox that one of both lacks does not tell them apart."""
        if not self.at:
            return ((self.kind, self.key, None),)
        return ((self.kind, self.key, self.at), (self.kind, self.key, ""), *self._by_mailbox)

    @property
    def _by_mailbox(self) -> tuple[_Handle, ...]:
        return ((self.kind, None, self.at),) if self.kind is Kind.INDIVIDUAL and self.at else ()


class _Seen(Generic[Told]):
    """What is told of signatories that were met, found again by whatever they are recognized by; each told once."""

    def __init__(self) -> None:
        self._told: dict[_Handle, dict[Told, None]] = defaultdict(dict)

    def add(self, who: Who, told: Told) -> None:
        for handle in who.found_under:
            self._told[handle][told] = None

    def like(self, who: Who) -> Iterator[Told]:
        """What is told of all that may be this one, the same name before the same mailbox."""
        for handle in who.looks_under:
            yield from self._told.get(handle, ())


class CannotImport(Refused):
    """A letter that takes no names from a file."""


class ImportChanged(Refused):
    """A file whose rows have another fate by now than the one that was shown."""


def check_imports(state: LetterState) -> None:
    """Raises CannotImport for a letter without a text that is signed, or one that was taken back."""
    if state is LetterState.DRAFT:
        raise CannotImport("Open the letter first: a signature is bound to the text that it signs.")
    if state is LetterState.WITHDRAWN:
        raise CannotImport("This letter was withdrawn. It takes no more names.")


def fates(rows: Iterable[Given], held: Iterable[tuple[Who, SignatureState]], who_may_sign: WhoMaySign) -> tuple[Fated, ...]:
    """The fate of each row of a file, in its order, against the names that the letter holds already."""
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
    """A short mark of rows as they are, to notice that they are others."""
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
    """The row with its website as an address, or without one that leads nowhere, and a note of it."""
    try:
        return replace(row, signatory=replace(row.signatory, url=website_of(row.signatory.url)))
    except NotAWebsite:
        note = f"“{row.signatory.url[:60]}” is not a website and was left out."
        return replace(row, signatory=replace(row.signatory, url=""), notes=(*row.notes, note))


def without_email(row: Given) -> Given:
    """The row without an address that no mail can reach, and a note of it."""
    return replace(row, email="", notes=(*row.notes, f"“{row.email[:60]}” is not an email address and was left out."))
