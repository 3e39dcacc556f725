"""PDF of a recipient's reply, which stands under a letter: to be saved, and never shown in our origin."""

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from letterhub.queries.press.replies import public_reply_file
from letterhub.web.access import Audience, open_to
from letterhub.web.page_cache import CACHE_BRIEFLY

bp = Blueprint("reply", __name__)


@bp.get("/<slug>/replies/<int:reply_id>")
@open_to(Audience.EVERYONE)
def download(slug: str, reply_id: int) -> ResponseReturnValue:
    """Return the PDF of a reply that stands under its letter."""
    name, content, sha256 = public_reply_file(slug, reply_id) or abort(404)
    response = Response(content, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = CACHE_BRIEFLY
    response.set_etag(sha256)
    return response.make_conditional(request)
