"""Import of signatories from a file: the outcome of each row and its reason."""

import datetime as dt
import enum
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Generic, TypeVar

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _, join_sentences
from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.letters.serialization import fingerprint
from letterhub.domain.letters.signing_settings import WhoMaySign
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.organizations.name_keys import name_key
from letterhub.domain.organizations.websites import InvalidWebsite, domain_of_website, parse_website
from letterhub.domain.questions.answers import Answers
from letterhub.domain.signatures.line_fields import LINE_FIELDS
from letterhub.domain.signatures.signing import ONLY_KIND_SENTENCES, accepts_kind
from letterhub.domain.states import ACTIVE_STATES, LetterState, SignatureState

Value = TypeVar("Value")
Outcome = TypeVar("Outcome", bound=enum.StrEnum)
PrintedLine = Callable[[Signatory], str]
_IndexKey = tuple[SignatoryKind, str | None, str | None]
SKIP_REASONS = {
    SignatureState.DECLINED: _("This name was declined before. If that was a mistake, return it to the queue on its own page."),
    SignatureState.WITHDRAWN: _("This name was withdrawn before. A file can’t bring it back."),
}


class RowOutcome(enum.StrEnum):
    """Outcome of a row."""

    NEW = "new"
    ALREADY_LISTED = "already-listed"
    DUPLICATE = "duplicate"
    SKIPPED = "skipped"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """Parsed row of a file: `problems` block its import, `notes` say which values were dropped, and `remarks` are comments
    that people wrote beside it. `values` are those of its fields by key, also of fields that no signatory has. `answers` are
    those to the letter's questions."""

    line: int
    signatory: Signatory
    email: str
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    answers: Answers | None = field(default=None, hash=False)


@dataclass(frozen=True, slots=True)
class PlannedRow(Generic[Outcome]):
    """Row with its outcome, and a sentence that gives the reason; "" if there is none."""

    parsed: ParsedRow
    outcome: Outcome
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class FilePreview(Generic[Outcome]):
    """Preview of an uploaded file: its rows with their outcomes, and `notes` on what of the file as a whole was left out.

    Rows with one of the outcomes `applied` are applied once staff agree.
    """

    file_name: str
    rows: tuple[PlannedRow[Outcome], ...]
    notes: tuple[str, ...]
    uploaded_at: dt.datetime
    applied: tuple[Outcome, ...]

    def with_outcome(self, outcome: Outcome) -> tuple[PlannedRow[Outcome], ...]:
        """Return the rows with this outcome."""
        return tuple(row for row in self.rows if row.outcome is outcome)

    @property
    def rows_to_apply(self) -> tuple[ParsedRow, ...]:
        """Rows that would be applied."""
        return tuple(row.parsed for row in self.rows if row.outcome in self.applied)

    @property
    def version(self) -> str:
        """Version hash of the rows that would be applied, to detect changes since the preview."""
        rows = [
            {**asdict(row.parsed.signatory), "line": row.parsed.line, "email": row.parsed.email, "outcome": row.outcome,
             "values": dict(row.parsed.values)}
            for row in self.rows
            if row.outcome in self.applied
        ]  # fmt: skip
        return fingerprint({"rows": rows})[:16]


@dataclass(frozen=True, slots=True)
class SignatoryKey:
    """Identity of a signatory for duplicate detection: an organization by name and site, a person by mailbox and name, or line
    as it prints."""

    kind: SignatoryKind
    key: str
    at: str

    @classmethod
    def of(cls, kind: SignatoryKind, name: str, website: str, email: str) -> "SignatoryKey":
        """Return the identity of a signatory with these values."""
        mailbox = EmailAddress(email).canonical if email else ""
        return cls(kind, name_key(name), domain_of_website(website) if kind is SignatoryKind.ORGANIZATION else mailbox)

    @property
    def index_keys(self) -> tuple[_IndexKey, ...]:
        """Keys under which an index stores this signatory: its name with its site or mailbox, its name alone and, for a person,
        the mailbox alone.

        One mailbox is one person, however the name is spelled; but one site may belong to many organizations.
        """
        return ((self.kind, self.key, self.at), (self.kind, self.key, None), *self._by_mailbox)

    @property
    def lookup_index_keys(self) -> tuple[_IndexKey, ...]:
        """Keys to look up in an index for possible duplicates of this signatory: those of its name that have the same site or
        mailbox, or none; if it has none itself, all of its name."""
        if not self.at:
            return ((self.kind, self.key, None),)
        return ((self.kind, self.key, self.at), (self.kind, self.key, ""), *self._by_mailbox)

    @property
    def _by_mailbox(self) -> tuple[_IndexKey, ...]:
        return ((self.kind, None, self.at),) if self.kind is SignatoryKind.INDIVIDUAL and self.at else ()


class _SignatoryIndex(Generic[Value]):
    """Index of values by the identity keys of signatories."""

    def __init__(self) -> None:
        self._values: dict[_IndexKey, dict[Value, None]] = defaultdict(dict)

    def add(self, signatory_key: SignatoryKey, value: Value) -> None:
        for index_key in signatory_key.index_keys:
            self._values[index_key][value] = None

    def candidates(self, signatory_key: SignatoryKey) -> Iterator[Value]:
        """Yield the values of all possible duplicates, the same name before the same mailbox, without repetition per key."""
        for index_key in signatory_key.lookup_index_keys:
            yield from self._values.get(index_key, ())


