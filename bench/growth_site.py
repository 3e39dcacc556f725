"""Site of the growth benchmark: a coalition with many letters, one of them with many names, and what these leave behind."""

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from growth_release import add_release
from sqlalchemy import insert

from letterhub.clock import now
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.letters.letter_document import LetterText, Signatory, SignatoryKind
from letterhub.domain.letters.serialization import fingerprint, signatory_to_facts, text_to_facts
from letterhub.domain.links.secret_links import LinkKind, token_hash
from letterhub.domain.organizations.matching import MatchReason
from letterhub.domain.organizations.name_keys import name_key, sort_key
from letterhub.domain.signatures.evidence import FactKind
from letterhub.domain.states import LetterState, SignatureState
from letterhub.infrastructure.db import Base, db, one_transaction
from letterhub.models import (
    AuditChain,
    AuditEntry,
    Contact,
    ContactPerson,
    ContactTag,
    Draft,
    EvidenceFact,
    Invitation,
    Letter,
    Organization,
    OutboxMessage,
    PossibleDuplicate,
    ReviewedName,
    Revision,
    SecretLink,
    Signature,
    SubmissionOrigin,
    Upload,
    write_search_lines,
)

SLUG = "letter-1"
PROGRESS_TOKEN = "progress"
BATCH, PAST = 5_000, 100
TEXT = LetterText(
    title="Clean rivers for everyone",
    body="We, the {{count}} undersigned, ask you to protect our rivers.\n\n" + 6 * "Clean water is *everyone's* to keep.\n\n",
    date=dt.date(2026, 1, 7),
)
SYLLABLES = ("ba", "ke", "lo", "mu", "ni", "ra", "sto", "ve", "wa", "zi", "cha", "dor", "fel", "gru", "hal", "pim")
KINDS = ("Alliance", "Coalition", "League", "Network", "Union", "Trust", "Council", "Society", "Institute", "Association")
TABLE = b"Organization,Website,Name,Email\nWillow Watch,willow.example,Ada Example,ada@willow.example\n"


@dataclass(frozen=True, slots=True)
class SiteSize:
    """Number of names of the first letter, of organizations among them, and of letters."""

    names: int
    organizations: int
    letters: int

    def __str__(self) -> str:
        return f"{self.names:,} names, {self.organizations:,} organizations, {self.letters:,} letters"


def fill(size: SiteSize) -> None:
    """Fill the first coalition with letters of this size."""
    _add_rows(size)
    if db.engine.dialect.name == "postgresql":
        _prepare_planner()


