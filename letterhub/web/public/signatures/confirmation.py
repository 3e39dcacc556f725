"""Confirmation page of a signature: the line as it will print, and the choices. GET changes nothing."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.signatures.confirm import confirm_signature
from letterhub.commands.signatures.second_confirmation import confirm_as_second_person, dispute_signature
from letterhub.commands.signatures.sign import disown_signature, email_new_link
from letterhub.domain.errors import UserFacingError
from letterhub.domain.signatures.signing import AlreadyConfirmed, AlreadySigned, LetterNotOpen, TextChanged
from letterhub.infrastructure.signed_links import ExpiredLink, Purpose, current_link_signer, current_settings
from letterhub.queries.signatures.own_signature import OwnSignature
from letterhub.queries.signatures.second_confirmation import (
    colleague_signature,
    disputed_signature_id,
    signature_confirmed_instead,
)
from letterhub.rendering.letter.signatory_list import line
from letterhub.web.access import Audience, open_to
from letterhub.web.public.letters.letter_languages import letter_path
from letterhub.web.public.link_forms import AreYouSureForm, DenySignatureForm, NewLinkForm, SecondConfirmationForm
from letterhub.web.public.link_pages import init_link_blueprint
from letterhub.web.public.signatures.mailed_links import (
    confirmation_consent,
    decision_context,
    render_state_page,
    signature_from_link,
    signature_from_opened_link,
    typed_fields,
)
from letterhub.web.public.signatures.signing_forms import ConfirmForm, CorrectAndConfirmForm

bp = init_link_blueprint(Blueprint("confirmation", __name__))
OTHER_CHOICES = frozenset({"not-us", "also", "not-ours", "correct"})
"""Buttons of the page besides the one that signs."""


@bp.get("/confirm/<token>")
@open_to(Audience.LINK_HOLDER)
def detail(token: str) -> ResponseReturnValue:
    """Show the letter, the line and the choices; or the state of the signature if there is nothing to decide."""
    try:
        signature = signature_from_link(Purpose.CONFIRM, token)
    except ExpiredLink as expired:
        return _state_response(signature_from_opened_link(expired.opened), token, expired=True)
    if not signature.is_unconfirmed:
        if (confirmed_instead := signature_confirmed_instead(signature.id)) is not None:
            return render_template(
                "public/signatures/seconded.html", signature=signature, line=line(confirmed_instead.line, signature.read.text)
            )
        return _state_response(signature, token)
    signature.letter.check_confirmable(signature.created_at, now())
    return _render_choices(signature, token)


@bp.post("/confirm/<token>")
@open_to(Audience.LINK_HOLDER)
def submit(token: str) -> ResponseReturnValue:
    """Confirm, correct and confirm, second or deny an existing signature, or disown, depending on the button."""
    if (choice := request.form.get("choice")) not in OTHER_CHOICES:
        return _confirm(token, "signing", ConfirmForm())
    signature = signature_from_link(Purpose.CONFIRM, token)
    match choice:
        case "not-us":
            return _disown(signature, token)
        case "also":
            return _apply_answer(signature, token, "seconding", SecondConfirmationForm(), confirm_as_second_person)
        case "not-ours":
            return _apply_answer(signature, token, "denying", DenySignatureForm(), dispute_signature)
    form = CorrectAndConfirmForm(
        signature.letter, only_kind=signature.line.kind, before=signature.line, answers=signature.answers
    )
    return _confirm(token, "correcting", form)


@bp.get("/confirm/<token>/thanks")
@open_to(Audience.LINK_HOLDER)
def thanks(token: str) -> ResponseReturnValue:
    """Show the next steps. The link that manages the signature is mailed, because this one must not allow changes."""
    signature = signature_from_link(Purpose.CONFIRM, token)
    if not signature.is_in_force:
        return redirect(url_for(".detail", token=token), 303)
    return render_template(
        "public/signatures/thanks.html", signature=signature, line=line(signature.line, signature.read.text),
        address=current_settings().public_url + letter_path(signature.letter.slug, signature.read.page_language),
    )  # fmt: skip


@bp.post("/confirm/<token>/new-link")
@open_to(Audience.LINK_HOLDER)
def resend_link(token: str) -> ResponseReturnValue:
    """Mail a new link if the address matches the old link's. The response is the same for any other address."""
    try:
        signature = signature_from_link(Purpose.CONFIRM, token)
    except ExpiredLink as expired:
        signature = signature_from_opened_link(expired.opened)
    form = NewLinkForm()
    if not form.validate():
        return _render_state(signature, token, form), 422
    email_new_link(signature.id, form.email.data, now())
    return render_template("public/signatures/new_link.html", signature=signature)


