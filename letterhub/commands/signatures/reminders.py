"""Reminders of unconfirmed signatures."""

import datetime as dt

from letterhub.commands.signatures._shared_steps import email_signatory, lock_letter
from letterhub.domain.abuse.submission_limits import mailbox_may_be_mailed_at
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.signing import may_confirm
from letterhub.infrastructure.db import one_transaction
from letterhub.queries.abuse.submission_limits import mailbox_history
from letterhub.queries.signatures.reminders import signatures_to_remind


@one_transaction
def remind_unconfirmed(letter_id: int, at: dt.datetime) -> int:
    """Queue a batch of a letter's due reminders; return how many. The letter is locked, so that concurrent runs remind nobody
    twice.
    """
    letter, count = lock_letter(letter_id), 0
    for signature in signatures_to_remind(letter_id, at):
        if not may_confirm(letter.signing_period, signature.created_at, at):
            continue
        past_mails, blocked = mailbox_history(letter_id, EmailAddress(signature.email), "", at)
        message = email_signatory(MailKind.REMIND, signature, letter, at)
        message.due_at = mailbox_may_be_mailed_at(past_mails, letter_id, at)
        if blocked:
            message.cancel(at, blocked)
        count += 1
    return count
