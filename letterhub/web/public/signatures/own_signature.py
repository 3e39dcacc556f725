"""Page where signatories see, correct, withdraw or erase their signature at any time."""

import json
from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.signatures.erasure_request import erase_on_request
from letterhub.commands.signatures.second_confirmation import stop_second_person_notices, undo_second_confirmation
from letterhub.commands.signatures.sign import correct_signature, withdraw_signature
from letterhub.domain.abuse.rate_limits import RateLimited
from letterhub.domain.errors import UserFacingError
from letterhub.domain.signatures.signing import AlreadyErased, AlreadySigned, NotCorrectable, NothingChanged
from letterhub.infrastructure.signed_links import Purpose
from letterhub.queries.editions.deliveries import delivered_line_if_changed
from letterhub.queries.editions.printing_editions import editions_printing
from letterhub.queries.signatures.data_export import signatory_data
from letterhub.queries.signatures.own_signature import OwnSignature
from letterhub.queries.signatures.second_confirmation import SecondedSignature, disputed_signature_id, seconded_signature
from letterhub.rendering.letter.signatory_list import line
from letterhub.web.access import Audience, open_to
from letterhub.web.public.link_forms import AreYouSureForm, DenySignatureForm
from letterhub.web.public.link_pages import init_link_blueprint
from letterhub.web.public.signatures.mailed_links import (
    can_reconfirm,
    can_sign,
    sign_again_url,
    signature_from_link,
    signature_token,
)
from letterhub.web.public.signatures.reconfirmation import reconfirmation_url
from letterhub.web.public.signatures.signing_forms import CorrectForm, form_data_from_signature

bp = init_link_blueprint(Blueprint("own_signature", __name__))


@bp.get("/signatures/<token>")
@open_to(Audience.LINK_HOLDER)
def detail(token: str) -> ResponseReturnValue:
    """Show the signature and its actions. An outdated signature leads to the page that confirms it again."""
    signature = signature_from_link(Purpose.MANAGE, token)
    seconded = None if signature.erased_at else seconded_signature(signature.id)
    if seconded is not None and not seconded.ended_at:
        return _render_second_person_page(signature, seconded, token)
    if can_reconfirm(signature):
        return redirect(reconfirmation_url(signature))
    return _render_page(signature, token)


@bp.post("/signatures/<token>")
@open_to(Audience.LINK_HOLDER)
def update(token: str) -> ResponseReturnValue:
    """Correct, withdraw, erase, deny or unsubscribe, depending on the button."""
    signature = signature_from_link(Purpose.MANAGE, token)
    match request.form.get("choice"):
        case "withdraw":
            return _withdraw(signature, token)
        case "erase":
            return _erase(signature, token)
        case "not-ours":
            return _deny_signature(signature, token)
        case "stop":
            return _stop_notifications(signature, token)
    return _correct(signature, token)


@bp.get("/signatures/<token>/data")
@open_to(Audience.LINK_HOLDER)
def export(token: str) -> ResponseReturnValue:
    """Return all data about the signature as a JSON file."""
    data = signatory_data(signature_from_link(Purpose.MANAGE, token).id)
    response = Response(json.dumps(data, ensure_ascii=False, indent=2) + "\n", mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename="signature.json")
    return response


def _correct(signature: OwnSignature, token: str) -> ResponseReturnValue:
    """Correct the line, or show what prevents it: an error of the form, a rate limit, or a letter that changed its state."""
    form = CorrectForm(signature.letter, signature.line.kind, signature.line, signature.answers)
    if not form.validate():
        return _render_page(signature, token, correcting=form), 422
    try:
        correct_signature(signature.id, form.to_line(signature.line), now(), form.to_answers())
    except (NothingChanged, AlreadySigned, RateLimited) as refusal:
        form.add_error(refusal)
        return _render_page(signature, token, correcting=form), 429 if isinstance(refusal, RateLimited) else 422
    except NotCorrectable as error:
        context = {"letter": signature.letter, "sentence": str(error), "typed": form.filled_fields()}
        return render_template("public/signatures/not_now.html", **context, manage=url_for(".detail", token=token)), 409
    return redirect(url_for(".detail", token=token, done="corrected"), 303)


