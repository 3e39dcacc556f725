"""Messages to all signatories of a letter: what was sent, and the page that counts and shows one before it leaves."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from letterhub.clock import now
from letterhub.commands.press.signatory_messages import send_message
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.domain.mail.mail_words import WordedMail
from letterhub.domain.press.signatory_messages import LeftOut
from letterhub.domain.signatures.signing import utc_to_local
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.mail.mail_samples import MailPreview, preview_mail
from letterhub.queries.mail.mail_words import editable_words
from letterhub.queries.press.recipients import signatories_to_email
from letterhub.queries.press.signatory_messages import message_of_day, sent_messages
from letterhub.web.access import flash_errors, get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import ExpectedVersionForm, parse_integer

bp = Blueprint("signatory_messages", __name__)
LEFT_OUT_WORDS = {
    LeftOut.NO_ADDRESS: _l("have no email address"),
    LeftOut.UNSUBSCRIBED: _l("unsubscribed from the coalition’s emails"),
    LeftOut.BOUNCED: _l("have a mailbox that an earlier email could not be delivered to"),
    LeftOut.DISOWNED: _l("have a mailbox whose owner said that a signature was not theirs"),
    LeftOut.SAME_MAILBOX: _l("signed with a mailbox that gets the message for another signature"),
    LeftOut.AWAITING_REVIEW: _l("wait for your review"),
    LeftOut.OUTDATED: _l("haven’t confirmed the changed text"),
    LeftOut.WITHDRAWN: _l("withdrew"),
}


class SendMessageForm(ExpectedVersionForm):
    """Form that sends the words with the version that the page showed."""


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """List the messages that were sent, and the draft."""
    header = get_letter_or_404(staff, slug)
    page = sent_messages(header.letter_id, request.args.get("page", 1, type=parse_integer))
    return render_template(
        "staff/press/messages.html", staff=staff, header=header, tab="release", page=page, left_out_words=LEFT_OUT_WORDS,
        draft=editable_words(header.letter_id)[WordedMail.MESSAGE], may_edit=staff.role.covers(Role.ORGANIZER),
    )  # fmt: skip


@bp.get("/send")
@staff_only(Role.ORGANIZER)
def new(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the saved message as it leaves, how many get it, and who does not."""
    header = get_letter_or_404(staff, slug)
    if editable_words(header.letter_id)[WordedMail.MESSAGE].words is None:
        return redirect_to(staff, "mail_words.edit", slug=slug, mail=WordedMail.MESSAGE)
    return _render_page(staff, header)


@bp.post("/send")
@staff_only(Role.ORGANIZER)
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Send the message."""
    header, form = get_letter_or_404(staff, slug), SendMessageForm()
    if form.validate():
        with flash_errors():
            count = send_message(header.letter_id, form.version, staff_id=staff.staff_id, actor=staff.actor, at=now())
            sentence = ngettext(
                "The message is on its way to one signatory.", "The message is on its way to %(num)s signatories.", count
            )
            flash(sentence, "good")
            return redirect_to(staff, ".index", slug=slug)
    if editable_words(header.letter_id)[WordedMail.MESSAGE].words is None:
        return redirect_to(staff, ".index", slug=slug)
    return _render_page(staff, header), 422


def _render_page(staff: StaffContext, header: LetterHeader) -> str:
    """Render the page before sending, with the version of the words that it shows."""
    saved, at = editable_words(header.letter_id)[WordedMail.MESSAGE], now()
    form = SendMessageForm(formdata=None, data={"expected_version": str(saved.version)})
    return render_template(
        "staff/press/send_message.html", staff=staff, header=header, tab="release", form=form,
        recipients=signatories_to_email(header.letter_id), left_out_words=LEFT_OUT_WORDS, shown=_preview(header),
        is_taken=message_of_day(header.letter_id, utc_to_local(at, header.deadline_zone)[0], header.deadline_zone),
    )  # fmt: skip


def _preview(header: LetterHeader) -> MailPreview | None:
    """Return the email with invented values; None if none can be made of the words."""
    words = editable_words(header.letter_id)[WordedMail.MESSAGE].words
    try:
        return preview_mail(header.letter_id, WordedMail.MESSAGE, words, now())
    except UserFacingError:
        return None
