"""The plain form that signs: what it checks, what it reads in one statement, and the rows that it writes."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import abort, current_app, request
from sqlalchemy import Connection, and_, bindparam, exists, func, or_, select, true, update

from letterhub.clock import now
from letterhub.domain.abuse import submission_limits as limits
from letterhub.domain.abuse.proof_of_work import CHALLENGE_LIFETIME, ProofOfWork
from letterhub.domain.audit.log import WORKER
from letterhub.domain.errors import LostRace, UserFacingError
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.letters.signing_settings import OptionalField
from letterhub.domain.line_validation import contains_web_address, find_hosts, line_error, place_error
from letterhub.domain.mail.email_addresses import EmailAddress, is_same_mailbox, suggest_host
from letterhub.domain.mail.outgoing_mail import NOT_SENT_SENTENCES, MailKind
from letterhub.domain.organizations.websites import domain_of_website, parse_website
from letterhub.domain.signatures.evidence import Fact, FactKind
from letterhub.domain.signatures.line_fields import line_columns
from letterhub.domain.signatures.signing import Scope, check_kind_accepted, check_open, check_text_current
from letterhub.infrastructure.db import INSERTS
from letterhub.infrastructure.signed_links import ExpiredLink, InvalidLink, LinkSigner, Purpose
from letterhub.infrastructure.statements import FIRST_ID, insert_rows, lock_names
from letterhub.mail.outbox import message_columns
from letterhub.models import (
    EvidenceFact,
    Invitation,
    Letter,
    OutboxMessage,
    RateLimitBucket,
    Revision,
    Signature,
    SpentChallenge,
    SubmissionOrigin,
    evidence_columns,
    hash_bucket_key,
    is_outside_floods,
    reserve,
)  # fmt: skip
from letterhub.queries.abuse.submission_limits import (
    MAILS,
    SUPPRESSION,
    mailbox_parameters,
    network_hash,
    past_mails_from,
    select_form_counts,
)  # fmt: skip
from letterhub.queries.letters.letter_lookup import is_newest_revision
from letterhub.web.forms import clean_line

Transaction = Callable[[Callable[[Connection], Any]], Any]
REQUIRED = ("organization", "signer_name", "signer_title")


class FormErrors(UserFacingError):
    """Raised for input that cannot be signed with; `sentences` has what is wrong."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(sentences[0])
        self.sentences = sentences


def sign(slug: str, in_transaction: Transaction) -> dict[str, Any]:
    """Check and store the form of this request; return what the session stores of it."""
    typed = {name: clean_line(text) for name, text in request.form.items()}
    if typed.get("is_correction") or typed.get("kind", "organization") != "organization":
        abort(501)
    email, no_mail_server = _checked_input(typed)
    likely_host = suggest_host(email.host, domain_of_website(typed["website"]))
    started = {"letter": slug, "mail": email.masked, "meant": likely_host, "signature": 0, "form": None, "reads": False}
    if typed.get("note"):  # a program filled in the field that people do not see
        return started
    letter_id, token = _opened_stamp(typed.get("form_token", ""))
    key = limits.make_idempotency_key(token, letter_id)
    store = partial(_store, slug=slug, letter_id=letter_id, key=key, typed=typed, email=email, no_mail_server=no_mail_server)
    signature_id, reads = in_transaction(store)
    return started | {"signature": signature_id, "form": key, "reads": reads}


def _checked_input(typed: dict[str, str]) -> tuple[EmailAddress, bool]:
    """Complete the website, and return the address and whether its domain has no mail server. Raises FormErrors."""
    wrong = [f"Enter {name}." for name in REQUIRED if not typed.get(name)]
    organization = typed.get("organization", "")
    hosts = () if contains_web_address(organization) else find_hosts(organization)
    for name in (*REQUIRED, "location"):
        text = typed.setdefault(name, "")
        own = (*hosts, typed.get("email", "").rpartition("@")[2]) if name == "signer_title" else ()
        if line_error(text) or contains_web_address(text, own=own) or (name == "location" and place_error(text)):
            wrong.append(f"We can’t print {name}.")
    if typed.get("section") not in list(Scope) or typed.get("authorized") != "y":
        wrong.append("Choose the scope, and check the box.")
    try:
        typed["website"] = parse_website(typed.get("website", ""))
        looks_up = current_app.extensions["settings"].check_mail_domains
        address = validate_email(typed.get("email", ""), strict=True, allow_smtputf8=False, check_deliverability=looks_up)
    except (UserFacingError, EmailNotValidError) as problem:
        wrong.append(str(problem))
    if wrong:
        raise FormErrors(wrong)
    return EmailAddress(address.ascii_email or ""), bool(getattr(address, "mx_fallback_type", None))


