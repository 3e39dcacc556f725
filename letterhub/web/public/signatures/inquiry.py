"""Page where an organization answers whether a signature in its name is its own. GET changes nothing."""

from collections.abc import Sequence

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _later
from wtforms import HiddenField, RadioField, ValidationError

from letterhub.clock import now
from letterhub.commands.signatures.ownership_inquiries import answer_inquiry
from letterhub.domain.errors import UserFacingError
from letterhub.domain.signatures.ownership_inquiries import AlreadyAnswered, Answer, CannotAnswer
from letterhub.domain.signatures.review import SignatureChanged
from letterhub.infrastructure.signed_links import Purpose, current_link_signer
from letterhub.queries.signatures.ownership_inquiries import ReceivedInquiry, inquiry_by_id
from letterhub.rendering.letter.signatory_list import line
from letterhub.web.access import Audience, open_to
from letterhub.web.languages import speak_of
from letterhub.web.public.link_forms import LinkForm
from letterhub.web.public.link_pages import init_link_blueprint

bp = init_link_blueprint(Blueprint("inquiry", __name__))


class AnswerForm(LinkForm):
    """Form with yes and no, or with the only answer that still counts. Nothing is preselected, so that a mail scanner's click
    answers nothing."""

    answer = RadioField(_later("Is this signature your organization’s own?"), validate_choice=False)
    expected_version = HiddenField()

    def __init__(self, valid_answers: Sequence[Answer], **kwargs: object) -> None:
        super().__init__(**kwargs)
        sentences = {
            Answer.YES: _("Yes, it may appear on the letter"),
            Answer.NO: _("No, it isn’t ours, or the person who signed isn’t authorized to sign for us"),
        }
        self.answer.choices = [(str(choice), sentences[choice]) for choice in valid_answers]

    def validate_answer(self, field: RadioField) -> None:
        """Require one of the two answers."""
        if field.data not in tuple(Answer):
            has_both_answers = len(self.answer.choices) > 1
            raise ValidationError(_("Choose yes or no.") if has_both_answers else _("Choose your answer, or close this page."))


@bp.get("/answer/<token>")
@open_to(Audience.LINK_HOLDER)
def detail(token: str) -> ResponseReturnValue:
    """Show the line, the letter and the question; or the answer given."""
    inquiry = _load_question(token)
    return _render_page(
        inquiry, token, AnswerForm(inquiry.valid_answers, formdata=None, data={"expected_version": inquiry.line_version})
    )


@bp.post("/answer/<token>")
@open_to(Audience.LINK_HOLDER)
def answer(token: str) -> ResponseReturnValue:
    """Store the answer."""
    inquiry = _load_question(token)
    form = AnswerForm(inquiry.valid_answers)
    if not form.validate():
        return _render_page(inquiry, token, form), 422
    try:
        answer_inquiry(inquiry.id, Answer(form.answer.data), expected_version=form.expected_version.data or "", at=now())
    except SignatureChanged as refusal:
        return _render_refused(token, form, refusal)
    except (AlreadyAnswered, CannotAnswer):
        pass  # the page shows it
    return redirect(url_for(".detail", token=token), 303)


def _render_refused(token: str, form: AnswerForm, refusal: UserFacingError) -> ResponseReturnValue:
    """Show the form again, with the refusal and the line as it is now."""
    inquiry = _load_question(token)
    form.add_error(refusal)
    form.expected_version.data = inquiry.line_version
    return _render_page(inquiry, token, form), 422


def _load_question(token: str) -> ReceivedInquiry:
    """Return the inquiry of a link; aborts with 404 if it is gone. Raises InvalidLink and ExpiredLink."""
    opened = current_link_signer().open(Purpose.ANSWER, token)
    inquiry = inquiry_by_id(opened.subject[0]) or abort(404)
    opened.check_same_row(inquiry.asked_at)
    speak_of(inquiry.letter.text.language)
    return inquiry


def _render_page(inquiry: ReceivedInquiry, token: str, form: AnswerForm) -> str:
    return render_template(
        "public/signatures/inquiry.html",
        asked=inquiry, letter=inquiry.letter, token=token, form=form, line=line(inquiry.line, inquiry.letter.text),
    )  # fmt: skip
