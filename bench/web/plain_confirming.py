"""The plain form that confirms: what it checks, whom it looks up, and the rows that it writes."""

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, cast

from flask import abort, current_app, request
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import Connection, Integer, Table, bindparam, exists, func, insert, or_, select, true, update
from sqlalchemy.orm import aliased

from letterhub.clock import now
from letterhub.domain.audit.log import GENESIS_HASH, WORKER, ReferenceKind, entry_hash
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.letter_document import LetterText, Signatory, SignatoryKind
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.organizations.confusables import has_suspicious_characters
from letterhub.domain.organizations.matching import KEYS_VERSION, NameAndSite, hash_keys, lookup_keys, stored_keys
from letterhub.domain.organizations.name_keys import name_key, sort_key
from letterhub.domain.organizations.names_in_line import index_line
from letterhub.domain.organizations.organization_words_in_line import reads_like_organization
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.domain.signatures.consent import ShownConsent
from letterhub.domain.signatures.evidence import Fact, FactKind, SignatureFacts
from letterhub.domain.signatures.line_fields import LINE_FIELDS, line_texts
from letterhub.domain.signatures.place_key import place_key
from letterhub.domain.signatures.publishing import PublishRules
from letterhub.domain.signatures.search_words import search_terms
from letterhub.domain.signatures.signing import SigningPeriod, check_confirmable, check_text_current
from letterhub.domain.signatures.sort_keys import list_sort_key, signatory_sort_key
from letterhub.domain.states import CONFIRMED_STATES, SignatureMove, next_signature_state
from letterhub.infrastructure.signed_links import InvalidLink, LinkContent, Purpose
from letterhub.infrastructure.statements import bound_columns, bound_integers, insert_rows
from letterhub.mail.outbox import message_columns
from letterhub.models import (
    AuditChain,
    AuditEntry,
    Coalition,
    Consent,
    EvidenceFact,
    Invitation,
    Letter,
    Organization,
    OrganizationKey,
    OutboxMessage,
    Revision,
    SearchLine,
    Signature,
    consent_columns,
    evidence_columns,
    search_position,
)  # fmt: skip
from letterhub.models.organization_search import DIRECTORY_LOCK
from letterhub.models.signature_search import KEY_COLUMNS
from letterhub.queries.letters.letter_lookup import is_newest_revision
from letterhub.rendering.letter.signatory_list import line as printed_line

Transaction = Callable[[Callable[[Connection], Any]], Any]
SIGNATURES, ORGANIZATIONS, KEYS, LETTERS, CHAINS, ENTRIES = (
    cast("Table", model.__table__) for model in (Signature, Organization, OrganizationKey, Letter, AuditChain, AuditEntry)
)


class AlreadyDone(Exception):
    """Raised for a signature that is confirmed already."""


def confirm(token: str, in_transaction: Transaction) -> None:
    """Confirm the signature of a link by the form of this request."""
    link, at = current_app.extensions["links"].open(Purpose.CONFIRM, token), now()
    if request.form.get("choice"):
        abort(501)
    if request.form.get("authorized") != "y":
        raise UserFacingError("Check the box to confirm you’re authorized to sign.")
    revision = request.form.get("revision", "")
    in_transaction(lambda connection: _store(connection, link, int(revision) if revision.isdecimal() else None, at))


def _store(connection: Connection, link: LinkContent, revision: int | None, at: dt.datetime) -> None:
    """Check the signature, look up its organization, and write all rows, those that others share last."""
    found = _read_signature(connection, link, revision, at)
    values = {field.key: getattr(found, field.column) for field in LINE_FIELDS}
    line = Signatory(**values)
    organization_id = _create_organization(connection, found, line, at)
    state = next_signature_state(found.state, SignatureMove.CONFIRM)
    _insert_beside(connection, found, line, at)
    keys, place = list_sort_key(line, found.alphabet), _place(line, found.email)
    sort_keys = {f"{name}_key": key for name, key in asdict(keys).items()}
    sort_keys["sort_key"] = signatory_sort_key(line, found.alphabet)
    changed = {"organization": organization_id, "revision": found.current_id, "to": state, "at": at, "place": place} | sort_keys
    connection.execute(_UPDATE_SIGNATURE, changed | {"number": found.id})
    terms = search_terms(found.letter_id, state, line, found.email)
    position = search_position(keys.kind, sort_keys["sort_key"], found.id)
    connection.execute(_INSERT_SEARCH_LINE, sort_keys | {"position": position, "signature_id": found.id, "terms": terms})
    after = {"state": str(state), "name": line.name, "revision": found.number, "sha256": found.sha256}
    _count_and_log(connection, found, after, at)


