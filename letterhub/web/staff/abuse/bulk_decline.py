"""Bulk decline: submissions by source, declining all that match a pattern, and restoring them."""

import datetime as dt

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from letterhub.clock import now
from letterhub.commands.abuse.bulk_decline import RestoredSweep, restore_sweep, sweep_names
from letterhub.domain.abuse.bulk_decline import Pattern
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import Refused
from letterhub.domain.letters.deadlines import YEARS
from letterhub.domain.line_validation import one_line
from letterhub.queries.abuse.submission_sources import fitting, past_sweeps, streams_of
from letterhub.queries.accounts.staff import Desk
from letterhub.web.access import staff_only
from letterhub.web.staff.abuse.bulk_decline_forms import SweepForm
from letterhub.web.staff.letters.header import enter
from letterhub.web.staff.signatures.decisions import told_to_confirm

pages = Blueprint("floods", __name__)


@pages.get("")
@staff_only(Role.REVIEWER)
def overview(desk: Desk, slug: str) -> ResponseReturnValue:
    """Show the submissions of the last day by hour, and all by mail domain and by network."""
    room = enter(desk, slug)
    return render_template(
        "staff/abuse/sources.html", desk=desk, room=room, tab="review", streams=streams_of(room.letter_id, now()),
        sweeps=past_sweeps(room.letter_id), link=link_of,
    )  # fmt: skip


@pages.get("/names")
@staff_only(Role.REVIEWER)
def look(desk: Desk, slug: str) -> ResponseReturnValue:
    """Show the signatures that match a pattern. Nothing is declined yet."""
    return _looked_at(desk, slug, _pattern(), SweepForm(formdata=None))


@pages.post("/names")
@staff_only(Role.REVIEWER)
def decline(desk: Desk, slug: str) -> ResponseReturnValue:
    """Decline the signatures that the page showed."""
    room, pattern, form = enter(desk, slug), _pattern(), SweepForm()
    if not form.validate():
        return _looked_at(desk, slug, pattern, form), 422
    try:
        count = sweep_names(room.letter_id, pattern, form.as_seen(), form.reason.data, actor=desk.actor, at=now())
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _looked_at(desk, slug, pattern, form), 422
    done = ngettext("One name is declined.", "%(num)s names are declined.", count)
    flash(f"{done} {_('You can take that back below.')}", "good")
    return redirect(url_for(".overview", coalition=desk.coalition, slug=slug), 303)


@pages.post("/<int:number>/restore")
@staff_only(Role.REVIEWER)
def restore(desk: Desk, slug: str, number: int) -> ResponseReturnValue:
    """Restore the signatures of a bulk decline."""
    room = enter(desk, slug)
    if number not in {one.id for one in past_sweeps(room.letter_id)}:
        abort(404)
    try:
        _tell(restore_sweep(room.letter_id, number, actor=desk.actor, at=now()))
    except Refused as refusal:
        flash(str(refusal), "doubt")
    return redirect(url_for(".overview", coalition=desk.coalition, slug=slug), 303)


def _tell(restored: RestoredSweep) -> None:
    """Flash where the restored signatures are now."""
    where_they_stood = restored.count - restored.outdated - restored.denied
    if where_they_stood or not restored.count:
        told = ngettext("One name is back where it stood.", "%(num)s names are back where they stood.", where_they_stood)
        flash(told, "good")
    if restored.outdated:
        flash(told_to_confirm(restored.outdated, restored.asked, _("One name")), "good")
    if restored.denied:
        sentence = ngettext(
            "One name waits for review: its organization denied it meanwhile.",
            "%(num)s names wait for review: their organizations denied them meanwhile.", restored.denied,
        )  # fmt: skip
        flash(sentence, "good")


def link_of(pattern: Pattern) -> dict[str, str]:
    """Return the query parameters of a pattern."""
    told = {"network": pattern.network, "domain": pattern.domain, "hour": f"{pattern.hour:%Y-%m-%dT%H}" if pattern.hour else ""}
    return {name: value for name, value in told.items() if value}


def _pattern() -> Pattern:
    """Return the pattern of the query string; aborts with 404 if there is none."""
    hour = request.args.get("hour", "")
    try:
        begin = dt.datetime.strptime(hour, "%Y-%m-%dT%H").replace(tzinfo=dt.UTC) if hour else None
    except ValueError:
        abort(404)
    told = {name: one_line(request.args.get(name, ""))[:255] for name in ("network", "domain")}
    pattern = Pattern(**told, hour=begin)
    return abort(404) if pattern.is_empty or (begin and begin.year not in YEARS) else pattern


def _looked_at(desk: Desk, slug: str, pattern: Pattern, form: SweepForm) -> str:
    room = enter(desk, slug)
    found = fitting(room.letter_id, pattern)
    waiting = found.stream.pending + found.stream.confirmed
    form.show(waiting, found.stream.published, found.newest)
    return render_template(
        "staff/abuse/pattern.html", desk=desk, room=room, tab="review", found=found, waiting=waiting, form=form,
        pattern=pattern, asked=link_of(pattern),
    )  # fmt: skip
