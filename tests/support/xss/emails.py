"""Emails of every kind of a site in which every text is an attack."""

import datetime as dt

from letterhub.clock import now
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.letters.revisions import ChangeKind
from letterhub.domain.letters.serialization import signatory_to_facts
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.review import SignatureEvent
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import queue_mail
from letterhub.models import (
    Coalition,
    CoalitionInvitation,
    Delivery,
    DeliveryRecipient,
    Edition,
    Inquiry,
    Invitation,
    Letter,
    Membership,
    OutboxMessage,
    PressQuote,
    Reply,
    Revision,
    Seconder,
    SignatoryMessage,
    Signature,
    SignatureAlert,
    SignOff,
    Staff,
    Webhook,
)
from tests.support import factories
from tests.support.xss.site import ATTACK, attack_signature


def one_email_of_each_kind() -> list[OutboxMessage]:
    """Return an email of each kind, to be sent."""
    by_kind = {
        MailKind.CONFIRM: SignatureState.PENDING,
        MailKind.REMIND: SignatureState.PENDING,
        MailKind.SIGNED: SignatureState.CONFIRMED,
        MailKind.PUBLISHED: SignatureState.PUBLISHED,
        MailKind.DECLINED: SignatureState.DECLINED,
        MailKind.WITHDRAWN: SignatureState.WITHDRAWN,
        MailKind.CORRECTED: SignatureState.PUBLISHED,
        MailKind.COPY: SignatureState.PUBLISHED,
        MailKind.TYPO: SignatureState.PUBLISHED,
        MailKind.RECONFIRM: SignatureState.OUTDATED,
        MailKind.RESTORED: SignatureState.PUBLISHED,
        MailKind.RENEW_CONSENT: SignatureState.PUBLISHED,
        MailKind.INQUIRY: SignatureState.PUBLISHED,
        MailKind.MESSAGE: SignatureState.PUBLISHED,
        MailKind.REPLY: SignatureState.PUBLISHED,
        MailKind.QUOTE: SignatureState.PUBLISHED,
        MailKind.SECONDED: SignatureState.PENDING,
        MailKind.SECONDED_CHANGED: SignatureState.PENDING,
    }
    handed = db.session.query(Edition.letter_id, Edition.id, Delivery.recorded_by_id)
    letter_id, edition_id, staff_id = handed.join(Delivery).order_by(Delivery.id).first() or (0, 0, 0)
    delivered_to = db.session.query(DeliveryRecipient).one()
    revision = db.session.query(Revision).filter_by(letter_id=letter_id, change=ChangeKind.TYPO).first()
    membership = db.session.query(Membership).filter_by(joined_at=None).one()
    found = {one.state: one for one in db.session.query(Signature).order_by(Signature.id)}  # the open letter's come last
    seconded, entry = found[SignatureState.PUBLISHED], found[SignatureState.PENDING]
    letter = db.session.get_one(Letter, seconded.letter_id)
    added = attack_signature(letter, 70, SignatureState.PUBLISHED, source=Source.IMPORT)
    factories.save(Seconder(signature_id=seconded.id, own_signature_id=entry.id, confirmed_at=now()))
    about_name = {"letter_id": seconded.letter_id, "signature_id": seconded.id, "event": SignatureEvent.CORRECTED}
    factories.save(SignatureAlert(**about_name, name=ATTACK, created_at=now()))
    reader = (
        db.session.query(Membership)
        .filter(Membership.joined_at.is_not(None), Membership.coalition_id == letter.coalition_id)
        .first()
    )
    today = {"since": (now() - dt.timedelta(hours=1)).isoformat(), "until": (now() + dt.timedelta(hours=1)).isoformat()}
    facts = {
        MailKind.SECONDED: {"seconded": seconded.id},
        MailKind.SECONDED_CHANGED: {"seconded": seconded.id, "event": SignatureEvent.CORRECTED},
        MailKind.NOTICE: today | {"membership_id": reader.id},
        MailKind.DIGEST: today | {"membership_id": reader.id},
        MailKind.CORRECTED: {"before": [ATTACK, ATTACK], "after": [ATTACK, ATTACK]},
        MailKind.DECLINED: {"explanation": ATTACK},
        MailKind.COPY: {"edition_id": edition_id},
        MailKind.OPENING: {"error": ATTACK},
        MailKind.WEBHOOK_PAUSED: {"webhook_id": db.session.query(Webhook.id).scalar()},
        MailKind.TYPO: {"revision_id": revision and revision.id},
        MailKind.INQUIRY: {"inquiry_id": db.session.query(Inquiry.id).scalar()},
        MailKind.DELIVERY: {"recipient_id": delivered_to.id},
        MailKind.INVITE: {"invitation_id": _add_invitation(found[SignatureState.PENDING].letter_id)},
        MailKind.SIGN_OFF: {"sign_off_id": _add_sign_off(letter)},
        MailKind.JOIN: {"membership_id": membership.id},
        MailKind.FOUNDING: {"coalition_invitation_id": db.session.query(CoalitionInvitation.id).scalar()},
        MailKind.ACCOUNT_CHANGED: {"staff_id": reader.staff_id, "event": "passkey-added", "detail": ATTACK},
        **_add_release(seconded),
        MailKind.TEST: {"mail": "invitation", "subject": ATTACK, "text": ATTACK, "sender_name": ATTACK},
    }
    member = db.session.get(Staff, staff_id)
    lines = []
    for kind in MailKind:
        signature = added if kind is MailKind.ADDED else found[by_kind[kind]] if kind in by_kind else None
        is_of_delivered = kind in (MailKind.COPY, MailKind.DELIVERY, MailKind.OPENING, MailKind.TEST)
        of = letter_id if is_of_delivered else signature and signature.letter_id
        coalition_id = letter.coalition_id if kind is MailKind.SUBSCRIBE else None
        about = {"letter_id": of, "signature_id": signature and signature.id, "coalition_id": coalition_id}
        recipient = member.email if kind is MailKind.RESET and member else f"{kind}@alliance.example"
        lines.append(queue_mail(kind, recipient, facts.get(kind, {}), at=now(), **about))
    saved = [factories.save(line) for line in lines]
    delivered_to.outbox_id = next(line.id for line in saved if line.kind == MailKind.DELIVERY)
    factories.save(delivered_to)
    return saved


