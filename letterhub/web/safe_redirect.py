"""Safe redirect targets for Flask-Security's pages: `next` leads to a page of this site or nowhere."""

from flask import Flask, request
from flask_security.utils import validate_redirect_url
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from letterhub.domain.line_validation import one_line

NEXT = "next"
LONGEST_ADDRESS = 2000


def install(app: Flask) -> None:
    """Clean `next` before Flask-Security reads it: an unreadable one fails there only after the code is used up."""
    app.before_request(_stay_here)


def _stay_here() -> None:
    if request.blueprint == "security":
        request.args, request.form = _leading_here(request.args), _leading_here(request.form)


def _leading_here(asked: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    kept = MultiDict(asked)
    if NEXT in kept:
        kept[NEXT] = page_here(kept[NEXT])
    return ImmutableMultiDict(kept)


def page_here(asked: str) -> str:
    """Return the URL path if it is on this site; "" otherwise. A path with one leading slash names no host."""
    address = one_line(asked) if len(asked) <= LONGEST_ADDRESS else ""
    ours = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if ours and validate_redirect_url(address) else ""
