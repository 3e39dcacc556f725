"""Overview of a letter: what waits and the next thing to do, then its figures as charts; and the figures as CSV."""

from typing import NamedTuple

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from letterhub.clock import now
from letterhub.domain.accounts.roles import Role
from letterhub.domain.interface_languages import own_name
from letterhub.domain.progress.time_bins import BinWidth
from letterhub.domain.progress.waiting import WaitingKind
from letterhub.domain.spreadsheet_escaping import to_csv
from letterhub.domain.states import LetterState
from letterhub.infrastructure.signed_links import current_settings
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.branding import embed_sites
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.letters.public_translations import public_translations
from letterhub.queries.progress.overview import LetterFigures, letter_figures, waiting_under
from letterhub.rendering.charts.progress import (
    BarRow,
    bar_rows,
    outcome_rows,
    section_rows,
    state_rows,
    timeline_chart,
)
from letterhub.rendering.letter.embed_code import DEFAULT_HEIGHT, element_code, iframe_code
from letterhub.web.access import get_letter_or_404, staff_only

bp = Blueprint("overview", __name__)


class EmbedCodes(NamedTuple):
    """Code by which the websites with the origins `sites` show a letter: as an element, and as a plain iframe of `frame`."""

    sites: tuple[str, ...]
    frame: str
    element: str
    iframe: str


PLACES = {
    WaitingKind.OPENING: (_l("Open the letter"), "signing_settings.edit"),
    WaitingKind.TEXT: (_l("Write the letter"), "editor.edit"),
    WaitingKind.REVIEW: (_l("Review names"), "review.index"),
    WaitingKind.DEADLINE: (_l("Go to settings"), "signing_settings.edit"),
    WaitingKind.FAILED_MAIL: (_l("See emails"), "outbox.index"),
    WaitingKind.BOUNCES: (_l("See invitations"), "invitations.index"),
    WaitingKind.REMINDERS: (_l("See invitations"), "invitations.index"),
    WaitingKind.CHANGE: (_l("See replies"), "change_replies.index"),
    WaitingKind.OUTDATED: (_l("See names"), "signatures.index"),
    WaitingKind.UNCONFIRMED: (_l("See names"), "signatures.index"),
    WaitingKind.EDITION: (_l("Go to editions"), "editions.index"),
}
"""Words of the link to the page where something is done, and its endpoint."""
FILTERS = {
    WaitingKind.BOUNCES: {"outcome": "bounced"},
    WaitingKind.OUTDATED: {"state": "outdated"},
    WaitingKind.UNCONFIRMED: {"state": "pending"},
}


@bp.get("")
@staff_only(Role.REVIEWER)
def detail(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show what waits, and the figures."""
    header, at = get_letter_or_404(staff, slug), now()
    figures = letter_figures(header.letter_id, at)
    return render_template(
        "staff/progress/overview.html", staff=staff, header=header, tab="overview", figures=figures,
        waiting=waiting_under(header, figures.outcomes, at), places=PLACES, filters=FILTERS,
        timeline=timeline_chart(figures.timeline), outcomes=outcome_rows(figures.outcomes),
        sections=section_rows(figures.sections), states=state_rows(figures.states), sources=source_rows(figures),
        may_share=staff.role.covers(Role.ORGANIZER), embed=_embed_codes(staff, header),
        posters=_poster_languages(header),
    )  # fmt: skip


@bp.get("/figures.csv")
@staff_only(Role.REVIEWER)
def figures_csv(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Download the figures, by day, as one table: what is counted, of what, and the number."""
    header = get_letter_or_404(staff, slug)
    content = to_csv(figures_table(letter_figures(header.letter_id, now(), BinWidth.DAY))).encode("utf-8-sig", errors="replace")
    response = Response(content, mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"{header.slug}-figures.csv")
    return response


def _embed_codes(staff: StaffContext, header: LetterHeader) -> EmbedCodes | None:
    """Return the code by which other websites show a letter; None of a draft, which nobody sees."""
    if header.state is LetterState.DRAFT:
        return None
    site = current_settings().public_url
    frame = site + url_for("embed.letter", slug=header.slug)
    letter, script = site + url_for("letters.detail", slug=header.slug), site + url_for("embed.element")
    return EmbedCodes(
        sites=embed_sites(staff.coalition_id),
        frame=frame,
        element=element_code(frame, letter, script, header.title),
        iframe=iframe_code(frame, header.title, "100%", DEFAULT_HEIGHT),
    )


def _poster_languages(header: LetterHeader) -> tuple[tuple[str, str], ...]:
    """Return the languages of a letter's posters, the original's first, with their own names; none of a draft or a withdrawn
    letter."""
    if header.state in (LetterState.DRAFT, LetterState.WITHDRAWN):
        return ()
    translations = public_translations(header.letter_id, header.language)
    return ((header.language, own_name(header.language)), *((one.language, one.name) for one in translations))


def source_rows(figures: LetterFigures) -> tuple[BarRow, ...]:
    """Return the rows of the sources: each partner's link, links with other words, and no such link."""
    sources = figures.sources
    counted = [(one.label, one.number) for one in sources.partners]
    others = [(_("Links with other words"), sources.others)] if sources.others else []
    return bar_rows([*counted, *others, (_("Directly"), sources.direct)], figures.total)


def figures_table(figures: LetterFigures) -> list[list[str]]:
    """Return the header and a row for each figure; days are dates as spreadsheets read them."""
    points = figures.timeline.points
    days = [(str(point.bin.start.date()), point) for point in points]
    zone = figures.zone
    rows = [
        *([_("Signed on this day (%(zone)s)", zone=zone), day, point.number] for day, point in days),
        *([_("In all at the end of the day (%(zone)s)", zone=zone), day, point.total] for day, point in days),
        *([_("Invitations"), row.label, row.number] for row in outcome_rows(figures.outcomes)),
        *([_("Section"), row.label, row.number] for row in section_rows(figures.sections)),
        *([_("State"), row.label, row.number] for row in state_rows(figures.states)),
        *([_("Source"), row.label, row.number] for row in source_rows(figures)),
    ]
    return [[_("Figure"), _("Of"), _("Number")], *([str(cell) for cell in row] for row in rows)]
