"""Helpers for pages of mailed links: opening a link, and the page of a link that no longer works.

The link proves intent, so these pages need no cookie. A mail scanner that opens it and presses every button changes nothing:
each action requires a checkbox that is unticked at first.
"""

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from letterhub.clock import now
from letterhub.domain.signatures.signing import CannotSignNow
from letterhub.domain.states import LetterState
from letterhub.infrastructure.current import links_here
from letterhub.infrastructure.links import BrokenLink, ExpiredLink, Opened, Purpose
from letterhub.queries.invitations.invitations import Invited, invitation_by_id
from letterhub.queries.signatures.signatures import OwnSignature, own_signature
from letterhub.web.public.signatures.forms import NewLinkForm
from letterhub.web.security_headers import csrf


def behind_links(pages: Blueprint) -> Blueprint:
    """Return the blueprint without CSRF cookie and with error pages for broken and expired links."""
    csrf.exempt(pages)
    pages.register_error_handler(BrokenLink, _broken)
    pages.register_error_handler(ExpiredLink, _broken)
    return pages


def signature_behind(purpose: Purpose, token: str) -> OwnSignature:
    """Return the signature of a link. Raises BrokenLink and ExpiredLink."""
    return signature_of(links_here().opened(purpose, token))


def signature_of(opened: Opened) -> OwnSignature:
    """Return the signature that an opened link is about. Raises BrokenLink if the id now belongs to another signature."""
    mine = own_signature(opened.subject[0]) or abort(404)
    opened.check_meant(mine.created_at)
    return mine


def may_sign(mine: OwnSignature) -> bool:
    """Return whether the letter of a signature accepts new signatures now."""
    return mine.letter.state is LetterState.OPEN and not mine.letter.is_over(now())


def sign_again(mine: OwnSignature) -> str:
    """Return the URL to sign again. Its token proves access to the mailbox, so strangers cannot use up its mail limit."""
    return url_for("signing.sign", slug=mine.letter.slug, reads=token_about(mine, Purpose.READER))


def may_confirm_again(mine: OwnSignature) -> bool:
    """Return whether an outdated signature may still be confirmed under the current text."""
    try:
        mine.letter.check_confirmable(mine.created_at, now())
    except CannotSignNow:
        return False
    return mine.outdated


def state_page(mine: OwnSignature, form: NewLinkForm, new_link: str) -> str:
    """Render the state of a signature, for the holder of a link with nothing left to decide.

    It does not link to the page that manages the signature: that link is mailed, by the form that posts to `new_link`.
    """
    facts = {"open": may_sign(mine), "again": sign_again(mine), "renewable": may_confirm_again(mine)}
    return render_template("public/signatures/nothing_to_confirm.html", mine=mine, form=form, new_link=new_link, **facts)


def token_about(mine: OwnSignature, purpose: Purpose, *more: int) -> str:
    """Return a new token for a page about a signature."""
    return links_here().token(purpose, mine.id, *more, since=mine.created_at)


def address_of_reader(token: str | None) -> str:
    """Return the address whose mailbox the token proves access to; "" for an invalid token."""
    try:
        return signature_behind(Purpose.READER, token or "").email
    except (BrokenLink, ExpiredLink, NotFound):
        return ""


def invitation_behind(token: str) -> Invited:
    """Return the invitation of a link. Raises BrokenLink and ExpiredLink."""
    opened = links_here().opened(Purpose.INVITED, token)
    if (mine := invitation_by_id(opened.subject[0])) is None:
        raise BrokenLink("This invitation has ended: what was known about whoever was invited has been erased.")
    opened.check_meant(mine.invited_at)
    return mine


def invitation_if_any(token: str | None) -> Invited | None:
    """Return the invitation of a link; None if the token is missing or invalid."""
    try:
        return invitation_behind(token or "")
    except (BrokenLink, ExpiredLink):
        return None


def _broken(refusal: BrokenLink | ExpiredLink) -> ResponseReturnValue:
    return render_template("public/signatures/broken_link.html", sentence=str(refusal)), 404
