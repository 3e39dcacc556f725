"""Preview of publish rules: the effect of each rule on recent signatures."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.domain.accounts.roles import Role
from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.publish_rule_preview import PublishOption, option_previews
from letterhub.queries.letters.signing_settings import signing_overview
from letterhub.web.access import get_letter_or_404, staff_only
from letterhub.web.staff.letters.signing_settings_forms import PUBLISH_INDIVIDUALS_LABEL, PUBLISH_RULE_LABELS

bp = Blueprint("publish_rule_preview", __name__)

RULE_LABELS = {
    PublishOption.ASK_STAFF: PUBLISH_RULE_LABELS[PublishRule.ASK_STAFF],
    PublishOption.REVIEWED: PUBLISH_RULE_LABELS[PublishRule.REVIEWED],
    PublishOption.INDIVIDUALS: PUBLISH_INDIVIDUALS_LABEL,
}


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show each rule with its counts, and the signatures under the rule of the query string or of the letter."""
    header = get_letter_or_404(staff, slug)
    chosen_rule, signing_settings = request.args.get("rule", ""), signing_overview(header.letter_id, now()).signing_settings
    rule = PublishOption(chosen_rule if chosen_rule in tuple(PublishOption) else signing_settings.publish_rule.value)
    rules_of_letter = [PublishOption(signing_settings.publish_rule.value)]
    if signing_settings.publish_individuals:
        rules_of_letter.append(PublishOption.INDIVIDUALS)
    previews = option_previews(staff.coalition_id, header.letter_id)
    return render_template(
        "staff/letters/publish_rule_preview.html", staff=staff, header=header, tab="settings", found=previews,
        words=RULE_LABELS, chosen=rules_of_letter,
        shown=next(preview for preview in previews.options if preview.choice is rule),
    )  # fmt: skip
