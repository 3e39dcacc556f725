"""Notices page of the account: what a member hears of by email, per coalition, and when."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import current_user
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SelectField

from letterhub.clock import now
from letterhub.commands.mail.notices import choose_notices
from letterhub.domain.mail.notices import NoticeChoices, NoticeFrequency, NoticeTopic
from letterhub.queries.mail.notices import MemberNotices, notices_of
from letterhub.web.access import Audience, open_to
from letterhub.web.dates import clock_time
from letterhub.web.forms import select_choices
from letterhub.web.staff.letters.signing_settings_forms import zone_choices

bp = Blueprint("notices", __name__)
TOPIC_NAMES = {
    NoticeTopic.SIGNATURES: _l("New signatures"),
    NoticeTopic.WAITING: _l("Names that wait for review"),
    NoticeTopic.CHANGES: _l("Published names withdrawn, corrected or reported"),
    NoticeTopic.BOUNCES: _l("Emails that couldn’t be delivered"),
    NoticeTopic.ALERTS: _l("Suspicious or disowned signatures"),
    NoticeTopic.DEADLINE_TOMORROW: _l("A deadline within a day"),
    NoticeTopic.DEADLINE_PASSED: _l("A deadline that has passed"),
    NoticeTopic.EDITION_READY: _l("An edition whose files are ready"),
    NoticeTopic.REPLY: _l("A reply from a letter’s recipient"),
}
FREQUENCY_NAMES = {
    NoticeFrequency.AT_ONCE: _l("At once"),
    NoticeFrequency.DAILY: _l("In the daily digest"),
    NoticeFrequency.NEVER: _l("Never"),
}


def _field_name(topic: NoticeTopic) -> str:
    return topic.replace("-", "_")


class _NoticesFields(FlaskForm):  # type: ignore[misc]
    """Fields of the digest; `NoticesForm` adds one for each topic."""

    digest_hour = SelectField(
        _l("Hour of the daily digest"),
        coerce=int,
        choices=lambda: [SelectChoice(hour, clock_time(hour)) for hour in range(24)],
    )
    digest_zone = SelectField(_l("Time zone"), choices=zone_choices)


FREQUENCY_CHOICES = select_choices(FREQUENCY_NAMES)
TOPIC_FIELDS = {_field_name(topic): RadioField(name, choices=FREQUENCY_CHOICES) for topic, name in TOPIC_NAMES.items()}
NoticesForm = type("NoticesForm", (_NoticesFields,), TOPIC_FIELDS)


@bp.get("")
@open_to(Audience.SIGNED_IN)
def index() -> ResponseReturnValue:
    """List the coalitions of the current user, with the notices that they get from each."""
    return render_template("staff/accounts/notices_index.html", notices=notices_of(current_user.id))


@bp.route("/<coalition>", methods=["GET", "POST"])
@open_to(Audience.SIGNED_IN)
def edit(coalition: str) -> ResponseReturnValue:
    """Show what the current user hears of in a coalition; a POST changes it."""
    member = next((one for one in notices_of(current_user.id) if one.coalition_slug == coalition), None) or abort(404)
    form = NoticesForm(data=_form_data(member))
    if form.validate_on_submit():
        hour, zone = form.digest_hour.data, form.digest_zone.data
        choose_notices(current_user.id, member.membership_id, _choices_from(form), hour, zone, now())
        flash(_("Saved."), "good")
        return redirect(url_for("notices.edit", coalition=coalition), 303)
    status = 422 if form.errors else 200
    topics = [form[_field_name(topic)] for topic in NoticeTopic]
    return render_template("staff/accounts/notices.html", form=form, member=member, topics=topics), status


def _choices_from(form: Any) -> NoticeChoices:
    return {topic: NoticeFrequency(form[_field_name(topic)].data) for topic in NoticeTopic}


def _form_data(member: MemberNotices) -> dict[str, object]:
    topics = {_field_name(topic): str(frequency) for topic, frequency in member.choices.items()}
    return topics | {"digest_hour": member.digest_hour, "digest_zone": member.digest_zone}
