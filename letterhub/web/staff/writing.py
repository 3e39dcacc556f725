"""The Write tab: the letter's fields on one side, the sheet on the other, and nothing typed is ever lost."""

import datetime as dt

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.previewing import ask_for_pages
from letterhub.commands.revisions import publish_text
from letterhub.commands.writing import save_draft
from letterhub.domain.document import LetterText
from letterhub.domain.drafts import MOST_LOGOS, TextMovedOn, marks_of, rearranged
from letterhub.domain.refusals import Refused
from letterhub.domain.revisions import TextIsSigned
from letterhub.domain.roles import Role
from letterhub.intake.draft import markdown_of_html
from letterhub.queries.rooms import Room
from letterhub.queries.staff import Desk
from letterhub.queries.writing import Manuscript, manuscript_of
from letterhub.web.access import staff_only, takes_much
from letterhub.web.filters import ago, time_of_day
from letterhub.web.numbers import whole_number
from letterhub.web.staff.comparison import TextComparison, comparison
from letterhub.web.staff.forms_draft import PasteForm
from letterhub.web.staff.forms_letter import LetterForm, blank_addressee, first_sentence, form_of
from letterhub.web.staff.rooms import enter
from letterhub.web.staff.sheet import sheet_of

pages = Blueprint("writing", __name__)

PLACES = {
    "add": "addressees", "remove": "addressees", "up": "addressees", "down": "addressees", "preview": "sheet",
    "logo": "logo", "remove-logo": "logo",
}  # fmt: skip
"""Where on the page each act leads back to, by its name without the number of what it is done to."""

SAVED = "saved-draft"
"""In the session: the letter that a form saved, and the version that the form was filled in from; told to the next page, whose
script drops the copy that the browser held of it.
"""
STILL_WRITING = dt.timedelta(minutes=5)
"""How long after a save its writer is taken to be at it still."""


A_WHILE = dt.timedelta(hours=12)
"""From how long ago a save is told by its age."""


@pages.get("/write")
@staff_only(Role.REVIEWER)
def write(desk: Desk, slug: str) -> ResponseReturnValue:
    """The letter, to write on or, once its text is fixed, to read."""
    room = enter(desk, slug)
    manuscript = manuscript_of(room.letter_id)
    return _page(desk, room, manuscript, form_of(manuscript.text, manuscript.version), manuscript.text)


@pages.post("/write")
@staff_only(Role.ORGANIZER)
@takes_much
def save(desk: Desk, slug: str) -> ResponseReturnValue:
    """Keeps what was typed and does what the button says: adds an addressee, moves one, shows the sheet."""
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
    """Keeps what was typed so far; answers in JSON with the version kept, or with a sentence that says why not.

    A field that is half typed keeps the others from nothing: it stays as it was, and the answer says what is wrong with it.
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
    """Which version is kept now, and who saved it: so that two people who write at once learn of each other."""
    manuscript = manuscript_of(enter(desk, slug).letter_id)
    sentence = _("%(name)s saved a change to this letter a moment ago.", name=manuscript.saved_by or _("Someone else"))
    return {"version": manuscript.version, "sentence": sentence}, {"Cache-Control": "no-store"}


@pages.post("/write/preview")
@staff_only(Role.ORGANIZER)
@takes_much
def preview(desk: Desk, slug: str) -> ResponseReturnValue:
    """The sheet as it would look with what is typed now; keeps nothing."""
    room, form = enter(desk, slug), LetterForm()
    if not form.validate() and not form.half_typed():
        return {"sentence": first_sentence(form)}, 422
    text = form.as_far_as_right(manuscript_of(room.letter_id).text)
    return render_template("staff/writing/_sheet.html", sheet=sheet_of(text, room.published))


@pages.post("/write/paste")
@staff_only(Role.ORGANIZER)
@takes_much
def paste(desk: Desk, slug: str) -> ResponseReturnValue:
    """What was copied from Word or a web page as Markdown, and what of it could not come in; keeps nothing."""
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
    """Puts the changed text before readers of an open letter."""
    version = request.form.get("version", 0, whole_number)
    try:
        publish_text(enter(desk, slug).letter_id, version, actor=desk.actor, staff_id=desk.staff_id, at=now())
    except TextIsSigned as refusal:
        flash(str(refusal), "doubt")
        return redirect(url_for("revisions.compare", coalition=desk.coalition, slug=slug), 303)
    return redirect(url_for(".write", coalition=desk.coalition, slug=slug), 303)


def _half_typed(form: LetterForm) -> str:
    """What is wrong with a form of which the rest was saved; "" where nothing is."""
    wrong = first_sentence(form)
    return _("%(wrong)s Everything else is saved.", wrong=wrong) if wrong else ""


def _standing(desk: Desk, slug: str) -> dict[str, str]:
    """What the page says of the letter beside its fields, as it is after a save."""
    room = enter(desk, slug)
    manuscript = manuscript_of(room.letter_id)
    ahead = render_template("staff/writing/_ahead.html", desk=desk, room=room, manuscript=manuscript)
    return {"title": room.title or _("Untitled letter"), "next_step": room.next_step, "ahead": ahead}


def _choice(desk: Desk, room: Room, manuscript: Manuscript, form: LetterForm, mine: LetterText, moved: TextMovedOn) -> str:
    """The tab with both texts. A picture that was chosen is not in `mine`: no form can hold it, so it is asked for again."""
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
    """The tab; `text` is what the sheet shows. `moved`: another one was saved meanwhile; `compared`: how they differ."""
    return render_template(
        "staff/writing/write.html",
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
    """When the text was saved, short enough for the bar: by the clock today, by the days before."""
    if now() - at >= A_WHILE:
        return str(_("Saved %(ago)s", ago=ago(at)))
    return str(_("Saved at %(time)s", time=time_of_day(at, zone)))


def _saved_from(room: Room) -> int | None:
    """The version that the last form of this browser was filled in from, where it was saved and no page said so yet."""
    letter_id, version = session.get(SAVED) or (0, 0)
    if letter_id != room.letter_id:
        return None
    session.pop(SAVED)
    return int(version)


def _other_writer(desk: Desk, manuscript: Manuscript) -> str:
    """Who else saved this text so lately that both may be writing; "" where nobody did."""
    somebody_else = manuscript.saved_by_id not in (None, desk.staff_id)
    return manuscript.saved_by if somebody_else and now() - manuscript.saved_at < STILL_WRITING else ""
