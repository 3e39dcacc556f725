"""A message in the coalition's own words to all signatories of a letter: at most one a day, to each mailbox once.

See docs/design/press.md.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from sqlalchemy import select

from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.editions.deliveries import bulk_mail_delay
from letterhub.domain.i18n import _
from letterhub.domain.mail.mail_words import WordedMail, WordsChanged
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.press.signatory_messages import CannotSend
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import BulkRecipient, queue_bulk_mail
from letterhub.models import Letter, MailWording, SignatoryMessage, append_audit_entry
from letterhub.queries.mail.mail_samples import check_mail
from letterhub.queries.press.recipients import signatories_to_email
from letterhub.queries.press.signatory_messages import message_of_day


@one_transaction
def send_message(letter_id: int, expected_version: int, *, staff_id: int, actor: str, at: dt.datetime) -> int:
    """Send the saved words of a letter's message to its signatories; return how many get it. Then they are used up.

    The letter is locked, so that of two who send it at once, the second is refused. Raises CannotSend, InvalidWords, and
    WordsChanged unless the words have the version that was shown.
    """
    letter = db.session.get_one(Letter, letter_id, with_for_update=True)
    if letter.state is LetterState.DRAFT:
        raise CannotSend(_("Open the letter first. Its signatories can’t read it yet."))
    day = at.astimezone(ZoneInfo(letter.deadline_zone)).date()
    if message_of_day(letter_id, day, letter.deadline_zone):
        raise CannotSend(_("The signatories of this letter got a message today. The next one can leave tomorrow."))
    of_message = (MailWording.letter_id == letter_id, MailWording.mail == WordedMail.MESSAGE)
    wording = db.session.scalar(select(MailWording).where(*of_message))
    if wording is None or wording.version != expected_version:
        raise WordsChanged(_("Someone else changed the message. Read it again before you send it."))
    check_mail(letter_id, WordedMail.MESSAGE, wording.words, at)
    recipients = signatories_to_email(letter_id)
    if not recipients.addresses:
        raise CannotSend(_("Nobody would get this message."))
    message = SignatoryMessage(
        letter_id=letter_id, sender_name=wording.sender_name, subject=wording.subject, text=wording.text,
        recipients=len(recipients.addresses), left_out={str(reason): count for reason, count in recipients.left_out.items()},
        sent_at=at, sent_on=day, sent_by_id=staff_id,
    )  # fmt: skip
    db.session.add(message)
    db.session.delete(wording)
    db.session.flush()
    paced = (
        BulkRecipient(signature_id, email, at + bulk_mail_delay(place, message.recipients))
        for place, (signature_id, email) in enumerate(recipients.addresses)
    )
    parameters = {"message_id": message.id}
    queue_bulk_mail(MailKind.MESSAGE, paced, parameters, at=at, coalition_id=letter.coalition_id, letter_id=letter_id)
    after = {"subject": message.subject, "count": message.recipients}
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(letter_id), actor, "message sent", at=at, after=after
    )  # fmt: skip
    return message.recipients
