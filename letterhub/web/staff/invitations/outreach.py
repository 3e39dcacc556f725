"""Work on the invitations of a letter: actions on selected ones, and exports of those that a filter finds."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from letterhub.clock import now
from letterhub.commands.invitations.answers import record_answers
from letterhub.commands.invitations.contacts import assign_contacts, tag_contacts
from letterhub.commands.invitations.export_log import log_export
from letterhub.commands.invitations.invitations import InvitationContext, invite_contacts, remind_invitees
from letterhub.domain.accounts.roles import Role
from letterhub.domain.invitations.contact import MAX_NOTE, parse_tags
from letterhub.domain.invitations.invitation import MAX_INVITATIONS_AT_ONCE, InviteeAnswer
from letterhub.domain.signatures.signing import utc_to_local
from letterhub.domain.spreadsheet_escaping import to_csv
from letterhub.queries.accounts import StaffContext
from letterhub.queries.invitations.contacts import found_contact_ids, listed_contacts
from letterhub.queries.invitations.outreach import contacts_of_invitations, found_invitation_ids, outreach_rows
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.mail.notices import default_zone
from letterhub.rendering.lazy_imports import lazy_function
from letterhub.web.access import flash_errors, get_letter_or_404, staff_only
from letterhub.web.forms import clean_line, parse_integer
from letterhub.web.staff.invitations.outreach_filters import filter_from_query, filter_parameters
from letterhub.web.staff.invitations.outreach_tables import contacts_table, invitations_table

bp = Blueprint("outreach", __name__)

ANSWERS: Mapping[str, InviteeAnswer | None] = {**{str(answer): answer for answer in InviteeAnswer}, "none": None}
MAX_NAMED = 5
"""Names in a sentence about contacts that were not changed."""
_plain_workbook = lazy_function("tables.xlsx_export", "plain_workbook")
MEDIA_TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@bp.post("/letters/<slug>/invitations/selected")
@staff_only(Role.ORGANIZER)
def update_selected(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Remind, assign or tag the selected invitations, or record their answer; the button of a row acts on that row alone."""
    header, action = get_letter_or_404(staff, slug), request.form.get("act", "")
    if row_action := request.form.get("row"):
        action, _colon, row = row_action.partition(":")
        rows = _chosen([row])
    else:
        rows = _chosen(request.form.getlist("chosen"))
    if not rows:
        flash(_("Select at least one organization first."), "stop")
    else:
        _flash_outcome(lambda: _act_on_invitations(staff, header, action, rows))
    return redirect(url_for("invitations.index", coalition=staff.coalition_slug, slug=slug, **filter_parameters()), 303)


@bp.post("/contacts/selected")
@staff_only(Role.ORGANIZER)
def update_contacts(staff: StaffContext) -> ResponseReturnValue:
    """Assign or tag the selected contacts, or invite them to a letter."""
    rows, action = _chosen(request.form.getlist("chosen")), request.form.get("act", "")
    versions = {contact_id: version for contact_id, version, _outcome in rows}
    if not rows:
        flash(_("Select at least one contact first."), "stop")
    elif action == "invite":
        header = get_letter_or_404(staff, request.form.get("letter", ""))
        context = InvitationContext(header.letter_id, staff.staff_id, staff.actor, now())
        _flash_outcome(lambda: _invited_sentence(*invite_contacts(context, list(versions))))
    else:
        _flash_outcome(lambda: _act_on_contacts(staff, action, versions))
    return redirect(url_for("contacts.index", coalition=staff.coalition_slug, **filter_parameters()), 303)