def _read_signature(connection: Connection, link: LinkContent, revision: int | None, at: dt.datetime) -> Any:
    """Return the signature, locked, with its letter, held. Raises what the rules refuse."""
    number = {"signature": link.subject[0]}
    if connection.dialect.name == "postgresql":
        connection.execute(_HOLD_LETTER, number)
    found = connection.execute(_SIGNATURE, number).one_or_none()
    if found is None:
        raise InvalidLink("This link no longer works.")
    link.check_same_row(found.created_at)
    if found.state in CONFIRMED_STATES:
        raise AlreadyDone
    period = SigningPeriod(found.letter_state, found.deadline_at, found.closed_at, dt.timedelta(hours=found.grace_hours))
    check_confirmable(period, found.created_at, at)
    check_text_current(found.signed_number if revision is None else revision, found.number)
    is_reviewed = PublishRules(found.publish_rule, found.publish_individuals).staff_review_all(found.kind)
    if found.kind is SignatoryKind.INDIVIDUAL or found.has_more or found.from_flood or not is_reviewed:
        abort(501)
    return found


def _create_organization(connection: Connection, found: Any, line: Signatory, at: dt.datetime) -> int:
    """Return the id of the new organization, after a look for those that its name may match, or that the line may name."""
    site = NameAndSite(line.organization, domain_of_website(line.website))
    index, stored, looked_up, key = index_line(line, reviewed=False), stored_keys(site), lookup_keys(site), name_key(site.name)
    if connection.dialect.name == "postgresql":
        own = hash_keys({f"own {key}|{site.domain}"})
        connection.execute(_LOCK_NAME, {"coalition": found.coalition_id, "keys": sorted(looked_up | stored | own)})
    about = {"coalition": found.coalition_id, "name": key, "domain": site.domain, "letter": found.letter_id}
    about |= {"keys": [*(index.keys() | looked_up)], "place": _place(line, found.email)}
    resembles = connection.execute(_RESEMBLES[connection.dialect.name], about).scalar_one()
    odd = reads_like_organization(line) or any(map(has_suspicious_characters, line_texts(line)))
    if resembles or odd or index.is_long or index.contains(found.coalition):
        abort(501)
    organization = {
        "coalition_id": found.coalition_id, "name": site.name, "name_key": key, "domain": site.domain,
        "sort_key": sort_key(site.name), "created_at": at, "keys_version": KEYS_VERSION, "other_names": [], "more_domains": [],
    }  # fmt: skip
    if connection.dialect.name == "postgresql":
        return int(connection.execute(_CREATE_WITH_KEYS, organization | {"keys": sorted(stored)}).scalar_one())
    number = int(connection.execute(_CREATE, organization).scalar_one())
    connection.execute(_INSERT_KEYS, [{"key": one, "organization_id": number} for one in sorted(stored)])
    return number


def _place(line: Signatory, email: str) -> str:
    return place_key(line.kind, name_key(line.organization), domain_of_website(line.website), email)


def _insert_beside(connection: Connection, found: Any, line: Signatory, at: dt.datetime) -> None:
    """Insert mail, evidence and consent."""
    domain, of_signature = found.email.rpartition("@")[2], {"signature_id": found.id}
    facts = [Fact(FactKind.MAILBOX, ReferenceKind.SIGNATORY.reference(found.id), at, facts={"domain": domain})]
    claim = SignatureFacts(found.source, confirmed=True, email=found.email, website=found.website)
    if claim.matches_site and claim.is_confirmed_by_mail:
        facts.append(Fact(FactKind.OWN_DOMAIN, WORKER, at, facts={"domain": domain_of_website(found.website)}))
    shown = printed_line(line, _text(connection, found.current_id))
    box = _("I am authorized to sign for %(organization)s.", organization=line.organization)
    words = (box, _("Sign for our organization"), str(get_locale()))
    consent = ShownConsent((shown.name.text, shown.detail.text), *words)
    mail = message_columns(MailKind.SIGNED, EmailAddress(found.email), {}, at) | of_signature
    mail |= {"coalition_id": found.coalition_id, "letter_id": found.letter_id, "due_at": at}
    consent_row = (Consent, of_signature | consent_columns(consent, found.number, found.sha256, at))
    rows = [*((EvidenceFact, of_signature | evidence_columns(fact)) for fact in facts), consent_row]
    insert_rows(connection, (OutboxMessage, mail), rows)


_TEXTS: dict[int, LetterText] = {}


def _text(connection: Connection, revision_id: int) -> LetterText:
    """Return a revision's text, which never changes."""
    if revision_id not in _TEXTS:
        content = connection.execute(select(Revision.content).where(Revision.id == revision_id)).scalar_one()
        _TEXTS[revision_id] = text_from_facts(content)
    return _TEXTS[revision_id]


