"""A signature in the hands of its signatory: see it, correct it, withdraw it, at any time."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.signing import correct_signature, withdraw_signature
from letterhub.domain.signing import AlreadySigned, NothingChanged
from letterhub.links import Purpose
from letterhub.queries.signatures import OwnSignature
from letterhub.rendering.view import line
from letterhub.web.access import Entry, open_to
from letterhub.web.public.forms import CorrectingForm, EndingForm, typed_from
from letterhub.web.public.link_pages import behind_links, may_sign, signature_behind

pages = behind_links(Blueprint("managing", __name__))


@pages.get("/signatures/<token>")
@open_to(Entry.LINK_HOLDER)
def manage(token: str) -> ResponseReturnValue:
    """How the signature stands, and what its signatory may do."""
    return _page(signature_behind(Purpose.MANAGE, token), token)


@pages.post("/signatures/<token>")
@open_to(Entry.LINK_HOLDER)
def change(token: str) -> ResponseReturnValue:
    """Corrects or withdraws, as the pressed button says."""
    mine = signature_behind(Purpose.MANAGE, token)
    if request.form.get("choice") == "withdraw":
        return _withdraw(mine, token)
    return _correct(mine, token)


def _correct(mine: OwnSignature, token: str) -> ResponseReturnValue:
    form = CorrectingForm(mine.letter, only=mine.line.kind)
    if not form.validate():
        return _page(mine, token, correcting=form), 422
    try:
        correct_signature(mine.id, form.as_line(mine.line), now())
    except (NothingChanged, AlreadySigned) as refusal:
        form.refuse(refusal)
        return _page(mine, token, correcting=form), 422
    return redirect(url_for(".manage", token=token, done="corrected"), 303)


def _withdraw(mine: OwnSignature, token: str) -> ResponseReturnValue:
    form = EndingForm()
    if not form.validate():
        return _page(mine, token, ending=form), 422
    withdraw_signature(mine.id, now())
    return redirect(url_for(".manage", token=token), 303)


def _page(mine: OwnSignature, token: str, **tried: Any) -> str:
    forms = {
        "correcting": CorrectingForm(mine.letter, only=mine.line.kind, formdata=None, data=typed_from(mine.line)),
        "ending": EndingForm(formdata=None),
    } | tried
    for mark, form in forms.items():
        form.apart(mark).focus_first_error()
    return render_template(
        "public/signing/manage.html",
        mine=mine,
        token=token,
        line=line(mine.line, mine.letter.text),
        open=may_sign(mine),
        corrected=request.args.get("done") == "corrected",
        tried="".join(tried),
        **forms,
    )
