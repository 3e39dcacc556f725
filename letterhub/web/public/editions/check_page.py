"""Check page of an edition: to whom and when it was delivered, and whether a given file belongs to it; and a page for files of
any edition.

See docs/design/editions.md.
"""

import hashlib
import re

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.abuse.file_reading_limit import acquire_file_reading
from letterhub.domain.abuse.rate_limits import RateLimited, network_of
from letterhub.domain.editions.edition import normalize_public_id
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.infrastructure.signed_links import current_settings
from letterhub.queries.editions.check_page import (
    CheckPage,
    FileCheckResult,
    FileVerdict,
    edition_check_page,
    file_verdict,
    public_file,
)
from letterhub.queries.editions.diff import compare_editions
from letterhub.queries.editions.file_comparison import CopyCheckResult, check_copy
from letterhub.web.access import Audience, open_to
from letterhub.web.languages import speak_of
from letterhub.web.page_cache import CACHE_BRIEFLY, cache_briefly
from letterhub.web.request_security import csrf, is_same_origin

bp = Blueprint("check_page", __name__)

FORMATS = ", ".join(FileFormat)
MAX_FILE_BYTES = 32 * 1024 * 1024  # bytes of a file that is hashed on the server, without JavaScript
FORM_OVERHEAD_BYTES = 64 * 1024
MAX_TYPED_LENGTH = 200
SHA256_PATTERN = re.compile(r"[0-9a-f]{64}")


@bp.get("")
@open_to(Audience.EVERYONE)
def index() -> ResponseReturnValue:
    """Show the form that checks a file of any edition."""
    return cache_briefly(make_response(_render_page(None, "")))


@bp.post("")
@open_to(Audience.EVERYONE)
def check_any_file() -> ResponseReturnValue:
    """Tell which file of which edition an uploaded file, or a file with this hash, is. An edition's id leads to its page, and a
    file sent with it is compared with that edition."""
    _limit_upload()
    typed, file = request.form.get("sha256", "")[:MAX_TYPED_LENGTH], request.files.get("file")
    edition = edition_check_page(normalize_public_id(typed)) if is_same_origin(request) else None
    if edition is not None and not (file and file.filename):
        return redirect(url_for(".detail", public_id=edition.public_id), 303)
    return _answer(edition)


csrf.exempt(check_any_file)


@bp.get("/<public_id>")
@open_to(Audience.EVERYONE)
def detail(public_id: str) -> ResponseReturnValue:
    """Show the edition. A link may bring a hash as `sha256`: it fills the form and is checked once that is sent."""
    canonical_id = normalize_public_id(public_id)
    if canonical_id and canonical_id != public_id:
        return redirect(url_for(".detail", public_id=canonical_id), 301)
    edition, sha256 = _edition_or_404(canonical_id), normalize_hash(request.args.get("sha256", ""))
    valid_hash = sha256 if SHA256_PATTERN.fullmatch(sha256) else ""
    return cache_briefly(make_response(_render_page(edition, valid_hash)))


@bp.post("/<public_id>")
@open_to(Audience.EVERYONE)
def check_file(public_id: str) -> ResponseReturnValue:
    """Show which file of the edition an uploaded file, or a file with this hash, is; what an unknown upload has in common.

    An upload is read once and never stored. It changes nothing and needs no CSRF token: these pages set no cookie to bind one
    to. But another site must not make this page answer, so the request has to come from here.
    """
    _limit_upload()
    return _answer(_edition_or_404(public_id))


csrf.exempt(check_file)


def _limit_upload() -> None:
    """Take a file of some size, before the form is read."""
    request.max_content_length = MAX_FILE_BYTES + FORM_OVERHEAD_BYTES
    request.max_form_memory_size = 2 * FORM_OVERHEAD_BYTES  # Werkzeug counts what it reads of a file at once, and what is left


