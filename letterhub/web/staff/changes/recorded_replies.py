"""Page that records a reply to a substantive change that a signatory gave by phone, email, on paper or in person."""

from flask import Blueprint, abort, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, RadioField, SelectChoice, SelectField
from wtforms.validators import DataRequired, InputRequired

from letterhub.clock import now
from letterhub.commands.changes.recorded_replies import record_change_reply
from letterhub.domain.accounts.roles import Role
from letterhub.domain.changes.recorded_replies import RecordedReply, ReplyAnswer, is_recordable
from letterhub.domain.errors import UserFacingError
from letterhub.domain.signatures.added_names import AgreementMethod
from letterhub.queries.accounts import StaffContext
from letterhub.queries.changes.changes import Change, current_change, replies_to
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.letters.revisions import newest_revision
from letterhub.queries.signatures.review import SignatureDetails
from letterhub.web.access import accepts_large_body, get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import returned_number
from letterhub.web.staff.signatures.agreement_form import METHOD_CHOICES, AgreementForm
from letterhub.web.staff.signatures.evidence import signature_or_404

bp = Blueprint("recorded_replies", __name__)


class RecordedReplyForm(AgreementForm):
    """Form for a reply. `revision` is the number of the text that the page was about."""

    revision = HiddenField()
    answer = RadioField(
        _l("Their reply"),
        choices=[
            SelectChoice(str(ReplyAnswer.YES), _l("They say yes to the changed text: the name stays")),
            SelectChoice(str(ReplyAnswer.OBJECTION), _l("They object: the name comes off the letter")),
        ],
        validators=[DataRequired(_l("Choose what they replied."))],
    )
    method = SelectField(
        _l("How they replied"), choices=METHOD_CHOICES, validators=[InputRequired(_l("Choose how they replied."))]
    )
    agreed_on = DateField(_l("When"), validators=[InputRequired(_l("Enter the day they replied."))])

    @property
    def displayed_revision(self) -> int:
        """Return the number of the text that the page was about; 0 if it is missing."""
        return returned_number(self.revision.data, 0)

    def to_recorded_reply(self) -> RecordedReply:
        """Return the reply."""
        return RecordedReply(
            ReplyAnswer(self.answer.data), AgreementMethod(self.method.data), self.agreed_on.data,
            (self.note.data or "").strip(), self.evidence_file,
        )  # fmt: skip


@bp.route("/<int:signature_id>/record", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
@accepts_large_body
def create(staff: StaffContext, slug: str, signature_id: int) -> ResponseReturnValue:
    """Show the form; a POST records the reply."""
    header = get_letter_or_404(staff, slug)
    signature, change = signature_or_404(header, signature_id), current_change(header.letter_id) or abort(404)
    form = RecordedReplyForm(header)
    if not form.is_submitted():
        if not _can_be_recorded(header, signature, change):
            flash(_("%(name)s isn’t waiting to reply to a change.", name=signature.printed.name.text), "stop")
            return redirect_to(staff, "change_replies.index", slug=slug)
        form.revision.data = str(newest_revision(header.letter_id).number)
    elif form.validate():
        try:
            record_change_reply(
                signature_id, form.to_recorded_reply(), revision=form.displayed_revision,
                staff_id=staff.staff_id, actor=staff.actor, at=now(),
            )  # fmt: skip
        except UserFacingError as refusal:
            form.add_error(refusal)
            form.revision.data = str(newest_revision(header.letter_id).number)
        else:
            flash(_("The reply of %(name)s was recorded.", name=signature.printed.name.text), "good")
            return redirect_to(staff, "change_replies.index", slug=slug)
    page = render_template(
        "staff/changes/record_reply.html",
        staff=staff,
        header=header,
        tab="signatures",
        name=signature,
        change=change,
        form=form,
    )
    return page, 422 if form.errors or form.form_errors else 200


def _can_be_recorded(header: LetterHeader, signature: SignatureDetails, change: Change) -> bool:
    reply = replies_to(change, [signature.id]).get(signature.id)
    return is_recordable(header.state, signature.state, reply.state if reply else None)
