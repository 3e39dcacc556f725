"""Audit log pages of a coalition and of a letter, with a check of the hash chain."""

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from letterhub.domain.accounts.roles import Role
from letterhub.domain.audit.references import Reference
from letterhub.queries.accounts.staff import Desk
from letterhub.queries.audit.log import Whose, broken_at, record_page
from letterhub.web.access import staff_only
from letterhub.web.converters import whole_number
from letterhub.web.staff.audit.messages import changes, sentence
from letterhub.web.staff.letters.header import enter

pages = Blueprint("record", __name__)

CHECKED_AT_ONCE = 5_000  # entries, about 0.2 s; a longer log is checked on request


@pages.get("/record")
@staff_only(Role.REVIEWER)
def coalition(desk: Desk) -> ResponseReturnValue:
    """Show the audit log of the coalition: members, roles, settings."""
    return _page("staff/audit/coalition.html", Reference.COALITION.to(desk.coalition_id), desk=desk, zone="UTC")


@pages.get("/letters/<slug>/record")
@staff_only(Role.REVIEWER)
def letter(desk: Desk, slug: str) -> ResponseReturnValue:
    """Show the audit log of a letter."""
    room = enter(desk, slug)
    return _page("staff/audit/letter.html", Reference.LETTER.to(room.letter_id), desk=desk, room=room, zone=room.deadline_zone)


def _page(template: str, chain: str, *, zone: str, **shown: object) -> Response:
    asked = request.args.get("whose", "")
    whose = Whose(asked) if asked in tuple(Whose) else Whose.ANYONE
    older_than = request.args.get("older_than", None, whole_number)
    found, first_page = record_page(chain, whose, older_than), older_than is None
    told = [(act, sentence(act), tuple(changes(act, zone))) for act in found.acts]
    checked = "check" in request.args or (first_page and found.length <= CHECKED_AT_ONCE)
    facts = {
        "found": found, "told": told, "whose": whose, "zone": zone, "first_page": first_page,
        "checked": checked, "broken": broken_at(chain) if checked else "",
    }  # fmt: skip
    return make_response(render_template(template, **facts, **shown))
