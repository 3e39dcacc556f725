"""How the last signatures would have gone under each rule that a letter can have: to look before one chooses."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.domain.letters import PublishRule
from letterhub.domain.roles import Role
from letterhub.queries.rules import rules_tried
from letterhub.queries.sign_up import terms_of
from letterhub.queries.staff import Desk
from letterhub.web.access import staff_only
from letterhub.web.staff.forms_sign_up import RULES
from letterhub.web.staff.rooms import enter

pages = Blueprint("rules", __name__)


@pages.get("")
@staff_only(Role.REVIEWER)
def tried(desk: Desk, slug: str) -> ResponseReturnValue:
    """Every rule with its counts, and the names under the one that the address asks for, or the letter has."""
    room = enter(desk, slug)
    asked, chosen = request.args.get("rule", ""), terms_of(room.letter_id, now()).sign_up.publish_rule
    shown = PublishRule(asked) if asked in tuple(PublishRule) else chosen
    found = rules_tried(desk.coalition_id, room.letter_id)
    return render_template(
        "staff/rules/tried.html", desk=desk, room=room, tab="sign-up", found=found, words=RULES, chosen=chosen,
        shown=next(one for one in found.tried if one.rule is shown),
    )  # fmt: skip
