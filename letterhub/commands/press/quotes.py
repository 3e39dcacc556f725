"""Quotes of signatories: asked for by email, approved word for word, declined, withdrawn, and removed.

See docs/design/press.md.
"""

import datetime as dt

from sqlalchemy import func, select

from letterhub.commands.signatures._shared_steps import audit_signatory_action, lock_signature
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.letters.serialization import fingerprint
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.press.quotes import DECISIONS, MAX_QUOTES, CannotQuote, QuoteDecided, QuoteState
from letterhub.domain.signatures.consent import ShownConsent
from letterhub.domain.signatures.review import check_line_version
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import queue_mail
from letterhub.models import PressQuote, append_audit_entry
from letterhub.queries.abuse.submission_limits import suppression_sentence
from letterhub.queries.signatures.own_signature import is_confirmed_by_mail


@one_transaction
def ask_for_quote(signature_id: int, text: str, *, staff_id: int, actor: str, at: dt.datetime) -> None:
    """Ask a signatory by email to approve a quote. Raises CannotQuote."""
    letter, signature = lock_signature(signature_id)
    if signature.state is not SignatureState.PUBLISHED:
        raise CannotQuote(_("This name isn’t on the letter."))
    if not signature.email or not is_confirmed_by_mail(signature_id):
        raise CannotQuote(_("This signature was not confirmed by email, so nobody can approve a quote for it."))
    if suppressed := suppression_sentence(letter.id, EmailAddress(signature.email)):
        raise CannotQuote(suppressed)
    quotes = select(func.count(PressQuote.id)).where(PressQuote.letter_id == letter.id)
    shown_or_asked = quotes.where(PressQuote.state.in_((QuoteState.ASKED, QuoteState.APPROVED)))
    if (db.session.scalar(shown_or_asked) or 0) >= MAX_QUOTES:
        raise CannotQuote(_("This letter has %(most)s quotes already. Remove one first.", most=MAX_QUOTES))
    if db.session.scalar(quotes.where(PressQuote.signature_id == signature_id, PressQuote.state == QuoteState.ASKED)):
        raise CannotQuote(_("This signatory was asked about another quote and hasn’t answered. Remove that one first."))
    quote = PressQuote(
        letter_id=letter.id, signature_id=signature_id, text=text, asked_at=at, asked_by_id=staff_id, consent={}
    )  # fmt: skip
    db.session.add(quote)
    db.session.flush()
    queue_mail(
        MailKind.QUOTE, signature.email, {"quote_id": quote.id}, at=at, coalition_id=letter.coalition_id,
        letter_id=letter.id, signature_id=signature_id,
    )  # fmt: skip
    _append_audit_entry(quote, "quote asked for", actor, at)


@one_transaction
def decide_on_quote(quote_id: int, state: QuoteState, shown: ShownConsent, *, expected_version: str, at: dt.datetime) -> None:
    """Record the signatory's decision on a quote; an approval with what was shown, as evidence.

    Raises QuoteDecided, and SignatureChanged for an approval unless the line has the version that was shown with the quote.
    """
    signature_id = db.session.scalar(select(PressQuote.signature_id).where(PressQuote.id == quote_id))
    if signature_id is None:  # erased since the page was loaded
        raise QuoteDecided(_("This quote has changed in the meantime. See below."))
    _letter, signature = lock_signature(signature_id)
    quote = db.session.get(PressQuote, quote_id, with_for_update=True)
    if quote is None or state not in DECISIONS.get(quote.state, ()):
        raise QuoteDecided(_("This quote has changed in the meantime. See below."))
    if state is QuoteState.APPROVED:
        if signature.state is not SignatureState.PUBLISHED:
            raise QuoteDecided(_("This signature is not on the letter, so it can’t be quoted."))
        check_line_version(signature.signatory, expected_version)
        quote.consent = {
            "quote": quote.text, "printed": list(shown.printed), "box": shown.box, "button": shown.button,
            "language": shown.language, "at": at.astimezone(dt.UTC).isoformat(),
        }  # fmt: skip
        quote.sha256 = fingerprint(quote.consent)
    before = {"state": str(quote.state)}
    quote.move(state, at)
    facts = {"sha256": quote.sha256} if state is QuoteState.APPROVED else {}
    audit_signatory_action(signature, f"quote {state}", at, before, {"state": str(state)}, facts)


@one_transaction
def remove_quote(letter_id: int, quote_id: int, *, actor: str, at: dt.datetime) -> None:
    """Remove a quote, asked for or approved: it is shown no more. Do nothing if it ended before."""
    query = select(PressQuote).where(PressQuote.id == quote_id, PressQuote.letter_id == letter_id)
    quote = db.session.scalar(query.with_for_update())
    if quote is not None and quote.state in (QuoteState.ASKED, QuoteState.APPROVED):
        quote.move(QuoteState.REMOVED, at)
        _append_audit_entry(quote, "quote removed", actor, at)


def _append_audit_entry(quote: PressQuote, action: str, actor: str, at: dt.datetime) -> None:
    chain, subject = ReferenceKind.LETTER.reference(quote.letter_id), ReferenceKind.SIGNATURE.reference(quote.signature_id)
    append_audit_entry(db.session(), chain, actor, action, at=at, subject=subject, after={"quote": quote.id})
