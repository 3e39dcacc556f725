"""A coalition's own words in a letter's emails: saved, reset to the default, and tried in a test to oneself."""

import datetime as dt
from typing import Any

from sqlalchemy import select

from letterhub.commands.mail._mail_holds import check_test_limit
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.mail.mail_words import MailWords, WordedMail, WordsChanged
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import queue_mail
from letterhub.models import Coalition, CoalitionWording, Letter, MailWording, Staff, append_audit_entry
from letterhub.queries.mail.mail_samples import check_mail


@one_transaction
def save_mail_words(
    letter_id: int, mail: WordedMail, words: MailWords, expected_version: int, *, actor: str, at: dt.datetime
) -> None:
    """Save own words. Raises InvalidWords, and WordsChanged if they are no longer those that were shown."""
    check_mail(letter_id, mail, words, at)
    wording = _lock_wording(letter_id, mail, expected_version)
    if wording is None:
        wording = MailWording(
            letter_id=letter_id, mail=mail, subject=words.subject, text=words.text, sender_name=words.sender_name
        )
        db.session.add(wording)
    elif wording.words == words:
        return
    else:
        wording.set_words(words)
    _append_audit_entry(letter_id, "mail words changed", mail, actor, at, subject=words.subject)


@one_transaction
def reset_mail_words(letter_id: int, mail: WordedMail, *, actor: str, at: dt.datetime) -> None:
    """Return to the words of the coalition, or those of the templates."""
    db.session.get_one(Letter, letter_id, with_for_update=True)
    query = select(MailWording).where(MailWording.letter_id == letter_id, MailWording.mail == mail)
    if wording := db.session.scalar(query):
        db.session.delete(wording)
        _append_audit_entry(letter_id, "mail words reset", mail, actor, at)


@one_transaction
def share_mail_words(letter_id: int, mail: WordedMail, expected_version: int, *, actor: str, at: dt.datetime) -> None:
    """Make a letter's own words those of all letters of its coalition that have none. Raises WordsChanged unless they are those
    that were shown."""
    wording = _lock_wording(letter_id, mail, expected_version)
    if wording is None:
        raise WordsChanged(_("This letter no longer has words of its own."))
    coalition_id = db.session.get_one(Letter, letter_id).coalition_id
    db.session.get_one(Coalition, coalition_id, with_for_update=True)
    shared = db.session.get(CoalitionWording, (coalition_id, mail)) or CoalitionWording(coalition_id=coalition_id, mail=mail)
    shared.subject, shared.text, shared.sender_name = wording.subject, wording.text, wording.sender_name
    db.session.add(shared)
    _append_coalition_entry(coalition_id, "mail words changed", mail, actor, at, subject=wording.subject)


@one_transaction
def reset_coalition_words(coalition_id: int, mail: WordedMail, *, actor: str, at: dt.datetime) -> None:
    """Return to the words of the templates in all letters of a coalition that have none of their own."""
    db.session.get_one(Coalition, coalition_id, with_for_update=True)
    if shared := db.session.get(CoalitionWording, (coalition_id, mail)):
        db.session.delete(shared)
        _append_coalition_entry(coalition_id, "mail words reset", mail, actor, at)


@one_transaction
def send_test_mail(letter_id: int, mail: WordedMail, words: MailWords, staff_id: int, at: dt.datetime) -> str:
    """Mail words, saved or not, to the member of staff who writes them; return the address. Raises InvalidWords."""
    check_mail(letter_id, mail, words, at)
    staff = db.session.get_one(Staff, staff_id, with_for_update=True)
    letter = db.session.get_one(Letter, letter_id)
    check_test_limit(letter_id, staff.email, at)
    facts = {"mail": str(mail), "subject": words.subject, "text": words.text, "sender_name": words.sender_name}
    queue_mail(MailKind.TEST, staff.email, facts, at=at, coalition_id=letter.coalition_id, letter_id=letter_id)
    return staff.email


def _lock_wording(letter_id: int, mail: WordedMail, expected_version: int) -> MailWording | None:
    """Return the words in force, None for those of the templates, with their letter locked. Raises WordsChanged."""
    db.session.get_one(Letter, letter_id, with_for_update=True)
    query = select(MailWording).where(MailWording.letter_id == letter_id, MailWording.mail == mail)
    wording = db.session.scalar(query)
    if (wording.version if wording else 0) != expected_version:
        raise WordsChanged(_("Someone else changed these words. Yours are below: save again to replace theirs."))
    return wording


def _append_audit_entry(letter_id: int, action: str, mail: WordedMail, actor: str, at: dt.datetime, **values: str) -> None:
    after: dict[str, Any] = {"what": str(mail), **values}
    append_audit_entry(db.session(), ReferenceKind.LETTER.reference(letter_id), actor, action, at=at, after=after)


def _append_coalition_entry(
    coalition_id: int, action: str, mail: WordedMail, actor: str, at: dt.datetime, **values: str
) -> None:
    chain, after = ReferenceKind.COALITION.reference(coalition_id), {"what": str(mail), **values}
    append_audit_entry(db.session(), chain, actor, action, at=at, after=after)
