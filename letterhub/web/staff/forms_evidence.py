"""What staff type where they find out whether a name is real: why they vouch for it, and whom else they ask."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired, Length

from letterhub.domain.lines import one_line
from letterhub.domain.refusals import Refused


def _cleaned(text: str | None) -> str:
    return one_line(text or "")


class VouchForm(FlaskForm):  # type: ignore[misc]
    """Why a member of staff answers for a name. `seen` is the mark of the line that she saw."""

    reason = StringField(
        _("Why do you vouch for it?"),
        filters=[_cleaned],
        validators=[DataRequired(_("Say in a few words how you know.")), Length(max=500)],
        id="vouch-reason",
    )
    seen = HiddenField(id="vouch-seen")


class AskForm(FlaskForm):  # type: ignore[misc]
    """Which address is asked, and where it was found. `sure` is asked for an address at another domain alone."""

    address = StringField(
        _("E-mail address"),
        filters=[_cleaned],
        validators=[DataRequired(_("Give the address that the organization has published.")), Length(max=254)],
    )
    published = StringField(
        _("Where is it published?"),
        filters=[_cleaned],
        validators=[DataRequired(_("Say where you found it, such as the address of the page.")), Length(max=300)],
    )
    sure = BooleanField(_("The organization itself publishes this address. Ask it anyway."))
    seen = HiddenField()

    def refuse(self, refusal: Refused) -> None:
        """Puts a refusal beside its field, or over the whole form where it has none."""
        if refusal.field in self:
            self[refusal.field].errors = [*self[refusal.field].errors, str(refusal)]
        else:
            self.form_errors.append(str(refusal))
