"""Delivery of a letter of the demo: frozen, emailed once its files are rendered, and answered, as its staff would do it."""

from pathlib import Path
from zoneinfo import ZoneInfo

from letterhub.clock import now
from letterhub.commands.editions.delivery_emails import send_delivery_email
from letterhub.commands.editions.freeze import freeze
from letterhub.commands.operations.demo_closed_letter import ClosedLetter
from letterhub.commands.press.replies import record_reply
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.editions.delivery_emails import CoverEmail, CoverEmailRequest, EmailRecipient, RecipientState
from letterhub.domain.editions.edition import FileFormat
from letterhub.domain.mail.mail_words import MailWords
from letterhub.domain.operations.demo_accounts import DEMO_ZONE
from letterhub.domain.press.replies import ReplyFacts
from letterhub.queries.editions.deliveries import valid_deliveries
from letterhub.queries.editions.delivery_recipients import delivery_emails_of
from letterhub.queries.editions.editions import editions_of
from letterhub.queries.editions.next_edition import letter_version

FORM_TOKEN = "demo"  # noqa: S105 - key of a form, so that a step taken twice acts once
REPLY_FROM = "Office of the Governor (Example)"
RECIPIENTS = (
    EmailRecipient("Governor Ejemplo", "governor@state-house.example"),
    EmailRecipient("Speaker Sample", "speaker@delegates.example"),
    EmailRecipient("Chair Imaginary", "appropriations@delegates.example"),
)


def take_next_step(letter: ClosedLetter, folder: Path) -> bool:
    """Take the next step of the delivery, unless it waits for the worker; return whether another one is left.

    `folder` has the cover note and the reply. What somebody did to the letter meanwhile stays as it is.
    """
    actor = ReferenceKind.STAFF.reference(letter.staff_id)
    editions, emails = editions_of(letter.letter_id), delivery_emails_of(letter.letter_id)
    if not editions:
        freeze(letter.letter_id, letter_version(letter.letter_id), actor=actor, staff_id=letter.staff_id, at=now())
        return True
    if not emails:
        if editions[-1].is_complete:
            _send(editions[-1].id, letter.staff_id, actor, folder)
        return editions[-1].is_complete or not editions[-1].is_finished
    if valid_deliveries(letter.letter_id):
        _record_reply(letter, actor, folder)
        return False
    return any(one.state is RecipientState.QUEUED for one in emails[-1].recipients)


def _send(edition_id: int, staff_id: int, actor: str, folder: Path) -> None:
    subject, _, text = (folder / "cover-note.md").read_text(encoding="utf-8").removeprefix("# ").partition("\n\n")
    cover = CoverEmail(RECIPIENTS, MailWords(subject, text.strip()), (FileFormat.PDF,))
    request = CoverEmailRequest(cover, DEMO_ZONE, form_token=FORM_TOKEN)
    send_delivery_email(edition_id, request, actor=actor, staff_id=staff_id, at=now())


def _record_reply(letter: ClosedLetter, actor: str, folder: Path) -> None:
    at, text = now(), (folder / "reply.txt").read_text(encoding="utf-8").strip()
    facts = ReplyFacts(REPLY_FROM, at.astimezone(ZoneInfo(DEMO_ZONE)).date(), text, form_token=FORM_TOKEN)
    record_reply(letter.letter_id, facts, staff_id=letter.staff_id, actor=actor, at=at)
