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
from letterhub.queries.editions.post_delivery_corrections import delivered_line_if_changed
from letterhub.queries.signatures.data_export import editions_printing, signatory_data
from letterhub.queries.signatures.second_confirmation import SecondedSignature, disputed_signature_id, seconded_signature
from letterhub.queries.signatures.signatures import OwnSignature
from letterhub.rendering.letter.view import line
from letterhub.web.access import Audience, open_to
from letterhub.web.public.signatures.mailed_links import (
    can_reconfirm,
    can_sign,
    init_link_blueprint,
    sign_again_url,
    signature_from_link,
)
from letterhub.web.public.signatures.reconfirm import reconfirmation_url
from letterhub.web.public.signatures.signing_forms import AreYouSureForm, CorrectForm, DenySignatureForm, form_data_from_line

bp = init_link_blueprint(Blueprint("own_signature", __name__))


@bp.get("/signatures/<token>")
@open_to(Audience.LINK_HOLDER)
def detail(token: str) -> ResponseReturnValue:
    """Show the signature and its actions. An outdated signature leads to the page that confirms it again."""
    mine = signature_from_link(Purpose.MANAGE, token)
    if not mine.erased_at and (seconded := seconded_signature(mine.id)) is not None and not seconded.ended_at:
        return _render_second_person_page(mine, seconded, token)
    return redirect(reconfirmation_url(mine)) if can_reconfirm(mine) else _render_page(mine, token)


@bp.post("/signatures/<token>")
@open_to(Audience.LINK_HOLDER)
def update(token: str) -> ResponseReturnValue:
    """Correct, withdraw, erase, deny or unsubscribe, depending on the button."""
    mine = signature_from_link(Purpose.MANAGE, token)
    match request.form.get("choice"):
        case "withdraw":
            return _withdraw(mine, token)
        case "erase":
            return _erase(mine, token)
        case "not-ours":
            return _deny_signature(mine, token)
        case "stop":
            return _stop_notifications(mine, token)
    return _correct(mine, token)


@bp.get("/signatures/<token>/data")
@open_to(Audience.LINK_HOLDER)
def export(token: str) -> ResponseReturnValue:
    """Return all data about the signature as a JSON file."""
    kept = signatory_data(signature_from_link(Purpose.MANAGE, token).id)
    answer = Response(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", mimetype="application/json")
    answer.headers.set("Content-Disposition", "attachment", filename="signature.json")
    return answer


def _correct(mine: OwnSignature, token: str) -> ResponseReturnValue:
    form = CorrectForm(mine.letter, only=mine.line.kind, before=mine.line)
    if not form.validate():
        return _render_page(mine, token, correcting=form), 422
    try:
        correct_signature(mine.id, form.to_line(mine.line), now())
    except (NothingChanged, AlreadySigned, RateLimited) as refusal:
        form.refuse(refusal)
        return _render_page(mine, token, correcting=form), 429 if isinstance(refusal, RateLimited) else 422
    except NotCorrectable as late:
        told = {"letter": mine.letter, "sentence": str(late), "typed": form.filled_fields()}
        return render_template("public/signatures/not_now.html", **told, manage=url_for(".detail", token=token)), 409
    return redirect(url_for(".detail", token=token, done="corrected"), 303)


def _withdraw(mine: OwnSignature, token: str) -> ResponseReturnValue:
    form = AreYouSureForm()
    if not form.validate():
        return _render_page(mine, token, ending=form), 422
    withdraw_signature(mine.id, now())
    return redirect(url_for(".detail", token=token), 303)


def _erase(mine: OwnSignature, token: str) -> ResponseReturnValue:
    form = AreYouSureForm()
    if not form.validate():
        seconded = seconded_signature(mine.id)
        if seconded is not None and not seconded.ended_at:
            return _render_second_person_page(mine, seconded, token, erasing=form), 422
        return _render_page(mine, token, erasing=form), 422
    with suppress(AlreadyErased):
        erase_on_request(mine.id, now())
    return redirect(url_for(".detail", token=token), 303)


def _deny_signature(mine: OwnSignature, token: str) -> ResponseReturnValue:
    form, seconded = DenySignatureForm(), seconded_signature(mine.id)
    if form.validate():
        try:
            undo_second_confirmation(mine.id, expected_version=form.expected_version.data or "", at=now())
        except UserFacingError as refusal:
            form.refuse(refusal)
    if form.errors and seconded is not None:
        return _render_second_person_page(mine, seconded, token, denying=form), 422
    return redirect(url_for(".detail", token=token), 303)


def _stop_notifications(mine: OwnSignature, token: str) -> ResponseReturnValue:
    form, seconded = AreYouSureForm(), seconded_signature(mine.id)
    if not form.validate() and seconded is not None:
        return _render_second_person_page(mine, seconded, token, ending=form), 422
    stop_second_person_notices(mine.id, now())
    return redirect(url_for(".detail", token=token), 303)


def _render_second_person_page(mine: OwnSignature, seconded: SecondedSignature, token: str, **tried: Any) -> str:
    forms = {
        "denying": DenySignatureForm(formdata=None),
        "ending": AreYouSureForm(formdata=None),
        "erasing": AreYouSureForm(formdata=None),
    } | tried
    for mark, form in forms.items():
        form.apart(mark)
    forms["denying"].expected_version.data = seconded.line_version
    return render_template(
        "public/signatures/seconder.html", mine=mine, token=token, seconded=seconded, tried="".join(tried),
        line=line(seconded.line, mine.letter.text), denied=disputed_signature_id(mine.id) == seconded.id, **forms,
    )  # fmt: skip


def _render_page(mine: OwnSignature, token: str, **tried: Any) -> str:
    forms = {
        "correcting": CorrectForm(mine.letter, only=mine.line.kind, formdata=None, data=form_data_from_line(mine.line)),
        "ending": AreYouSureForm(formdata=None),
        "erasing": AreYouSureForm(formdata=None),
    } | tried
    for mark, form in forms.items():
        form.apart(mark)
    return render_template(
        "public/signatures/manage.html",
        mine=mine,
        token=token,
        line=line(mine.line, mine.letter.text),
        open=can_sign(mine),
        again=sign_again_url(mine),
        printed_in=editions_printing(mine.id, mine.letter.id),
        delivered=delivered_line_if_changed(mine.letter.id, mine.id, mine.line) if mine.is_in_force else None,
        corrected=request.args.get("done") == "corrected",
        tried="".join(tried),
        **forms,
    )
