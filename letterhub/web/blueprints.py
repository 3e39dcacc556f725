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
from letterhub.web.staff.letters import dashboard as desk
from letterhub.web.staff.letters import editor as writing
from letterhub.web.staff.letters import previews, revisions
from letterhub.web.staff.letters import publish_rule_preview as rules
from letterhub.web.staff.letters import signing_settings as sign_up
from letterhub.web.staff.mail import outbox
from letterhub.web.staff.organizations import organizations
from letterhub.web.staff.signatures import comparison as beside
from letterhub.web.staff.signatures import consent_renewal as still_with_us
from letterhub.web.staff.signatures import evidence, review
from letterhub.web.staff.signatures import signatures as names

AREAS: tuple[tuple[Blueprint, str], ...] = (
    (home.pages, "/"),
    (health.pages, "/"),
    (figures.pages, "/"),
    (letters.pages, "/letters"),
    (accents.pages, "/accents"),
    (history.pages, "/letters"),
    (checking.pages, "/editions"),
    (signing.pages, "/"),
    (confirming.pages, "/"),
    (managing.pages, "/"),
    (again.pages, "/"),
    (answering.pages, "/"),
    (inviting.pages, "/"),
    (account.pages, "/account"),
    (joining.pages, "/join"),
    (desk.pages, "/desk"),
    (team.pages, "/desk/<coalition>/team"),
    (organizations.pages, "/desk/<coalition>/organizations"),
    (record.pages, "/desk/<coalition>"),
    (looks.pages, "/desk/<coalition>"),
    (outbox.pages, "/desk/<coalition>/mail"),
    (alarms.pages, "/desk/<coalition>/alarms"),
    (writing.pages, "/desk/<coalition>/letters/<slug>"),
    (previews.pages, "/desk/<coalition>/letters/<slug>/write/pages"),
    (revisions.pages, "/desk/<coalition>/letters/<slug>/revisions"),
    (still_with_us.pages, "/desk/<coalition>/letters/<slug>/consent"),
    (sign_up.pages, "/desk/<coalition>/letters/<slug>/sign-up"),
    (reports.pages, "/desk/<coalition>/letters/<slug>/names/report"),
    (rules.pages, "/desk/<coalition>/letters/<slug>/sign-up/rules"),
    (names.pages, "/desk/<coalition>/letters/<slug>/names"),
    (beside.pages, "/desk/<coalition>/letters/<slug>/names"),
    (evidence.pages, "/desk/<coalition>/letters/<slug>/names"),
    (review.pages, "/desk/<coalition>/letters/<slug>/review"),
    (floods.pages, "/desk/<coalition>/letters/<slug>/floods"),
    (importing.pages, "/desk/<coalition>/letters/<slug>/import"),
    (invitations.pages, "/desk/<coalition>/letters/<slug>/invitations"),
    (editions.pages, "/desk/<coalition>/letters/<slug>/editions"),
    (deliveries.pages, "/desk/<coalition>/letters/<slug>/editions"),
)

DEMO_AREAS: tuple[tuple[Blueprint, str], ...] = ((mailbox.pages, "/demo/mailbox"),)

BY_EXTENSIONS = {"security": Audience.EVERYONE}
"""Blueprints of extensions, which guard their own pages."""


def install(app: Flask, settings: Settings) -> None:
    """Register all blueprints. Raises RuntimeError for a view without an access decorator."""
    for blueprint, address in AREAS + (DEMO_AREAS if settings.demo else ()):
        app.register_blueprint(blueprint, url_prefix=address)
    for rule in app.url_map.iter_rules():
        area = rule.endpoint.partition(".")[0]
        if area not in BY_EXTENSIONS and not hasattr(app.view_functions[rule.endpoint], "entry"):
            raise RuntimeError(f"{rule.endpoint} does not say who may enter: wear access.open_to or access.staff_only")
