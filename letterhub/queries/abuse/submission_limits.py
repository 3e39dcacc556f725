"""Facts for the limits on submissions: recent mails to a mailbox, recent forms of a network and under a letter."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, Select, String, bindparam, exists, func, literal, or_, select, true

from letterhub.domain.abuse.submission_limits import (
    DAY,
    FLOOD_WINDOW,
    LetterForms,
    NetworkForms,
    PastMail,
    is_flood_of_letter,
    network_bucket,
)
from letterhub.domain.i18n import _
from letterhub.domain.letters.signing_settings import FormSettings, FormSettingsChanged
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import NOT_SENT_SENTENCES, MailKind
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db, execute_core
from letterhub.infrastructure.signed_links import current_settings, hash_mailbox, keyed_hash
from letterhub.models import (
    Invitation,
    Letter,
    MailSuppression,
    OutboxMessage,
    RateLimitBucket,
    Revision,
    Signature,
    SubmissionOrigin,
    hash_bucket_key,
)
from letterhub.queries.letters.letter_lookup import is_newest_revision

CONFIRMATION_KINDS = (MailKind.CONFIRM, MailKind.REMIND)
FLOOD_SAMPLE = 300
"""Forms of the last hour from which floods of a letter are detected."""
MAILBOX_MAILS_MAX = 200
"""Mails to a mailbox that are read at most."""
NETWORK_FORMS_MAX = 1000
"""Forms of a network that are counted at most."""


@dataclass(frozen=True, slots=True)
class SubmissionFacts:
    """Facts about a form's letter, network and mailbox.

    `earlier_id` is the signature that the same form made before, None if it is new. `network_full_at` is when the network's
    bucket is full again, None if it is full. `blocked` is why the mailbox gets no mail about the letter, "" if it does.
    """

    letter_id: int
    coalition_id: int
    settings: FormSettings
    state: LetterState
    deadline_at: dt.datetime | None
    requires_proof_of_work: bool
    revision_id: int
    revision_number: int
    alphabet: str
    earlier_id: int | None
    network_full_at: dt.datetime | None
    letter_forms: LetterForms
    network_forms: NetworkForms
    past_mails: list[PastMail]
    blocked: str


_LETTER: BindParameter[int] = bindparam("letter")
_MAILBOX: BindParameter[str] = bindparam("mailbox", type_=String)
SUPPRESSION = (
    select(MailSuppression.reason)
    .where(
        MailSuppression.letter_id == _LETTER,
        MailSuppression.mailbox_hash.in_((bindparam("mailbox_hash"), bindparam("address_hash"))),
    )
    .limit(1)
)
MAILS = (
    select(
        OutboxMessage.id, OutboxMessage.letter_id, OutboxMessage.recipient, OutboxMessage.created_at, OutboxMessage.due_at,
        OutboxMessage.sent_at, OutboxMessage.failed_at, OutboxMessage.cancelled_at, OutboxMessage.attempts,
        OutboxMessage.parameters,
        SubmissionOrigin.network_hash,
    )
    .join(Signature, Signature.id == OutboxMessage.signature_id)
    .outerjoin(SubmissionOrigin, SubmissionOrigin.signature_id == Signature.id)
    .where(OutboxMessage.canonical_recipient == _MAILBOX, OutboxMessage.created_at > bindparam("two_days_ago"),
    OutboxMessage.kind.in_(CONFIRMATION_KINDS))
    .where(or_(OutboxMessage.cancelled_at.is_(None), OutboxMessage.error.in_(NOT_SENT_SENTENCES.values())),
    Signature.confirmed_at.is_(None))
    .order_by(OutboxMessage.created_at.desc())
    .limit(MAILBOX_MAILS_MAX)
    .subquery()
)  # fmt: skip
_ONE_ROW = select(literal(1).label("once")).subquery()
_BLOCK_REASON = SUPPRESSION.scalar_subquery().label("block_reason")
_MAILBOX_MAILS = select(_BLOCK_REASON, *MAILS.c).select_from(_ONE_ROW.outerjoin(MAILS, true()))
"""Prebuilt statements, like those below, run for every form: building one takes longer than running it."""


def network_hash(letter_id: int, network: str) -> str:
    """Return the hash of a network under one letter; "" if the network is unknown."""
    return keyed_hash("network", str(letter_id), network) if network else ""


def mailbox_history(letter_id: int, email: EmailAddress, network: str, at: dt.datetime) -> tuple[list[PastMail], str]:
    """Return the recent confirmation mails to a mailbox, and why it gets no mail about the letter, "" if it does.

    Mails about signatures confirmed since are left out. Suppressed mails are included, so that no page reveals the suppression.
    `network` is the one that the current form came from.

    An address with a "+tag" counts all mails to its mailbox, one without only its own: hosts may not support tags, and unread
    mails must not use up a real signatory's limit.
    """
    rows = execute_core(_MAILBOX_MAILS, mailbox_parameters(letter_id, email, at))
    return past_mails_from(rows, email, network, at), NOT_SENT_SENTENCES[rows[0].block_reason] if rows[0].block_reason else ""


def past_mails_from(rows: Sequence[Row[Any]], email: EmailAddress, network: str, at: dt.datetime) -> list[PastMail]:
    """Return the mails of rows with the columns of `MAILS`, as `mailbox_history` does: none for a row without a mail."""
    address = email.spelling
    counts_whole_mailbox = address != email.canonical or address.endswith("@gmail.com")
    return [
        _past_mail(row, address, network, at)
        for row in rows
        if row.id is not None and (counts_whole_mailbox or row.recipient.lower() == address)
    ]


def _past_mail(row: Any, address: str, network: str, at: dt.datetime) -> PastMail:
    """Return an outbox row as a mail that counts toward a mailbox's limit, compared with the form's address and network."""
    is_over = row.sent_at or row.failed_at or row.cancelled_at
    waits = not is_over and row.due_at > at and not row.attempts
    sent_at = row.sent_at or row.created_at
    promised = row.parameters.get("promised")
    return PastMail(
        row.id,
        row.letter_id,
        same_network=(row.network_hash or "") == network_hash(row.letter_id, network),
        same_address=EmailAddress(row.recipient).spelling == address,
        waits=waits,
        asked_at=row.created_at,
        at=row.due_at if waits else sent_at,
        limits=tuple(row.parameters.get("limits", ())),
        held_by=row.parameters.get("held_by", ""),
        promised_at=dt.datetime.fromisoformat(promised) if promised else None,
        blocked=row.cancelled_at is not None,
    )


def mailbox_parameters(letter_id: int, email: EmailAddress, at: dt.datetime) -> dict[str, object]:
    """Return the parameters of `MAILS` and of `SUPPRESSION`."""
    return {**_mailbox_hashes(letter_id, email), "mailbox": email.canonical, "two_days_ago": at - 2 * DAY}


def suppression_sentence(letter_id: int, email: EmailAddress) -> str:
    """Return why mail about a letter to a mailbox is suppressed; "" if it is not."""
    stop = db.session.scalar(SUPPRESSION, _mailbox_hashes(letter_id, email))
    return NOT_SENT_SENTENCES[stop] if stop else ""


def _mailbox_hashes(letter_id: int, email: EmailAddress) -> dict[str, int | str]:
    """Return the parameters of `SUPPRESSION`: the letter, and the hashes of the mailbox and of its address as spelled."""
    mailbox_hash, address_hash = hash_mailbox(letter_id, email), hash_mailbox(letter_id, email, as_spelled=True)
    return {"letter": letter_id, "mailbox_hash": mailbox_hash, "address_hash": address_hash}


def is_known_contact(letter_id: int, coalition_id: int, email: EmailAddress) -> bool:
    """Return whether staff invited a mailbox to a letter, or it confirmed or was imported with a signature under any letter of
    the coalition."""
    mailbox_hash = hash_mailbox(letter_id, email)
    is_invited = exists().where(
        Invitation.letter_id == letter_id, Invitation.mailbox_hash == mailbox_hash, Invitation.declined_at.is_(None)
    )
    letters = select(Letter.id).where(Letter.coalition_id == coalition_id)
    confirmed_in_coalition = (Signature.confirmed_at.is_not(None), (Signature.letter_id + 0).in_(letters))  # by mailbox
    was_mailed = exists().where(
        OutboxMessage.canonical_recipient == email.canonical,
        Signature.id == OutboxMessage.signature_id,
        *confirmed_in_coalition,
    )
    has_address = exists().where(Signature.email == email.typed, *confirmed_in_coalition)
    return bool(db.session.scalar(select(or_(is_invited, was_mailed, has_address))))


def select_form_counts(condition: ColumnElement[bool]) -> Select[int, int]:
    """Return a statement that counts a letter's latest forms, and the confirmed ones of them.

    It reads at most FLOOD_SAMPLE forms, so that busy letters are no slower.
    """
    recent = select(SubmissionOrigin.signature_id).where(
        SubmissionOrigin.letter_id == _LETTER, SubmissionOrigin.started_at > bindparam("an_hour_ago"), condition
    )
    latest = recent.order_by(SubmissionOrigin.started_at.desc()).limit(FLOOD_SAMPLE).subquery()
    return select(func.count().label("forms"), func.count(Signature.confirmed_at).label("confirmed")).join_from(
        latest, Signature, Signature.id == latest.c.signature_id
    )


_LETTER_FORMS = select_form_counts(true())


def is_proof_of_work_required(letter_id: int, at: dt.datetime) -> bool:
    """Return whether a letter's forms need a proof of work: by its settings, or during a flood."""
    if db.session.scalars(select(Letter.requires_proof_of_work).where(Letter.id == letter_id)).one():
        return True
    row = execute_core(_LETTER_FORMS, {"letter": letter_id, "an_hour_ago": at - FLOOD_WINDOW}).one()
    return is_flood_of_letter(LetterForms(row.forms, row.confirmed))


