"""Pages for confirming a signature again, after a substantive change or when consent is old. GET changes nothing."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.signatures.reconfirmation import reconfirm_signature, renew_consent
from letterhub.commands.signatures.sign import email_new_link, withdraw_signature
from letterhub.domain.changes.replies import REPLY_STATES, ReplyState
from letterhub.domain.signatures.signing import AlreadyConfirmed, AlreadySigned, LetterNotOpen, TextChanged
from letterhub.infrastructure.signed_links import ExpiredLink, Purpose, current_link_signer
from letterhub.queries.changes.changes import last_reply, reply_choice
from letterhub.queries.letters.revisions import change_since, reason_by_id
from letterhub.queries.signatures.own_signature import OwnSignature, is_confirmed_by_mail
from letterhub.rendering.letter.signatory_list import line
from letterhub.web.access import Audience, open_to
from letterhub.web.public.link_forms import AreYouSureForm, NewLinkForm
from letterhub.web.public.link_pages import init_link_blueprint
from letterhub.web.public.signatures.mailed_links import (
    can_reconfirm,
    decision_context,
    reconfirmation_consent,
    render_state_page,
    signature_from_link,
    signature_from_opened_link,
    signature_token,
    typed_fields,
)
from letterhub.web.public.signatures.signing_forms import ConfirmForm, CorrectAndConfirmForm

bp = init_link_blueprint(Blueprint("reconfirmation", __name__))

RULE = "<any('reconfirm', 'renew-consent'):purpose>/<token>"


@dataclass(frozen=True, slots=True)
class ReconfirmationRequest:
    """A link that asks a signatory to confirm again."""

    signature: OwnSignature
    purpose: Purpose
    token: str
    asked_at: dt.datetime

    @property
    def needs_decision(self) -> bool:
        """Return whether the signatory still has to decide."""
        has_confirmed_since = self.signature.confirmed_at is not None and self.signature.confirmed_at >= self.asked_at
        return self.signature.is_outdated or (
            self.purpose is Purpose.RENEW_CONSENT and self.signature.is_in_force and not has_confirmed_since
        )

    @property
    def url_values(self) -> dict[str, Any]:
        """Return the URL values of this link."""
        return {"purpose": str(self.purpose), "token": self.token}


@bp.get(f"/{RULE}")
@open_to(Audience.LINK_HOLDER)
def detail(purpose: str, token: str) -> ResponseReturnValue:
    """Show the change, the letter, the line and the choices; or the state of the signature if there is nothing to decide."""
    try:
        reconfirmation = _load_request(purpose, token)
    except ExpiredLink as expired:
        return _render_expired(signature_from_opened_link(expired.opened), purpose, token, NewLinkForm(formdata=None)), 410
    reply, letter = last_reply(reconfirmation.signature.id), reconfirmation.signature.letter
    is_awaited = reply is not None and reply.is_awaited_at(now()) and letter.state in REPLY_STATES
    can_decide = reconfirmation.signature.is_in_force or is_awaited or can_reconfirm(reconfirmation.signature)
    if reconfirmation.needs_decision and can_decide:
        return _render_choices(reconfirmation)
    if not reconfirmation.signature.is_in_force:
        return render_state_page(
            reconfirmation.signature, NewLinkForm(formdata=None), url_for(".resend_link", **reconfirmation.url_values)
        )
    return render_template(
        "public/signatures/reconfirmed.html",
        signature=reconfirmation.signature,
        line=line(reconfirmation.signature.line, reconfirmation.signature.read.text),
        unopposed=reply if reply is not None and reply.state is ReplyState.NOT_OBJECTED else None,
    )


@bp.post(f"/{RULE}")
@open_to(Audience.LINK_HOLDER)
def submit(purpose: str, token: str) -> ResponseReturnValue:
    """Confirm under the current text, correct and confirm, or withdraw, depending on the button."""
    reconfirmation = _load_request(purpose, token)
    match request.form.get("choice"):
        case "withdraw":
            return _withdraw(reconfirmation)
        case "correct":
            form = CorrectAndConfirmForm(
                reconfirmation.signature.letter,
                only_kind=reconfirmation.signature.line.kind,
                before=reconfirmation.signature.line,
                answers=reconfirmation.signature.answers,
            )
            return _confirm(reconfirmation, "correcting", form)
    return _confirm(reconfirmation, "signing", ConfirmForm())


@bp.post(f"/{RULE}/new-link")
@open_to(Audience.LINK_HOLDER)
def resend_link(purpose: str, token: str) -> ResponseReturnValue:
    """Mail a new link if the address matches the old link's. The response is the same for any other address."""
    try:
        signature = signature_from_link(Purpose(purpose), token)
    except ExpiredLink as expired:
        signature = signature_from_opened_link(expired.opened)
    form = NewLinkForm()
    if not form.validate():
        return _render_expired(signature, purpose, token, form), 422
    email_new_link(signature.id, form.email.data, now())
    return render_template("public/signatures/new_link.html", signature=signature)


