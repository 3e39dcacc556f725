"""Invitations to sign: to earlier signatories, and to organizations by name or from a file."""

from collections import Counter

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from letterhub.clock import now
from letterhub.commands.invitations.imports import drop_upload, keep_upload
from letterhub.commands.invitations.invitations import Inviting, invite_by_name, invite_contacts, invite_listed, remind_invited
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import Refused
from letterhub.domain.invitations.invitation import MOST_AT_ONCE, Came, Prospect
from letterhub.domain.paging import page_within
from letterhub.domain.signatures.signing import CannotSignNow, check_open
from letterhub.queries.accounts.staff import Desk
from letterhub.queries.invitations.contacts import anyone_signed_another, contacts_to_invite
from letterhub.queries.invitations.invitation_lists import InvitingRehearsal, inviting_rehearsal
from letterhub.queries.invitations.invitations import invitations_of
from letterhub.queries.letters.header import Room
from letterhub.web.access import staff_only, takes_much
from letterhub.web.converters import whole_number
from letterhub.web.staff.invitations.import_forms import UploadForm
from letterhub.web.staff.invitations.invitation_forms import InviteOrganizationForm
from letterhub.web.staff.letters.header import enter

pages = Blueprint("invitations", __name__)

SHOWN = 100


@pages.get("")
@staff_only(Role.REVIEWER)
def listed(desk: Desk, slug: str) -> ResponseReturnValue:
    """List possible recipients and the invitations sent."""
    return _page(desk, enter(desk, slug))


@pages.post("/contacts")
@staff_only(Role.ORGANIZER)
def contacts(desk: Desk, slug: str) -> ResponseReturnValue:
    """Invite the chosen earlier signatories."""
    chosen = set(request.form.getlist("chosen", type=whole_number)[:MOST_AT_ONCE])
    try:
        invited = invite_contacts(_inviting(desk, enter(desk, slug)), chosen)
        flash(_invited(invited), "good")
    except Refused as refusal:
        flash(str(refusal), "stop")
    return redirect(url_for(".listed", coalition=desk.coalition, slug=slug), 303)


@pages.post("/name")
@staff_only(Role.ORGANIZER)
def by_name(desk: Desk, slug: str) -> ResponseReturnValue:
    """Invite one organization by its name."""
    room, form = enter(desk, slug), InviteOrganizationForm()
    if form.validate():
        try:
            invite_by_name(_inviting(desk, room), form.as_line(), form.email.data)
            flash(_("%(name)s is invited by email.", name=form.organization.data), "good")
            return redirect(url_for(".listed", coalition=desk.coalition, slug=slug), 303)
        except CannotSignNow as refusal:
            flash(str(refusal), "stop")
            return redirect(url_for(".listed", coalition=desk.coalition, slug=slug), 303)
        except Refused as refusal:
            form.refuse(refusal)
    return _page(desk, room, by_name=form), 422


@pages.post("/remind")
@staff_only(Role.ORGANIZER)
def remind(desk: Desk, slug: str) -> ResponseReturnValue:
    """Mail a reminder to those who have not answered."""
    try:
        count = remind_invited(_inviting(desk, enter(desk, slug)))
        flash(ngettext("One organization is reminded by email.", "%(num)s organizations are reminded by email.", count), "good")
    except Refused as refusal:
        flash(str(refusal), "stop")
    return redirect(url_for(".listed", coalition=desk.coalition, slug=slug), 303)


@pages.post("/file")
@staff_only(Role.ORGANIZER)
@takes_much
def upload(desk: Desk, slug: str) -> ResponseReturnValue:
    """Store an uploaded list of organizations and show its preview."""
    room, form = enter(desk, slug), UploadForm()
    if form.validate():
        try:
            number = keep_upload(room.letter_id, form.name, form.content, staff_id=desk.staff_id, at=now())
            return redirect(url_for(".rehearse", coalition=desk.coalition, slug=slug, number=number), 303)
        except Refused as refusal:
            form.file.errors = (str(refusal),)
    return _page(desk, room, file=form), 422


