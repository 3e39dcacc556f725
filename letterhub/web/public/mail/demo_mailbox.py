"""Mailbox of the demo, which makes signatures confirmable without a mail server. Demo only."""

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from letterhub.domain.operations.demo_accounts import DEMO_ZONE
from letterhub.infrastructure.signed_links import current_settings
from letterhub.queries.mail.demo_mailbox import DemoMail, demo_mail, demo_mails
from letterhub.web.access import Audience, open_to

bp = Blueprint("demo_mailbox", __name__)

MAIL_CONTENT_SECURITY_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy for the HTML of a mail: inline styles, but no scripts and no access to this site."""


@bp.get("")
@open_to(Audience.EVERYONE)
def index() -> ResponseReturnValue:
    """List the mails that the app sent."""
    recipient = request.args.get("q", "").strip()[:200]
    return render_template("public/mail/index.html", mails=demo_mails(current_settings(), recipient), recipient=recipient)


@bp.get("/<key>")
@open_to(Audience.EVERYONE)
def detail(key: str) -> ResponseReturnValue:
    """Show a mail as text, with clickable links."""
    return render_template("public/mail/detail.html", mail=_mail_or_404(key), zone=DEMO_ZONE)


@bp.get("/<key>/html")
@open_to(Audience.EVERYONE)
def html(key: str) -> ResponseReturnValue:
    """Return the HTML part of a mail."""
    return Response(
        _mail_or_404(key).html,
        headers={"Content-Security-Policy": MAIL_CONTENT_SECURITY_POLICY, "Referrer-Policy": "no-referrer"},
    )


def _mail_or_404(key: str) -> DemoMail:
    return demo_mail(current_settings(), key) or abort(404)