@bp.errorhandler(LetterNotOpen)
def _cannot_sign_now(refusal: LetterNotOpen) -> ResponseReturnValue:
    """Show that the letter cannot be signed now, with the input so that nothing typed is lost."""
    url_values = request.view_args or {}
    signature = signature_from_link(Purpose(url_values["purpose"]), url_values["token"])
    context = {"letter": signature.letter, "sentence": str(refusal), "typed": typed_fields(signature)}
    return render_template("public/signatures/not_now.html", **context), 409


def reconfirmation_url(signature: OwnSignature) -> str:
    """Return the URL where the signatory of an outdated signature decides; it is shown to visitors with another link of that
    signatory."""
    token = signature_token(signature, Purpose.RECONFIRM, signature.letter.revision_id, int(now().timestamp()))
    return url_for("reconfirmation.detail", purpose=str(Purpose.RECONFIRM), token=token)


def _load_request(purpose: str, token: str) -> ReconfirmationRequest:
    """Return the request of a link with its signature. Raises InvalidLink and ExpiredLink."""
    content = current_link_signer().open(Purpose(purpose), token)
    asked_at = dt.datetime.fromtimestamp(content.subject[2], dt.UTC)
    return ReconfirmationRequest(signature_from_opened_link(content), Purpose(purpose), token, asked_at)


def _confirm(
    reconfirmation: ReconfirmationRequest, form_name: str, form: ConfirmForm | CorrectAndConfirmForm
) -> ResponseReturnValue:
    """Confirm under the current text or renew consent, or show the page again with the form's errors."""
    if not form.validate():
        return _render_choices(reconfirmation, **{form_name: form}), 422
    revision = form.displayed_revision or 0  # forms of this site always have it
    corrected_line = form.corrected_line()
    consent = reconfirmation_consent(reconfirmation.signature, corrected_line)
    try:
        if reconfirmation.signature.is_outdated:
            reconfirm_signature(
                reconfirmation.signature.id, revision=revision, translation=form.displayed_translation, at=now(),
                line=corrected_line, answers=form.corrected_answers(), shown_consent=consent,
            )  # fmt: skip
        else:
            renew_consent(
                reconfirmation.signature.id,
                revision=revision,
                translation=form.displayed_translation,
                asked_at=reconfirmation.asked_at,
                at=now(),
                line=corrected_line,
                answers=form.corrected_answers(),
                shown_consent=consent,
            )
    except (TextChanged, AlreadySigned) as refusal:
        form.add_error(refusal)
        return _render_choices(_load_request(str(reconfirmation.purpose), reconfirmation.token), **{form_name: form}), 422
    except AlreadyConfirmed:
        pass  # a double click: the page shows the state
    return redirect(url_for(".detail", **reconfirmation.url_values), 303)


def _withdraw(reconfirmation: ReconfirmationRequest) -> ResponseReturnValue:
    """Withdraw the signature, once the box is checked."""
    form = AreYouSureForm()
    if not form.validate():
        return _render_choices(reconfirmation, ending=form), 422
    withdraw_signature(reconfirmation.signature.id, now())
    return redirect(url_for(".detail", **reconfirmation.url_values), 303)


def _render_choices(reconfirmation: ReconfirmationRequest, **rejected_forms: Any) -> str:
    """Render the page with its three forms. One of them may hold rejected input."""
    signature = reconfirmation.signature
    is_proven = is_confirmed_by_mail(signature.id)
    return render_template(
        "public/signatures/reconfirm.html",
        reply=reply_choice(last_reply(signature.id), now(), is_proven_mailbox=is_proven) if signature.is_outdated else None,
        action=url_for(".submit", **reconfirmation.url_values),
        change=change_since(signature.revision_id, signature.letter.revision_number)
        if signature.revision_id != signature.letter.revision_id
        else None,
        reason=reason_by_id(signature.letter.revision_id),
        was_added=signature.is_in_force and not is_proven,
        **decision_context(signature, rejected_forms),
    )


def _render_expired(signature: OwnSignature, purpose: str, token: str, form: NewLinkForm) -> str:
    action = url_for(".resend_link", purpose=purpose, token=token)
    return render_template("public/signatures/reconfirm_expired.html", letter=signature.letter, action=action, form=form)
