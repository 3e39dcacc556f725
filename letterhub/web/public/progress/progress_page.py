"""Progress page of a letter, for holders of a secret link: numbers alone, and no person's data. GET only."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.links.secret_links import record_link_use
from letterhub.queries.progress.progress_page import progress_page
from letterhub.rendering.charts.progress import bar_rows, outcome_rows, section_rows, state_rows, timeline_chart
from letterhub.web.access import Audience, open_to
from letterhub.web.languages import speak_of

bp = Blueprint("progress_page", __name__)


@bp.get("/progress/<token>")
@open_to(Audience.LINK_HOLDER)
def detail(token: str) -> ResponseReturnValue:
    """Show a letter's figures. A visit of a browser is counted; programs that check links are not."""
    at = now()
    page = progress_page(token, at) or abort(404)
    if request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate":
        record_link_use(page.link_id, at)
    letter, figures = page.letter, page.figures
    if letter is None or figures is None:
        return render_template("public/progress/not_open.html")
    speak_of(letter.text.language)
    by_partners = figures.total - figures.sources.direct
    sources = ((str(_("By partners’ links")), by_partners), (str(_("Directly")), figures.sources.direct))
    return render_template(
        "public/progress/progress.html", letter=letter, figures=figures, timeline=timeline_chart(figures.timeline),
        outcomes=outcome_rows(figures.outcomes), sections=section_rows(figures.sections),
        states=state_rows(figures.states) if page.shows_states else (), sources=bar_rows(sources, figures.total),
    )  # fmt: skip
