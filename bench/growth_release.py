"""Rows of the growth benchmark around a substantive change and the release of its letter: as many on a small site as on a
large one, but for the replies to the change, of which every signatory has one."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, insert, literal, select

from letterhub.clock import now
from letterhub.domain.changes.replies import ReplyState, SilenceRule
from letterhub.domain.editions.deliveries import AttachmentMode
from letterhub.domain.editions.delivery_emails import RecipientRole
from letterhub.domain.links.secret_links import LinkKind, token_hash
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.press.press_page import PressContact
from letterhub.domain.press.quotes import QuoteState
from letterhub.domain.questions.question import Question, QuestionKind, question_facts
from letterhub.domain.states import LetterMove, SignatureState
from letterhub.infrastructure.db import Base, db, one_transaction
from letterhub.models import (
    ChangeReply,
    Delivery,
    DeliveryEmail,
    DeliveryRecipient,
    Letter,
    OutboxMessage,
    OwnRecipientProfile,
    Partner,
    PressPage,
    PressQuote,
    Reply,
    SecretLink,
    SignatoryMessage,
    Signature,
    TextChangeNotice,
    Upload,
)
from tests.support.editions import deliver_edition, freeze_edition

RELEASE_TOKEN = "press"
CHANGED_REVISION = 2
QUOTES, PARTNERS, REPLIES, RECIPIENTS = 20, 10, 3, 20
CONTACTS_TABLE = b"Organization,Website,Name,Email\nWillow Watch,willow.example,Ada Example,ada@willow.example\n"
Insert = Callable[[type[Base], Iterable[Mapping[str, Any]]], None]


def add_release(insert_all: Insert, at: dt.datetime) -> None:
    """Add a press page with quotes and a secret link, replies of the recipient, a message, partners, and the like."""
    words = {"headline": "Rivers for all", "statement": "Clean water for *everyone*.", "facts": ["One.", "Two.", "Three."]}
    contact = asdict(PressContact("Nia Example", "press@rivers.example", "+1 202 555 0100"))
    zone, saved = "America/New_York", {"saved_at": at, "release_at": at}
    insert_all(PressPage, [{"letter_id": 1, "contacts": [contact], "release_zone": zone, **saved, **words}])
    link = {"letter_id": 1, "label": "Ola", "token_hash": token_hash(RELEASE_TOKEN), "created_at": at}
    insert_all(SecretLink, [{"kind": LinkKind.PRESS, **link}])
    consent = {"printed": ["Nia Example", "Director"]}
    quote = {"letter_id": 1, "text": 6 * "Rivers are ours. ", "asked_at": at, "decided_at": at, "consent": consent}
    insert_all(PressQuote, ({"signature_id": one, "state": QuoteState.APPROVED, **quote} for one in range(1, QUOTES + 1)))
    reply = {"letter_id": 1, "sender": "The Agency", "received_on": at.date(), "text": 9 * "We thank you. ", "recorded_at": at}
    insert_all(Reply, ({"file_name": f"reply-{one}.pdf", "content": b"%PDF-", **reply} for one in range(REPLIES)))
    message = {"letter_id": 1, "subject": "Soon", "text": "We deliver.", "left_out": {}, "sent_at": at, "sent_on": at.date()}
    insert_all(SignatoryMessage, [{"recipients": QUOTES, **message}])
    partner = {"letter_id": 1, "created_at": at}
    insert_all(Partner, ({"name": f"Partner {one}", "source": f"p{one}", **partner} for one in range(1, PARTNERS + 1)))
    insert_all(OwnRecipientProfile, [{"coalition_id": 1, "name": "The Agency"}])
    insert_all(Upload, [{"coalition_id": 1, "file_name": "contacts.csv", "content": CONTACTS_TABLE, "uploaded_at": now()}])
    question = Question(1, "How many members?", QuestionKind.SHORT_TEXT)
    db.session.get_one(Letter, 1).questions = question_facts((question,))


@one_transaction
def begin_change() -> None:
    """Have everyone on the first letter be asked about its second text, by a deadline in a week."""
    at = now()
    notice = {"revision_id": CHANGED_REVISION, "letter_id": 1, "rule": SilenceRule.KEEP, "asked_at": at}
    deadline = {"deadline_at": at + dt.timedelta(days=7), "deadline_zone": "America/New_York"}
    db.session.execute(insert(TextChangeNotice).values(notice | deadline))
    listed = select(literal(CHANGED_REVISION), Signature.id, literal(str(ReplyState.WAITING)), literal(1)).where(
        Signature.letter_id == 1, Signature.state == SignatureState.PUBLISHED
    )
    columns = ["revision_id", "signature_id", "state", "signed_number"]
    db.session.execute(insert(ChangeReply).from_select(columns, listed))


@one_transaction
def end_change() -> None:
    """Delete what `begin_change` added."""
    db.session.execute(delete(ChangeReply))
    db.session.execute(delete(TextChangeNotice))


def deliver_editions() -> None:
    """Close the letter, freeze it twice with a change between, deliver the second edition, and email it to recipients."""
    letter = db.session.get_one(Letter, 1)
    freeze_edition(letter)
    db.session.get_one(Signature, 1).signer_title = "Chair"
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    deliver_edition(letter)
    db.session.get_one(Signature, 2).signer_title = "Chair"
    _email_edition(db.session.query(Delivery).one().edition_id)
    db.session.commit()


def _email_edition(edition_id: int) -> None:
    """Add an email with an edition to recipients, all of whom got it."""
    at = now()
    email = DeliveryEmail(
        edition_id=edition_id, subject="A letter", text="Please find it here.", attachment_mode=AttachmentMode.LINK,
        mail_limit=10_000_000, time_zone="America/New_York", created_at=at,
    )  # fmt: skip
    for one in range(1, RECIPIENTS + 1):
        address = f"office{one}@agency.example"
        mail = OutboxMessage(
            coalition_id=1, letter_id=1, kind=MailKind.DELIVERY, recipient=address, canonical_recipient=address, parameters={},
            message_id=f"d{one}", created_at=at, requested_at=at, due_at=at, sent_at=at,
        )  # fmt: skip
        db.session.add(mail)
        db.session.flush()
        email.recipients.append(
            DeliveryRecipient(role=RecipientRole.TO, address=address, outbox_id=mail.id, accepted_at=at, reply="250 OK")
        )
    db.session.add(email)
