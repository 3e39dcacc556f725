"""Words of a letter's emails: the coalition's own subject, text and sender name, with preview, test and reset."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import current_user
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from letterhub.clock import now
from letterhub.commands.mail.mail_words import (
    reset_coalition_words,
    reset_mail_words,
    save_mail_words,
    send_test_mail,
    share_mail_words,
)
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.domain.interface_languages import speaking, staff_language
from letterhub.domain.letters.drafts import normalize_body
from letterhub.domain.mail.mail_words import (
    DEFAULT_WORDS,
    FIELDS,
    MAX_SENDER_NAME,
    MAX_SUBJECT,
    MAX_TEXT,
    MailField,
    MailWords,
    WordedMail,
    WordsChanged,
)
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.mail.mail_samples import MailPreview, check_mail, preview_mail
from letterhub.queries.mail.mail_words import EditableWords, editable_words
from letterhub.web.access import flash_errors, get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import ExpectedVersionForm, clean_line
from letterhub.web.html_previews import caged_html

bp = Blueprint("mail_words", __name__)
RULE = f"/<any({', '.join(WordedMail)}):mail>"
SHARED_RULE = f"/<any({', '.join(one for one in WordedMail if one is not WordedMail.MESSAGE)}):mail>"
MAIL_NAMES = {
    WordedMail.INVITATION: _l("Invitation"),
    WordedMail.REMINDER: _l("Reminder of an invitation"),
    WordedMail.THANKS: _l("Thanks for signing"),
    WordedMail.PUBLISHED: _l("Signature published"),
    WordedMail.COPY: _l("Copy for signatories after delivery"),
    WordedMail.DELIVERY: _l("Delivery to the addressee"),
    WordedMail.MESSAGE: _l("Message to all signatories"),
}


class MailWordsForm(ExpectedVersionForm):
    """Form for own words; `expected_version` is the version of those that the page showed."""

    sender_name = StringField(_l("Sender’s name"), filters=[clean_line], validators=[Length(max=MAX_SENDER_NAME)])
    subject = StringField(
        _l("Subject"), filters=[clean_line], validators=[DataRequired(_l("Enter a subject.")), Length(max=MAX_SUBJECT)]
    )
    text = TextAreaField(
        _l("Text"),
        filters=[lambda typed: normalize_body(typed or "").strip()],
        validators=[DataRequired(_l("Enter a text.")), Length(max=MAX_TEXT)],
    )

    def to_words(self) -> MailWords:
        """Return the words as a value."""
        return MailWords(self.subject.data, self.text.data, self.sender_name.data)


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """List the emails that take own words."""
    header = get_letter_or_404(staff, slug)
    words = [one for one in editable_words(header.letter_id).values() if one.mail is not WordedMail.MESSAGE]
    return render_template("staff/mail/words_index.html", staff=staff, header=header, words=words, names=MAIL_NAMES)


@bp.get(RULE)
@staff_only(Role.REVIEWER)
def edit(staff: StaffContext, slug: str, mail: str) -> ResponseReturnValue:
    """Show the words of one email, with its preview."""
    header = get_letter_or_404(staff, slug)
    return _render_page(staff, header, WordedMail(mail))


@bp.post(RULE)
@staff_only(Role.ORGANIZER)
def update(staff: StaffContext, slug: str, mail: str) -> ResponseReturnValue:
    """Save own words."""
    header, form = get_letter_or_404(staff, slug), MailWordsForm()
    if form.validate():
        try:
            save_mail_words(header.letter_id, WordedMail(mail), form.to_words(), form.version, actor=staff.actor, at=now())
            flash(_saved_sentence(WordedMail(mail)), "good")
            return redirect_to(staff, ".edit", slug=slug, mail=mail)
        except UserFacingError as refusal:
            form.add_error(refusal)
            if isinstance(refusal, WordsChanged):  # with the current version the form can be sent again
                form.expected_version.data = str(editable_words(header.letter_id)[WordedMail(mail)].version)
    return _render_page(staff, header, WordedMail(mail), form), 422


@bp.post(f"{RULE}/preview")
@staff_only(Role.ORGANIZER)
def preview(staff: StaffContext, slug: str, mail: str) -> ResponseReturnValue:
    """Show what was typed as an email; nothing is saved."""
    header, form = get_letter_or_404(staff, slug), MailWordsForm()
    is_valid = _is_valid(form, header, WordedMail(mail))
    return _render_page(staff, header, WordedMail(mail), form), 200 if is_valid else 422


@bp.post(f"{RULE}/html")
@staff_only(Role.ORGANIZER)
def preview_html(staff: StaffContext, slug: str, mail: str) -> ResponseReturnValue:
    """Return the HTML of the email that the typed words make, as a page of its own in which nothing runs."""
    header, form = get_letter_or_404(staff, slug), MailWordsForm()
    if not _is_valid(form, header, WordedMail(mail)):
        return _render_page(staff, header, WordedMail(mail), form), 422
    return caged_html(preview_mail(header.letter_id, WordedMail(mail), form.to_words(), now()).html)


@bp.post(f"{RULE}/test")
@staff_only(Role.ORGANIZER)
def send_test(staff: StaffContext, slug: str, mail: str) -> ResponseReturnValue:
    """Mail what was typed to the member of staff who typed it; nothing is saved."""
    header, form = get_letter_or_404(staff, slug), MailWordsForm()
    if _is_valid(form, header, WordedMail(mail)):
        with form.showing_errors():
            address = send_test_mail(header.letter_id, WordedMail(mail), form.to_words(), current_user.id, now())
            flash(_("A test is on its way to %(address)s. The words below aren’t saved yet.", address=address), "good")
            return _render_page(staff, header, WordedMail(mail), form)
    return _render_page(staff, header, WordedMail(mail), form), 422


@bp.post(f"{RULE}/reset")
@staff_only(Role.ORGANIZER)
def reset(staff: StaffContext, slug: str, mail: str) -> ResponseReturnValue:
    """Return to the default words."""
    header = get_letter_or_404(staff, slug)
    reset_mail_words(header.letter_id, WordedMail(mail), actor=staff.actor, at=now())
    if mail == WordedMail.MESSAGE:
        flash(_("The draft of the message was deleted."), "good")
        return redirect_to(staff, "signatory_messages.index", slug=slug)
    is_shared = editable_words(header.letter_id)[WordedMail(mail)].of_coalition is not None
    flash(_("The coalition’s words are back.") if is_shared else _("The default words are back."), "good")
    return redirect_to(staff, ".edit", slug=slug, mail=mail)


@bp.post(f"{SHARED_RULE}/share")
@staff_only(Role.ORGANIZER)
def share(staff: StaffContext, slug: str, mail: str) -> ResponseReturnValue:
    """Make the letter's words those of all letters without their own."""
    header, form = get_letter_or_404(staff, slug), MailWordsForm()
    with flash_errors(_("All your letters use these words now, unless they have their own.")):
        share_mail_words(header.letter_id, WordedMail(mail), form.version, actor=staff.actor, at=now())
    return redirect_to(staff, ".edit", slug=slug, mail=mail)


