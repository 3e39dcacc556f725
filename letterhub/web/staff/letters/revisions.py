"""Revisions of a letter: history, comparing and publishing a change, and taking a change of substance back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from letterhub.clock import now
from letterhub.commands.letters.revisions import publish_change, take_back_change
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import Refused
from letterhub.domain.letters.drafts import NotReady, TextMovedOn, settled
from letterhub.domain.letters.revisions import ChangeKind, NotCalled, RevisedMeanwhile
from letterhub.queries.accounts.staff import Desk
from letterhub.queries.letters.drafts import Manuscript, manuscript_of
from letterhub.queries.letters.header import Room
from letterhub.queries.letters.revisions import change_to, history_of, may_take_back, tally_of
from letterhub.web.access import staff_only
from letterhub.web.converters import whole_number
from letterhub.web.staff.letters.header import enter
from letterhub.web.staff.letters.revision_forms import ChangeForm

pages = Blueprint("revisions", __name__)


@pages.get("")
@staff_only(Role.REVIEWER)
def listed(desk: Desk, slug: str) -> ResponseReturnValue:
    """List the published revisions, with an undo of the last change while nobody has confirmed it."""
    room = enter(desk, slug)
    return render_template(
        "staff/letters/revisions.html", desk=desk, room=room, steps=history_of(room.letter_id), tally=tally_of(room.letter_id),
        undo=may_take_back(room.letter_id) if desk.role.covers(Role.ORGANIZER) else None,
    )  # fmt: skip


@pages.get("/new")
@staff_only(Role.ORGANIZER)
def compare(desk: Desk, slug: str) -> ResponseReturnValue:
    """Show the draft beside the published text, and the effect of publishing it."""
    room = enter(desk, slug)
    manuscript = manuscript_of(room.letter_id)
    if not manuscript.ahead:
        return redirect(url_for("writing.write", coalition=desk.coalition, slug=slug))
    data = {"version": manuscript.version, "seen": manuscript.revision}
    return _comparison(desk, room, manuscript, ChangeForm(formdata=None, data=data))


@pages.post("/new")
@staff_only(Role.ORGANIZER)
def publish(desk: Desk, slug: str) -> ResponseReturnValue:
    """Publish the change that was compared, and notify signatories."""
    room, form = enter(desk, slug), ChangeForm()
    if not form.validate():
        return _comparison(desk, room, manuscript_of(room.letter_id), form), 422
    version, seen = request.form.get("version", 0, whole_number), request.form.get("seen", 0, whole_number)
    try:
        publish_change(room.letter_id, version, seen, form.change, actor=desk.actor, staff_id=desk.staff_id, at=now())
    except (TextMovedOn, RevisedMeanwhile, NotReady, NotCalled) as refusal:
        form.refuse(refusal)
        manuscript = manuscript_of(room.letter_id)
        form.version.data, form.seen.data = manuscript.version, manuscript.revision
        return _comparison(desk, room, manuscript, form), 409
    tally = tally_of(room.letter_id)
    flash(_published(form.change.kind, tally.outdated), "good")
    return _back(desk, slug)


@pages.post("/take-back")
@staff_only(Role.ORGANIZER)
def take_back(desk: Desk, slug: str) -> ResponseReturnValue:
    """Restore the text and the signatures from before the last change of substance."""
    seen = request.form.get("seen", 0, whole_number)
    try:
        take_back_change(enter(desk, slug).letter_id, seen, actor=desk.actor, staff_id=desk.staff_id, at=now())
        flash(_("The change is taken back. The text and the signatures from before are on the letter again."), "good")
    except Refused as refusal:
        flash(str(refusal), "stop")
    return _back(desk, slug)


def _published(kind: ChangeKind, outdated: int) -> str:
    if kind is ChangeKind.TYPO:
        return str(_("The correction is published, and signatories who confirmed by email are told."))
    return str(
        ngettext(
            "The new text is published. One signature needs to be confirmed again.",
            "The new text is published. %(num)s signatures need to be confirmed again.",
            outdated,
        )
    )


def _comparison(desk: Desk, room: Room, manuscript: Manuscript, form: ChangeForm) -> str:
    return render_template(
        "staff/letters/compare_revisions.html", desk=desk, room=room, form=form, tally=tally_of(room.letter_id),
        change=change_to(room.letter_id, settled(manuscript.text)),
    )  # fmt: skip


def _back(desk: Desk, slug: str) -> ResponseReturnValue:
    return redirect(url_for(".listed", coalition=desk.coalition, slug=slug), 303)
