"""Rate limits for the forms of strangers and the mail they cause. The rules are in docs/design/abuse.md."""

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select

from letterhub.commands.abuse._flood_detection import flag_flood
from letterhub.commands.signatures._shared_steps import email_signatory
from letterhub.domain.abuse.rate_limits import BucketKey, RateLimit
from letterhub.domain.abuse.submission_limits import (
    EXEMPT_FORMS,
    MAX_UNCONFIRMED_FORMS,
    LetterForms,
    MailDecision,
    PastMail,
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
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.evidence import Fact, FactKind
from letterhub.infrastructure.db import db, execute_core
from letterhub.infrastructure.signed_links import current_settings
from letterhub.models import (
    Letter,
    OutboxMessage,
    Signature,
    SubmissionOrigin,
    add_evidence,
    refund,
    reserve,
    save_buckets,
    spend_challenge,
)
from letterhub.queries.abuse.submission_limits import (
    count_letter_forms,
    count_network_forms,
    is_known_contact,
    mailbox_history,
    network_hash,
)
from letterhub.queries.mail.outbox import WAITING_CONDITION

TOO_MANY_FORMS_MESSAGE = _(
    "Too many forms came from your network today without being confirmed. Your entries are still "
    "here: submit them again later, or from another network."
)
REPLACED_ERROR = _("Not sent: a newer form asked for an email to the same mailbox.")


class SubmissionLimiter:
    """Rate limits for the forms of one sender and one address under one letter, whose row is locked: `check`, then `record`."""

    def __init__(self, letter: Letter, email: EmailAddress, sender: Sender, at: dt.datetime) -> None:
        self.letter, self.email, self.sender, self.at = letter, email, sender, at
        self.reads_mailbox = sender.is_reader_of(email)
        self.network_hash = network_hash(letter.id, sender.network)
        self.forms = count_network_forms(letter.id, self.network_hash, at)

    def check(self, *, again: bool = False) -> MailDecision:
        """Return when the confirmation mail of a new form may be sent, or one that was requested `again`.

        Raises TooManyForms for a new form from a network with too many unconfirmed ones. If the network was promised an earlier
        mail to this address, the new one is sent in its place at the same time, and takes no rate-limit tokens.
        """
        if not again and self.forms.unconfirmed >= MAX_UNCONFIRMED_FORMS and not self.reads_mailbox:
            raise TooManyForms(TOO_MANY_FORMS_MESSAGE)
        past_mails, blocked = mailbox_history(self.letter.id, self.email, self.sender.network, self.at)
        to_address = [mail for mail in past_mails if mail.letter_id == self.letter.id and mail.same_address]
        waiting = [mail for mail in to_address if mail.waits]
        promised = [mail for mail in to_address if mail.same_network and mail.promised_at and mail.promised_at > self.at]
        replaces = tuple({mail.id for mail in (*waiting, *promised) if mail.waits or mail.blocked})
        if self.reads_mailbox:
            return MailDecision(self.at, self.at, replaces=replaces)
        if promised and promised[0].promised_at:
            promised_at, limits, held_by = promised[0].promised_at, promised[0].limits, promised[0].held_by
            buckets: Mapping[str, dt.datetime] = {}
        else:
            exempt_forms = EXEMPT_FORMS + 1 if again else EXEMPT_FORMS  # the form of a mail requested again is counted already
            promised_at, limits, held_by, buckets = self._reserve(past_mails, is_early=self.forms.today < exempt_forms)
        due_at = promised_at
        is_first = not any(mail.same_network and mail.letter_id == self.letter.id for mail in past_mails)
        if is_first and promised_at > self.at and is_known_contact(self.letter, self.email):
            due_at = self.at
        due_at = max(due_at, mailbox_may_be_mailed_at(past_mails, self.letter.id, self.at))
        due_at = min([due_at, *(mail.at for mail in waiting)])
        return MailDecision(due_at, promised_at, blocked, limits, held_by, buckets, replaces)

    def _reserve(
        self, past_mails: Sequence[PastMail], *, is_early: bool
    ) -> tuple[dt.datetime, tuple[str, ...], str, Mapping[str, dt.datetime]]:
        """Reserve rate-limit tokens for one mail from this network.

        Return when it may be sent, the names of the limits it draws on, the limit that delays it ("" for none), and the new
        state of their buckets, by hash. Limits that all networks share don't count the `is_early` mails of a network.
        """
        session, secret = db.session(), current_settings().secret_key
        free_at = {"": self.at, "mailbox": network_may_mail_at(past_mails, self.letter.id, self.at)}
        limits, buckets = list[str](), dict[str, dt.datetime]()
        if self.network_hash:
            limits.append("network")
            free_at["network"], buckets = reserve(session, network_bucket(self.letter.id, self.network_hash), secret, self.at)
        if not self.network_hash or (free_at["network"] <= self.at and not is_early):
            limits.append("shared")
            free_at["shared"], shared = reserve(session, shared_buckets(self.letter.id, self.email), secret, self.at)
            buckets |= shared
        held_by = max(free_at, key=lambda name: free_at[name])
        return free_at[held_by], tuple(limits), held_by, buckets

    def record(self, signature: Signature, decision: MailDecision) -> None:
        """Store a new signature and the origin of its form, and queue its confirmation mail; flag it if it came in a flood.

        Its proof of work is used up. If it needs one and has no unused one, staff review it. A form from someone known to read
        the mailbox is never part of a letter's flood, only of one from its network.
        """
        letter_id = self.letter.id
        origin = SubmissionOrigin(letter_id=letter_id, network_hash=self.network_hash, started_at=self.at)
        origin.mail_domain = self.email.domain
        origin.has_proof_of_work = bool(self.sender.proof) and spend_challenge(db.session(), self.sender.proof, self.at)
        forms = count_letter_forms(letter_id, self.at, proven=origin.has_proof_of_work)
        in_letter_flood = not self.reads_mailbox and is_flood_of_letter(LetterForms(forms.count + 1, forms.confirmed))
        signature.from_flood = in_letter_flood or is_flood_from_network(self.forms.last_hour + 1 if self.network_hash else 0)
        if signature.from_flood:
            flag_flood(origin, self.at, of_letter=in_letter_flood)
        db.session.add(signature)
        db.session.flush()
        origin.signature_id = signature.id
        db.session.add(origin)
        needs_proof = not self.reads_mailbox and (self.letter.requires_proof_of_work or in_letter_flood)
        if needs_proof and not origin.has_proof_of_work:
            add_evidence(db.session(), signature.id, Fact(FactKind.NO_PROOF, WORKER, self.at))
        self.record_mail(signature, decision)

    def record_mail(self, signature: Signature, decision: MailDecision) -> None:
        """Queue the confirmation mail as decided, take its rate-limit tokens, and cancel the waiting mails that it replaces."""
        save_buckets(db.session(), decision.buckets)
        if decision.replaces:
            statement = select(OutboxMessage).where(OutboxMessage.id.in_(decision.replaces), OutboxMessage.sent_at.is_(None))
            for message in db.session.scalars(statement.with_for_update()):
                message.cancel(self.at, REPLACED_ERROR)
        message = email_signatory(MailKind.CONFIRM, signature, self.letter, self.at)
        message.due_at = decision.due_at
        if decision.limits:
            message.parameters = {"limits": [*decision.limits]}
        if decision.promised_at > self.at:
            message.parameters |= {"held_by": decision.held_by, "promised": decision.promised_at.isoformat(timespec="seconds")}
        if decision.blocked:
            message.cancel(self.at, decision.blocked)


def refund_limits(signature: Signature, at: dt.datetime) -> None:
    """Refund the rate-limit tokens of a mail whose link was used, and make the network's next delayed mail due at once.

    So forms that people confirm are never slowed down. Confirming only for the refund gains nothing: it is the one mail that
    the own form took.
    """
    sent_mails = execute_core(_RATE_LIMITED_MAILS, {"signature": signature.id}).all()
    limited_mails = [mail for mail in sent_mails if mail.parameters.get("limits")]
    if not limited_mails:
        return
    limits, network = limited_mails[0].parameters["limits"], limited_mails[0].network_hash
    buckets = dict[BucketKey, RateLimit]()
    if "network" in limits and network:
        buckets |= network_bucket(signature.letter_id, network)
        parameters = {"at": at, "letter": signature.letter_id, "network": network}
        if (message := db.session.scalar(_NEXT_DELAYED_MAIL, parameters)) is not None:
            message.due_at = at
    if "shared" in limits:
        buckets |= shared_buckets(signature.letter_id, EmailAddress(signature.email))
    refund(db.session(), buckets, current_settings().secret_key)


_RATE_LIMITED_MAILS = (
    select(OutboxMessage.parameters, SubmissionOrigin.network_hash)
    .join(SubmissionOrigin, SubmissionOrigin.signature_id == OutboxMessage.signature_id)
    .where(
        OutboxMessage.signature_id == bindparam("signature"),
        OutboxMessage.kind == MailKind.CONFIRM,
        OutboxMessage.sent_at.is_not(None),
    )
    .order_by(OutboxMessage.id)
)
_NEXT_DELAYED_MAIL = (
    select(OutboxMessage)
    .join(SubmissionOrigin, SubmissionOrigin.signature_id == OutboxMessage.signature_id)
    .where(
        WAITING_CONDITION,
        OutboxMessage.kind == MailKind.CONFIRM,
        OutboxMessage.due_at > bindparam("at"),
        OutboxMessage.attempts == 0,
    )
    .where(SubmissionOrigin.letter_id == bindparam("letter"), SubmissionOrigin.network_hash == bindparam("network"))
    .where(OutboxMessage.parameters["held_by"].as_string() == "network")
    .order_by(OutboxMessage.due_at, OutboxMessage.id)
    .limit(1)
    .with_for_update(of=OutboxMessage)
)
