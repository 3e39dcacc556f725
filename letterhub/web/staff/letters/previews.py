"""PDF previews of a letter, rendered by the worker."""

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.letters.previews import ask_for_pages
from letterhub.domain.accounts.roles import Role
from letterhub.queries.accounts.staff import Desk
from letterhub.queries.letters.previews import pages_of, preview_of
from letterhub.web.access import staff_only
from letterhub.web.staff.letters.header import enter

pages = Blueprint("previews", __name__)


@pages.post("")
@staff_only(Role.REVIEWER)
def ask(desk: Desk, slug: str) -> ResponseReturnValue:
    """Queue a preview of the saved text."""
    number = ask_for_pages(enter(desk, slug).letter_id, staff_id=desk.staff_id, at=now())
    return redirect(url_for(".shown", coalition=desk.coalition, slug=slug, number=number), 303)


@pages.get("/<int:number>")
@staff_only(Role.REVIEWER)
def shown(desk: Desk, slug: str, number: int) -> ResponseReturnValue:
    """Show the progress of a preview, then a link to its PDF; 404 with a way to a new one if it was deleted."""
    room = enter(desk, slug)
    preview = preview_of(room.letter_id, number)
    page = render_template("staff/letters/preview.html", desk=desk, room=room, tab="write", preview=preview)
    return page, 200 if preview else 404


@pages.get("/<int:number>/pdf")
@staff_only(Role.REVIEWER)
def file(desk: Desk, slug: str, number: int) -> ResponseReturnValue:
    """Return the PDF for display in the browser."""
    found = pages_of(enter(desk, slug).letter_id, number)
    if found is None:
        abort(404)
    answer = Response(found[1], mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=found[0])
    return answer