@pages.get("/file/<int:number>")
@staff_only(Role.ORGANIZER)
def rehearse(desk: Desk, slug: str, number: int) -> ResponseReturnValue:
    """Show which organizations of an uploaded list would be invited. Nothing is sent yet."""
    room = enter(desk, slug)
    shown = _rehearsal(room, number)
    asked = request.args.get("prospect", "")
    prospect = Prospect(asked) if asked in list(Prospect) else None
    rows = shown.of(prospect) if prospect else shown.rows
    page = page_within(request.args.get("page", 1, type=whole_number), len(rows), SHOWN)
    return render_template(
        "staff/invitations/preview.html", desk=desk, room=room, tab="names", number=number, shown=shown, prospect=prospect,
        prospects=list(Prospect), rows=rows[(page - 1) * SHOWN : page * SHOWN], total=len(rows), page=page, size=SHOWN,
        most=MOST_AT_ONCE, may_invite=_takes(room),
    )  # fmt: skip


@pages.post("/file/<int:number>")
@staff_only(Role.ORGANIZER)
def from_file(desk: Desk, slug: str, number: int) -> ResponseReturnValue:
    """Invite the organizations that the preview showed. The list is deleted when it holds no others."""
    room, invited = enter(desk, slug), 0
    try:
        flash(
            _invited(invited := invite_listed(_inviting(desk, room), number, expected=request.form.get("expected", ""))), "good"
        )
    except Refused as refusal:
        flash(str(refusal), "stop")
    left = inviting_rehearsal(room.letter_id, number)
    if left is None or (invited and not left.invited):
        drop_upload(room.letter_id, number)
        return redirect(url_for(".listed", coalition=desk.coalition, slug=slug), 303)
    return redirect(url_for(".rehearse", coalition=desk.coalition, slug=slug, number=number), 303)


@pages.post("/file/<int:number>/drop")
@staff_only(Role.ORGANIZER)
def drop(desk: Desk, slug: str, number: int) -> ResponseReturnValue:
    """Delete an uploaded file."""
    drop_upload(enter(desk, slug).letter_id, number)
    flash(_("The file is discarded. Nobody was invited."))
    return redirect(url_for(".listed", coalition=desk.coalition, slug=slug), 303)


def _rehearsal(room: Room, number: int) -> InvitingRehearsal:
    found = inviting_rehearsal(room.letter_id, number)
    if found is None:
        abort(404)
    return found


def _takes(room: Room) -> bool:
    """Return whether the letter accepts signatures now: nobody is invited who could not sign."""
    try:
        check_open(room.state, room.deadline_at, now())
    except CannotSignNow:
        return False
    return True


def _invited(count: int) -> str:
    return str(ngettext("One organization is invited by email.", "%(num)s organizations are invited by email.", count))


def _inviting(desk: Desk, room: Room) -> Inviting:
    return Inviting(room.letter_id, desk.staff_id, desk.actor, now())


def _page(desk: Desk, room: Room, by_name: InviteOrganizationForm | None = None, file: UploadForm | None = None) -> str:
    contacts, sent = contacts_to_invite(desk.coalition_id, room.letter_id, MOST_AT_ONCE), invitations_of(room.letter_id)
    counts = Counter(one.came for one in sent)
    return render_template(
        "staff/invitations/index.html", desk=desk, room=room, tab="names", sent=sent,
        counts=[(came, counts[came]) for came in Came if counts[came]],
        form=by_name or InviteOrganizationForm(formdata=None), list_form=file or UploadForm(formdata=None),
        unanswered=sum(one.is_to_be_reminded(now()) for one in sent),
        contacts=contacts, any_before=bool(contacts) or anyone_signed_another(desk.coalition_id, room.letter_id),
        may_invite=desk.role.covers(Role.ORGANIZER) and _takes(room), is_open=_takes(room),
    )  # fmt: skip
