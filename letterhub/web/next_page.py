"""Where the library's pages lead on to: an address on this site, or nowhere in particular, whatever a request asks for."""

from flask import Flask, request
from flask_security.utils import validate_redirect_url
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from letterhub.domain.lines import one_line

NEXT = "next"
LONGEST_ADDRESS = 2000


def install(app: Flask) -> None:
    """Before the library reads it: what cannot be read is a fault there, and comes to light when the code is spent."""
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
    """The address that was asked for, where it is on this site; "" otherwise. With one slash ahead it names no host at all."""
    address = one_line(asked) if len(asked) <= LONGEST_ADDRESS else ""
    ours = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if ours and validate_redirect_url(address) else ""