@bp.errorhandler(LetterNotOpen)
def _cannot_sign_now(refusal: LetterNotOpen) -> ResponseReturnValue:
    """Show that the letter cannot be signed now, with the input so that nothing typed is lost."""
    signature = signature_from_link(Purpose.CONFIRM, (request.view_args or {})["token"])
    context = {"letter": signature.letter, "sentence": str(refusal), "typed": typed_fields(signature)}
    return render_template("public/signatures/not_now.html", **context), 409


def _confirm(token: str, form_name: str, form: ConfirmForm | CorrectAndConfirmForm) -> ResponseReturnValue:
    """Confirm the signature as the form says, or show the page again with the form's errors."""
    link = current_link_signer().open(Purpose.CONFIRM, token)
    if not form.validate():
        signature = signature_from_opened_link(link)
        form.validate()  # once more, for errors in the letter's language
        return _render_choices(signature, token, **{form_name: form}), 422
    corrected_line = form.corrected_line()
    consent = partial(confirmation_consent, corrected_line=corrected_line)
    try:
        confirm_signature(
            link.subject[0], revision=form.displayed_revision, translation=form.displayed_translation, at=now(),
            line=corrected_line, answers=form.corrected_answers(), consent=consent, link=link,
        )  # fmt: skip
    except (TextChanged, AlreadySigned) as refusal:
        signature = signature_from_link(Purpose.CONFIRM, token)
        form.add_error(refusal)
        return _render_choices(signature, token, **{form_name: form}), 422
    except AlreadyConfirmed:
        return redirect(url_for(".detail", token=token), 303)
    return redirect(url_for(".thanks", token=token), 303)


def _apply_answer(
    signature: OwnSignature,
    token: str,
    form_name: str,
    form: SecondConfirmationForm | DenySignatureForm,
    command: Callable[..., None],
) -> ResponseReturnValue:
    """Run the command of the button that was pressed about the organization's existing signature, or show the form's errors."""
    if form.validate():
        try:
            command(signature.id, expected_version=form.expected_version.data or "", at=now())
        except AlreadyConfirmed:
            pass
        except UserFacingError as refusal:
            form.add_error(refusal)
    if form.errors:
        return _render_choices(signature, token, **{form_name: form}), 422
    return redirect(url_for(".detail", token=token), 303)


def _disown(signature: OwnSignature, token: str) -> ResponseReturnValue:
    """Record that the mailbox's owner did not sign, once the box is checked."""
    form = AreYouSureForm()
    if not form.validate():
        return _render_choices(signature, token, ending=form), 422
    disown_signature(signature.id, now())
    return redirect(url_for(".detail", token=token), 303)


def _render_choices(signature: OwnSignature, token: str, **rejected_forms: Any) -> str:
    """Render the page with its forms, of which one may hold rejected input.

    If the organization already has a signature that this person does not dispute, it is shown with two forms about it.
    """
    colleague, disputed_id = colleague_signature(signature.id), disputed_signature_id(signature.id)
    existing = colleague if colleague is not None and colleague.id != disputed_id else None
    existing_forms: dict[str, Any] = {
        "seconding": SecondConfirmationForm(formdata=None),
        "denying": DenySignatureForm(formdata=None),
    } | {name: rejected_forms[name] for name in ("seconding", "denying") if name in rejected_forms}
    for form in existing_forms.values():
        form.expected_version.data = existing.line_version if existing else ""
    signed_revision_id = current_link_signer().open(Purpose.CONFIRM, token).subject[1]
    return render_template(
        "public/signatures/confirm.html",
        token=token,
        changed=signed_revision_id != signature.letter.revision_id,
        beside=existing,
        other=line(existing.line, signature.read.text) if existing else None,
        denied=disputed_id is not None,
        **decision_context(signature, rejected_forms, **existing_forms),
    )


def _state_response(signature: OwnSignature, token: str, *, expired: bool = False) -> ResponseReturnValue:
    """Show the state of the signature; as gone (410) if its link expired before it was confirmed."""
    status = 410 if expired and signature.is_unconfirmed else 200
    return _render_state(signature, token, NewLinkForm(formdata=None)), status


def _render_state(signature: OwnSignature, token: str, form: NewLinkForm) -> str:
    return render_state_page(signature, form, url_for(".resend_link", token=token))
