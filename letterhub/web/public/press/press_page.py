"""Press page of a letter: public from its hour on, and before that for holders of a secret link alone.

Until the hour its public address answers as if there were none, and no cache may hold that answer.
"""

from flask import Blueprint, Response, abort, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.mail.messages import site_url
from letterhub.queries.press.press_pages import PressPageView, counted_signatories, press_page
from letterhub.rendering.letter.document_locale import document_locale
from letterhub.rendering.logo_archive import logos_zip
from letterhub.web.access import Audience, open_to
from letterhub.web.languages import speak_of
from letterhub.web.page_cache import cache_briefly

bp = Blueprint("press_page", __name__)


@bp.get("/<slug>/press")
@open_to(Audience.EVERYONE)
def detail(slug: str) -> ResponseReturnValue:
    """Show the press page once its embargo is over."""
    page = press_page(slug, now()) or abort(404)
    return cache_briefly(make_response(render_press_page(page)))


@bp.get("/<slug>/press/logos.zip")
@open_to(Audience.EVERYONE)
def logos(slug: str) -> ResponseReturnValue:
    """Return the letter's logos in one file."""
    page = press_page(slug, now()) or abort(404)
    return cache_briefly(logos_response(page))


def render_press_page(page: PressPageView, token: str = "") -> str:
    """Render a press page; `token` is that of the secret link by which it is read, "" for the public one."""
    speak_of(page.letter.text.language)
    return render_template(
        "public/press/press_page.html",
        page=page,
        letter=page.letter,
        token=token,
        is_public=page.is_public(now()),
        counted_signatories=counted_signatories(page.counts),
        is_preview=False,
        card=site_url(url_for("share_card.detail", slug=page.letter.slug)),
        direction=document_locale(page.letter.text.language).direction,
    )


def logos_response(page: PressPageView) -> Response:
    """Return the response with the logos of a press page; aborts with 404 if there are none."""
    content = logos_zip(page.letter.text.letterhead) or abort(404)
    response = Response(content, mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=f"{page.letter.slug}-logos.zip")
    return response
