"""Helpers for pages of mailed links: opening a link, and the page of a link that no longer works.

The link proves intent, so these pages need no cookie. A mail scanner that opens it and presses every button changes nothing:
each action requires a checkbox that is unticked at first.
"""

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from letterhub.clock import now
from letterhub.domain.signatures.signing import LetterNotOpen
from letterhub.infrastructure.app_extensions import current_link_signer
from letterhub.infrastructure.signed_links import ExpiredLink, InvalidLink, LinkContent, Purpose
from letterhub.queries.invitations.invitations import ReceivedInvitation, invitation_by_id
from letterhub.queries.signatures.own_signature import OwnSignature, own_signature
from letterhub.web.public.signatures.signing_forms import NewLinkForm
from letterhub.web.request_security import csrf


def init_link_blueprint(pages: Blueprint) -> Blueprint:
    """Return the blueprint without CSRF cookie and with error pages for broken and expired links."""
    csrf.exempt(pages)
    pages.register_error_handler(InvalidLink, _broken_link)
    pages.register_error_handler(ExpiredLink, _broken_link)
    return pages


def signature_from_link(purpose: Purpose, token: str) -> OwnSignature:
    """Return the signature of a link. Raises InvalidLink and ExpiredLink."""
    return signature_from_opened_link(current_link_signer().open(purpose, token))


def signature_from_opened_link(content: LinkContent) -> OwnSignature:
    """Return the signature that an opened link is about. Raises InvalidLink if the id now belongs to another signature."""
    signature = own_signature(content.subject[0]) or abort(404)
    content.check_same_row(signature.created_at)
    return signature


def can_sign(signature: OwnSignature) -> bool:
    """Return whether the letter of a signature accepts new signatures now."""
    return signature.letter.is_open(now())


def sign_again_url(signature: OwnSignature) -> str:
    """Return the URL to sign again. Its token proves access to the mailbox, so strangers cannot use up its mail limit."""
    return url_for("signing.new", slug=signature.letter.slug, reads=signature_token(signature, Purpose.READER))


def can_reconfirm(signature: OwnSignature) -> bool:
    """Return whether an outdated signature may still be confirmed under the current text."""
    try:
        signature.letter.check_confirmable(signature.created_at, now())
    except LetterNotOpen:
        return False
    return signature.is_outdated


def render_state_page(signature: OwnSignature, form: NewLinkForm, new_link: str) -> str:
    """Render the state of a signature, for the holder of a link with nothing left to decide.

    It does not link to the page that manages the signature: that link is mailed, by the form that posts to `new_link`.
    """
    context = {"open": can_sign(signature), "again": sign_again_url(signature), "renewable": can_reconfirm(signature)}
    return render_template(
        "public/signatures/nothing_to_confirm.html", signature=signature, form=form, new_link=new_link, **context
    )


def signature_token(signature: OwnSignature, purpose: Purpose, *subject: int) -> str:
    """Return a new token for a page about a signature."""
    return current_link_signer().token(purpose, signature.id, *subject, since=signature.created_at)


def address_from_token(token: str | None) -> str:
    """Return the address whose mailbox the token proves access to; "" for an invalid token."""
    try:
        return signature_from_link(Purpose.READER, token or "").email
    except (InvalidLink, ExpiredLink, NotFound):
        return ""


def invitation_from_link(token: str) -> ReceivedInvitation:
    """Return the invitation of a link. Raises InvalidLink and ExpiredLink."""
    content = current_link_signer().open(Purpose.INVITED, token)
    if (invitation := invitation_by_id(content.subject[0])) is None:
        raise InvalidLink(_("This invitation has ended, and we erased its data."))
    content.check_same_row(invitation.invited_at)
    return invitation


def invitation_from_link_or_none(token: str | None) -> ReceivedInvitation | None:
    """Return the invitation of a link; None if the token is missing or invalid."""
    try:
        return invitation_from_link(token or "")
    except (InvalidLink, ExpiredLink):
        return None


def _broken_link(refusal: InvalidLink | ExpiredLink) -> ResponseReturnValue:
    return render_template("public/signatures/broken_link.html", sentence=str(refusal)), 404