def _opened_stamp(stamp: str) -> tuple[int, str]:
    """Return the letter and the token of the form's stamp. Raises FormErrors for one that is forged, too old or too new."""
    try:
        opened = current_app.extensions["links"].open(Purpose.FORM, stamp)
    except (InvalidLink, ExpiredLink) as problem:
        raise FormErrors(["This page has been open for a long time."]) from problem
    if (now() - opened.made_at).total_seconds() < current_app.extensions["settings"].min_fill_seconds:
        raise FormErrors(["Please review your entries and submit again."])
    return opened.subject[0], str(opened.subject[1:])


def _sender(connection: Connection, letter_id: int, typed: dict[str, str], email: EmailAddress) -> limits.Sender:
    """Return who sent the form: what mailbox its links prove, and the proof of work that it solved."""
    links: LinkSigner = current_app.extensions["links"]
    proven, invitation_id, proof = "", 0, ""
    if token := typed.get("invited"):
        link = links.open(Purpose.INVITED, token)
        if invitation := connection.execute(_INVITATION, {"id": link.subject[0], "letter": letter_id}).one_or_none():
            link.check_same_row(invitation.invited_at)
            if is_same_mailbox(invitation.email, email.typed):
                proven, invitation_id = invitation.email, invitation.id
    elif token := typed.get("reader_token"):
        link = links.open(Purpose.READER, token)
        if reader := connection.execute(_READER, {"id": link.subject[0]}).one_or_none():
            link.check_same_row(reader.created_at)
            proven = reader.email
    if typed.get("proof"):
        proof = ProofOfWork((current_app.extensions["settings"].secret_key,)).solved_challenge(letter_id, typed["proof"])
    return limits.Sender(request.remote_addr or "", EmailAddress(proven) if proven else None, proof, invitation_id)


def _store(
    connection: Connection, *, slug: str, letter_id: int, key: str | None, typed: dict[str, str], email: EmailAddress,
    no_mail_server: bool,
) -> tuple[int, bool]:  # fmt: skip
    """Store a signature and its mail; return its id, and whether a link proved its mailbox."""
    at, sender = now(), _sender(connection, letter_id, typed, email)
    reads, network = sender.is_reader_of(email), network_hash(letter_id, sender.network)
    lock_names(connection, *filter(None, (network, email.canonical)))
    has_proof = bool(sender.proof) and _spend(connection, sender.proof, at)
    facts = _read_facts(connection, slug, letter_id, key, sender, email, at, has_proof=has_proof)
    line = _line(typed, facts)
    columns = line_columns(line, facts.alphabet) | {"email": email.typed}
    if facts.earlier_id is not None:
        return _same_as_before(connection, columns, facts.earlier_id), reads
    names = _reserve(connection, facts, letter_id, network, email, at, reads=reads)
    in_letter_flood = not reads and limits.is_flood_of_letter(limits.LetterForms(facts.forms + 1, facts.confirmed))
    from_flood = in_letter_flood or limits.is_flood_from_network(facts.last_hour + 1 if network else 0)
    if from_flood:
        origin = {"proven": has_proof, "by_network": not in_letter_flood, "network": network}
        connection.execute(_FLAG_FLOOD, origin | {"letter": letter_id, "since": at - limits.FLOOD_WINDOW})
    doubts = [FactKind.NO_MAIL_SERVER] if no_mail_server else []
    if not has_proof and not reads and (facts.requires_proof_of_work or in_letter_flood):
        doubts.append(FactKind.NO_PROOF)
    columns |= {"letter_id": letter_id, "revision_id": facts.revision_id, "idempotency_key": key}
    signature = columns | {"created_at": at, "from_flood": from_flood}
    mail = message_columns(MailKind.CONFIRM, email, {"limits": names} if names else {}, at)
    mail |= {"coalition_id": facts.coalition_id, "letter_id": letter_id, "due_at": at, "signature_id": FIRST_ID}
    if facts.stop:
        mail |= {"cancelled_at": at, "error": NOT_SENT_SENTENCES[facts.stop]}
    origin = {
        "signature_id": FIRST_ID, "letter_id": letter_id, "network_hash": network, "mail_domain": email.domain,
        "has_proof_of_work": has_proof, "started_at": at,
    }  # fmt: skip
    evidence = [{"signature_id": FIRST_ID, **evidence_columns(Fact(kind, WORKER, at))} for kind in doubts]
    further = [(OutboxMessage, mail), (SubmissionOrigin, origin), *((EvidenceFact, row) for row in evidence)]
    signature_id = insert_rows(connection, (Signature, signature), further)
    if sender.invitation:
        connection.execute(_LINK_INVITATION, {"number": sender.invitation, "signature": signature_id})
    still = {"letter": letter_id, "number": facts.number, "signers": facts.who_may_sign, "at": at}
    if not connection.execute(_COUNT_NEW, still).rowcount:
        raise LostRace
    return signature_id, reads


