"""Pages for confirming a signature again, after a change of substance or when consent is old. GET changes nothing."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.signatures.reconfirmation import confirm_again, renew_consent
from letterhub.commands.signatures.sign import mail_new_link, withdraw_signature
from letterhub.domain.signatures.signing import AlreadyConfirmed, AlreadySigned, CannotSignNow, TextChanged
from letterhub.infrastructure.current import links_here
from letterhub.infrastructure.links import ExpiredLink, Purpose
from letterhub.queries.letters.revisions import change_since, reason_of
from letterhub.queries.signatures.signatures import OwnSignature
from letterhub.rendering.letter.view import line
from letterhub.web.access import Audience, open_to
from letterhub.web.public.signatures.confirm_forms import choices, line_in, typed_in
from letterhub.web.public.signatures.consent import shown_again
from letterhub.web.public.signatures.forms import ConfirmingForm, CorrectAndSignForm, EndingForm, NewLinkForm
from letterhub.web.public.signatures.link_pages import (
    behind_links,
    may_confirm_again,
    signature_behind,
    signature_of,
    state_page,
    token_about,
)

pages = behind_links(Blueprint("again", __name__))

EITHER = "<any(again, still):purpose>/<token>"


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """A link that asks a signatory to confirm again."""

    mine: OwnSignature
    purpose: Purpose
    token: str
    asked_at: dt.datetime

    @property
    def is_due(self) -> bool:
        """Return whether the signatory still has to decide."""
        given = self.mine.confirmed_at is not None and self.mine.confirmed_at >= self.asked_at
        return self.mine.outdated or (self.purpose is Purpose.STILL and self.mine.stands and not given)

    @property
    def here(self) -> dict[str, Any]:
        """Return the URL values of this link."""
        return {"purpose": str(self.purpose), "token": self.token}


@pages.get(f"/{EITHER}")
@open_to(Audience.LINK_HOLDER)
def ask(purpose: str, token: str) -> ResponseReturnValue:
    """Show the change, the letter, the line and the choices; or the state of the signature if there is nothing to decide."""
    try:
        asked = _asked(purpose, token)
    except ExpiredLink as late:
        return _expired(signature_of(late.opened), purpose, token, NewLinkForm(formdata=None)), 410
    if asked.is_due and (asked.mine.stands or may_confirm_again(asked.mine)):
        return _choices(asked)
    if not asked.mine.stands:
        return state_page(asked.mine, NewLinkForm(formdata=None), url_for(".new_link", **asked.here))
    return render_template(
        "public/signatures/reconfirmed.html", mine=asked.mine, line=line(asked.mine.line, asked.mine.letter.text)
    )


@pages.post(f"/{EITHER}")
@open_to(Audience.LINK_HOLDER)
def decide(purpose: str, token: str) -> ResponseReturnValue:
    """Confirm under the current text, correct and confirm, or withdraw, depending on the button."""
    asked = _asked(purpose, token)
    match request.form.get("choice"):
        case "withdraw":
            return _withdraw(asked)
        case "correct":
            form = CorrectAndSignForm(asked.mine.letter, only=asked.mine.line.kind, before=asked.mine.line)
            return _sign(asked, "correcting", form)
    return _sign(asked, "signing", ConfirmingForm())


@pages.post(f"/{EITHER}/new-link")
@open_to(Audience.LINK_HOLDER)
def new_link(purpose: str, token: str) -> ResponseReturnValue:
    """Mail a new link if the address matches the old link's. The response is the same for any other address."""
    try:
        mine = signature_behind(Purpose(purpose), token)
    except ExpiredLink as late:
        mine = signature_of(late.opened)
    form = NewLinkForm()
    if not form.validate():
        return _expired(mine, purpose, token, form), 422
    mail_new_link(mine.id, form.email.data, now())
    return render_template("public/signatures/new_link.html", mine=mine)


@pages.errorhandler(CannotSignNow)
def _not_now(refusal: CannotSignNow) -> ResponseReturnValue:
    given = request.view_args or {}
    mine = signature_behind(Purpose(given["purpose"]), given["token"])
    told = {"letter": mine.letter, "sentence": str(refusal), "typed": typed_in(mine)}
    return render_template("public/signatures/not_now.html", **told), 409


def again_address(mine: OwnSignature) -> str:
    """Return the URL where the signatory of an outdated signature decides; for holders of another link of theirs."""
    token = token_about(mine, Purpose.AGAIN, mine.letter.revision_id, int(now().timestamp()))
    return url_for("again.ask", purpose=str(Purpose.AGAIN), token=token)


def _asked(purpose: str, token: str) -> AskedAgain:
    opened = links_here().opened(Purpose(purpose), token)
    asked_at = dt.datetime.fromtimestamp(opened.subject[2], dt.UTC)
    return AskedAgain(signature_of(opened), Purpose(purpose), token, asked_at)


def _sign(asked: AskedAgain, name: str, form: ConfirmingForm | CorrectAndSignForm) -> ResponseReturnValue:
    if not form.validate():
        return _choices(asked, **{name: form}), 422
    shown, corrected = form.shown_revision or 0, line_in(form, asked.mine)  # forms of this site always have it
    read = shown_again(asked.mine, corrected)
    try:
        if asked.mine.outdated:
            confirm_again(asked.mine.id, revision=shown, at=now(), line=corrected, read=read)
        else:
            renew_consent(asked.mine.id, revision=shown, asked_at=asked.asked_at, at=now(), line=corrected, read=read)
    except (TextChanged, AlreadySigned) as refusal:
        form.refuse(refusal)
        return _choices(_asked(str(asked.purpose), asked.token), **{name: form}), 422
    except AlreadyConfirmed:
        pass  # a double click: the page shows the state
    return redirect(url_for(".ask", **asked.here), 303)


def _withdraw(asked: AskedAgain) -> ResponseReturnValue:
    form = EndingForm()
    if not form.validate():
        return _choices(asked, ending=form), 422
    withdraw_signature(asked.mine.id, now())
    return redirect(url_for(".ask", **asked.here), 303)


def _choices(asked: AskedAgain, **tried: Any) -> str:
    """Render the page with its three forms. One of them may hold rejected input."""
    mine = asked.mine
    return render_template(
        "public/signatures/reconfirm.html",
        action=url_for(".decide", **asked.here),
        change=change_since(mine.revision_id, mine.letter.revision) if mine.revision_id != mine.letter.revision_id else None,
        reason=reason_of(mine.letter.revision_id),
        **choices(mine, tried),
    )


def _expired(mine: OwnSignature, purpose: str, token: str, form: NewLinkForm) -> str:
    action = url_for(".new_link", purpose=purpose, token=token)
    return render_template("public/signatures/reconfirm_expired.html", letter=mine.letter, action=action, form=form)
