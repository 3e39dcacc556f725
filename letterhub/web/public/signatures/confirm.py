"""Confirmation page of a signature: the line as it will print, and the choices. GET changes nothing."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.signatures.second_confirmation import confirm_as_second_person, dispute_signature
from letterhub.commands.signatures.sign import confirm_signature, disown_signature, email_new_link
from letterhub.domain.errors import UserFacingError
from letterhub.domain.signatures.signing import AlreadyConfirmed, AlreadySigned, LetterNotOpen, TextChanged
from letterhub.infrastructure.app_extensions import current_link_signer
from letterhub.infrastructure.signed_links import ExpiredLink, Purpose
from letterhub.queries.signatures.second_confirmation import (
    colleague_signature,
    disputed_signature_id,
    signature_confirmed_instead,
)
from letterhub.queries.signatures.signatures import OwnSignature
from letterhub.rendering.letter.view import line
from letterhub.web.access import Audience, open_to
from letterhub.web.public.signatures.consent_texts import confirmation_consent
from letterhub.web.public.signatures.decision_page import decision_context, typed_fields
from letterhub.web.public.signatures.mailed_links import (
    init_link_blueprint,
    render_state_page,
    signature_from_link,
    signature_from_opened_link,
)
from letterhub.web.public.signatures.signing_forms import (
    AreYouSureForm,
    ConfirmForm,
    CorrectAndConfirmForm,
    DenySignatureForm,
    NewLinkForm,
    SecondConfirmationForm,
)

bp = init_link_blueprint(Blueprint("confirmation", __name__))


@bp.get("/confirm/<token>")
@open_to(Audience.LINK_HOLDER)
def detail(token: str) -> ResponseReturnValue:
    """Show the letter, the line and the choices; or the state of the signature if there is nothing to decide."""
    try:
        mine = signature_from_link(Purpose.CONFIRM, token)
    except ExpiredLink as late:
        return _state_response(signature_from_opened_link(late.opened), token, late=True)
    if not mine.is_unconfirmed:
        if (other := signature_confirmed_instead(mine.id)) is not None:
            return render_template("public/signatures/seconded.html", mine=mine, line=line(other.line, mine.letter.text))
        return _state_response(mine, token)
    mine.letter.check_confirmable(mine.created_at, now())
    return _render_choices(mine, token)


@bp.post("/confirm/<token>")
@open_to(Audience.LINK_HOLDER)
def submit(token: str) -> ResponseReturnValue:
    """Confirm, correct and confirm, second or deny an existing signature, or disown, depending on the button."""
    mine = signature_from_link(Purpose.CONFIRM, token)
    match request.form.get("choice"):
        case "not-us":
            return _disown(mine, token)
        case "also":
            return _apply_answer(mine, token, "seconding", SecondConfirmationForm(), confirm_as_second_person)
        case "not-ours":
            return _apply_answer(mine, token, "denying", DenySignatureForm(), dispute_signature)
        case "correct":
            form = CorrectAndConfirmForm(mine.letter, only=mine.line.kind, before=mine.line)
            return _confirm(mine, token, "correcting", form)
    return _confirm(mine, token, "signing", ConfirmForm())


@bp.get("/confirm/<token>/thanks")
@open_to(Audience.LINK_HOLDER)
def thanks(token: str) -> ResponseReturnValue:
    """Show the next steps. The link that manages the signature is mailed, because this one must not allow changes."""
    mine = signature_from_link(Purpose.CONFIRM, token)
    if not mine.is_in_force:
        return redirect(url_for(".detail", token=token), 303)
    return render_template("public/signatures/thanks.html", mine=mine, line=line(mine.line, mine.letter.text))


@bp.post("/confirm/<token>/new-link")
@open_to(Audience.LINK_HOLDER)
def resend_link(token: str) -> ResponseReturnValue:
    """Mail a new link if the address matches the old link's. The response is the same for any other address."""
    try:
        mine = signature_from_link(Purpose.CONFIRM, token)
    except ExpiredLink as late:
        mine = signature_from_opened_link(late.opened)
    form = NewLinkForm()
    if not form.validate():
        return _render_state(mine, token, form), 422
    email_new_link(mine.id, form.email.data, now())
    return render_template("public/signatures/new_link.html", mine=mine)


@bp.errorhandler(LetterNotOpen)
def _cannot_sign_now(refusal: LetterNotOpen) -> ResponseReturnValue:
    mine = signature_from_link(Purpose.CONFIRM, (request.view_args or {})["token"])
    told = {"letter": mine.letter, "sentence": str(refusal), "typed": typed_fields(mine)}
    return render_template("public/signatures/not_now.html", **told), 409


def _confirm(mine: OwnSignature, token: str, name: str, form: ConfirmForm | CorrectAndConfirmForm) -> ResponseReturnValue:
    if not form.validate():
        return _render_choices(mine, token, **{name: form}), 422
    corrected = form.corrected_line()
    try:
        shown = confirmation_consent(mine, corrected)
        confirm_signature(mine.id, revision=form.displayed_revision, at=now(), line=corrected, shown=shown)
    except (TextChanged, AlreadySigned) as refusal:
        form.refuse(refusal)
        return _render_choices(signature_from_link(Purpose.CONFIRM, token), token, **{name: form}), 422
    except AlreadyConfirmed:
        return redirect(url_for(".detail", token=token), 303)
    return redirect(url_for(".thanks", token=token), 303)


def _apply_answer(
    mine: OwnSignature, token: str, name: str, form: SecondConfirmationForm | DenySignatureForm, command: Callable[..., None]
) -> ResponseReturnValue:
    """Apply the button's answer about the organization's existing signature."""
    if form.validate():
        try:
            command(mine.id, expected_version=form.expected_version.data or "", at=now())
        except AlreadyConfirmed:
            pass
        except UserFacingError as refusal:
            form.refuse(refusal)
    if form.errors:
        return _render_choices(mine, token, **{name: form}), 422
    return redirect(url_for(".detail", token=token), 303)


def _disown(mine: OwnSignature, token: str) -> ResponseReturnValue:
    form = AreYouSureForm()
    if not form.validate():
        return _render_choices(mine, token, ending=form), 422
    disown_signature(mine.id, now())
    return redirect(url_for(".detail", token=token), 303)


def _render_choices(mine: OwnSignature, token: str, **tried: Any) -> str:
    """Render the page with its forms, two more if the organization already has a signature. One may hold rejected input."""
    other, denied = colleague_signature(mine.id), disputed_signature_id(mine.id)
    asked = other if other is not None and other.id != denied else None
    beside: dict[str, Any] = {
        "seconding": SecondConfirmationForm(formdata=None),
        "denying": DenySignatureForm(formdata=None),
    } | {name: tried[name] for name in ("seconding", "denying") if name in tried}
    for form in beside.values():
        form.expected_version.data = asked.line_version if asked else ""
    return render_template(
        "public/signatures/confirm.html",
        token=token,
        changed=current_link_signer().open(Purpose.CONFIRM, token).subject[1] != mine.letter.revision_id,
        beside=asked,
        other=line(asked.line, mine.letter.text) if asked else None,
        denied=denied is not None,
        **decision_context(mine, tried, **beside),
    )


def _state_response(mine: OwnSignature, token: str, *, late: bool = False) -> ResponseReturnValue:
    return _render_state(mine, token, NewLinkForm(formdata=None)), 410 if late and mine.is_unconfirmed else 200


def _render_state(mine: OwnSignature, token: str, form: NewLinkForm) -> str:
    return render_state_page(mine, form, url_for(".resend_link", token=token))
