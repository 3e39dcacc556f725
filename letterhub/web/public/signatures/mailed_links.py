"""Pages of mailed links: opening one, its consent texts, the forms to choose among, and links that no longer work.

The link proves intent, so these pages need no cookie. A mail scanner that opens it and presses every button changes nothing:
each action requires a checkbox that is unticked at first.
"""

from collections.abc import Mapping
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from letterhub.clock import now
from letterhub.domain.interface_languages import spoken_language
from letterhub.domain.letters.letter_document import LetterText, Signatory, SignatoryKind
from letterhub.domain.signatures.consent import ShownConsent
from letterhub.domain.signatures.signing import LetterNotOpen
from letterhub.infrastructure.signed_links import ExpiredLink, InvalidLink, LinkContent, Purpose, current_link_signer
from letterhub.queries.invitations.received_invitations import ReceivedInvitation, invitation_by_id
from letterhub.queries.signatures.own_signature import OwnSignature, own_signature
from letterhub.rendering.letter.signatory_list import line
from letterhub.web.languages import speak_of
from letterhub.web.public.letters.letters import letter_view_without_list
from letterhub.web.public.link_forms import AreYouSureForm, NewLinkForm
from letterhub.web.public.signatures.signing_forms import ConfirmForm, CorrectAndConfirmForm, form_data_from_signature


def signature_from_link(purpose: Purpose, token: str) -> OwnSignature:
    """Return the signature of a link. Raises InvalidLink and ExpiredLink."""
    return signature_from_opened_link(current_link_signer().open(purpose, token))


def signature_from_opened_link(content: LinkContent) -> OwnSignature:
    """Return the signature that an opened link is about. Raises InvalidLink if the id now belongs to another signature."""
    signature = own_signature(content.subject[0]) or abort(404)
    content.check_same_row(signature.created_at)
    speak_of(signature.read.tag)
    return signature


def can_sign(signature: OwnSignature) -> bool:
    """Return whether the letter of a signature accepts new signatures now."""
    return signature.letter.is_open(now())


def sign_again_url(signature: OwnSignature) -> str:
    """Return the URL to sign again. Its token proves access to the mailbox, so strangers cannot use up its mail limit."""
    language = signature.read.page_language or None
    reads = signature_token(signature, Purpose.READER)
    return url_for("signing.new", slug=signature.letter.slug, language=language, reads=reads)


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
    speak_of(invitation.letter.text.language)
    return invitation


def invitation_from_link_or_none(token: str | None) -> ReceivedInvitation | None:
    """Return the invitation of a link; None if the token is missing or invalid."""
    try:
        return invitation_from_link(token or "")
    except (InvalidLink, ExpiredLink):
        return None


def confirmation_consent(shown: Signatory, text: LetterText, corrected_line: Signatory | None) -> ShownConsent:
    """Return what a signatory sees and agrees to when confirming the line `shown`; `corrected_line` is the line if it was
    corrected."""
    if shown.kind is SignatoryKind.INDIVIDUAL:
        checkbox, button = _("I am signing this letter as an individual."), _("Sign the letter")
    else:
        checkbox = _("I am authorized to sign for %(organization)s.", organization=shown.organization)
        button = _("Sign for our organization")
    return _shown_consent(shown, text, corrected_line, checkbox, button)


def invitation_consent(shown: Signatory, text: LetterText) -> ShownConsent:
    """Return what an invited signatory sees and agrees to when signing the line `shown`."""
    view, checkbox = line(shown, text), _("I am authorized to sign this letter for the organization.")
    return ShownConsent((view.name.text, view.detail.text), str(checkbox), str(_("We sign")), spoken_language())


def reconfirmation_consent(signature: OwnSignature, corrected_line: Signatory | None) -> ShownConsent:
    """Return what a signatory sees and agrees to when confirming a changed text, or renewing consent."""
    shown, text = signature.line, signature.read.text
    organization, is_individual = shown.organization, shown.kind is SignatoryKind.INDIVIDUAL
    if signature.is_outdated:
        individual_checkbox = _("I am signing the current text of this letter as an individual.")
        checkbox = _("I am authorized to sign the current text of this letter for %(organization)s.", organization=organization)
        words = individual_checkbox if is_individual else checkbox
        return _shown_consent(shown, text, corrected_line, words, _("Sign the new text"))
    if is_individual:
        return _shown_consent(shown, text, corrected_line, _("I stand by this letter."), _("Yes, I still stand by it"))
    checkbox = _("I am authorized to say that %(organization)s stands by this letter.", organization=organization)
    return _shown_consent(shown, text, corrected_line, checkbox, _("Yes, we still stand by it"))


def _shown_consent(
    shown: Signatory, text: LetterText, corrected_line: Signatory | None, checkbox: str, button: str
) -> ShownConsent:
    """Return the line as printed, with the words at checkbox and button. A correction has its own words for both."""
    view = line(corrected_line or shown, text)
    if corrected_line is not None:
        is_individual = shown.kind is SignatoryKind.INDIVIDUAL
        checkbox = (
            _("I am signing this letter as an individual.")
            if is_individual
            else _("I am authorized to sign for this organization.")
        )
        button = _("Correct and sign")
    return ShownConsent((view.name.text, view.detail.text), str(checkbox), str(button), spoken_language())


def decision_context(signature: OwnSignature, rejected_forms: Mapping[str, Any], **extra_forms: Any) -> dict[str, Any]:
    """Return the template context of such a page: the line, the letter, and the forms, with `extra_forms` added.

    A form in `rejected_forms` keeps its input. All forms carry the revision and the translation that the page shows.
    """
    forms: dict[str, Any] = {
        **extra_forms,
        "signing": ConfirmForm(formdata=None),
        "correcting": CorrectAndConfirmForm(
            signature.letter,
            only_kind=signature.line.kind,
            answers=signature.answers,
            formdata=None,
            data=form_data_from_signature(signature),
        ),
        "ending": AreYouSureForm(formdata=None),
        **rejected_forms,
    }
    for prefix, form in forms.items():
        form.with_id_prefix(prefix)
        if "revision" in form:
            form.show_text(signature.letter.revision_number, signature.read.translation_id)
    return {
        "signature": signature,
        "line": line(signature.line, signature.read.text),
        "sheet": letter_view_without_list(signature.read.text, signature.letter.counts, level=2),
        "end_news": url_for("news.detail", token=signature_token(signature, Purpose.NEWS)),
        "tried": "".join(rejected_forms),
        **forms,
    }


def typed_fields(signature: OwnSignature) -> list[tuple[str, str]]:
    """Return what the visitor typed into the form that corrects and signs, for a page that cannot accept it; empty after any
    other button."""
    form = CorrectAndConfirmForm(signature.letter, only_kind=signature.line.kind)
    return form.filled_fields() if request.form.get("choice") == "correct" else []
