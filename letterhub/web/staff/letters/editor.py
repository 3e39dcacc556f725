"""Write tab: the letter's fields beside a preview, with autosave and conflict handling."""

import datetime as dt

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.letters.drafts import save_draft
from letterhub.commands.letters.previews import ask_for_pages
from letterhub.commands.letters.revisions import publish_text
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import Refused
from letterhub.domain.letters.document import LetterText
from letterhub.domain.letters.drafts import MOST_LOGOS, TextMovedOn, marks_of, rearranged
from letterhub.domain.letters.revisions import TextIsSigned
from letterhub.intake.letters.draft import markdown_of_html
from letterhub.queries.accounts.staff import Desk
from letterhub.queries.letters.drafts import Manuscript, manuscript_of
from letterhub.queries.letters.header import Room
from letterhub.web.access import staff_only, takes_much
from letterhub.web.converters import whole_number
from letterhub.web.filters import ago, time_of_day
from letterhub.web.staff.letters.draft_forms import PasteForm
from letterhub.web.staff.letters.draft_preview import sheet_of
from letterhub.web.staff.letters.header import enter
from letterhub.web.staff.letters.letter_forms import LetterForm, blank_addressee, first_sentence, form_of
from letterhub.web.staff.letters.text_comparison import TextComparison, comparison

pages = Blueprint("writing", __name__)

PLACES = {
    "add": "addressees", "remove": "addressees", "up": "addressees", "down": "addressees", "preview": "sheet",
    "logo": "logo", "remove-logo": "logo",
}  # fmt: skip
"""Anchor that each action returns to, by its name without an index."""

SAVED = "saved-draft"
"""Session key: the id of the letter that was saved and the version its form edited.

The next page passes it to autosave.js, which drops the browser's copy of that version.
"""
STILL_WRITING = dt.timedelta(minutes=5)
"""Time after a save for which its author counts as still editing."""


A_WHILE = dt.timedelta(hours=12)
"""Age from which a save is shown by its age instead of its time."""


@pages.get("/write")
@staff_only(Role.REVIEWER)
def write(desk: Desk, slug: str) -> ResponseReturnValue:
    """Show the letter to edit or, once its text is fixed, to read."""
    room = enter(desk, slug)
    manuscript = manuscript_of(room.letter_id)
    return _page(desk, room, manuscript, form_of(manuscript.text, manuscript.version), manuscript.text)


@pages.post("/write")
@staff_only(Role.ORGANIZER)
@takes_much
def save(desk: Desk, slug: str) -> ResponseReturnValue:
    """Save the draft and apply the button's action: add or move an addressee, show the preview."""
    room, act, form = enter(desk, slug), request.form.get("act", "save"), LetterForm()
    manuscript = manuscript_of(room.letter_id)
    if not form.validate():
        return _page(desk, room, manuscript, form, manuscript.text), 422
    typed = form.as_text(manuscript.text)
    try:
        text = rearranged(form.with_picture(typed), act)
        save_draft(room.letter_id, text, form.version.data or 0, staff_id=desk.staff_id, at=now())
    except TextMovedOn as moved:
        return _choice(desk, room, manuscript, form, rearranged(typed, act), moved), 409
    session[SAVED] = [room.letter_id, form.version.data or 0]
    if act == "pages":
        number = ask_for_pages(room.letter_id, staff_id=desk.staff_id, at=now())
        return redirect(url_for("previews.shown", coalition=desk.coalition, slug=slug, number=number), 303)
    place = PLACES.get(act) or PLACES.get(act.rpartition("-")[0])
    return redirect(url_for(".write", coalition=desk.coalition, slug=slug, _anchor=place), 303)


@pages.post("/write/autosave")
@staff_only(Role.ORGANIZER)
@takes_much
def autosave(desk: Desk, slug: str) -> ResponseReturnValue:
    """Save the draft; returns JSON with the saved version, or with a sentence that says why not.

    An invalid field keeps its saved value, is reported in `trouble`, and does not prevent saving the others.
    """
    room, form = enter(desk, slug), LetterForm()
    if not form.validate() and not form.half_typed():
        return {"sentence": first_sentence(form)}, 422
    text = form.as_far_as_right(manuscript_of(room.letter_id).text)
    try:
        saved = save_draft(room.letter_id, text, form.version.data or 0, staff_id=desk.staff_id, at=now())
    except TextMovedOn as moved:
        return {"sentence": str(moved), "version": moved.version}, 409
    except Refused as refusal:
        return {"sentence": str(refusal)}, 423
    told = {"version": saved.version, "base": marks_of(text), **_standing(desk, slug)}
    return {**told, "sentence": _saved(saved.saved_at, room.deadline_zone), "trouble": _half_typed(form)}


@pages.get("/write/version")
@staff_only(Role.ORGANIZER)
def version(desk: Desk, slug: str) -> ResponseReturnValue:
    """Return the saved version and who saved it, so that two people who edit at once learn of each other."""
    manuscript = manuscript_of(enter(desk, slug).letter_id)
    sentence = _("%(name)s saved a change to this letter a moment ago.", name=manuscript.saved_by or _("Someone else"))
    return {"version": manuscript.version, "sentence": sentence}, {"Cache-Control": "no-store"}