def _count_and_log(connection: Connection, found: Any, after: dict[str, Any], at: dt.datetime) -> None:
    """Change the letter's counters, and append to its audit log."""
    name = ReferenceKind.LETTER.reference(found.letter_id)
    if connection.dialect.name == "postgresql":
        chain = connection.execute(_COUNT_AND_LOCK, {"letter": found.letter_id, "chain": name}).one_or_none()
    else:
        connection.execute(_COUNT, {"letter": found.letter_id})
        chain = connection.execute(_CHAIN, {"chain": name}).one_or_none()
    if chain is None:
        connection.execute(insert(AuditChain).values(name=name, length=0, head=GENESIS_HASH))
        chain = connection.execute(_CHAIN, {"chain": name}).one()
    facts = {
        "number": chain.length + 1, "at": at, "actor": ReferenceKind.SIGNATORY.reference(found.id), "action": "confirmed",
        "subject": ReferenceKind.SIGNATURE.reference(found.id), "before": {}, "after": after,
    }  # fmt: skip
    hashed = entry_hash(chain.head, facts | {"at": at.isoformat()})
    entry = facts | {"chain_id": chain.id, "previous": chain.head, "hash": hashed}
    moved = {"of_chain": chain.id, "to": chain.length + 1, "hashed": hashed}
    if connection.dialect.name == "postgresql":
        connection.execute(_APPEND, entry | moved)
    else:
        connection.execute(_INSERT_ENTRY, entry)
        connection.execute(_MOVE_HEAD, moved)


_KEYS = bound_integers("keys")
_HOLD_LETTER = (
    select(Letter.id)
    .join(Signature, Signature.letter_id == Letter.id)
    .where(Signature.id == bindparam("signature"))
    .with_for_update(read=True, key_share=True, of=Letter)
)
_SIGNED = aliased(Revision)
_HAS_MORE = or_(
    exists().where(EvidenceFact.signature_id == Signature.id),
    exists().where(Invitation.signature_id == Signature.id),
    exists().where(OutboxMessage.signature_id == Signature.id, OutboxMessage.sent_at.is_not(None)),
)
_SIGNATURE = (
    select(
        *Signature.__table__.c, Letter.coalition_id, Coalition.name.label("coalition"), Letter.state.label("letter_state"),
        Letter.deadline_at, Letter.closed_at, Letter.grace_hours, Letter.publish_rule, Letter.publish_individuals,
        Revision.id.label("current_id"), Revision.number, Revision.sha256, _SIGNED.number.label("signed_number"),
        _HAS_MORE.label("has_more"),
    )
    .join(Letter, Letter.id == Signature.letter_id)
    .join(Coalition, Coalition.id == Letter.coalition_id)
    .join(Revision, is_newest_revision())
    .join(_SIGNED, _SIGNED.id == Signature.revision_id)
    .where(Signature.id == bindparam("signature"))
    .with_for_update(of=Signature)
)  # fmt: skip
_LOCK_NAME = select(
    func.pg_advisory_xact_lock_shared(DIRECTORY_LOCK, bindparam("coalition", type_=Integer)),
    select(func.count()).where(func.pg_advisory_xact_lock(_KEYS["postgresql"].c.value).is_not(None)).scalar_subquery(),
)
_TAKEN = exists().where(Signature.letter_id == bindparam("letter"), Signature.place_key == bindparam("place"))
_KNOWN = exists().where(
    Organization.coalition_id == bindparam("coalition"), Organization.name_key == bindparam("name"),
    Organization.domain == bindparam("domain"),
)  # fmt: skip
_RESEMBLES = {
    dialect: select(or_(_TAKEN, _KNOWN, exists().where(OrganizationKey.key.in_(select(keys.c.value)))))
    for dialect, keys in _KEYS.items()
}
_CREATE = insert(ORGANIZATIONS).values(bound_columns(Organization)).returning(ORGANIZATIONS.c.id)
_INSERT_KEYS = insert(KEYS)
_CREATED = _CREATE.cte("created")
_KEYS_OF_CREATED = select(_KEYS["postgresql"].c.value, _CREATED.c.id).join_from(_KEYS["postgresql"], _CREATED, true())
_CREATE_WITH_KEYS = select(_CREATED.c.id).add_cte(
    insert(KEYS).from_select(["key", "organization_id"], _KEYS_OF_CREATED).cte("stored")
)
_UPDATE_SIGNATURE = (
    update(SIGNATURES)
    .where(SIGNATURES.c.id == bindparam("number"))
    .values({name: bindparam(name) for name in KEY_COLUMNS})
    .values(organization_id=bindparam("organization"), revision_id=bindparam("revision"), state=bindparam("to"))
    .values(confirmed_at=bindparam("at"), place_key=bindparam("place"), is_new_organization=True)
)
_INSERT_SEARCH_LINE = insert(SearchLine.__table__)
_COUNT = (
    update(LETTERS)
    .where(LETTERS.c.id == bindparam("letter"))
    .values(pending_count=LETTERS.c.pending_count - 1, awaiting_review_count=LETTERS.c.awaiting_review_count + 1)
)
_CHAIN = select(CHAINS.c.id, CHAINS.c.length, CHAINS.c.head).where(CHAINS.c.name == bindparam("chain")).with_for_update()
_COUNT_AND_LOCK = _CHAIN.add_cte(_COUNT.cte("counted"))
_INSERT_ENTRY = insert(ENTRIES).values({one.key: bindparam(one.key) for one in ENTRIES.c if one.key != "id"})
_MOVE_HEAD = update(CHAINS).where(CHAINS.c.id == bindparam("of_chain")).values(length=bindparam("to"), head=bindparam("hashed"))
_APPEND = _MOVE_HEAD.add_cte(_INSERT_ENTRY.cte("entry"))