def _spend(connection: Connection, challenge: str, at: dt.datetime) -> bool:
    """Spend the proof of work; False if it was spent before."""
    spent = INSERTS[connection.dialect.name](SpentChallenge).on_conflict_do_nothing(index_elements=["challenge_hash"])
    row = {"challenge_hash": challenge, "expires_at": at + CHALLENGE_LIFETIME}
    return connection.execute(spent.returning(SpentChallenge.id), row).scalar() is not None


def _read_facts(
    connection: Connection, slug: str, letter_id: int, key: str | None, sender: limits.Sender, email: EmailAddress,
    at: dt.datetime, *, has_proof: bool,
) -> Any:  # fmt: skip
    """Return what the form is decided on. Raises LetterNotOpen."""
    network = network_hash(letter_id, sender.network)
    (bucket,), secret = limits.network_bucket(letter_id, network), current_app.extensions["settings"].secret_key
    parameters = mailbox_parameters(letter_id, email, at) | {
        "slug": slug, "key": key, "network": network, "bucket": hash_bucket_key(bucket, secret),
        "an_hour_ago": at - limits.FLOOD_WINDOW, "a_day_ago": at - limits.DAY,
    }  # fmt: skip
    facts = connection.execute(_FACTS[has_proof], parameters).one_or_none() or abort(404)
    check_open(facts.state, facts.deadline_at, at)
    if facts.mailed:
        mails = past_mails_from(connection.execute(select(MAILS), parameters).all(), email, sender.network, at)
        waits = any(mail.waits or mail.promised_at for mail in mails)
        may_mail = limits.network_may_mail_at(mails, letter_id, at), limits.mailbox_may_be_mailed_at(mails, letter_id, at)
        if waits or max(may_mail) > at:
            abort(501)
    return facts


def _line(typed: dict[str, str], facts: Any) -> Signatory:
    """Return the line with the fields that the letter asks for. Raises SignerKindNotAccepted and TextChanged."""
    asked = {field: typed[field] if field in facts.optional_fields else "" for field in map(str, OptionalField)}
    line = Signatory(typed["organization"], typed["signer_name"], typed["signer_title"], **asked)
    check_kind_accepted(facts.who_may_sign, line.kind)
    if typed.get("revision", "").isdecimal():
        check_text_current(int(typed["revision"]), facts.number)
    return line


def _same_as_before(connection: Connection, columns: dict[str, Any], earlier_id: int) -> int:
    """Return the signature that this form made before. Raises FormTokenSpent if something else was typed then."""
    typed = select(*(Signature.__table__.c[name] for name in columns))
    earlier = connection.execute(typed.where(Signature.id == earlier_id)).one()
    if earlier._asdict() != columns:
        raise limits.FormTokenSpent("This form was submitted before.")
    return earlier_id