@one_transaction
def _add_rows(size: SiteSize) -> None:
    names, waiting = list(itertools.islice(_names(), size.names)), range(1, 401 + size.names // 20)  # a half has not confirmed
    _add_letters(size)
    organizations = [*names[: size.organizations], *(f"Friends of {number} rivers" for number in waiting)]
    _insert(Organization, (_organization(number, name) for number, name in enumerate(organizations, 1)))
    lines = [(name, number if number <= size.organizations else None) for number, name in enumerate(names, 1)]
    lines += [(f"Friends of {number} rivers", size.organizations + number) for number in waiting]
    states = [SignatureState.PUBLISHED] * size.names + [SignatureState.CONFIRMED, SignatureState.PENDING] * (len(waiting) // 2)
    rows = (_signature(number, *line, state) for number, (line, state) in enumerate(zip(lines, states, strict=True), 1))
    while batch := list(itertools.islice(rows, BATCH)):
        _insert(Signature, batch)
        write_search_lines(db.session.connection(), [Signature(**row) for row in batch])
    _add_past_signatories(len(lines), len(organizations))
    _add_history(size, len(lines))
    letter = db.session.get_one(Letter, 1)
    letter.organization_count, letter.individual_count = size.organizations, size.names - size.organizations
    letter.awaiting_review_count = letter.pending_count = len(waiting) // 2


def _add_past_signatories(signatures: int, organizations: int) -> None:
    """Add the names of the second letter, of which a half belongs to organizations that are on the first one, too."""
    new = range(organizations + 1, organizations + 1 + PAST // 2)
    _insert(Organization, (_organization(number, f"Elders of {number}") for number in new))
    known = [*range(1, PAST // 2 + 1), *new]
    lines = ((number, f"Elders of {number}") for number in known)
    rows = [
        _signature(signatures + place, name, number, SignatureState.PUBLISHED) | {"letter_id": 2, "revision_id": 2}
        for place, (number, name) in enumerate(lines, 1)
    ]
    _insert(Signature, rows)
    db.session.get_one(Letter, 2).organization_count = len(rows)


def _names() -> Iterable[str]:
    """Yield names, each once: "League of Stoba"."""
    words = ("".join(parts).capitalize() for length in (2, 3, 4, 5) for parts in itertools.product(SYLLABLES, repeat=length))
    return (f"{KINDS[number % len(KINDS)]} of {word}" for number, word in enumerate(words))


def _add_letters(size: SiteSize) -> None:
    """Add the letters with two texts each; every third one is closed, and every other of these delivered."""
    content, at = text_to_facts(TEXT), now() - dt.timedelta(days=9)
    changed = text_to_facts(replace(TEXT, closing="Respectfully,"))
    numbers = range(1, size.letters + 1)
    state = {3: LetterState.CLOSED, 0: LetterState.DELIVERED}
    _insert(
        Letter,
        ({"id": n, "coalition_id": 1, "slug": f"letter-{n}", "state": state.get(n % 6, LetterState.OPEN), "created_at": at,
          "opened_at": at, "delivered_at": None if n % 6 else at}
         for n in numbers),
    )  # fmt: skip
    _insert(Draft, ({"letter_id": number, "text": changed, "saved_at": at} for number in numbers))
    for order, text in ((1, content), (2, changed)):
        facts = {"number": order, "content": text, "sha256": fingerprint(text), "created_at": at}
        _insert(Revision, ({"letter_id": number, **facts} for number in numbers))


def _organization(number: int, name: str) -> dict[str, Any]:
    key = {"name": name, "name_key": name_key(name), "domain": f"a{number}.example", "sort_key": sort_key(name)}
    return {"id": number, "coalition_id": 1, "created_at": now(), "keys_version": 1, **key}


def _signature(number: int, name: str, organization_id: int | None, state: SignatureState) -> dict[str, Any]:
    """Return the row of a signature as the model would write it."""
    at = now() - dt.timedelta(days=5)
    line = {"organization_name": name, "signer_name": "Nia Example", "website": f"https://a{number}.example"}
    if organization_id is None:
        line = {"kind": SignatoryKind.INDIVIDUAL, "signer_name": name}
    row = Signature(
        id=number, letter_id=1, revision_id=1, organization_id=organization_id, state=state, created_at=at,
        email=f"n{number}@a{number}.example", location="Springfield, IL", signer_title="Director",
        **({"kind": SignatoryKind.ORGANIZATION, "section": "national"} | line),
    )  # fmt: skip
    for column in Signature.__table__.columns:
        if column.name not in vars(row) and column.default is not None and column.default.is_scalar:
            setattr(row, column.key, column.default.arg)
    row.update_keys()
    if state is not SignatureState.PENDING:
        row.confirmed_at = at
        row.take_place()
    if state is SignatureState.PUBLISHED:
        row.published_at = row.reviewed_at = at
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


def _add_history(size: SiteSize, signatures: int) -> None:
    """Add what each signature leaves behind: evidence, mail, entries of the audit log, its origin; invitations and the like."""
    at, everyone, known = now() - dt.timedelta(days=5), range(1, signatures + 1), range(1, size.organizations + 1)
    fact = {"kind": FactKind.MAILBOX, "source": "signatory", "facts": {}, "at": at}
    _insert(EvidenceFact, ({"signature_id": number, **fact} for number in everyone))
    mail = {"coalition_id": 1, "letter_id": 1, "kind": "confirm", "parameters": {}, "sent_at": at}
    mail |= {"created_at": at, "requested_at": at, "due_at": at}
    _insert(
        OutboxMessage,
        ({"signature_id": number, "recipient": email, "canonical_recipient": email, "message_id": f"m{number}", **mail}
         for number in everyone for email in [f"n{number}@a{number}.example"]),
    )  # fmt: skip
    origin = {"letter_id": 1, "started_at": at}
    _insert(
        SubmissionOrigin,
        ({"signature_id": number, "network_hash": f"n{number % 977}", "mail_domain": f"a{number % 977}.example", **origin}
         for number in everyone),
    )  # fmt: skip
    _insert(
        AuditChain, [{"id": n, "name": name, "length": signatures} for n, name in enumerate(("letter-1", "coalition-1"), 1)]
    )
    entry = {"at": at, "actor": "signatory-1", "action": "confirmed", "before": {}, "after": {}, "previous": "", "hash": ""}
    subject = ReferenceKind.SIGNATURE.reference
    _insert(
        AuditEntry,
        ({"chain_id": chain, "number": number, "subject": subject(number), **entry} for chain in (1, 2) for number in everyone),
    )
    _add_contacts(known, at)
    review = {"coalition_id": 1, "name": "League", "domain": "a.example", "reviewed_by": "staff-1", "reviewed_at": at}
    _insert(ReviewedName, ({"signature_id": number, **review, "name": f"League {number}"} for number in known))
    question = {"reasons": [str(MatchReason.SAME_DOMAIN)], "found_at": at}
    _insert(PossibleDuplicate, ({"one_id": number, "other_id": number + 1, **question} for number in known[:-1:10]))
    link = {"letter_id": 1, "label": "Board", "token_hash": token_hash(PROGRESS_TOKEN), "created_at": at}
    _insert(SecretLink, [{"kind": LinkKind.PROGRESS, **link}])
    _insert(Upload, [{"letter_id": 1, "file_name": "names.csv", "content": TABLE, "uploaded_at": now()}])
    add_release(_insert, at)


def _add_contacts(known: range, at: dt.datetime) -> None:
    """Add contacts, at most 5,000, with a person and tags, and invite at most 2,000 of them."""
    numbers, facts = known[:5_000], {"coalition_id": 1, "created_at": at, "used_at": at}
    names = [(number, f"Otters of {number}") for number in numbers]
    _insert(
        Contact,
        ({"id": number, "organization_id": number, "name": name, "name_key": name_key(name), "sort_key": sort_key(name)} | facts
         for number, name in names),
    )  # fmt: skip
    emails = {number: f"n{number}@a{number}.example" for number in numbers}
    _insert(
        ContactPerson,
        ({"contact_id": number, "name": "Ola", "email": email, "canonical_email": email} for number, email in emails.items()),
    )
    _insert(ContactTag, ({"contact_id": number, "tag": f"tag {3 + number % 2}"} for number in numbers))
    line = signatory_to_facts(Signatory(organization="Willow Watch"))
    invitation = {"letter_id": 1, "line": line, "invited_at": at}
    _insert(
        Invitation,
        ({"email": f"o{number}@b.example", "canonical_email": f"o{number}@b.example", "mailbox_hash": f"{number:064x}",
          "contact_id": number, "organization_id": number, "name_key": f"otters of {number}", **invitation}
         for number in numbers[:2_000]),
    )  # fmt: skip


def _insert(table: type[Base], rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows in batches, with the defaults of the table."""
    remaining = iter(rows)
    while batch := list(itertools.islice(remaining, BATCH)):
        db.session.execute(insert(table), batch)


def _prepare_planner() -> None:
    """Update the statistics of PostgreSQL's planner and its sequences; it answers each page by one process."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET default_transaction_read_only = off")
        connection.exec_driver_sql("ALTER ROLE postgres SET max_parallel_workers_per_gather = 0")
        for table in Base.metadata.sorted_tables:
            if "id" in table.columns:
                last = f"(SELECT COALESCE(MAX(id), 1) FROM {table.name})"
                connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {last})")
        connection.exec_driver_sql("VACUUM ANALYZE")
    db.engine.dispose()
