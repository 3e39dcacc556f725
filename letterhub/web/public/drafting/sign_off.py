"""Page of a lead organization that is asked to agree to a draft's text: the text as it will print, a box and a button.

GET changes nothing but the count of visits. See docs/design/drafting/sign_off.md.
"""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _later
from wtforms import BooleanField, HiddenField

from letterhub.clock import now
from letterhub.commands.drafting.sign_offs import record_sign_off_visit, sign_off
from letterhub.domain.drafting.sign_offs import SignOffState
from letterhub.domain.errors import UserFacingError
from letterhub.domain.interface_languages import spoken_language
from letterhub.domain.letters.letter_document import SignatoryCounts
from letterhub.domain.signatures.consent import ShownConsent
from letterhub.infrastructure.signed_links import Purpose, current_link_signer
from letterhub.queries.drafting.sign_offs import RequestedSignOff, requested_sign_off
from letterhub.web.access import Audience, open_to
from letterhub.web.forms import Required
from letterhub.web.languages import speak_of
from letterhub.web.public.letters.letters import letter_view_without_list
from letterhub.web.public.link_forms import LinkForm
from letterhub.web.public.link_pages import init_link_blueprint

bp = init_link_blueprint(Blueprint("sign_off", __name__))


class SignOffForm(LinkForm):
    """Form with the box that agrees, so that a mail scanner that presses the button agrees to nothing.

    `sha256` is the hash of the text that the page showed.
    """

    signatory_kind = None
    agreed = BooleanField(validators=(Required(_later("Check the box to confirm you’re authorized to agree.")),))
    sha256 = HiddenField()


@bp.get("/sign-offs/<token>")
@open_to(Audience.LINK_HOLDER)
def detail(token: str) -> ResponseReturnValue:
    """Show the text, what changed since the lead agreed, and the form."""
    requested = _sign_off_from_link(token)
    if request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate":
        record_sign_off_visit(requested.id, now())
    return _render_page(requested, token, SignOffForm(formdata=None))


@bp.post("/sign-offs/<token>")
@open_to(Audience.LINK_HOLDER)
def agree(token: str) -> ResponseReturnValue:
    """Record the agreement to the text that was shown."""
    requested, form = _sign_off_from_link(token), SignOffForm()
    if form.validate():
        with form.showing_errors():
            sign_off(requested.id, form.sha256.data or "", _consent(requested), now())
            return redirect(url_for(".detail", token=token), 303)
        requested = _sign_off_from_link(token)
    return _render_page(requested, token, form), 422


def _sign_off_from_link(token: str) -> RequestedSignOff:
    """Return the request of a link, and speak its language. Raises InvalidLink and ExpiredLink."""
    link = current_link_signer().open(Purpose.SIGN_OFF, token)
    requested = requested_sign_off(link.subject[0]) or abort(404)
    link.check_same_row(requested.created_at)
    speak_of(requested.text.language)
    return requested


def _box_words(requested: RequestedSignOff) -> str:
    return str(_("I am authorized to agree to this text for %(organization)s.", organization=requested.organization))


def _consent(requested: RequestedSignOff) -> ShownConsent:
    """Return what the lead saw and agreed to."""
    button = str(_("We agree to this text"))
    return ShownConsent((requested.organization, requested.person), _box_words(requested), button, spoken_language())


def _render_page(requested: RequestedSignOff, token: str, form: SignOffForm) -> str:
    """Render the page; `form` may hold rejected input. It carries the hash of the text that is shown now."""
    if not requested.is_draft:
        is_invited = requested.state is SignOffState.AGREED
        return render_template("public/drafting/opened.html", draft=requested, is_invited=is_invited)
    form.sha256.data = requested.sha256
    try:
        sheet, problem = letter_view_without_list(requested.text, SignatoryCounts(), level=2), ""
    except UserFacingError as refusal:
        sheet, problem = None, str(refusal)
    return render_template(
        "public/drafting/sign_off.html", draft=requested, token=token, form=form, sheet=sheet, problem=problem,
        box_words=_box_words(requested),
    )  # fmt: skip
