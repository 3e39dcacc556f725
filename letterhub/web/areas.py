"""Table of all blueprints and their URL prefixes."""

from flask import Blueprint, Flask

from letterhub.config import Settings
from letterhub.web.access import Audience
from letterhub.web.public import (
    accents,
    again,
    answering,
    confirming,
    figures,
    health,
    history,
    home,
    inviting,
    letters,
    mailbox,
    managing,
    signing,
)
from letterhub.web.public import editions as checking
from letterhub.web.staff import (
    account,
    alarms,
    beside,
    deliveries,
    desk,
    editions,
    evidence,
    floods,
    importing,
    invitations,
    joining,
    looks,
    names,
    organizations,
    outbox,
    previews,
    record,
    reports,
    review,
    revisions,
    rules,
    sign_up,
    still_with_us,
    team,
    writing,
)

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