@bp.post(f"{SHARED_RULE}/unshare")
@staff_only(Role.ORGANIZER)
def unshare(staff: StaffContext, slug: str, mail: str) -> ResponseReturnValue:
    """Delete the words of all letters."""
    get_letter_or_404(staff, slug)
    reset_coalition_words(staff.coalition_id, WordedMail(mail), actor=staff.actor, at=now())
    flash(_("The words of all letters were deleted."), "good")
    return redirect_to(staff, ".edit", slug=slug, mail=mail)


def _is_valid(form: MailWordsForm, header: LetterHeader, mail: WordedMail) -> bool:
    """Return whether an email can be made of what was typed; if not, the form says why beside its field."""
    if not form.validate():
        return False
    try:
        check_mail(header.letter_id, mail, form.to_words(), now())
    except UserFacingError as refusal:
        form.add_error(refusal)
        return False
    return True


def _saved_sentence(mail: WordedMail) -> str:
    """Return what saving words did: a message leaves when staff send it, other emails by themselves."""
    if mail is WordedMail.MESSAGE:
        return str(_("Saved. Nothing is sent until you review the message and send it."))
    return str(_("Saved. Emails that leave from now on use these words."))


def _form_from(words: EditableWords, language: str) -> MailWordsForm:
    """Return the form with the words in force, or those to begin with, in the language of the letter."""
    with speaking(staff_language(language)):
        shown = words.in_force or MailWords(*map(str, DEFAULT_WORDS[words.mail]))
    data = {"subject": shown.subject, "text": shown.text, "sender_name": shown.sender_name}
    return MailWordsForm(formdata=None, data=data | {"expected_version": str(words.version)})


def _preview(header: LetterHeader, mail: WordedMail, words: MailWords | None) -> MailPreview | None:
    """Return the preview of words; None if no email can be made of them."""
    try:
        return preview_mail(header.letter_id, mail, words, now())
    except UserFacingError:
        return None


def _render_page(staff: StaffContext, header: LetterHeader, mail: WordedMail, typed: MailWordsForm | None = None) -> str:
    """Render the editor with what was typed, or the words in force, and the email as it would leave."""
    saved = editable_words(header.letter_id)[mail]
    shown = None if typed and typed.errors else _preview(header, mail, typed.to_words() if typed else saved.in_force)
    return render_template(
        "staff/mail/words.html", staff=staff, header=header, mail=mail, name=MAIL_NAMES[mail], saved=saved,
        form=typed or _form_from(saved, header.language), shown=shown,
        fields=[field for field in MailField if field in FIELDS[mail]],
        may_edit=staff.role.covers(Role.ORGANIZER), is_typed=typed is not None,
    )  # fmt: skip