def _add_release(signature: Signature) -> dict[MailKind, dict[str, int]]:
    """Add a message to signatories, a reply and a quote that are attacks; return the facts of their emails."""
    message = SignatoryMessage(
        letter_id=signature.letter_id, subject=ATTACK, text=ATTACK, sender_name="Attack", recipients=1, left_out={},
        sent_at=now(), sent_on=now().date(),
    )  # fmt: skip
    reply = Reply(letter_id=signature.letter_id, sender=ATTACK, received_on=now().date(), text=ATTACK, recorded_at=now())
    quote = PressQuote(
        letter_id=signature.letter_id, signature_id=signature.id, text=ATTACK, asked_at=now(), consent={}
    )  # fmt: skip
    return {
        MailKind.MESSAGE: {"message_id": int(factories.save(message).id)},
        MailKind.REPLY: {"reply_id": int(factories.save(reply).id)},
        MailKind.QUOTE: {"quote_id": int(factories.save(quote).id)},
    }


def _add_sign_off(letter: Letter) -> int:
    """Add a request to agree to a draft with the text of a letter."""
    text, coalition = factories.revision_of(letter).text, db.session.get_one(Coalition, letter.coalition_id)
    draft = factories.draft(text, of=coalition)
    sign_off = SignOff(
        letter_id=draft.id, organization=ATTACK, person=ATTACK, email="nia@alliance.example", mailbox_hash="0" * 32,
        created_at=now(), asked_at=now(), asked_sha256="",
    )  # fmt: skip
    return int(factories.save(sign_off).id)


def _add_invitation(letter_id: int) -> int:
    """Add an invitation whose form was prefilled with attacks."""
    line = signatory_to_facts(Signatory(ATTACK, ATTACK, ATTACK, location=ATTACK))
    facts = {
        "letter_id": letter_id,
        "email": "nia@alliance.example",
        "mailbox_hash": "0" * 32,
        "invited_at": now(),
        "line": line,
    }
    return int(factories.save(Invitation(**facts)).id)