def _answer(edition: CheckPage | None) -> ResponseReturnValue:
    """Answer a form of an edition's page, or of that for any edition."""
    file, sha256 = request.files.get("file"), normalize_hash(request.form.get("sha256", ""))
    if not is_same_origin(request):
        return _render_page(edition, sha256, _("This request came from another site. To check a file, choose it here.")), 422
    if file is not None and file.filename:
        return _answer_upload(edition, file.stream.read())
    if not SHA256_PATTERN.fullmatch(sha256):
        return _render_page(edition, sha256, _missing_or_malformed(edition, sha256)), 422
    return _render_page(edition, sha256, verdict=file_verdict(edition, sha256))


def _missing_or_malformed(edition: CheckPage | None, typed: str) -> str:
    """Return the sentence about input that is neither a file nor a hash."""
    if edition is None:
        unknown = _("This is neither the ID of an edition on this site nor a SHA-256 fingerprint, which has 64 characters.")
        return str(unknown if typed else _("Choose a file, or enter the ID that it prints."))
    malformed = _("A SHA-256 fingerprint has 64 characters (0–9, a–f).")
    return str(malformed if typed else _("Choose a file, or enter its SHA-256 fingerprint."))


@bp.get("/<public_id>/differences")
@open_to(Audience.EVERYONE)
def differences(public_id: str) -> ResponseReturnValue:
    """Show the differences between a superseded edition and the newest one."""
    edition = _edition_or_404(public_id)
    if not edition.is_superseded or edition.newest is None:
        abort(404)
    comparison = compare_editions(edition.letter_id, edition.number, edition.newest[0]) or abort(404)
    page = render_template("public/editions/differences.html", edition=edition, compared=comparison)
    return cache_briefly(make_response(page))


@bp.get(f"/<public_id>/<any({FORMATS}):file_format>")
@bp.get(f"/<public_id>/<language:language>/<any({FORMATS}):file_format>")
@open_to(Audience.EVERYONE)
def download(public_id: str, file_format: str, language: str = "") -> ResponseReturnValue:
    """Return a file of a delivered edition, the same bytes each time."""
    content = public_file(public_id, FileFormat(file_format), language) or abort(404)
    response = Response(content.data, mimetype=content.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=content.name)
    response.headers["Cache-Control"] = CACHE_BRIEFLY
    response.set_etag(content.sha256)
    return response.make_conditional(request)


def _edition_or_404(public_id: str) -> CheckPage:
    edition = edition_check_page(public_id) or abort(404)
    speak_of(edition.language)
    return edition


def normalize_hash(typed: str) -> str:
    """Return a typed hash in its canonical spelling."""
    return "".join(typed.split()).casefold()[:MAX_TYPED_LENGTH]


def _answer_upload(edition: CheckPage | None, data: bytes) -> ResponseReturnValue:
    """Show which file of an edition was uploaded, by its hash. A file of no edition is compared with the edition's own."""
    sha256 = hashlib.sha256(data).hexdigest()
    verdict = file_verdict(edition, sha256)
    if verdict.verdict is not FileVerdict.NOT_OURS:
        return _render_page(edition, sha256, verdict=verdict)
    try:
        acquire_file_reading(network_of(request.remote_addr), current_settings().secret_key, now())
    except RateLimited as refusal:
        return _render_page(edition, sha256, str(refusal)), 429
    return _render_page(edition, sha256, verdict=verdict, copy=check_copy(edition, data))


def _render_page(
    edition: CheckPage | None,
    sha256: str,
    error: str = "",
    *,
    verdict: FileCheckResult | None = None,
    copy: CopyCheckResult | None = None,
) -> str:
    """Render the page with a hash in its form, and the answer to a file: what it is, else what it was compared with."""
    template = "public/editions/check_page.html" if edition else "public/editions/check_any_file.html"
    return render_template(template, edition=edition, answer=verdict, copy=copy, sha256=sha256, error=error)
