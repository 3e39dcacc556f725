"""Editions tab: the preview before freezing, the frozen editions and their files."""

from flask import Blueprint, Response, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.editions.file_jobs import retry_file
from letterhub.commands.editions.freeze import freeze
from letterhub.domain.accounts.roles import Role
from letterhub.domain.editions.edition import check_freezable
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.errors import UserFacingError
from letterhub.queries.accounts import StaffContext
from letterhub.queries.changes.changes import running_change
from letterhub.queries.editions.deliveries import count_corrected_since_delivery, deliveries_of
from letterhub.queries.editions.delivery_recipients import delivery_emails_of
from letterhub.queries.editions.diff import compare_editions
from letterhub.queries.editions.editions import edition_file_id, editions_of, file_content
from letterhub.queries.editions.next_edition import edition_preview
from letterhub.queries.editions.recipient_profiles import next_edition_checks
from letterhub.queries.letters.revisions import signature_counts
from letterhub.queries.signatures.consent_renewal import count_old_consents
from letterhub.queries.signatures.duplicates import listed_duplicates
from letterhub.queries.signatures.listing import PageRequest
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import new_idempotency_key, parse_integer
from letterhub.web.staff.editions.chosen_recipients import choosing
from letterhub.web.staff.editions.delivery_forms import DELIVERY_METHODS

bp = Blueprint("editions", __name__)

FORMATS = ", ".join(FileFormat)


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """List the editions of the letter, newest first."""
    header = get_letter_or_404(staff, slug)
    editions = editions_of(header.letter_id)
    drawing = not all(edition.is_finished for edition in editions)
    return render_template(
        "staff/editions/index.html", staff=staff, header=header, tab="editions", editions=editions, drawing=drawing,
        deliveries=deliveries_of(header.letter_id), corrected=count_corrected_since_delivery(header.letter_id),
        emails=delivery_emails_of(header.letter_id), ways=DELIVERY_METHODS,
        may_deliver=staff.role.covers(Role.ORGANIZER), at=now(),
    )  # fmt: skip


@bp.get("/<int:before>/compare/<int:after>")
@staff_only(Role.REVIEWER)
def compare(staff: StaffContext, slug: str, before: int, after: int) -> ResponseReturnValue:
    """Show the differences between two editions."""
    header = get_letter_or_404(staff, slug)
    comparison = compare_editions(header.letter_id, before, after) or abort(404)
    return render_template("staff/editions/compare.html", staff=staff, header=header, tab="editions", compared=comparison)


@bp.get("/freeze")
@staff_only(Role.REVIEWER)
def preview(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show what prevents an edition, and what it would print: the letter with a page of its list."""
    header = get_letter_or_404(staff, slug)
    try:
        check_freezable(header.state)
    except UserFacingError as refusal:
        flash(str(refusal), "stop")
        return redirect_to(staff, "editions.index", slug=slug)
    page, after, before = (request.args.get(name, 0, type=parse_integer) for name in ("page", "after", "before"))
    preview = edition_preview(header.letter_id, PageRequest("", page, after, before))
    return render_template(
        "staff/editions/freeze_preview.html", staff=staff, header=header, tab="editions", at=now(), once=new_idempotency_key(),
        preview=preview, choosing=choosing(staff, header.letter_id) if staff.role.covers(Role.ORGANIZER) else (),
        checks=next_edition_checks(header.letter_id, staff.coalition_id, preview.text) if preview else (),
        consents=count_old_consents(header.letter_id, now()), counts=signature_counts(header.letter_id),
        twice=listed_duplicates(header.letter_id), change=running_change(header.letter_id),
    )  # fmt: skip


@bp.post("/freeze")
@staff_only(Role.REVIEWER)
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Freeze what the page showed, once per form."""
    header, shown_hash = get_letter_or_404(staff, slug), request.form.get("shown", "")
    form_token = request.form.get("form_token", "")
    if not form_token:
        return redirect_to(staff, ".preview", slug=slug)
    try:
        number = freeze(
            header.letter_id, shown_hash, actor=staff.actor, staff_id=staff.staff_id, at=now(), form_token=form_token,
            all_languages="all_languages" in request.form,
        )  # fmt: skip
    except UserFacingError as refusal:
        flash(str(refusal), "stop")
        return redirect_to(staff, ".preview", slug=slug)
    flash(_("Edition %(number)s is frozen.", number=number), "good")
    return redirect_to(staff, "editions.index", slug=slug)


@bp.get(f"/<int:number>/<any({FORMATS}):file_format>")
@bp.get(f"/<int:number>/<language:language>/<any({FORMATS}):file_format>")
@staff_only(Role.REVIEWER)
def download(staff: StaffContext, slug: str, number: int, file_format: str, language: str = "") -> ResponseReturnValue:
    """Return a finished file, the same bytes for as long as the edition exists."""
    content = file_content(get_letter_or_404(staff, slug).letter_id, number, FileFormat(file_format), language)
    if content is None:
        abort(404)
    response = Response(content.data, mimetype=content.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=content.name)
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(content.sha256)
    return response.make_conditional(request)


@bp.post(f"/<int:number>/<any({FORMATS}):file_format>/retry")
@bp.post(f"/<int:number>/<language:language>/<any({FORMATS}):file_format>/retry")
@staff_only(Role.REVIEWER)
def retry(staff: StaffContext, slug: str, number: int, file_format: str, language: str = "") -> ResponseReturnValue:
    """Queue a failed file again."""
    file_id = edition_file_id(get_letter_or_404(staff, slug).letter_id, number, FileFormat(file_format), language)
    if file_id is None:
        abort(404)
    retry_file(file_id, at=now())
    flash(_("The file was queued again."), "good")
    return redirect_to(staff, "editions.index", slug=slug)
