"""Rate limits for the forms of strangers and the mail they cause. The rules are in docs/design/abuse.md."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from letterhub.commands.abuse._flood_detection import flag_flood
from letterhub.domain.abuse.rate_limits import BucketKey, RateLimit
from letterhub.domain.abuse.submission_limits import (
    EXEMPT_FORMS,
    MAX_UNCONFIRMED_FORMS,
    NETWORK_LIMIT,
    LetterForms,
    MailDecision,
    Sender,
    TooManyForms,
    is_flood_from_network,
    is_flood_of_letter,
    mailbox_may_be_mailed_at,
    network_bucket,
    network_may_mail_at,
    shared_buckets,
)
from letterhub.domain.audit.log import WORKER
from letterhub.domain.i18n import _
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind, MailState
from letterhub.domain.signatures.evidence import Fact, FactKind
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import current_settings
from letterhub.infrastructure.statements import FIRST_ID, insert_rows, lock_names
from letterhub.mail.outbox import message_columns
from letterhub.models import (
    EvidenceFact,
    OutboxMessage,
    Signature,
    SubmissionOrigin,
    evidence_columns,
    refund,
    reserve,
    spend_challenge,
)
from letterhub.queries.abuse.submission_limits import is_known_contact, network_hash, submission_facts
from letterhub.queries.mail.outbox import WAITING_CONDITION

TOO_MANY_FORMS_MESSAGE = _(
    "Too many forms came from your network today without being confirmed. Your entries are still "
    "here: submit them again later, or from another network."
)
REPLACED_ERROR = _("Not sent: a newer form asked for an email to the same mailbox.")


class SubmissionLimiter:
    """Rate limits for the form of one sender and one address under one letter: `check`, then `record`.

    Forms from one network or to one mailbox wait for each other, so these are counted exactly. The forms of a letter are not:
    those that arrive in the same milliseconds don't see each other, and the next one flags a flood that they missed.
    """

    def __init__(
        self, letter_id: int, email: EmailAddress, sender: Sender, at: dt.datetime, idempotency_key: str | None = None
    ) -> None:
        self.email, self.sender, self.at = email, sender, at
        self.reads_mailbox = sender.is_reader_of(email)
        network = sender.network
        self.network_hash = network_hash(letter_id, network)
        lock_names(db.session.connection(), *filter(None, (self.network_hash, email.canonical)))
        self.has_proof = bool(sender.proof) and spend_challenge(db.session(), sender.proof, at)
        self.facts = submission_facts(
            letter_id, email, network, self.network_hash, at, key=idempotency_key, has_proof=self.has_proof
        )

    def check(self, *, again: bool = False) -> MailDecision:
        """Return when the confirmation mail of a new form may be sent, or one that was requested `again`; take its tokens.

        Raises TooManyForms for a new form from a network with too many unconfirmed ones. If the network was promised an earlier
        mail to this address, the new one is sent in its place at the same time, and takes no rate-limit tokens.
        """
        facts = self.facts
        if not again and facts.network_forms.unconfirmed >= MAX_UNCONFIRMED_FORMS and not self.reads_mailbox:
            raise TooManyForms(TOO_MANY_FORMS_MESSAGE)
        past_mails, letter_id = facts.past_mails, facts.letter_id
        to_address = [mail for mail in past_mails if mail.letter_id == letter_id and mail.same_address]
        waiting = [mail for mail in to_address if mail.waits]
        promised = [mail for mail in to_address if mail.same_network and mail.promised_at and mail.promised_at > self.at]
        replaces = tuple({mail.id for mail in (*waiting, *promised) if mail.waits or mail.blocked})
        if self.reads_mailbox:
            return MailDecision(self.at, self.at, replaces=replaces)
        if promised and promised[0].promised_at:
            promised_at, limits, held_by = promised[0].promised_at, promised[0].limits, promised[0].held_by
        else:
            exempt_forms = EXEMPT_FORMS + 1 if again else EXEMPT_FORMS  # the form of a mail requested again is counted already
            promised_at, limits, held_by = self._reserve(is_early=facts.network_forms.today < exempt_forms)
        due_at = promised_at
        is_first = not any(mail.same_network and mail.letter_id == letter_id for mail in past_mails)
        if is_first and promised_at > self.at and is_known_contact(letter_id, facts.coalition_id, self.email):
            due_at = self.at
        due_at = max(due_at, mailbox_may_be_mailed_at(past_mails, letter_id, self.at))
        due_at = min([due_at, *(mail.at for mail in waiting)])
        return MailDecision(due_at, promised_at, facts.blocked, limits, held_by, replaces)

    def _reserve(self, *, is_early: bool) -> tuple[dt.datetime, tuple[str, ...], str]:
        """Take rate-limit tokens for one mail from this network.

        Return when it may be sent, the names of the limits it draws on, and the limit that delays it ("" for none). Limits that
        all networks share don't count the `is_early` mails of a network, and those that the network's own limit delays.
        """
        letter_id, shared = self.facts.letter_id, not self.network_hash
        buckets: dict[BucketKey, RateLimit] = {}
        if self.network_hash:
            buckets = network_bucket(letter_id, self.network_hash)
            is_delayed = NETWORK_LIMIT.reserve(self.facts.network_full_at, self.at)[1] > self.at
            shared = not is_early and not is_delayed
        if shared:
            buckets |= shared_buckets(letter_id, self.email)
        free_at = {"": self.at, "mailbox": network_may_mail_at(self.facts.past_mails, letter_id, self.at)}
        for key, allowed_at in reserve(db.session.connection(), buckets, current_settings().secret_key, self.at).items():
            name = "network" if key in network_bucket(letter_id, self.network_hash) else "shared"
            free_at[name] = max(allowed_at, free_at.get(name, allowed_at))
        held_by = max(free_at, key=lambda name: free_at[name])
        return free_at[held_by], tuple(name for name in ("network", "shared") if name in free_at), held_by

    def record(self, signature: dict[str, Any], decision: MailDecision, evidence: Sequence[Fact]) -> int:
        """Store a new signature with these columns, the origin of its form and evidence, and queue its confirmation mail.

        Return its id. It is flagged if it came in a flood.

        If it needs a proof of work and has no unused one, staff review it. A form from someone known to read the mailbox is
        never part of a letter's flood, only of one from its network.
        """
        facts = self.facts
        forms = LetterForms(facts.letter_forms.count + 1, facts.letter_forms.confirmed)
        in_letter_flood = not self.reads_mailbox and is_flood_of_letter(forms)
        from_flood = in_letter_flood or is_flood_from_network(facts.network_forms.last_hour + 1 if self.network_hash else 0)
        if from_flood:
            flag_flood(
                facts.letter_id, self.network_hash, self.at, has_proof_of_work=self.has_proof if in_letter_flood else None
            )
        if not self.has_proof and not self.reads_mailbox and (facts.requires_proof_of_work or in_letter_flood):
            evidence = [*evidence, Fact(FactKind.NO_PROOF, WORKER, self.at)]
        self._cancel_mails(decision.replaces)
        origin = {
            "letter_id": facts.letter_id, "network_hash": self.network_hash, "mail_domain": self.email.domain,
            "has_proof_of_work": self.has_proof, "via": self.sender.via, "started_at": self.at,
        }  # fmt: skip
        further = [(OutboxMessage, self._mail(decision)), (SubmissionOrigin, origin)]
        further += [(EvidenceFact, evidence_columns(fact)) for fact in evidence]
        of_form = [(model, {"signature_id": FIRST_ID, **values}) for model, values in further]
        return insert_rows(db.session.connection(), (Signature, signature | {"from_flood": from_flood}), of_form)

    def record_mail(self, signature_id: int, decision: MailDecision) -> None:
        """Queue the confirmation mail of an earlier form again, as decided, in place of the waiting mails."""
        self._cancel_mails(decision.replaces)
        db.session.add(OutboxMessage(signature_id=signature_id, **self._mail(decision)))

    def _mail(self, decision: MailDecision) -> dict[str, Any]:
        """Return the columns of the confirmation mail, without its signature."""
        parameters: dict[str, Any] = {"limits": [*decision.limits]} if decision.limits else {}
        if decision.promised_at > self.at:
            parameters |= {"held_by": decision.held_by, "promised": decision.promised_at.isoformat(timespec="seconds")}
        columns = message_columns(MailKind.CONFIRM, self.email, parameters, self.at)
        columns |= {"coalition_id": self.facts.coalition_id, "letter_id": self.facts.letter_id, "due_at": decision.due_at}
        return columns | {"cancelled_at": self.at, "error": decision.blocked} if decision.blocked else columns

    def _cancel_mails(self, message_ids: Sequence[int]) -> None:
        """Cancel those of the mails that still wait."""
        if message_ids:
            statement = select(OutboxMessage).where(OutboxMessage.id.in_(message_ids), OutboxMessage.sent_at.is_(None))
            for message in db.session.scalars(statement.with_for_update()):
                message.cancel(self.at, REPLACED_ERROR)


def refund_limits(
    signature: Signature, limits: Sequence[str], network: str | None, delayed_mail: int | None, at: dt.datetime
) -> None:
    """Refund the rate-limit tokens of a mail whose link was used, and make the network's next delayed mail due at once.

    So forms that people confirm are never slowed down. Confirming only for the refund gains nothing: it is the one mail that
    the own form took. `limits` are those of LIMITED_MAIL, `network` is NETWORK_HASH, `delayed_mail` is DELAYED_MAIL.
    """
    buckets = dict[BucketKey, RateLimit]()
    if "network" in limits and network:
        buckets |= network_bucket(signature.letter_id, network)
        if delayed_mail is not None:
            message = db.session.get(OutboxMessage, delayed_mail, with_for_update=True, populate_existing=True)
            if message is not None and message.state is MailState.WAITING:
                message.due_at = min(message.due_at, at)
    if "shared" in limits:
        buckets |= shared_buckets(signature.letter_id, EmailAddress(signature.email))
    refund(db.session(), buckets, current_settings().secret_key)


LIMITED_MAIL = (
    select(OutboxMessage.parameters)
    .where(
        OutboxMessage.signature_id == Signature.id,
        OutboxMessage.kind == MailKind.CONFIRM,
        OutboxMessage.sent_at.is_not(None),
        OutboxMessage.parameters["limits"].is_not(None),
    )
    .order_by(OutboxMessage.id)
    .limit(1)
    .correlate(Signature)
    .scalar_subquery()
)
"""Parameters of a signature's first confirmation mail that was sent and took rate-limit tokens, in a statement that selects it;
None if there is none."""
NETWORK_HASH = (
    select(SubmissionOrigin.network_hash)
    .where(SubmissionOrigin.signature_id == Signature.id)
    .correlate(Signature)
    .scalar_subquery()
)
_DELAYED_ORIGIN = aliased(SubmissionOrigin)
DELAYED_MAIL = (
    select(OutboxMessage.id)
    .join(_DELAYED_ORIGIN, _DELAYED_ORIGIN.signature_id == OutboxMessage.signature_id)
    .where(
        WAITING_CONDITION,
        OutboxMessage.kind == MailKind.CONFIRM,
        OutboxMessage.due_at > bindparam("at"),
        OutboxMessage.attempts == 0,
    )
    .where(_DELAYED_ORIGIN.letter_id == Signature.letter_id, _DELAYED_ORIGIN.network_hash == NETWORK_HASH)
    .where(OutboxMessage.parameters["held_by"].as_string() == "network")
    .order_by(OutboxMessage.due_at, OutboxMessage.id)
    .limit(1)
    .correlate(Signature)
    .scalar_subquery()
)
"""Id of the next confirmation mail that the limit of a signature's network delays beyond `at`; None if there is none."""
