"""Bulk decline: submissions by source, declining all that match a pattern, and restoring them."""

import datetime as dt

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import BooleanField, HiddenField

from letterhub.clock import now
from letterhub.commands.abuse.bulk_decline import decline_in_bulk, undo_bulk_decline
from letterhub.domain.abuse.bulk_decline import ExpectedMatches, SubmissionPattern
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.domain.line_validation import normalize_line
from letterhub.domain.signatures.signing import YEARS
from letterhub.queries.abuse.submission_sources import COUNTED_FORMS, past_bulk_declines, pattern_matches, submission_sources
from letterhub.queries.accounts import StaffContext
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import MAX_INTEGER
from letterhub.web.staff.signatures.review import DeclineForm
from letterhub.web.staff.signatures.review_messages import reconfirmation_sentence

bp = Blueprint("bulk_decline", __name__)


class BulkDeclineForm(DeclineForm):
    """Form for the reason, and whether to decline published signatures too.

    `expected_matches` holds the counts of waiting and published signatures and the newest id that the page showed: later ones
    are not declined.
    """

    published = BooleanField(_l("Also remove the published names"))
    expected_matches = HiddenField()

    def fill(self, waiting: int, published: int, newest: int) -> None:
        """Store what the page shows."""
        self.expected_matches.data = f"{waiting}-{published}-{newest}"

    def to_expected_counts(self) -> ExpectedMatches:
        """Return how many signatures the user saw and chose, up to which id, and whether published ones are among them."""
        counts = [int(part) for part in (self.expected_matches.data or "").split("-") if part.isdecimal() and len(part) < 10]
        waiting, published, newest = counts if len(counts) == 3 else (0, 0, 0)
        return ExpectedMatches(
            waiting + (published if self.published.data else 0), min(newest, MAX_INTEGER), bool(self.published.data)
        )


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the submissions of the last day by hour, and all by mail domain and by network."""
    header = get_letter_or_404(staff, slug)
    return render_template(
        "staff/abuse/sources.html", staff=staff, header=header, tab="review", streams=submission_sources(header.letter_id,
        now()),
        bulk_declines=past_bulk_declines(header.letter_id), link=pattern_query, counted_forms=COUNTED_FORMS,
    )  # fmt: skip


@bp.get("/signatures")
@staff_only(Role.REVIEWER)
def preview(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the signatures that match a pattern. Nothing is declined yet."""
    return _render_preview(staff, slug, _pattern_or_404(), BulkDeclineForm(formdata=None))


@bp.post("/signatures")
@staff_only(Role.REVIEWER)
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Decline the signatures that the page showed."""
    header, pattern, form = get_letter_or_404(staff, slug), _pattern_or_404(), BulkDeclineForm()
    if not form.validate():
        return _render_preview(staff, slug, pattern, form), 422
    try:
        count = decline_in_bulk(
            header.letter_id, pattern, form.to_expected_counts(), form.reason.data, actor=staff.actor, at=now()
        )
    except UserFacingError as refusal:
        form.form_errors.append(str(refusal))
        return _render_preview(staff, slug, pattern, form), 422
    sentences = ngettext("One name was declined.", "%(num)s names were declined.", count), _("You can take that back below.")
    flash(" ".join(sentences), "good")
    return redirect_to(staff, ".index", slug=slug)


@bp.post("/<int:bulk_decline_id>/restore")
@staff_only(Role.REVIEWER)
def restore(staff: StaffContext, slug: str, bulk_decline_id: int) -> ResponseReturnValue:
    """Restore the signatures of a bulk decline."""
    header = get_letter_or_404(staff, slug)
    if bulk_decline_id not in {bulk_decline.id for bulk_decline in past_bulk_declines(header.letter_id)}:
        abort(404)
    try:
        restored = undo_bulk_decline(header.letter_id, bulk_decline_id, actor=staff.actor, at=now())
    except UserFacingError as refusal:
        flash(str(refusal), "doubt")
        return redirect_to(staff, ".index", slug=slug)
    unchanged_count = restored.restored_count - restored.outdated_count - restored.denied_count
    if unchanged_count or not restored.restored_count:
        flash(ngettext("One name was restored.", "%(num)s names were restored.", unchanged_count), "good")
    if restored.outdated_count:
        flash(reconfirmation_sentence(restored.outdated_count, restored.emailed_count, _("One name")), "good")
    if restored.denied_count:
        sentence = ngettext(
            "One name is waiting for review: its organization has disowned it.",
            "%(num)s names are waiting for review: their organizations have disowned them.", restored.denied_count,
        )  # fmt: skip
        flash(sentence, "good")
    return redirect_to(staff, ".index", slug=slug)


def pattern_query(pattern: SubmissionPattern) -> dict[str, str]:
    """Return the query parameters of a pattern."""
    parameters = {
        "network": pattern.network,
        "domain": pattern.domain,
        "hour": f"{pattern.hour:%Y-%m-%dT%H}" if pattern.hour else "",
    }
    return {name: value for name, value in parameters.items() if value}


def _pattern_or_404() -> SubmissionPattern:
    """Return the pattern of the query string; aborts with 404 if there is none."""
    hour = request.args.get("hour", "")
    try:
        hour_start = dt.datetime.strptime(hour, "%Y-%m-%dT%H").replace(tzinfo=dt.UTC) if hour else None
    except ValueError:
        abort(404)
    parameters = {name: normalize_line(request.args.get(name, ""))[:255] for name in ("network", "domain")}
    pattern = SubmissionPattern(**parameters, hour=hour_start)
    is_year_valid = hour_start is None or hour_start.year in YEARS
    return pattern if is_year_valid and not pattern.is_empty else abort(404)


def _render_preview(staff: StaffContext, slug: str, pattern: SubmissionPattern, form: BulkDeclineForm) -> str:
    """Render the signatures that match the pattern, and store in the form what the page shows."""
    header = get_letter_or_404(staff, slug)
    matches = pattern_matches(header.letter_id, pattern)
    waiting_count = matches.source.pending + matches.source.confirmed
    form.fill(waiting_count, matches.source.published, matches.newest)
    return render_template(
        "staff/abuse/pattern.html", staff=staff, header=header, tab="review", found=matches, waiting=waiting_count, form=form,
        pattern=pattern, asked=pattern_query(pattern),
    )  # fmt: skip
