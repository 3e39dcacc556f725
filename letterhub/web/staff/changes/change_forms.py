"""Forms of changes to a signed text: their kind, what silence means, and the deadline for replies."""

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, RadioField, SelectField, TextAreaField, TimeField
from wtforms.validators import DataRequired, Length, Optional

from letterhub.domain.changes.replies import ChangeTerms, SilenceRule
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.revisions import REASON_LENGTH, ChangeKind, TextChange
from letterhub.domain.signatures.signing import local_to_utc
from letterhub.web.forms import CommandForm, clean_line, select_choices
from letterhub.web.staff.letters.signing_settings_forms import zone_choices

NOON = dt.time(12)
CHANGE_KIND_LABELS = {
    ChangeKind.TYPO: _l("A typo: what the letter says is the same"),
    ChangeKind.SUBSTANCE: _l("A substantive change: the letter says something different"),
}
RULE_LABELS = {
    SilenceRule.KEEP: _l("Keep signatories unless they object"),
    SilenceRule.CONFIRM: _l("Only those who confirm stay"),
}


class DeadlineForm(CommandForm):
    """Form for the deadline by which signatories reply."""

    deadline_date = DateField(_l("Last day to reply"), validators=[Optional()])
    deadline_time = TimeField(_l("Time"), validators=[Optional()])
    deadline_zone = SelectField(_l("Time zone"), choices=zone_choices)

    def deadline_at(self) -> dt.datetime:
        """Return the deadline. Raises UserFacingError without a day, and for an hour that clocks skip."""
        if self.deadline_date.data is None:
            raise UserFacingError(_("Choose the last day on which signatories can reply."), field="deadline_date")
        return local_to_utc(self.deadline_date.data, self.deadline_time.data or NOON, self.deadline_zone.data)


class PublishChangeForm(DeadlineForm):
    """Form for the kind, reason and terms of a change. `version` and `expected_revision` identify the two texts that were
    compared."""

    version = HiddenField()
    expected_revision = HiddenField()
    kind = RadioField(
        _l("What kind of change is it?"),
        choices=select_choices(CHANGE_KIND_LABELS),
        validators=[DataRequired(_l("Choose whether this corrects a typo or changes what the letter says."))],
    )
    rule = RadioField(
        _l("What happens to signatories who don’t reply?"),
        choices=select_choices(RULE_LABELS),
        validators=[Optional()],
    )
    reason = TextAreaField(
        _l("Reason"),
        filters=[clean_line],
        validators=[
            DataRequired(_l("Enter the reason. Everyone who reads the letter’s history sees it.")),
            Length(max=REASON_LENGTH),
        ],
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate the fields, and the terms of a substantive change."""
        is_valid = bool(super().validate(extra_validators))
        if self.kind.data != ChangeKind.SUBSTANCE:
            return is_valid
        if not self.rule.data:
            self.rule.errors = [_("Choose what happens to signatories who don’t reply.")]
            is_valid = False
        try:
            self.deadline_at()
        except UserFacingError as refusal:
            self.add_error(refusal)
            return False
        return is_valid

    @property
    def change(self) -> TextChange:
        """Return the change as a value."""
        kind = ChangeKind(self.kind.data)
        if kind is not ChangeKind.SUBSTANCE:
            return TextChange(kind, self.reason.data)
        terms = ChangeTerms(SilenceRule(self.rule.data), self.deadline_at(), self.deadline_zone.data)
        return TextChange(kind, self.reason.data, terms)
