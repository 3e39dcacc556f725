"""Page where signatories see, correct, withdraw or erase their signature at any time."""

import json
from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.signatures.erasure_request import erase_own_data
from letterhub.commands.signatures.second_confirmation import stop_hearing, take_back_seconding
from letterhub.commands.signatures.sign import correct_signature, withdraw_signature
from letterhub.domain.abuse.rate_limits import TooOften
from letterhub.domain.errors import Refused
from letterhub.domain.signatures.signing import AlreadySigned, ErasedAlready, NotCorrectable, NothingChanged
from letterhub.infrastructure.links import Purpose
from letterhub.queries.editions.post_delivery_corrections import delivered_otherwise
from letterhub.queries.signatures.data_export import editions_with, own_data
from letterhub.queries.signatures.second_confirmation import Seconded, said_not_ours, seconded_by
from letterhub.queries.signatures.signatures import OwnSignature
from letterhub.rendering.letter.view import line
from letterhub.web.access import Audience, open_to
from letterhub.web.public.signatures.forms import CorrectingForm, EndingForm, NotOursForm, typed_from
from letterhub.web.public.signatures.link_pages import behind_links, may_confirm_again, may_sign, sign_again, signature_behind
from letterhub.web.public.signatures.reconfirm import again_address

pages = behind_links(Blueprint("managing", __name__))


@pages.get("/signatures/<token>")
@open_to(Audience.LINK_HOLDER)
def manage(token: str) -> ResponseReturnValue:
    """Show the signature and its actions. An outdated signature leads to the page that confirms it again."""
    mine = signature_behind(Purpose.MANAGE, token)
    if not mine.erased_at and (seconded := seconded_by(mine.id)) is not None and not seconded.ended_at:
        return _seconder_page(mine, seconded, token)
    return redirect(again_address(mine)) if may_confirm_again(mine) else _page(mine, token)


@pages.post("/signatures/<token>")
@open_to(Audience.LINK_HOLDER)
def change(token: str) -> ResponseReturnValue:
    """Correct, withdraw, erase, deny or unsubscribe, depending on the button."""
    mine = signature_behind(Purpose.MANAGE, token)
    match request.form.get("choice"):
        case "withdraw":
            return _withdraw(mine, token)
        case "erase":
            return _erase(mine, token)
        case "not-ours":
            return _not_ours(mine, token)
        case "stop":
            return _stop_hearing(mine, token)
    return _correct(mine, token)


@pages.get("/signatures/<token>/data")
@open_to(Audience.LINK_HOLDER)
def data(token: str) -> ResponseReturnValue:
    """Return all data about the signature as a JSON file."""
    kept = own_data(signature_behind(Purpose.MANAGE, token).id)
    answer = Response(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", mimetype="application/json")
    answer.headers.set("Content-Disposition", "attachment", filename="signature.json")
    return answer


def _correct(mine: OwnSignature, token: str) -> ResponseReturnValue:
    form = CorrectingForm(mine.letter, only=mine.line.kind, before=mine.line)
    if not form.validate():
        return _page(mine, token, correcting=form), 422
    try:
        correct_signature(mine.id, form.as_line(mine.line), now())
    except (NothingChanged, AlreadySigned, TooOften) as refusal:
        form.refuse(refusal)
        return _page(mine, token, correcting=form), 429 if isinstance(refusal, TooOften) else 422
    except NotCorrectable as late:
        told = {"letter": mine.letter, "sentence": str(late), "typed": form.filled_in()}
        return render_template("public/signatures/not_now.html", **told, manage=url_for(".manage", token=token)), 409
    return redirect(url_for(".manage", token=token, done="corrected"), 303)


def _withdraw(mine: OwnSignature, token: str) -> ResponseReturnValue:
    form = EndingForm()
    if not form.validate():
        return _page(mine, token, ending=form), 422
    withdraw_signature(mine.id, now())
    return redirect(url_for(".manage", token=token), 303)


def _erase(mine: OwnSignature, token: str) -> ResponseReturnValue:
    form = EndingForm()
    if not form.validate():
        seconded = seconded_by(mine.id)
        if seconded is not None and not seconded.ended_at:
            return _seconder_page(mine, seconded, token, erasing=form), 422
        return _page(mine, token, erasing=form), 422
    with suppress(ErasedAlready):
        erase_own_data(mine.id, now())
    return redirect(url_for(".manage", token=token), 303)


def _not_ours(mine: OwnSignature, token: str) -> ResponseReturnValue:
    form, seconded = NotOursForm(), seconded_by(mine.id)
    if form.validate():
        try:
            take_back_seconding(mine.id, seen=form.seen.data or "", at=now())
        except Refused as refusal:
            form.refuse(refusal)
    if form.errors and seconded is not None:
        return _seconder_page(mine, seconded, token, denying=form), 422
    return redirect(url_for(".manage", token=token), 303)


def _stop_hearing(mine: OwnSignature, token: str) -> ResponseReturnValue:
    form, seconded = EndingForm(), seconded_by(mine.id)
    if not form.validate() and seconded is not None:
        return _seconder_page(mine, seconded, token, ending=form), 422
    stop_hearing(mine.id, now())
    return redirect(url_for(".manage", token=token), 303)


def _seconder_page(mine: OwnSignature, seconded: Seconded, token: str, **tried: Any) -> str:
    forms = {
        "denying": NotOursForm(formdata=None),
        "ending": EndingForm(formdata=None),
        "erasing": EndingForm(formdata=None),
    } | tried
    for mark, form in forms.items():
        form.apart(mark)
    forms["denying"].seen.data = seconded.mark
    return render_template(
        "public/signatures/seconder.html", mine=mine, token=token, seconded=seconded, tried="".join(tried),
        line=line(seconded.line, mine.letter.text), denied=said_not_ours(mine.id) == seconded.id, **forms,
    )  # fmt: skip


def _page(mine: OwnSignature, token: str, **tried: Any) -> str:
    forms = {
        "correcting": CorrectingForm(mine.letter, only=mine.line.kind, formdata=None, data=typed_from(mine.line)),
        "ending": EndingForm(formdata=None),
        "erasing": EndingForm(formdata=None),
    } | tried
    for mark, form in forms.items():
        form.apart(mark)
    return render_template(
        "public/signatures/manage.html",
        mine=mine,
        token=token,
        line=line(mine.line, mine.letter.text),
        open=may_sign(mine),
        again=sign_again(mine),
        printed_in=editions_with(mine.id, mine.letter.id),
        delivered=delivered_otherwise(mine.letter.id, mine.id, mine.line) if mine.stands else None,
        corrected=request.args.get("done") == "corrected",
        tried="".join(tried),
        **forms,
    )
