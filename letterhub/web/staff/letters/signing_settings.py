"""Settings tab: deadline, signing rules, and opening, closing and withdrawing a letter."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.letters.drafts import open_letter
from letterhub.commands.letters.lifecycle import (
    change_sign_up,
    close_letter,
    reopen_letter,
    withdraw_letter,
)
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import Refused
from letterhub.domain.letters.deadlines import DeadlinePassed
from letterhub.domain.letters.signing_settings import SignUpMovedOn, mark_of
from letterhub.domain.states import LetterState
from letterhub.queries.accounts.staff import Desk
from letterhub.queries.letters.header import Room
from letterhub.queries.letters.signing_settings import terms_of
from letterhub.web.access import staff_only
from letterhub.web.converters import whole_number
from letterhub.web.staff.letters.header import enter
from letterhub.web.staff.letters.signing_settings_forms import (
    AddressForm,
    SignUpForm,
    address_form_for,
    sign_up_form_of,
)

pages = Blueprint("sign_up", __name__)
ASKED_AT_OPENING = ("csrf_token", "slug", "deadline_date", "deadline_time", "deadline_zone")


@pages.get("")
@staff_only(Role.REVIEWER)
def terms(desk: Desk, slug: str) -> ResponseReturnValue:
    """Show the signing settings and the available actions."""
    return _page(desk, slug)


@pages.post("")
@staff_only(Role.ORGANIZER)
def save(desk: Desk, slug: str) -> ResponseReturnValue:
    """Save the signing settings."""
    room, form = enter(desk, slug), SignUpForm()
    if form.validate():
        with _refusing(form, room):
            change_sign_up(room.letter_id, form.as_sign_up(), form.seen.data, actor=desk.actor, at=now())
            flash(_("Saved."), "good")
            return _back(desk, slug)
    return _page(desk, slug, sign_up=form), 422


@pages.post("/open")
@staff_only(Role.ORGANIZER)
def open_now(desk: Desk, slug: str) -> ResponseReturnValue:
    """Ask for address and deadline once, then open the letter with the settings that were sent."""
    room, form = enter(desk, slug), SignUpForm()
    if not form.validate():
        return _page(desk, slug, sign_up=form), 422
    if "slug" not in request.form and room.state is LetterState.DRAFT:
        return _opening(desk, room, form, address_form_for(room.title))
    address = AddressForm()
    if room.state is LetterState.DRAFT and not address.validate():
        return _opening(desk, room, form, address), 422
    try:
        open_letter(
            room.letter_id, request.form.get("version", 0, whole_number), form.as_sign_up(), form.seen.data,
            slug=address.slug.data or "", actor=desk.actor, staff_id=desk.staff_id, at=now(),
        )  # fmt: skip
    except Refused as refusal:
        (address if refusal.field == "slug" else form).refuse(refusal)
        if isinstance(refusal, SignUpMovedOn):
            form.seen.data = mark_of(terms_of(room.letter_id, now()).sign_up)
        here = refusal.field in ASKED_AT_OPENING
        return (_opening(desk, room, form, address) if here else _page(desk, slug, sign_up=form)), 422
    flash(_("The letter is open: it can be read and signed now."), "good")
    return _back(desk, enter(desk, slug).slug)


@pages.post("/close")
@staff_only(Role.ORGANIZER)
def close(desk: Desk, slug: str) -> ResponseReturnValue:
    """Close the letter for new signatures."""
    with _telling(_("The letter is closed. Anyone who signed in time can still confirm.")):
        close_letter(enter(desk, slug).letter_id, actor=desk.actor, at=now())
    return _back(desk, slug)


@pages.post("/reopen")
@staff_only(Role.ORGANIZER)
def reopen(desk: Desk, slug: str) -> ResponseReturnValue:
    """Open the letter again. A passed deadline is an error at its field."""
    letter_id = enter(desk, slug).letter_id
    try:
        reopen_letter(letter_id, actor=desk.actor, at=now())
        flash(_("The letter is open again."), "good")
    except DeadlinePassed as refusal:
        form = sign_up_form_of(terms_of(letter_id, now()))
        form.refuse(refusal)
        return _page(desk, slug, sign_up=form), 422
    except Refused as refusal:
        flash(str(refusal), "stop")
    return _back(desk, slug)


@pages.get("/withdraw")
@staff_only(Role.ORGANIZER)
def ask_to_withdraw(desk: Desk, slug: str) -> ResponseReturnValue:
    """Show what withdrawing means, and ask for confirmation."""
    return render_template("staff/letters/withdraw.html", desk=desk, room=enter(desk, slug))


@pages.post("/withdraw")
@staff_only(Role.ORGANIZER)
def withdraw(desk: Desk, slug: str) -> ResponseReturnValue:
    """Withdraw the letter for good."""
    with _telling(_("The letter is withdrawn.")):
        withdraw_letter(enter(desk, slug).letter_id, actor=desk.actor, at=now())
    return _back(desk, slug)


def _page(
    desk: Desk,
    slug: str,
    sign_up: SignUpForm | None = None,
) -> str:
    """Render the tab. `sign_up` is a form with rejected input."""
    room = enter(desk, slug)
    terms = terms_of(room.letter_id, now())
    return render_template(
        "staff/letters/signing_settings.html",
        desk=desk,
        room=room,
        terms=terms,
        may_decide=desk.role.covers(Role.ORGANIZER),
        sign_up=sign_up or sign_up_form_of(terms),
    )


def _opening(desk: Desk, room: Room, sign_up: SignUpForm, address: AddressForm) -> str:
    """Render the page that asks before a letter opens. Settings that it does not show are hidden fields."""
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in ASKED_AT_OPENING]
    return render_template("staff/letters/open.html", desk=desk, room=room, sign_up=sign_up, address=address, kept=kept)


def _back(desk: Desk, slug: str) -> ResponseReturnValue:
    return redirect(url_for(".terms", coalition=desk.coalition, slug=slug), 303)


@contextmanager
def _refusing(form: SignUpForm, room: Room) -> Iterator[None]:
    """Show a refusal in the form. After a conflict the form gets the current version, so that it can be sent again."""
    try:
        yield
    except SignUpMovedOn as refusal:
        form.refuse(refusal)
        form.seen.data = mark_of(terms_of(room.letter_id, now()).sign_up)
    except Refused as refusal:
        form.refuse(refusal)


@contextmanager
def _telling(sentence: str) -> Iterator[None]:
    """Flash the sentence, or the refusal if there is one."""
    try:
        yield
    except Refused as refusal:
        flash(str(refusal), "stop")
    else:
        flash(sentence, "good")
