"""Confirmation page of a signature: the line as it will print, and the choices. GET changes nothing."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.signatures.disputes import say_not_ours
from letterhub.commands.signatures.second_confirmation import confirm_too
from letterhub.commands.signatures.sign import confirm_signature, disown_signature, mail_new_link
from letterhub.domain.errors import Refused
from letterhub.domain.signatures.signing import AlreadyConfirmed, AlreadySigned, CannotSignNow, TextChanged
from letterhub.infrastructure.current import links_here
from letterhub.infrastructure.links import ExpiredLink, Purpose
from letterhub.queries.signatures.second_confirmation import confirmed_too, said_not_ours, standing_beside
from letterhub.queries.signatures.signatures import OwnSignature
from letterhub.rendering.letter.view import line
from letterhub.web.access import Audience, open_to
from letterhub.web.public.signatures.confirm_forms import choices, line_in, typed_in
from letterhub.web.public.signatures.consent import shown_at_first
from letterhub.web.public.signatures.forms import (
    ConfirmingForm,
    CorrectAndSignForm,
    EndingForm,
    NewLinkForm,
    NotOursForm,
    SecondForm,
)
from letterhub.web.public.signatures.link_pages import behind_links, signature_behind, signature_of, state_page

pages = behind_links(Blueprint("confirming", __name__))


@pages.get("/confirm/<token>")
@open_to(Audience.LINK_HOLDER)
def confirm(token: str) -> ResponseReturnValue:
    """Show the letter, the line and the choices; or the state of the signature if there is nothing to decide."""
    try:
        mine = signature_behind(Purpose.CONFIRM, token)
    except ExpiredLink as late:
        return _nothing_to_choose(signature_of(late.opened), token, late=True)
    if not mine.waits:
        if (other := confirmed_too(mine.id)) is not None:
            return render_template("public/signatures/seconded.html", mine=mine, line=line(other.line, mine.letter.text))
        return _nothing_to_choose(mine, token)
    mine.letter.check_confirmable(mine.created_at, now())
    return _choices(mine, token)


@pages.post("/confirm/<token>")
@open_to(Audience.LINK_HOLDER)
def decide(token: str) -> ResponseReturnValue:
    """Confirm, correct and confirm, second or deny an existing signature, or disown, depending on the button."""
    mine = signature_behind(Purpose.CONFIRM, token)
    match request.form.get("choice"):
        case "not-us":
            return _disown(mine, token)
        case "also":
            return _answer(mine, token, "seconding", SecondForm(), confirm_too)
        case "not-ours":
            return _answer(mine, token, "denying", NotOursForm(), say_not_ours)
        case "correct":
            form = CorrectAndSignForm(mine.letter, only=mine.line.kind, before=mine.line)
            return _sign(mine, token, "correcting", form)
    return _sign(mine, token, "signing", ConfirmingForm())


@pages.get("/confirm/<token>/thanks")
@open_to(Audience.LINK_HOLDER)
def thanks(token: str) -> ResponseReturnValue:
    """Show the next steps. The link that manages the signature is mailed, because this one must not allow changes."""
    mine = signature_behind(Purpose.CONFIRM, token)
    if not mine.stands:
        return redirect(url_for(".confirm", token=token), 303)
    return render_template("public/signatures/thanks.html", mine=mine, line=line(mine.line, mine.letter.text))


@pages.post("/confirm/<token>/new-link")
@open_to(Audience.LINK_HOLDER)
def new_link(token: str) -> ResponseReturnValue:
    """Mail a new link if the address matches the old link's. The response is the same for any other address."""
    try:
        mine = signature_behind(Purpose.CONFIRM, token)
    except ExpiredLink as late:
        mine = signature_of(late.opened)
    form = NewLinkForm()
    if not form.validate():
        return _over(mine, token, form), 422
    mail_new_link(mine.id, form.email.data, now())
    return render_template("public/signatures/new_link.html", mine=mine)


@pages.errorhandler(CannotSignNow)
def _not_now(refusal: CannotSignNow) -> ResponseReturnValue:
    mine = signature_behind(Purpose.CONFIRM, (request.view_args or {})["token"])
    told = {"letter": mine.letter, "sentence": str(refusal), "typed": typed_in(mine)}
    return render_template("public/signatures/not_now.html", **told), 409


def _sign(mine: OwnSignature, token: str, name: str, form: ConfirmingForm | CorrectAndSignForm) -> ResponseReturnValue:
    if not form.validate():
        return _choices(mine, token, **{name: form}), 422
    corrected = line_in(form, mine)
    try:
        shown = shown_at_first(mine, corrected)
        confirm_signature(mine.id, revision=form.shown_revision, at=now(), line=corrected, shown=shown)
    except (TextChanged, AlreadySigned) as refusal:
        form.refuse(refusal)
        return _choices(signature_behind(Purpose.CONFIRM, token), token, **{name: form}), 422
    except AlreadyConfirmed:
        return redirect(url_for(".confirm", token=token), 303)
    return redirect(url_for(".thanks", token=token), 303)


def _answer(
    mine: OwnSignature, token: str, name: str, form: SecondForm | NotOursForm, command: Callable[..., None]
) -> ResponseReturnValue:
    """Apply the button's answer about the organization's existing signature."""
    if form.validate():
        try:
            command(mine.id, seen=form.seen.data or "", at=now())
        except AlreadyConfirmed:
            pass
        except Refused as refusal:
            form.refuse(refusal)
    if form.errors:
        return _choices(mine, token, **{name: form}), 422
    return redirect(url_for(".confirm", token=token), 303)


def _disown(mine: OwnSignature, token: str) -> ResponseReturnValue:
    form = EndingForm()
    if not form.validate():
        return _choices(mine, token, ending=form), 422
    disown_signature(mine.id, now())
    return redirect(url_for(".confirm", token=token), 303)


def _choices(mine: OwnSignature, token: str, **tried: Any) -> str:
    """Render the page with its forms, two more if the organization already has a signature. One may hold rejected input."""
    other, denied = standing_beside(mine.id), said_not_ours(mine.id)
    asked = other if other is not None and other.id != denied else None
    beside: dict[str, Any] = {"seconding": SecondForm(formdata=None), "denying": NotOursForm(formdata=None)} | {
        name: tried[name] for name in ("seconding", "denying") if name in tried
    }
    for form in beside.values():
        form.seen.data = asked.mark if asked else ""
    return render_template(
        "public/signatures/confirm.html",
        token=token,
        changed=links_here().opened(Purpose.CONFIRM, token).subject[1] != mine.letter.revision_id,
        beside=asked,
        other=line(asked.line, mine.letter.text) if asked else None,
        denied=denied is not None,
        **choices(mine, tried, **beside),
    )


def _nothing_to_choose(mine: OwnSignature, token: str, *, late: bool = False) -> ResponseReturnValue:
    return _over(mine, token, NewLinkForm(formdata=None)), 410 if late and mine.waits else 200


def _over(mine: OwnSignature, token: str, form: NewLinkForm) -> str:
    return state_page(mine, form, url_for(".new_link", token=token))
