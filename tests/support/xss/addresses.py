"""Addresses of the pages of a site in which every text is an attack."""

from collections.abc import Iterator

from flask import Flask
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule

from letterhub.domain.links.secret_links import LinkKind
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import Purpose
from letterhub.models import ChangeReply, CoalitionInvitation, Edition, Membership, Signature, Translation
from letterhub.web.access import Audience
from letterhub.web.blueprints import EXTENSION_BLUEPRINTS
from letterhub.web.languages import LanguageConverter
from tests.support.signing_steps import confirm_link, manage_link
from tests.support.text_changes import reconfirm_link
from tests.support.xss.release import DRAFT_TOKEN
from tests.support.xss.site import XssSite

FILES = {
    "added_names.download",
    "signatures.export_csv",
    "signatures.export_xlsx",
    "pdf_previews.download",
    "draft_copies.pdf",
    "draft_copies.word",
    "verification_reports.download",
    "own_signature.export",
    "overview.figures_csv",
    "press_page.logos",
    "posters.detail",
    "share_card.detail",
    "embed.element",
    "embed.oembed",
    "reply.download",
    "assets.accent",
    "assets.style_sheet",
    "health.alive",
    "metrics.index",
    "health.ready",
    "help_pages.picture",
    "feeds.site",
    "feeds.coalition",
    "feeds.letter",
    "site_files.robots",
    "site_files.sitemap",
    "site_files.icon",
    "site_files.manifest",
    "site_files.security",
}
NOT_HERE = ("passkeys.", "provider_sign_in.", "provider_link.", "provider_only.")
"""Pages of a site with a host name and an identity provider: tests/integration/accounts types markup into them."""
QUERIES = {"bulk_decline.preview": "?domain=alliance1.example"}


def url_values(endpoint: str, name: str, converter: BaseConverter) -> str | int:
    """Return the values that fill a URL rule: the first row, the second for a comparison and an upload of contacts."""
    if endpoint == "press_quotes.create" and name == "signature_id":  # of a name that is on the letter
        published = db.session.query(Signature.id).filter_by(state=SignatureState.PUBLISHED).order_by(Signature.id)
        return int(published.limit(1).scalar())
    if endpoint == "recorded_replies.create" and name == "signature_id":  # of a signatory who is asked about a change
        return int(db.session.query(ChangeReply.signature_id).limit(1).scalar())
    if endpoint == "help_pages.detail":
        return "organizers/first-letter"
    if isinstance(converter, LanguageConverter):
        return str(db.session.query(Translation.language).limit(1).scalar())
    if isinstance(converter, IntegerConverter):
        is_second = name in ("other_id", "after") or (endpoint.startswith("contact_import.") and name == "upload_id")
        return 2 if is_second else 1
    if endpoint.startswith(("draft_copies.", "word_back.")) and name == "slug":
        return "evil-draft"
    is_of_open = endpoint.startswith("signing.") or (endpoint == "recorded_replies.create" and name == "slug")
    return "evil-open" if is_of_open else "evil"


def addresses(app: Flask) -> Iterator[tuple[str, str]]:
    """Return each URL that needs neither a mailed link nor a token: public ones, and those for staff."""
    for rule in app.url_map.iter_rules():
        is_elsewhere = rule.endpoint.partition(".")[0] in EXTENSION_BLUEPRINTS or rule.endpoint.startswith(NOT_HERE)
        if is_elsewhere or "GET" not in (rule.methods or ()):
            continue
        entry = app.view_functions[rule.endpoint].entry  # type: ignore[attr-defined]
        files = any(isinstance(converter, AnyConverter) for name, converter in rule._converters.items() if name != "kind")
        if entry not in (Audience.LINK_HOLDER, Audience.TOKEN) and rule.endpoint not in FILES and not files:
            for kind in LinkKind if "kind" in rule.arguments else ("",):
                yield rule.endpoint, _address(app, rule, kind) + QUERIES.get(rule.endpoint, "")


def _address(app: Flask, rule: Rule, kind: str) -> str:
    words = {name: url_values(rule.endpoint, name, converter) for name, converter in rule._converters.items()}
    if kind:
        words["kind"] = kind
    if "public_id" in words:
        words["public_id"] = db.session.query(Edition.public_id).order_by(Edition.id).limit(1).scalar()
    return app.url_map.bind("").build(rule.endpoint, words)


def links(app: Flask, xss_site: XssSite) -> list[str]:
    """Return the URLs of mailed links."""
    signer = app.extensions["links"]
    invited = db.session.query(Membership).filter_by(joined_at=None).one()
    founding = db.session.query(CoalitionInvitation).one()
    return [
        f"/founding/{signer.token(Purpose.FOUNDING, founding.id, since=founding.created_at)}",
        confirm_link(xss_site.waiting), f"{confirm_link(xss_site.waiting)}/thanks", manage_link(xss_site.waiting),
        f"/answer/{signer.token(Purpose.ANSWER, 1)}", f"/join/{signer.token(Purpose.JOIN, invited.id, invited.staff_id)}",
        reconfirm_link(xss_site.outdated), f"/drafts/{DRAFT_TOKEN}", f"/drafts/{DRAFT_TOKEN}/suggestions",
    ]  # fmt: skip
