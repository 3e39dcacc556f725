"""Safe redirect targets for Flask-Security's pages: `next` leads to a page of this site or nowhere."""

from flask import request
from flask_security.utils import validate_redirect_url
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from letterhub.domain.line_validation import normalize_line

NEXT_PARAMETER = "next"
MAX_URL_LENGTH = 2000


def clean_next() -> None:
    """Clean `next` before Flask-Security reads it: an unreadable one fails there only after the code is used up."""
    request.args, request.form = _with_safe_next(request.args), _with_safe_next(request.form)


def _with_safe_next(params: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    clean_params = MultiDict(params)
    if NEXT_PARAMETER in clean_params:
        clean_params[NEXT_PARAMETER] = safe_path(clean_params[NEXT_PARAMETER])
    return ImmutableMultiDict(clean_params)


def safe_path(url: str) -> str:
    """Return the URL path if it is on this site; "" otherwise. A path with one leading slash names no host."""
    path = normalize_line(url) if len(url) <= MAX_URL_LENGTH else ""
    is_local = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if is_local and validate_redirect_url(path) else ""
