"""Verification page of an edition: to whom and when it was delivered, and whether a given file belongs to it.

See docs/design/editions.md.
"""

import hashlib
import re

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.domain.editions.edition import Format, as_printed
from letterhub.queries.editions.diff import compared
from letterhub.queries.editions.verification import EditionCheck, answer_to, edition_check, public_content
from letterhub.web.access import Audience, open_to
from letterhub.web.public.cache_headers import FRESH, fresh_for_a_moment
from letterhub.web.security_headers import csrf, sent_from_here

pages = Blueprint("checking", __name__)

FORMATS = ", ".join(Format)
MOST_CHECKED = 32 * 1024 * 1024  # bytes of a file that is hashed on the server, without JavaScript
FORM_AROUND = 64 * 1024
LONGEST_TYPED = 200
SHA256 = re.compile(r"[0-9a-f]{64}")


@pages.get("/<public_id>")
@open_to(Audience.EVERYONE)
def check(public_id: str) -> ResponseReturnValue:
    """Show the edition. A link may bring a hash as `sha256`: it fills the form and is checked once that is sent."""
    printed = as_printed(public_id)
    if printed and printed != public_id:
        return redirect(url_for(".check", public_id=printed), 301)
    edition, sha256 = _edition(printed), hash_of(request.args.get("sha256", ""))
    return fresh_for_a_moment(make_response(_page(edition, sha256 if SHA256.fullmatch(sha256) else "")))


@pages.post("/<public_id>")
@open_to(Audience.EVERYONE)
def check_file(public_id: str) -> ResponseReturnValue:
    """Show which file of the edition an uploaded file, or a file with this hash, is.

    An upload is read once and never stored. It changes nothing and needs no CSRF token: these pages set no cookie to bind one
    to. But another site must not make this page answer, so the request has to come from here.
    """
    request.max_content_length = MOST_CHECKED + FORM_AROUND
    edition, file, sha256 = _edition(public_id), request.files.get("file"), hash_of(request.form.get("sha256", ""))
    if not sent_from_here(request):
        return _page(edition, sha256, _("Another site has sent this. To have a file checked, choose it here yourself.")), 422
    if file is not None and file.filename:
        taken = hashlib.file_digest(file.stream, "sha256")  # type: ignore[arg-type]  # both kinds of stream have the methods it needs
        return _page(edition, taken.hexdigest(), answered=True)
    if not SHA256.fullmatch(sha256):
        typed_amiss = _("A SHA-256 fingerprint has 64 characters (0–9, a–f).")
        return _page(edition, sha256, typed_amiss if sha256 else _("Choose a file first, or give its SHA-256.")), 422
    return _page(edition, sha256, answered=True)


csrf.exempt(check_file)


@pages.get("/<public_id>/differences")
@open_to(Audience.EVERYONE)
def differences(public_id: str) -> ResponseReturnValue:
    """Show the differences between a superseded edition and the newest one."""
    edition = _edition(public_id)
    if not edition.superseded or edition.newest is None:
        abort(404)
    both = compared(edition.letter_id, edition.number, edition.newest[0]) or abort(404)
    page = render_template("public/editions/differences.html", edition=edition, compared=both)
    return fresh_for_a_moment(make_response(page))


@pages.get(f"/<public_id>/<any({FORMATS}):form>")
@open_to(Audience.EVERYONE)
def file(public_id: str, form: str) -> ResponseReturnValue:
    """Return a file of a delivered edition, the same bytes each time."""
    content = public_content(public_id, Format(form)) or abort(404)
    answer = Response(content.data, mimetype=content.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=content.name)
    answer.headers["Cache-Control"] = FRESH
    answer.set_etag(content.sha256)
    return answer.make_conditional(request)


def _edition(public_id: str) -> EditionCheck:
    return edition_check(public_id) or abort(404)


def hash_of(typed: str) -> str:
    """Return a typed hash in its canonical spelling."""
    return "".join(typed.split()).casefold()[:LONGEST_TYPED]


def _page(edition: EditionCheck, sha256: str, error: str = "", *, answered: bool = False) -> str:
    """Render the page with a hash in its form; if `answered`, with the file that has this hash."""
    answer = answer_to(edition, sha256) if answered else None
    return render_template("public/editions/check.html", edition=edition, answer=answer, sha256=sha256, error=error)
