"""Mailbox of the demo, which makes signatures confirmable without a mail server. Demo only."""

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from letterhub.domain.operations.demo import ZONE
from letterhub.infrastructure.current import settings_here
from letterhub.queries.mail.demo_mailbox import DeliveredMail, delivered_mail, delivered_mails
from letterhub.web.access import Audience, open_to

pages = Blueprint("mailbox", __name__)

CAGE = "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Content-Security-Policy for the HTML of a mail: inline styles, but no scripts and no access to this site."""


@pages.get("")
@open_to(Audience.EVERYONE)
def listed() -> ResponseReturnValue:
    """List the mails that the app sent."""
    recipient = request.args.get("q", "").strip()[:200]
    return render_template("public/mail/index.html", mails=delivered_mails(settings_here(), recipient), recipient=recipient)


@pages.get("/<key>")
@open_to(Audience.EVERYONE)
def mail(key: str) -> ResponseReturnValue:
    """Show a mail as text, with clickable links."""
    return render_template("public/mail/detail.html", mail=_mail(key), zone=ZONE)


@pages.get("/<key>/html")
@open_to(Audience.EVERYONE)
def html(key: str) -> ResponseReturnValue:
    """Return the HTML part of a mail."""
    return Response(_mail(key).html, headers={"Content-Security-Policy": CAGE, "Referrer-Policy": "no-referrer"})


def _mail(key: str) -> DeliveredMail:
    return delivered_mail(settings_here(), key) or abort(404)