@bp.post("/letters/<slug>/invitations/export")
@staff_only(Role.ORGANIZER)
def export_invitations(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Return the invitations that the filter finds as a table."""
    header = get_letter_or_404(staff, slug)
    ids = found_invitation_ids(header.letter_id, filter_from_query(header.deadline_zone), now())
    log_export(staff, "invitations exported", len(ids), now(), letter_id=header.letter_id)
    rows = outreach_rows(header.letter_id, ids)
    return _file(f"{header.slug}-invitations", header.deadline_zone, invitations_table(rows, header.deadline_zone))


@bp.post("/contacts/export")
@staff_only(Role.ORGANIZER)
def export_contacts(staff: StaffContext) -> ResponseReturnValue:
    """Return the contacts that the filter finds as a table, a row for each person."""
    ids = found_contact_ids(staff.coalition_id, filter_from_query())
    log_export(staff, "contacts exported", len(ids), now())
    return _file("contacts", default_zone(staff.coalition_id), contacts_table(listed_contacts(staff.coalition_id, ids)))


def _file(name: str, zone: str, table: Sequence[Sequence[str]]) -> Response:
    """Return a table as a download, in the format that the button names."""
    file_format = request.form.get("format", "csv")
    if file_format not in MEDIA_TYPES:
        abort(400)
    content = to_csv(table).encode("utf-8-sig", errors="replace") if file_format == "csv" else _plain_workbook(table, now())
    day, _time = utc_to_local(now(), zone)
    response = Response(content, mimetype=MEDIA_TYPES[file_format])
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}-{day}.{file_format}")
    response.headers["Cache-Control"] = "no-store"
    return response


def _chosen(values: Iterable[str]) -> list[tuple[int, int, str]]:
    """Return id, version of the contact and outcome of each row, as its checkbox has them: "12.3.waiting"."""
    rows = []
    for value in list(values)[:MAX_INVITATIONS_AT_ONCE]:
        number, _dot, rest = value.partition(".")
        version, _dot, outcome = rest.partition(".")
        try:
            rows.append((parse_integer(number), parse_integer(version), outcome))
        except ValueError:
            abort(400)
    return rows


def _act_on_invitations(staff: StaffContext, header: LetterHeader, action: str, rows: Sequence[tuple[int, int, str]]) -> str:
    """Do what a button says with invitations, and return the sentence for the next page."""
    shown = {invitation_id: outcome for invitation_id, _version, outcome in rows}
    if action == "remind":
        context = InvitationContext(header.letter_id, staff.staff_id, staff.actor, now())
        count = remind_invitees(context, list(shown))
        sentence = ngettext("One organization is being reminded.", "%(num)s organizations are being reminded.", count)
        if not count:
            return str(_("Nobody is reminded: those who answered, or were asked less than three days ago, aren’t."))
        others = _("Those who answered, or were asked less than three days ago, are not.") if count < len(rows) else ""
        return f"{sentence} {others}".strip()
    if action in ANSWERS:
        reason = clean_line(request.form.get("reason"))[:MAX_NOTE]
        return _done(*record_answers(staff, header.letter_id, shown, ANSWERS[action], reason, now()))
    versions = {invitation_id: version for invitation_id, version, _outcome in rows}
    return _act_on_contacts(staff, action, contacts_of_invitations(header.letter_id, versions))


def _act_on_contacts(staff: StaffContext, action: str, versions: Mapping[int, int]) -> str:
    """Assign or tag contacts, given with the versions that the page showed, and return the sentence for the next page."""
    if action == "assign":
        owner_id = request.form.get("owner_id", 0, type=parse_integer)
        return _done(*assign_contacts(staff, versions, owner_id or None, now()))
    if action != "tag":
        abort(400)
    tags = parse_tags(request.form.get("new_tags", ""))
    return _done(*tag_contacts(staff, versions, tags, now())) if tags else str(_("Enter a tag first."))


def _done(count: int, unchanged: Sequence[str]) -> str:
    """Return the sentence about contacts that were changed, and those that could not be."""
    sentence = ngettext("One contact was changed.", "%(num)s contacts were changed.", count)
    if not unchanged:
        return str(sentence)
    names = "; ".join(unchanged[:MAX_NAMED])
    others = _("Not changed, because something about them is new. Look at them again: %(names)s.", names=names)
    return f"{sentence} {others}" if count else str(others)


def _invited_sentence(count: int, skipped: int) -> str:
    sentence = ngettext(
        "One organization is being invited by email.", "%(num)s organizations are being invited by email.", count
    )
    if not skipped:
        return str(sentence)
    reason = ngettext(
        "One was left out: it has no email address, answered already, or gets no more mail.",
        "%(num)s were left out: they have no email address, answered already, or get no more mail.",
        skipped,
    )
    return f"{sentence} {reason}"


def _flash_outcome(action: Callable[[], str]) -> None:
    """Run an action and flash what came of it."""
    with flash_errors():
        flash(action(), "good")
