"""Table of all blueprints and their URL prefixes."""

from flask import Blueprint, Flask

from letterhub.config import Settings
from letterhub.web.access import Audience
from letterhub.web.public.editions import verify as checking
from letterhub.web.public.invitations import invitation as inviting
from letterhub.web.public.letters import brand_css as accents
from letterhub.web.public.letters import history
from letterhub.web.public.letters import index as home
from letterhub.web.public.letters import letter as letters
from letterhub.web.public.mail import demo_mailbox as mailbox
from letterhub.web.public.operations import health
from letterhub.web.public.operations import metrics as figures
from letterhub.web.public.signatures import confirm as confirming
from letterhub.web.public.signatures import inquiry as answering
from letterhub.web.public.signatures import manage as managing
from letterhub.web.public.signatures import reconfirm as again
from letterhub.web.public.signatures import sign as signing
from letterhub.web.staff.abuse import alerts as alarms
from letterhub.web.staff.abuse import bulk_decline as floods
from letterhub.web.staff.accounts import accept_invitation as joining
from letterhub.web.staff.accounts import account, team
from letterhub.web.staff.audit import log as record
from letterhub.web.staff.audit import reports
from letterhub.web.staff.editions import deliveries, editions
from letterhub.web.staff.invitations import imports as importing
from letterhub.web.staff.invitations import invitations
from letterhub.web.staff.letters import branding as looks
from letterhub.web.staff.letters import dashboard as staff
from letterhub.web.staff.letters import editor as writing
from letterhub.web.staff.letters import previews, revisions
from letterhub.web.staff.letters import publish_rule_preview as rules
from letterhub.web.staff.letters import signing_settings as signing_settings
from letterhub.web.staff.mail import outbox
from letterhub.web.staff.organizations import organizations
from letterhub.web.staff.signatures import comparison as beside
from letterhub.web.staff.signatures import consent_renewal as still_with_us
from letterhub.web.staff.signatures import evidence, review
from letterhub.web.staff.signatures import signatures as names

BLUEPRINTS: tuple[tuple[Blueprint, str], ...] = (
    (home.bp, "/"),
    (health.bp, "/"),
    (figures.bp, "/"),
    (letters.bp, "/letters"),
    (accents.bp, "/accents"),
    (history.bp, "/letters"),
    (checking.bp, "/editions"),
    (signing.bp, "/"),
    (confirming.bp, "/"),
    (managing.bp, "/"),
    (again.bp, "/"),
    (answering.bp, "/"),
    (inviting.bp, "/"),
    (account.bp, "/account"),
    (joining.bp, "/join"),
    (staff.bp, "/desk"),
    (team.bp, "/desk/<coalition>/team"),
    (organizations.bp, "/desk/<coalition>/organizations"),
    (record.bp, "/desk/<coalition>"),
    (looks.bp, "/desk/<coalition>"),
    (outbox.bp, "/desk/<coalition>/mail"),
    (alarms.bp, "/desk/<coalition>/alarms"),
    (writing.bp, "/desk/<coalition>/letters/<slug>"),
    (previews.bp, "/desk/<coalition>/letters/<slug>/write/pages"),
    (revisions.bp, "/desk/<coalition>/letters/<slug>/revisions"),
    (still_with_us.bp, "/desk/<coalition>/letters/<slug>/consent"),
    (signing_settings.bp, "/desk/<coalition>/letters/<slug>/sign-up"),
    (reports.bp, "/desk/<coalition>/letters/<slug>/names/report"),
    (rules.bp, "/desk/<coalition>/letters/<slug>/sign-up/rules"),
    (names.bp, "/desk/<coalition>/letters/<slug>/names"),
    (beside.bp, "/desk/<coalition>/letters/<slug>/names"),
    (evidence.bp, "/desk/<coalition>/letters/<slug>/names"),
    (review.bp, "/desk/<coalition>/letters/<slug>/review"),
    (floods.bp, "/desk/<coalition>/letters/<slug>/floods"),
    (importing.bp, "/desk/<coalition>/letters/<slug>/import"),
    (invitations.bp, "/desk/<coalition>/letters/<slug>/invitations"),
    (editions.bp, "/desk/<coalition>/letters/<slug>/editions"),
    (deliveries.bp, "/desk/<coalition>/letters/<slug>/editions"),
)

DEMO_BLUEPRINTS: tuple[tuple[Blueprint, str], ...] = ((mailbox.bp, "/demo/mailbox"),)

EXTENSION_BLUEPRINTS = {"security": Audience.EVERYONE}
"""Blueprints of extensions, which guard their own pages."""


def init_app(app: Flask, settings: Settings) -> None:
    """Register all blueprints. Raises RuntimeError for a view without an access decorator."""
    for blueprint, address in BLUEPRINTS + (DEMO_BLUEPRINTS if settings.demo else ()):
        app.register_blueprint(blueprint, url_prefix=address)
    for rule in app.url_map.iter_rules():
        area = rule.endpoint.partition(".")[0]
        if area not in EXTENSION_BLUEPRINTS and not hasattr(app.view_functions[rule.endpoint], "entry"):
            raise RuntimeError(f"{rule.endpoint} does not say who may enter: wear access.open_to or access.staff_only")
