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


def _with_safe_next(asked: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    kept = MultiDict(asked)
    if NEXT_PARAMETER in kept:
        kept[NEXT_PARAMETER] = safe_path(kept[NEXT_PARAMETER])
    return ImmutableMultiDict(kept)


def safe_path(asked: str) -> str:
    """Return the URL path if it is on this site; "" otherwise. A path with one leading slash names no host."""
    address = normalize_line(asked) if len(asked) <= MAX_URL_LENGTH else ""
    ours = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if ours and validate_redirect_url(address) else ""
