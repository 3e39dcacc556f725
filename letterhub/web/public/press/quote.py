"""Page where a signatory approves a quote word for word, declines it, or takes the approval back. GET changes nothing."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _later
from wtforms import BooleanField, HiddenField

from letterhub.clock import now
from letterhub.commands.press.quotes import decide_on_quote
from letterhub.domain.errors import UserFacingError
from letterhub.domain.interface_languages import spoken_language
from letterhub.domain.press.quotes import DECISIONS, QuoteDecided, QuoteState
from letterhub.domain.signatures.consent import ShownConsent
from letterhub.domain.signatures.review import SignatureChanged
from letterhub.infrastructure.signed_links import Purpose, current_link_signer
from letterhub.queries.press.quotes import QuoteToDecide, quote_to_decide
from letterhub.web.access import Audience, open_to
from letterhub.web.forms import Required
from letterhub.web.languages import speak_of
from letterhub.web.public.link_forms import LinkForm
from letterhub.web.public.link_pages import init_link_blueprint

bp = init_link_blueprint(Blueprint("quote", __name__))


class QuoteForm(LinkForm):
    """Form with the box that a decision needs, so that a mail scanner that presses every button decides nothing.

    `expected_version` is the version of the line whose name the page showed under the quote.
    """

    signatory_kind = None
    sure = BooleanField(validators=(Required(_later("Check the box first.")),))
    expected_version = HiddenField()


@bp.get("/quotes/<token>")
@open_to(Audience.LINK_HOLDER)
def detail(token: str) -> ResponseReturnValue:
    """Show the quote, and what was decided."""
    return _render_page(_quote_from_link(token), token, QuoteForm(formdata=None))


@bp.post("/quotes/<token>")
@open_to(Audience.LINK_HOLDER)
def decide(token: str) -> ResponseReturnValue:
    """Record the decision whose button was pressed."""
    quote, form = _quote_from_link(token), QuoteForm()
    choice = request.form.get("choice", "")
    if choice not in {str(state) for state in DECISIONS.get(quote.state, ())}:
        return redirect(url_for(".detail", token=token), 303)
    if not form.validate():
        return _render_page(quote, token, form), 422
    shown = ShownConsent((quote.name, quote.person), _box_words(), _("Approve this quote"), spoken_language())
    expected_version = form.expected_version.data or ""
    try:
        decide_on_quote(quote.id, QuoteState(choice), shown, expected_version=expected_version, at=now())
    except SignatureChanged:
        form.add_error(UserFacingError(_("The name under the quote has changed. Read it again, then decide."), "sure"))
        return _render_page(_quote_from_link(token), token, form), 422
    except QuoteDecided:
        pass  # the page shows it
    return redirect(url_for(".detail", token=token), 303)


def _box_words() -> str:
    """Return the words at the box, which are part of the evidence."""
    return str(_("I have read the quote, and may speak for the name under it."))


def _quote_from_link(token: str) -> QuoteToDecide:
    """Return the quote of a link; aborts with 404 if it is gone. Raises InvalidLink and ExpiredLink."""
    opened = current_link_signer().open(Purpose.QUOTE, token)
    quote = quote_to_decide(opened.subject[0]) or abort(404)
    opened.check_same_row(quote.asked_at)
    speak_of(quote.letter.text.language)
    return quote


def _render_page(quote: QuoteToDecide, token: str, form: QuoteForm) -> str:
    """Render the quote with a form that is about it as it is now, and its box for the signatory to check."""
    form.sure.data, form.expected_version.data = False, quote.line_version
    return render_template(
        "public/press/quote.html", quote=quote, letter=quote.letter, token=token, form=form, box_words=_box_words()
    )
