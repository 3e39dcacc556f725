"""Pages behind mailed links: what a link opens, and how one that opens nothing is answered.

The link itself shows that an act was meant, so these pages need no cookie; a machine that opens it and presses every button
changes nothing, as each act asks for a box that is not ticked before.
"""

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from letterhub.clock import now
from letterhub.domain.signing import CannotSignNow
from letterhub.domain.states import LetterState
from letterhub.here import links_here
from letterhub.links import BrokenLink, ExpiredLink, Opened, Purpose
from letterhub.queries.invitations import Invited, invitation_by_id
from letterhub.queries.signatures import OwnSignature, own_signature
from letterhub.web.guard import csrf
from letterhub.web.public.forms import NewLinkForm


def behind_links(pages: Blueprint) -> Blueprint:
    """The blueprint, with what pages behind links have in common."""
    csrf.exempt(pages)
    pages.register_error_handler(BrokenLink, _broken)
    pages.register_error_handler(ExpiredLink, _broken)
    return pages


def signature_behind(purpose: Purpose, token: str) -> OwnSignature:
    """The signature that a link was made for. Raises BrokenLink and ExpiredLink."""
    return signature_of(links_here().opened(purpose, token))


def signature_of(opened: Opened) -> OwnSignature:
    """The signature that a link's subject names first. Raises BrokenLink where it is another one by now."""
    mine = own_signature(opened.subject[0]) or abort(404)
    opened.check_meant(mine.created_at)
    return mine


def may_sign(mine: OwnSignature) -> bool:
    """Whether the letter of a signature takes new ones at this moment."""
    return mine.letter.state is LetterState.OPEN and not mine.letter.is_over(now())


def sign_again(mine: OwnSignature) -> str:
    """Where the reader of this mailbox signs again: by this way in, no stranger can use up what mail she may get."""
    return url_for("signing.sign", slug=mine.letter.slug, reads=token_about(mine, Purpose.READER))


def may_confirm_again(mine: OwnSignature) -> bool:
    """Return whether an outdated signature may still be put under the text as it is now."""
    try:
        mine.letter.check_confirmable(mine.created_at, now())
    except CannotSignNow:
        return False
    return mine.outdated


def state_page(mine: OwnSignature, form: NewLinkForm, new_link: str) -> str:
    """Return the page that says how a signature stands, for the holder of a link with nothing left to decide.

    It leads to no page where the signature is managed: that link is mailed, and `new_link` is where the form asks for it.
    """
    facts = {"open": may_sign(mine), "again": sign_again(mine), "renewable": may_confirm_again(mine)}
    return render_template("public/signing/over.html", mine=mine, form=form, new_link=new_link, **facts)


def token_about(mine: OwnSignature, purpose: Purpose, *more: int) -> str:
    """A token of this moment for a page about a signature."""
    return links_here().token(purpose, mine.id, *more, since=mine.created_at)


def address_of_reader(token: str | None) -> str:
    """The address whose mail is read by whoever came that way; "" where nobody knows."""
    try:
        return signature_behind(Purpose.READER, token or "").email
    except (BrokenLink, ExpiredLink, NotFound):
        return ""


def invitation_behind(token: str) -> Invited:
    """The invitation that a link was made for. Raises BrokenLink and ExpiredLink."""
    opened = links_here().opened(Purpose.INVITED, token)
    if (mine := invitation_by_id(opened.subject[0])) is None:
        raise BrokenLink("This invitation has ended: what was known about whoever was invited has been erased.")
    opened.check_meant(mine.invited_at)
    return mine


def invitation_if_any(token: str | None) -> Invited | None:
    """The invitation that a link was made for; None where nobody was invited by it."""
    try:
        return invitation_behind(token or "")
    except (BrokenLink, ExpiredLink):
        return None


def _broken(refusal: BrokenLink | ExpiredLink) -> ResponseReturnValue:
    return render_template("public/signing/broken_link.html", sentence=str(refusal)), 404