def _reserve(
    connection: Connection, facts: Any, letter_id: int, network: str, email: EmailAddress, at: dt.datetime, *, reads: bool
) -> list[str]:
    """Take the tokens of a mail that leaves at once; return the names of the limits that it draws on. Raises TooManyForms."""
    if reads:
        return []
    if facts.unconfirmed >= limits.MAX_UNCONFIRMED_FORMS:
        raise limits.TooManyForms("Too many forms came from your network today without being confirmed.")
    own = limits.network_bucket(letter_id, network) if network else {}
    is_delayed = bool(network) and limits.NETWORK_LIMIT.reserve(facts.network_full_at, at)[1] > at
    is_shared = not network or (facts.today >= limits.EXEMPT_FORMS and not is_delayed)
    shared = limits.shared_buckets(letter_id, email) if is_shared else {}
    allowed = reserve(connection, own | shared, current_app.extensions["settings"].secret_key, at)
    if max(allowed.values()) > at:
        abort(501)
    return [name for name, buckets in (("network", own), ("shared", shared)) if buckets]


_RECEIVED = select(Invitation.id, Invitation.email, Invitation.invited_at)
_INVITATION = _RECEIVED.where(Invitation.id == bindparam("id"), Invitation.letter_id == bindparam("letter"))
_READER = select(Signature.email, Signature.created_at).where(Signature.id == bindparam("id"))
_OF_SENDER = update(Invitation).where(Invitation.id == bindparam("number"), Invitation.email != "")
_LINK_INVITATION = _OF_SENDER.values(signature_id=bindparam("signature"))
_FORMS = (
    select(SubmissionOrigin.started_at, Signature.confirmed_at)
    .join(Signature, Signature.id == SubmissionOrigin.signature_id)
    .where(SubmissionOrigin.letter_id == bindparam("letter"), SubmissionOrigin.network_hash == bindparam("network"))
    .where(SubmissionOrigin.network_hash != "", SubmissionOrigin.started_at > bindparam("a_day_ago"))
    .subquery()
)
_OF_NETWORK = select(
    func.count().label("today"),
    func.count().filter(_FORMS.c.confirmed_at.is_(None)).label("unconfirmed"),
    func.count().filter(_FORMS.c.started_at > bindparam("an_hour_ago")).label("last_hour"),
).subquery()


def _facts(of_letter: Any) -> Any:
    forms = select_form_counts(of_letter).subquery()
    earlier = select(Signature.id).where(Signature.idempotency_key == bindparam("key")).scalar_subquery()
    full_at = select(RateLimitBucket.expires_at).where(RateLimitBucket.bucket_key == bindparam("bucket")).scalar_subquery()
    columns = (
        Letter.coalition_id, Letter.alphabet, Letter.state, Letter.deadline_at, Letter.who_may_sign, Letter.optional_fields,
        Letter.requires_proof_of_work, Revision.id.label("revision_id"), Revision.number, earlier.label("earlier_id"),
        full_at.label("network_full_at"), SUPPRESSION.scalar_subquery().label("stop"),
        exists(select(MAILS.c.id)).label("mailed"),
    )  # fmt: skip
    statement = select(*columns, *forms.c, *_OF_NETWORK.c).join(Revision, is_newest_revision())
    statement = statement.join(forms, true()).join(_OF_NETWORK, true())
    return statement.where(Letter.id == bindparam("letter"), Letter.slug == bindparam("slug"))


_FACTS = {False: _facts(true()), True: _facts(SubmissionOrigin.has_proof_of_work.is_(True))}
_SAME_ORIGIN = or_(
    and_(bindparam("by_network"), SubmissionOrigin.network_hash == bindparam("network")),
    and_(~bindparam("by_network"), SubmissionOrigin.has_proof_of_work == bindparam("proven")),
)
_FLAG_FLOOD = (
    update(Signature)
    .where(Signature.letter_id == bindparam("letter"), Signature.created_at > bindparam("since"), is_outside_floods())
    .where(exists().where(SubmissionOrigin.signature_id == Signature.id, _SAME_ORIGIN))
    .values(from_flood=True)
)
_COUNT_NEW = (
    update(Letter)
    .where(Letter.id == bindparam("letter"), Letter.who_may_sign == bindparam("signers"), Letter.is_open_at(bindparam("at")))
    .where(~exists().where(Revision.letter_id == Letter.id, Revision.number > bindparam("number")))
    .values(pending_count=Letter.pending_count + 1)
)
