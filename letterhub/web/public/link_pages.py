"""Pages of mailed links: no CSRF cookie, since the link proves intent, and one page for links that no longer work."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from letterhub.infrastructure.signed_links import ExpiredLink, InvalidLink
from letterhub.web.request_security import csrf


def init_link_blueprint(pages: Blueprint) -> Blueprint:
    """Return the blueprint without CSRF cookie and with error pages for broken and expired links."""
    csrf.exempt(pages)
    pages.register_error_handler(InvalidLink, _broken_link)
    pages.register_error_handler(ExpiredLink, _broken_link)
    return pages


def _broken_link(refusal: InvalidLink | ExpiredLink) -> ResponseReturnValue:
    return render_template("public/signatures/broken_link.html", sentence=str(refusal)), 404