@pages.post("/write/preview")
@staff_only(Role.ORGANIZER)
@takes_much
def preview(desk: Desk, slug: str) -> ResponseReturnValue:
    """Render the preview of the typed text. Saves nothing."""
    room, form = enter(desk, slug), LetterForm()
    if not form.validate() and not form.half_typed():
        return {"sentence": first_sentence(form)}, 422
    text = form.as_far_as_right(manuscript_of(room.letter_id).text)
    return render_template("staff/letters/_sheet.html", sheet=sheet_of(text, room.published))


@pages.post("/write/paste")
@staff_only(Role.ORGANIZER)
@takes_much
def paste(desk: Desk, slug: str) -> ResponseReturnValue:
    """Convert pasted HTML to Markdown, with notes on what was left out. Saves nothing."""
    enter(desk, slug)
    form = PasteForm()
    if not form.validate():
        return {"sentence": first_sentence(form)}, 422
    try:
        markdown, notes = markdown_of_html(form.html.data, form.first_note.data)
    except Refused as refusal:
        return {"sentence": str(refusal)}, 422
    return {"markdown": markdown, "notes": notes}


@pages.post("/write/publish")
@staff_only(Role.ORGANIZER)
def publish(desk: Desk, slug: str) -> ResponseReturnValue:
    """Publish the changed text of an open letter."""
    version = request.form.get("version", 0, whole_number)
    try:
        publish_text(enter(desk, slug).letter_id, version, actor=desk.actor, staff_id=desk.staff_id, at=now())
    except TextIsSigned as refusal:
        flash(str(refusal), "doubt")
        return redirect(url_for("revisions.compare", coalition=desk.coalition, slug=slug), 303)
    return redirect(url_for(".write", coalition=desk.coalition, slug=slug), 303)


def _half_typed(form: LetterForm) -> str:
    """Return a sentence about the invalid fields of a partial save; "" if there are none."""
    wrong = first_sentence(form)
    return _("%(wrong)s Everything else is saved.", wrong=wrong) if wrong else ""


def _standing(desk: Desk, slug: str) -> dict[str, str]:
    """Return the parts of the page that change with a save: title, next step and publishing notice."""
    room = enter(desk, slug)
    manuscript = manuscript_of(room.letter_id)
    ahead = render_template("staff/letters/_ahead.html", desk=desk, room=room, manuscript=manuscript)
    return {"title": room.title or _("Untitled letter"), "next_step": room.next_step, "ahead": ahead}


def _choice(desk: Desk, room: Room, manuscript: Manuscript, form: LetterForm, mine: LetterText, moved: TextMovedOn) -> str:
    """Render the tab with both texts. A file input cannot be refilled, so the picture is asked for again."""
    compared = comparison(mine, manuscript.text, form.base.data or "")
    anew = form_of(compared.text, manuscript.version, base=manuscript.text)
    if form.picture:
        anew.logo.errors = (_("The picture was not saved. Choose it again once you have chosen a version."),)
    return _page(desk, room, manuscript, anew, compared.text, moved, compared)


def _page(
    desk: Desk,
    room: Room,
    manuscript: Manuscript,
    form: LetterForm,
    text: LetterText,
    moved: TextMovedOn | None = None,
    compared: TextComparison | None = None,
) -> str:
    """Render the tab. `text` is the preview's; `moved` and `compared` describe an edit conflict."""
    return render_template(
        "staff/letters/editor.html",
        desk=desk,
        room=room,
        manuscript=manuscript,
        form=form,
        may_write=desk.role.covers(Role.ORGANIZER) and not manuscript.fixed,
        blank=blank_addressee(),
        most_logos=MOST_LOGOS,
        other=_other_writer(desk, manuscript),
        saved=_saved(manuscript.saved_at, room.deadline_zone),
        saved_from=_saved_from(room),
        sheet=sheet_of(text, room.published),
        moved=moved,
        compared=compared,
    )


def _saved(at: dt.datetime, zone: str) -> str:
    """Return the sentence about the last save, short enough for the save bar: by time today, by age before."""
    if now() - at >= A_WHILE:
        return str(_("Saved %(ago)s", ago=ago(at)))
    return str(_("Saved at %(time)s", time=time_of_day(at, zone)))


def _saved_from(room: Room) -> int | None:
    """Return the version that this browser's last save edited, once."""
    letter_id, version = session.get(SAVED) or (0, 0)
    if letter_id != room.letter_id:
        return None
    session.pop(SAVED)
    return int(version)


def _other_writer(desk: Desk, manuscript: Manuscript) -> str:
    """Return the name of someone else who saved so recently that both may be editing; "" if nobody did."""
    somebody_else = manuscript.saved_by_id not in (None, desk.staff_id)
    return manuscript.saved_by if somebody_else and now() - manuscript.saved_at < STILL_WRITING else ""