class CannotImport(UserFacingError):
    """Raised when a letter accepts no import."""


class ImportChanged(UserFacingError):
    """Raised when the outcome of rows has changed since the preview."""


def check_imports(state: LetterState) -> None:
    """Raise CannotImport for a letter that was withdrawn. Names of a draft are for the text that it opens with."""
    if state is LetterState.WITHDRAWN:
        raise CannotImport(_("This letter was withdrawn. It takes no more names."))


def signatory_key(line: Signatory, email: str, printed_line: PrintedLine, state: SignatureState | None = None) -> SignatoryKey:
    """Return the identity of a signatory whom a letter prints so.

    Of people, one who was taken off (`state`) is recognized by name, so that no other title brings them back.
    """
    is_person_by_line = line.kind is SignatoryKind.INDIVIDUAL and state not in SKIP_REASONS
    return SignatoryKey.of(line.kind, printed_line(line) if is_person_by_line else line.name, line.website, email)


def plan_import(
    rows: Iterable[ParsedRow],
    signatures: Iterable[tuple[SignatoryKey, SignatureState]],
    who_may_sign: WhoMaySign,
    printed_line: PrintedLine = lambda line: line.name,
) -> tuple[PlannedRow[RowOutcome], ...]:
    """Return the outcome of each row of a file, in order, against the signatures that the letter has already.

    Doubles are judged by what is printed: `printed_line` returns a signatory as the letter prints it.
    """
    signed, earlier = _SignatoryIndex[SignatureState](), _SignatoryIndex[int]()
    for key, state in signatures:
        signed.add(key, state)
    plan, new_rows = [], dict[int, ParsedRow]()
    for row in rows:
        line, key = row.signatory, signatory_key(row.signatory, row.email, printed_line)
        by_name = signed.candidates(SignatoryKey.of(line.kind, line.name, line.website, row.email))
        states = {*signed.candidates(key), *(state for state in by_name if state in SKIP_REASONS)}
        double = new_rows.get(next(earlier.candidates(key), 0))
        planned = _plan_row(row, states, _double_reason(row, double, printed_line) if double else "", who_may_sign)
        plan.append(planned)
        if planned.outcome is RowOutcome.NEW:
            earlier.add(key, row.line)
            new_rows[row.line] = row
    return tuple(plan)


def check_preview(preview: FilePreview[Outcome] | None, expected: str, missing_sentence: str = "") -> FilePreview[Outcome]:
    """Return the preview if its version is still the expected one. Raises ImportChanged otherwise, with `missing_sentence` if
    there is no preview."""
    if preview is None:
        raise ImportChanged(missing_sentence)
    if preview.version != expected:
        raise ImportChanged(_("The names on this letter changed while you were looking at the file. Please preview it again."))
    return preview


def _plan_row(
    row: ParsedRow, states: set[SignatureState], double_reason: str, who_may_sign: WhoMaySign
) -> PlannedRow[RowOutcome]:
    """Return a row with its outcome. `states` are those of the signatory's signatures on the letter; `double_reason` says which
    line of the file has the same signatory, "" if none has."""
    problems = (*row.problems, *_validation_errors(row.signatory, who_may_sign))
    if problems:
        return PlannedRow(row, RowOutcome.PROBLEM, join_sentences(problems))
    if states & ACTIVE_STATES:
        return PlannedRow(row, RowOutcome.ALREADY_LISTED, _("Already on this letter."))
    for state, reason in SKIP_REASONS.items():
        if state in states:
            return PlannedRow(row, RowOutcome.SKIPPED, reason)
    if double_reason:
        return PlannedRow(row, RowOutcome.DUPLICATE, double_reason)
    return PlannedRow(row, RowOutcome.NEW, join_sentences(row.notes))


def _double_reason(row: ParsedRow, double: ParsedRow, printed_line: PrintedLine) -> str:
    """Return of which earlier row this one is a double, and what would mend it if the letter prints them otherwise."""
    sentence = _("Same name as on line %(line)s.", line=double.line)
    printed = {name_key(printed_line(one.signatory)) for one in (row, double)}
    if row.signatory.kind is SignatoryKind.INDIVIDUAL or len(printed) == 1:
        return sentence
    once = _(
        "An organization signs a letter once. If these are two organizations, enter the website of each, or write into "
        "their names what tells them apart, such as the place."
    )
    return join_sentences((sentence, once))


def _validation_errors(line: Signatory, who_may_sign: WhoMaySign) -> Iterable[str]:
    """Yield why a line cannot be imported: its kind is not accepted, or a field is too long."""
    if not accepts_kind(who_may_sign, line.kind):
        yield ONLY_KIND_SENTENCES[who_may_sign]
    for one in LINE_FIELDS:
        if one.max_length and len(getattr(line, one.key)) > one.max_length:
            yield _("“%(field)s” is longer than %(most)s characters.", field=one.label, most=one.max_length)


def normalize_website(row: ParsedRow) -> ParsedRow:
    """Normalize the website of a row; an invalid one is dropped with a note."""
    try:
        return replace(row, signatory=replace(row.signatory, website=parse_website(row.signatory.website)))
    except InvalidWebsite:
        note = _("“%(website)s” is not a website and was left out.", website=row.signatory.website[:60])
        return replace(row, signatory=replace(row.signatory, website=""), notes=(*row.notes, note))
