"""Reminds those who did not confirm: twice at most, and never whoever is not to be mailed."""

import datetime as dt

from letterhub.commands.one_signature import locked_letter, mail_about
from letterhub.db import one_transaction
from letterhub.domain.mails import MailKind
from letterhub.domain.signing import may_confirm
from letterhub.queries.mail_limits import why_not_mailed
from letterhub.queries.reminders import to_remind


@one_transaction
def remind_unconfirmed(letter_id: int, at: dt.datetime) -> int:
    """Posts the reminders of a letter that are due, some at a time; gives how many. Its row is locked: nobody is reminded twice
    because two look at once.
    """
    letter, posted = locked_letter(letter_id), 0
    for signature in to_remind(letter_id, at):
        if not may_confirm(letter.term, signature.created_at, at):
            continue
        why = why_not_mailed(letter_id, signature.email, at)
        line = mail_about(MailKind.REMIND, signature, letter, at)
        if why:
            line.cancel(at, why)
        posted += 1
    return posted