def promised_mail_time(signature_id: int, at: dt.datetime) -> dt.datetime | None:
    """Return when a signature's last confirmation mail was promised to be sent; None if that has passed or was not promised."""
    query = select(OutboxMessage.parameters).where(
        OutboxMessage.signature_id == signature_id, OutboxMessage.kind == MailKind.CONFIRM
    )
    parameters = db.session.scalar(query.order_by(OutboxMessage.id.desc()).limit(1)) or {}
    if "promised" not in parameters:
        return None
    promised_at = dt.datetime.fromisoformat(parameters["promised"])
    return promised_at if promised_at > at else None


_NETWORK_FORMS = (
    select(SubmissionOrigin.started_at, Signature.confirmed_at)
    .join(Signature, Signature.id == SubmissionOrigin.signature_id)
    .where(
        bindparam("network", type_=SubmissionOrigin.network_hash.type) != "",
        SubmissionOrigin.letter_id == bindparam("letter"),
        SubmissionOrigin.network_hash == bindparam("network"),
        SubmissionOrigin.started_at > bindparam("a_day_ago"),
    )
    .order_by(SubmissionOrigin.started_at.desc())
    .limit(NETWORK_FORMS_MAX)
    .subquery()
)
_NETWORK_COUNTS = (
    select(
        func.count().label("forms_today"),
        func.count().filter(_NETWORK_FORMS.c.confirmed_at.is_(None)).label("unconfirmed"),
        func.count().filter(_NETWORK_FORMS.c.started_at > bindparam("an_hour_ago")).label("forms_last_hour"),
    )
    .select_from(_NETWORK_FORMS)
    .subquery("network_forms")
)


