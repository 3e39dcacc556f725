"""Facts that a form is decided on: its letter, and the earlier forms of its network and mails to its mailbox."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select, true

from letterhub.domain.abuse.submission_limits import DAY, FLOOD_WINDOW, LetterForms, NetworkForms, PastMail, network_bucket
from letterhub.domain.letters.signing_settings import WhoMaySign
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import NOT_SENT_SENTENCES
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import execute_core
from letterhub.infrastructure.signed_links import current_settings
from letterhub.models import Letter, RateLimitBucket, Revision, Signature, SubmissionOrigin, hash_bucket_key
from letterhub.queries.abuse.submission_limits import (
    MAILS,
    SUPPRESSION,
    mailbox_parameters,
    network_hash,
    past_mails_from,
    select_form_counts,
)
from letterhub.queries.letters.letter_lookup import is_newest_revision

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
    state: LetterState
    deadline_at: dt.datetime | None
    who_may_sign: WhoMaySign
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
        func.count().label("today"),
        func.count().filter(_NETWORK_FORMS.c.confirmed_at.is_(None)).label("unconfirmed"),
        func.count().filter(_NETWORK_FORMS.c.started_at > bindparam("an_hour_ago")).label("last_hour"),
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
            Letter.coalition_id, Letter.state, Letter.deadline_at, Letter.who_may_sign, Letter.requires_proof_of_work,
            Revision.id.label("revision_id"), Revision.number.label("revision_number"), Letter.alphabet,
            earlier.label("earlier_id"), full_at.label("network_full_at"), letter_forms.c.forms, letter_forms.c.confirmed,
            *_NETWORK_COUNTS.c, SUPPRESSION.scalar_subquery().label("stop"), *MAILS.c,
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
    letter_id: int,
    email: EmailAddress,
    network: str,
    at: dt.datetime,
    *,
    key: str | None = None,
    has_proof_of_work: bool = False,
) -> SubmissionFacts:
    """Return the facts about a form from a network, with its idempotency key. If it has a proof of work, the letter's flood
    counts only forms that have one too."""
    hashed = network_hash(letter_id, network)
    (bucket,) = network_bucket(letter_id, hashed)
    parameters = mailbox_parameters(letter_id, email, at) | {
        "key": key, "network": hashed, "bucket": hash_bucket_key(bucket, current_settings().secret_key),
        "an_hour_ago": at - FLOOD_WINDOW, "a_day_ago": at - DAY,
    }  # fmt: skip
    rows = execute_core(_FACTS_WITH_PROOF if has_proof_of_work else _FACTS, parameters).all()
    row = rows[0]
    return SubmissionFacts(
        letter_id, row.coalition_id, row.state, row.deadline_at, row.who_may_sign, row.requires_proof_of_work,
        row.revision_id, row.revision_number, row.alphabet, row.earlier_id, row.network_full_at,
        letter_forms=LetterForms(row.forms, row.confirmed),
        network_forms=NetworkForms(row.today, row.unconfirmed, row.last_hour),
        past_mails=past_mails_from(rows, email, network, at),
        blocked=NOT_SENT_SENTENCES[row.stop] if row.stop else "",
    )  # fmt: skip