def _withdraw(signature: OwnSignature, token: str) -> ResponseReturnValue:
    """Withdraw the signature, once the box is checked."""
    form = AreYouSureForm()
    if not form.validate():
        return _render_page(signature, token, ending=form), 422
    withdraw_signature(signature.id, now())
    return redirect(url_for(".detail", token=token), 303)


def _erase(signature: OwnSignature, token: str) -> ResponseReturnValue:
    """Erase the signature's data, or what a second person typed, once the box is checked."""
    form = AreYouSureForm()
    if not form.validate():
        seconded = seconded_signature(signature.id)
        if seconded is not None and not seconded.ended_at:
            return _render_second_person_page(signature, seconded, token, erasing=form), 422
        return _render_page(signature, token, erasing=form), 422
    with suppress(AlreadyErased):
        erase_on_request(signature.id, now())
    return redirect(url_for(".detail", token=token), 303)


def _deny_signature(signature: OwnSignature, token: str) -> ResponseReturnValue:
    """Turn a second confirmation into a denial of the signature that it confirmed."""
    form, seconded = DenySignatureForm(), seconded_signature(signature.id)
    if form.validate():
        try:
            undo_second_confirmation(signature.id, expected_version=form.expected_version.data or "", at=now())
        except UserFacingError as refusal:
            form.add_error(refusal)
    if form.errors and seconded is not None:
        return _render_second_person_page(signature, seconded, token, denying=form), 422
    return redirect(url_for(".detail", token=token), 303)


def _stop_notifications(signature: OwnSignature, token: str) -> ResponseReturnValue:
    """Stop the emails to a second person about the signature that they confirmed."""
    form, seconded = AreYouSureForm(), seconded_signature(signature.id)
    if not form.validate() and seconded is not None:
        return _render_second_person_page(signature, seconded, token, ending=form), 422
    stop_second_person_notices(signature.id, now())
    return redirect(url_for(".detail", token=token), 303)


def _render_second_person_page(signature: OwnSignature, seconded: SecondedSignature, token: str, **rejected_forms: Any) -> str:
    """Render the page for someone who confirmed a colleague's signature. One form may hold rejected input."""
    forms = {
        "denying": DenySignatureForm(formdata=None),
        "ending": AreYouSureForm(formdata=None),
        "erasing": AreYouSureForm(formdata=None),
    } | rejected_forms
    for prefix, form in forms.items():
        form.with_id_prefix(prefix)
    forms["denying"].expected_version.data = seconded.line_version
    return render_template(
        "public/signatures/seconder.html", signature=signature, token=token, seconded=seconded, tried="".join(rejected_forms),
        line=line(seconded.line, signature.read.text), denied=disputed_signature_id(signature.id) == seconded.id, **forms,
    )  # fmt: skip


def _render_page(signature: OwnSignature, token: str, **rejected_forms: Any) -> str:
    """Render the page with its three forms. One of them may hold rejected input."""
    forms = {
        "correcting": CorrectForm(
            signature.letter,
            only_kind=signature.line.kind,
            answers=signature.answers,
            formdata=None,
            data=form_data_from_signature(signature),
        ),
        "ending": AreYouSureForm(formdata=None),
        "erasing": AreYouSureForm(formdata=None),
    } | rejected_forms
    for prefix, form in forms.items():
        form.with_id_prefix(prefix)
    return render_template(
        "public/signatures/manage.html",
        signature=signature,
        token=token,
        line=line(signature.line, signature.read.text),
        open=can_sign(signature),
        again=sign_again_url(signature),
        end_news=url_for("news.detail", token=signature_token(signature, Purpose.NEWS)),
        printed_in=editions_printing(signature.id, signature.letter.id),
        delivered=delivered_line_if_changed(signature.letter.id, signature.id, signature.line)
        if signature.is_in_force
        else None,
        corrected=request.args.get("done") == "corrected",
        tried="".join(rejected_forms),
        **forms,
    )
