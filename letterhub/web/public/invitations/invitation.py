"""Pages of an invitation to sign. GET changes nothing but the time of the first opening.

Where its link proves the invited mailbox, a ticked box and a button sign at once. Else, and for other addresses, there is the
prefilled form, whose confirmation is mailed.
"""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.invitations.invitations import decline_invitation, record_opening
from letterhub.commands.signatures.confirm import sign_by_invitation
from letterhub.domain.invitations.invitation import MailboxNotProven
from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.signatures.signing import (
    AlreadyConfirmed,
    AlreadySigned,
    LetterNotOpen,
    SignerKindNotAccepted,
    TextChanged,
    accepts_kind,
    check_open,
)
from letterhub.infrastructure.signed_links import Purpose, current_link_signer
from letterhub.queries.invitations.invitations import invitations_of
from letterhub.queries.invitations.received_invitations import ReceivedInvitation, is_mailbox_proven, signature_by_invitation
from letterhub.queries.letters.public_translations import read_text
from letterhub.rendering.letter.signatory_list import line
from letterhub.web.access import Audience, open_to
from letterhub.web.public.letters.letters import letter_view_without_list
from letterhub.web.public.link_forms import AreYouSureForm
from letterhub.web.public.link_pages import init_link_blueprint
from letterhub.web.public.signatures.mailed_links import invitation_consent, invitation_from_link
from letterhub.web.public.signatures.signing import render_form_page
from letterhub.web.public.signatures.signing_forms import InvitedForm, SigningForm, form_data_from_line

bp = init_link_blueprint(Blueprint("invitation", __name__))


@bp.get("/invited/<token>")
@open_to(Audience.LINK_HOLDER)
def detail(token: str) -> ResponseReturnValue:
    """Show the letter, the line as it will print, a box and a button; or the form, or what became of the invitation."""
    invitation = invitation_from_link(token)
    if invitation.declined_at:
        return render_template("public/invitations/declined.html", letter=invitation.letter)
    if signature_by_invitation(invitation) is not None:
        return redirect(_signature_url(invitation, "confirmation.detail"), 303)
    check_open(invitation.letter.state, invitation.letter.deadline_at, now())
    page = _render_page(invitation, token)
    if request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate":
        record_opening(invitation.id, now())
    return page


@bp.get("/invited/<token>/form")
@open_to(Audience.LINK_HOLDER)
def form(token: str) -> ResponseReturnValue:
    """Show the prefilled form, for another address than the invited one."""
    invitation = invitation_from_link(token)
    check_open(invitation.letter.state, invitation.letter.deadline_at, now())
    return _render_form_page(invitation, token, AreYouSureForm(formdata=None))


@bp.post("/invited/<token>/sign")
@open_to(Audience.LINK_HOLDER)
def sign(token: str) -> ResponseReturnValue:
    """Sign at once, with the line as it was shown or corrected; nothing happens without the ticked box."""
    invitation = invitation_from_link(token)
    signing = InvitedForm(invitation.letter, only_kind=SignatoryKind.ORGANIZATION, before=invitation.line)
    if not signing.validate():
        return _render_page(invitation, token, signing=signing), 422
    try:
        sign_by_invitation(
            invitation.id, mailbox=_mailbox_in(token), revision=signing.displayed_revision, at=now(),
            line=signing.to_line(invitation.line), answers=signing.to_answers(), news=signing.accepted_news,
            consent=invitation_consent,
        )  # fmt: skip
    except (TextChanged, AlreadySigned) as refusal:
        signing.add_error(refusal)
        return _render_page(invitation_from_link(token), token, signing=signing), 422
    except AlreadyConfirmed:
        return redirect(url_for(".detail", token=token), 303)
    except (MailboxNotProven, SignerKindNotAccepted):
        return redirect(url_for(".form", token=token), 303)
    return redirect(_signature_url(invitation_from_link(token), "confirmation.thanks"), 303)


@bp.post("/invited/<token>")
@open_to(Audience.LINK_HOLDER)
def decline(token: str) -> ResponseReturnValue:
    """Record that the recipient wants no invitation to this letter."""
    invitation, ending = invitation_from_link(token), AreYouSureForm()
    if not ending.validate():
        return _render_page(invitation, token, ending=ending), 422
    decline_invitation(invitation.id, now())
    return redirect(url_for(".detail", token=token), 303)


@bp.errorhandler(LetterNotOpen)
def _cannot_sign_now(refusal: LetterNotOpen) -> ResponseReturnValue:
    return render_template("public/invitations/closed.html", sentence=str(refusal)), 409


def _mailbox_in(token: str) -> int:
    """Return the number of the mailbox that a link was mailed to, 0 without one."""
    subject = current_link_signer().open(Purpose.INVITED, token).subject
    return subject[1] if len(subject) > 1 else 0


def _signature_url(invitation: ReceivedInvitation, endpoint: str) -> str:
    """Return the URL of a page about the signature that an invitation led to. It changes nothing that is confirmed."""
    signature = signature_by_invitation(invitation)
    assert signature is not None
    token = current_link_signer().token(Purpose.CONFIRM, signature.id, signature.revision_id, since=signature.created_at)
    return url_for(endpoint, token=token)


def _render_page(
    invitation: ReceivedInvitation, token: str, signing: InvitedForm | None = None, ending: AreYouSureForm | None = None
) -> str:
    """Render the page behind the link, with rejected input in one of its forms if that is given."""
    letter, ending = invitation.letter, ending or AreYouSureForm(formdata=None)
    proven = is_mailbox_proven(invitation, _mailbox_in(token))
    if not proven or not accepts_kind(letter.who_may_sign, SignatoryKind.ORGANIZATION):
        return _render_form_page(invitation, token, ending)
    is_complete = _invited_form(invitation).is_complete()
    signing = signing or _invited_form(invitation)
    signing.revision.data = letter.revision_number
    return render_template(
        "public/invitations/invited.html", letter=letter,
        line=line(signing.to_line(invitation.line) if signing.is_submitted() else invitation.line, letter.text),
        sheet=letter_view_without_list(letter.text, letter.counts, level=2), masked=EmailAddress(invitation.email).masked,
        is_complete=is_complete, signing=signing, **_page_context(invitation, token, ending),
    )  # fmt: skip


def _invited_form(invitation: ReceivedInvitation) -> InvitedForm:
    data = form_data_from_line(invitation.line)
    return InvitedForm(
        invitation.letter, only_kind=SignatoryKind.ORGANIZATION, before=invitation.line, formdata=None, data=data
    )


def _render_form_page(invitation: ReceivedInvitation, token: str, ending: AreYouSureForm) -> str:
    """Render the signing form, prefilled from the invitation, beside the form that declines it."""
    form_data = form_data_from_line(invitation.line) | {
        "email": invitation.email,
        "invited": token,
    }
    signing_form = SigningForm(invitation.letter, formdata=None, data=form_data)
    read = read_text(invitation.letter, "")
    return render_form_page(invitation.letter, signing_form, read, **_page_context(invitation, token, ending))


def _page_context(invitation: ReceivedInvitation, token: str, ending: AreYouSureForm) -> dict[str, Any]:
    (listed,) = invitations_of(invitation.letter.id, [invitation.id])
    return {"token": token, "ending": ending.with_id_prefix("ending"), "listed": listed}
