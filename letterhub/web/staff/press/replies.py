"""Replies of a letter's recipients: recorded, corrected, retracted, and emailed to the signatories once."""

from contextlib import closing

from flask import Blueprint, abort, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from letterhub.clock import now
from letterhub.commands.press.replies import correct_reply, email_reply, record_reply, retract_reply
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.drafts import normalize_body
from letterhub.domain.press.replies import MAX_REASON, MAX_SENDER, MAX_TEXT, ReplyChanged, ReplyFacts, ReplyFile
from letterhub.intake.pdf.reply_file import read_reply_file
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.press.recipients import signatories_to_email
from letterhub.queries.press.replies import StaffReply, staff_replies, staff_reply
from letterhub.web.access import accepts_large_body, flash_errors, get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import CommandForm, ExpectedVersionForm, clean_line, new_idempotency_key, uploaded_name
from letterhub.web.staff.press.signatory_messages import LEFT_OUT_WORDS

bp = Blueprint("replies", __name__)


class ReplyForm(ExpectedVersionForm):
    """Form for a reply. `form_token` is its idempotency key, `expected_version` the version of the reply to correct."""

    sender = StringField(
        _l("From"), filters=[clean_line], validators=[DataRequired(_l("Enter who replied.")), Length(max=MAX_SENDER)]
    )
    received_on = DateField(_l("Received on"), validators=[InputRequired(_l("Enter the day the reply came."))])
    text = TextAreaField(
        _l("Text of the reply"),
        filters=[lambda typed: normalize_body(typed or "").strip()],
        validators=[Length(max=MAX_TEXT)],
    )
    file = FileField(_l("PDF of the reply"))
    removes_file = BooleanField(_l("Remove the PDF that is stored"))
    form_token = HiddenField()
    reply_file: ReplyFile | None = None

    def validate_file(self, field: FileField) -> None:
        """Require a PDF that can be read, or none."""
        if field.data:
            try:
                with closing(field.data) as upload:
                    self.reply_file = read_reply_file(upload.read(), uploaded_name(upload) or _("The file"))
            except UserFacingError as refusal:
                raise ValidationError(str(refusal)) from refusal

    def to_facts(self) -> ReplyFacts:
        """Return the reply as a value."""
        return ReplyFacts(
            self.sender.data, self.received_on.data, self.text.data, self.reply_file, self.removes_file.data,
            (self.form_token.data or "")[:64],
        )  # fmt: skip


class RetractReplyForm(CommandForm):
    """Form for the reason of retracting a reply."""

    reason = StringField(
        _l("Reason"), filters=[clean_line], validators=[DataRequired(_l("Enter the reason.")), Length(max=MAX_REASON)]
    )


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """List the replies, retracted ones too."""
    header = get_letter_or_404(staff, slug)
    return render_template(
        "staff/press/replies.html", staff=staff, header=header, tab="release", replies=staff_replies(header.letter_id),
        may_edit=staff.role.covers(Role.ORGANIZER),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@staff_only(Role.ORGANIZER)
@accepts_large_body
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the form; a POST records the reply."""
    header, form = get_letter_or_404(staff, slug), ReplyForm()
    if form.validate_on_submit():
        with form.showing_errors():
            record_reply(header.letter_id, form.to_facts(), staff_id=staff.staff_id, actor=staff.actor, at=now())
            flash(_("The reply stands under the letter now. Nobody was emailed yet."), "good")
            return redirect_to(staff, ".index", slug=slug)
    form.form_token.data = form.form_token.data or new_idempotency_key()
    return _render_form(staff, header, form, None)


@bp.route("/<int:reply_id>/edit", methods=["GET", "POST"])
@staff_only(Role.ORGANIZER)
@accepts_large_body
def edit(staff: StaffContext, slug: str, reply_id: int) -> ResponseReturnValue:
    """Show the reply in the form; a POST corrects it."""
    header, reply = _reply_or_404(staff, slug, reply_id)
    stored = {"sender": reply.sender, "received_on": reply.received_on, "text": reply.text}
    form = ReplyForm(data=stored | {"expected_version": str(reply.version)})
    if form.validate_on_submit():
        try:
            correct_reply(header.letter_id, reply_id, form.to_facts(), form.version, actor=staff.actor, at=now())
            flash(_("The reply was corrected."), "good")
            return redirect_to(staff, ".index", slug=slug)
        except UserFacingError as refusal:
            form.add_error(refusal)
            if isinstance(refusal, ReplyChanged):  # with the current version the form can be sent again
                form.expected_version.data = str(reply.version)
    return _render_form(staff, header, form, reply)


@bp.route("/<int:reply_id>/retract", methods=["GET", "POST"])
@staff_only(Role.ORGANIZER)
def retract(staff: StaffContext, slug: str, reply_id: int) -> ResponseReturnValue:
    """Ask for the reason; a POST takes the reply off the letter."""
    (header, reply), form = _reply_or_404(staff, slug, reply_id), RetractReplyForm()
    if form.validate_on_submit():
        with form.showing_errors():
            retract_reply(header.letter_id, reply_id, form.reason.data, actor=staff.actor, at=now())
            flash(_("The reply was taken off the letter."), "good")
            return redirect_to(staff, ".index", slug=slug)
    page = render_template(
        "staff/press/retract_reply.html", staff=staff, header=header, tab="release", form=form, reply=reply
    )  # fmt: skip
    return page, 422 if form.errors else 200


@bp.route("/<int:reply_id>/email", methods=["GET", "POST"])
@staff_only(Role.ORGANIZER)
def send(staff: StaffContext, slug: str, reply_id: int) -> ResponseReturnValue:
    """Show how many signatories are emailed, and who is not; a POST emails them."""
    (header, reply), form = _reply_or_404(staff, slug, reply_id), CommandForm()
    if form.validate_on_submit():
        with flash_errors():
            count = email_reply(header.letter_id, reply_id, actor=staff.actor, at=now())
            flash(ngettext("One signatory is being emailed.", "%(num)s signatories are being emailed.", count), "good")
        return redirect_to(staff, ".index", slug=slug)
    return render_template(
        "staff/press/email_reply.html", staff=staff, header=header, tab="release", reply=reply,
        recipients=signatories_to_email(header.letter_id), left_out_words=LEFT_OUT_WORDS,
    )  # fmt: skip


def _reply_or_404(staff: StaffContext, slug: str, reply_id: int) -> tuple[LetterHeader, StaffReply]:
    """Return a reply that was not retracted, with its letter; aborts with 404 if there is none."""
    header = get_letter_or_404(staff, slug)
    reply = staff_reply(header.letter_id, reply_id)
    if reply is None or reply.retracted_at is not None:
        abort(404)
    return header, reply


def _render_form(staff: StaffContext, header: LetterHeader, form: ReplyForm, reply: StaffReply | None) -> ResponseReturnValue:
    """Render the form of a new reply, or of one to correct."""
    page = render_template(
        "staff/press/reply.html", staff=staff, header=header, tab="release", form=form, reply=reply
    )  # fmt: skip
    return page, 422 if form.errors else 200
