"""Preview of publish rules: the effect of each rule on recent signatures."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.domain.accounts.roles import Role
from letterhub.domain.letters.letter import PublishRule
from letterhub.domain.letters.signing_settings import SignUp
from letterhub.queries.accounts.staff import Desk
from letterhub.queries.letters.publish_rule_preview import Choice, choices_tried
from letterhub.queries.letters.signing_settings import terms_of
from letterhub.web.access import staff_only
from letterhub.web.staff.letters.header import enter
from letterhub.web.staff.letters.signing_settings_forms import INDIVIDUALS, RULES

pages = Blueprint("rules", __name__)

WORDS = {
    Choice.ASK_STAFF: RULES[PublishRule.ASK_STAFF],
    Choice.REVIEWED: RULES[PublishRule.REVIEWED],
    Choice.INDIVIDUALS: INDIVIDUALS,
}


@pages.get("")
@staff_only(Role.REVIEWER)
def tried(desk: Desk, slug: str) -> ResponseReturnValue:
    """Show each rule with its counts, and the signatures under the rule of the query string or of the letter."""
    room = enter(desk, slug)
    asked, sign_up = request.args.get("rule", ""), terms_of(room.letter_id, now()).sign_up
    shown = Choice(asked) if asked in tuple(Choice) else Choice(sign_up.publish_rule.value)
    found = choices_tried(desk.coalition_id, room.letter_id)
    return render_template(
        "staff/letters/publish_rule_preview.html", desk=desk, room=room, tab="sign-up", found=found, words=WORDS,
        chosen=_chosen(sign_up), shown=next(one for one in found.tried if one.choice is shown),
    )  # fmt: skip


def _chosen(sign_up: SignUp) -> tuple[Choice, ...]:
    """Return the rules that the letter has."""
    return (Choice(sign_up.publish_rule.value), *((Choice.INDIVIDUALS,) if sign_up.publish_individuals else ()))
