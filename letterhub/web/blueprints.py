"""Table of all blueprints and their URL prefixes."""

from flask import Blueprint, Flask

from letterhub.config import Settings
from letterhub.web.access import Audience
from letterhub.web.public.editions import verify
from letterhub.web.public.invitations import invitation
from letterhub.web.public.letters import brand_css, history, home, letter
from letterhub.web.public.mail import demo_mailbox
from letterhub.web.public.operations import health, metrics
from letterhub.web.public.signatures import confirm, inquiry, manage, reconfirm, sign
from letterhub.web.staff.abuse import alerts, bulk_decline
from letterhub.web.staff.accounts import accept_invitation, account, team
from letterhub.web.staff.audit import log, verification_reports
from letterhub.web.staff.editions import deliveries, editions
from letterhub.web.staff.invitations import invitations, signatory_imports
from letterhub.web.staff.letters import (
    branding,
    dashboard,
    editor,
    pdf_previews,
    publish_rule_preview,
    revisions,
    signing_settings,
)
from letterhub.web.staff.mail import outbox
from letterhub.web.staff.organizations import organizations
from letterhub.web.staff.signatures import competing_signatures, consent_renewal, evidence, review, signatures

BLUEPRINTS: tuple[tuple[Blueprint, str], ...] = (
    (home.bp, "/"),
    (health.bp, "/"),
    (metrics.bp, "/"),
    (letter.bp, "/letters"),
    (brand_css.bp, "/accents"),
    (history.bp, "/letters"),
    (verify.bp, "/editions"),
    (sign.bp, "/"),
    (confirm.bp, "/"),
    (manage.bp, "/"),
    (reconfirm.bp, "/"),
    (inquiry.bp, "/"),
    (invitation.bp, "/"),
    (account.bp, "/account"),
    (accept_invitation.bp, "/join"),
    (dashboard.bp, "/desk"),
    (team.bp, "/desk/<coalition>/team"),
    (organizations.bp, "/desk/<coalition>/organizations"),
    (log.bp, "/desk/<coalition>"),
    (branding.bp, "/desk/<coalition>"),
    (outbox.bp, "/desk/<coalition>/mail"),
    (alerts.bp, "/desk/<coalition>/alarms"),
    (editor.bp, "/desk/<coalition>/letters/<slug>"),
    (pdf_previews.bp, "/desk/<coalition>/letters/<slug>/write/pages"),
    (revisions.bp, "/desk/<coalition>/letters/<slug>/revisions"),
    (consent_renewal.bp, "/desk/<coalition>/letters/<slug>/consent"),
    (signing_settings.bp, "/desk/<coalition>/letters/<slug>/sign-up"),
    (verification_reports.bp, "/desk/<coalition>/letters/<slug>/names/report"),
    (publish_rule_preview.bp, "/desk/<coalition>/letters/<slug>/sign-up/rules"),
    (signatures.bp, "/desk/<coalition>/letters/<slug>/names"),
    (competing_signatures.bp, "/desk/<coalition>/letters/<slug>/names"),
    (evidence.bp, "/desk/<coalition>/letters/<slug>/names"),
    (review.bp, "/desk/<coalition>/letters/<slug>/review"),
    (bulk_decline.bp, "/desk/<coalition>/letters/<slug>/floods"),
    (signatory_imports.bp, "/desk/<coalition>/letters/<slug>/import"),
    (invitations.bp, "/desk/<coalition>/letters/<slug>/invitations"),
    (editions.bp, "/desk/<coalition>/letters/<slug>/editions"),
    (deliveries.bp, "/desk/<coalition>/letters/<slug>/editions"),
)

DEMO_BLUEPRINTS: tuple[tuple[Blueprint, str], ...] = ((demo_mailbox.bp, "/demo/mailbox"),)

EXTENSION_BLUEPRINTS = {"security": Audience.EVERYONE}
"""Blueprints of extensions, which guard their own pages."""


def init_app(app: Flask, settings: Settings) -> None:
    """Register all blueprints. Raises RuntimeError for a view without an access decorator."""
    for blueprint, url_prefix in BLUEPRINTS + (DEMO_BLUEPRINTS if settings.demo else ()):
        app.register_blueprint(blueprint, url_prefix=url_prefix)
    for rule in app.url_map.iter_rules():
        blueprint_name = rule.endpoint.partition(".")[0]
        if blueprint_name not in EXTENSION_BLUEPRINTS and not hasattr(app.view_functions[rule.endpoint], "entry"):
            raise RuntimeError(f"{rule.endpoint} does not say who may enter: wear access.open_to or access.staff_only")