def _facts_statement(counted: ColumnElement[bool]) -> Select[Any]:
    """Build the statement that reads all facts, a row for each mail; `counted` selects the letter's forms that count towards
    a flood."""
    letter_forms = select_form_counts(counted).subquery("letter_forms")
    earlier = select(Signature.id).where(Signature.idempotency_key == bindparam("key")).scalar_subquery()
    full_at = select(RateLimitBucket.expires_at).where(RateLimitBucket.bucket_key == bindparam("bucket")).scalar_subquery()
    return (
        select(
            Letter.coalition_id, Letter.slug, Letter.who_may_sign, Letter.optional_fields, Letter.questions,
            Letter.news_text, Letter.news_version, Letter.state, Letter.deadline_at, Letter.requires_proof_of_work,
            Revision.id.label("revision_id"), Revision.number.label("revision_number"), Letter.alphabet,
            earlier.label("earlier_id"), full_at.label("network_full_at"), letter_forms.c.forms, letter_forms.c.confirmed,
            *_NETWORK_COUNTS.c, _BLOCK_REASON, *MAILS.c,
        )
        .select_from(Letter)
        .join(Revision, is_newest_revision())
        .join(letter_forms, true())
        .join(_NETWORK_COUNTS, true())
        .outerjoin(MAILS, true())
        .where(Letter.id == bindparam("letter"))
    )  # fmt: skip


_FACTS, _FACTS_WITH_PROOF = map(_facts_statement, (true(), SubmissionOrigin.has_proof_of_work.is_(True)))


def submission_facts(
    letter_id: int, email: EmailAddress, network: str, hashed_network: str, at: dt.datetime, *, key: str | None, has_proof: bool
) -> SubmissionFacts:
    """Return the facts about a form from a network and its hash, with the form's idempotency key. If it has a proof of
    work, the letter's flood counts only forms that have one too. Raises FormSettingsChanged if there is no such letter."""
    (bucket,) = network_bucket(letter_id, hashed_network)
    parameters = mailbox_parameters(letter_id, email, at) | {
        "key": key, "network": hashed_network, "bucket": hash_bucket_key(bucket, current_settings().secret_key),
        "an_hour_ago": at - FLOOD_WINDOW, "a_day_ago": at - DAY,
    }  # fmt: skip
    rows = execute_core(_FACTS_WITH_PROOF if has_proof else _FACTS, parameters)
    if not rows:
        raise FormSettingsChanged(_("This letter is not open for signatures."))
    row = rows[0]
    return SubmissionFacts(
        letter_id=letter_id, coalition_id=row.coalition_id, settings=FormSettings.from_columns(letter_id, row),
        state=row.state, deadline_at=row.deadline_at, requires_proof_of_work=row.requires_proof_of_work,
        revision_id=row.revision_id, revision_number=row.revision_number, alphabet=row.alphabet, earlier_id=row.earlier_id,
        network_full_at=row.network_full_at, letter_forms=LetterForms(row.forms, row.confirmed),
        network_forms=NetworkForms(row.forms_today, row.unconfirmed, row.forms_last_hour),
        past_mails=past_mails_from(rows, email, network, at),
        blocked=NOT_SENT_SENTENCES[row.block_reason] if row.block_reason else "",
    )  # fmt: skip
