"""Signing a letter: the form, and the page that says to check the mailbox."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.signatures.sign import resend_confirmation, sign_letter
from letterhub.domain.abuse.submission_limits import FormTokenSpent, Sender, TooManyForms
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import CannotMail
from letterhub.domain.signatures.signing import LetterNotOpen, MailedTooOften, TextChanged
from letterhub.domain.states import SignatureState
from letterhub.queries.abuse.submission_limits import promised_mail_time
from letterhub.queries.letters.documents import PublicLetter, public_letter
from letterhub.queries.operations.retention import retention_periods
from letterhub.queries.signatures.signatures import OwnSignature, own_signature
from letterhub.web.access import Audience, open_to
from letterhub.web.public.abuse.proof_of_work import challenge_for, solved_challenge
from letterhub.web.public.letters.page_fragments import letter_view_without_list
from letterhub.web.public.signatures.mailed_links import address_from_token, invitation_from_link_or_none
from letterhub.web.public.signatures.signing_forms import SigningForm, form_data_from_line
from letterhub.web.template_filters import short_time

bp = Blueprint("signing", __name__)
STARTED_SIGNATURE_KEY = "signing"
"""Session key for the submitted form.

Its dict has the letter, the masked address, the host likely `meant`, the id of the signature (0 for a bot's), the `form` key,
and whether the signer `reads` mail to this address.
"""


@dataclass(frozen=True, slots=True)
class StartedSignature:
    """A signature started in this browser.

    It has the masked address, the host likely `meant`, whether the signer `reads` mail to it, and the signature, None for a
    bot's.
    """

    mail: str
    meant: str
    reads: bool
    mine: OwnSignature | None


@bp.get("/letters/<slug>/sign")
@open_to(Audience.EVERYONE)
def new(slug: str) -> ResponseReturnValue:
    """Show the form, with the earlier input and the focus on the address when the signer returns to correct it."""
    letter = _open_letter_or_404(slug)
    typed = _earlier_input(slug) if "again" in request.args else {}
    form = SigningForm(letter, data=typed | {"revision": letter.revision_number, "reader_token": request.args.get("reads", "")})
    if "again" in request.args:
        form.email.render_kw = {"autofocus": True}
    return render_form_page(letter, form), {"Referrer-Policy": "no-referrer"}


@bp.post("/letters/<slug>/sign")
@open_to(Audience.EVERYONE)
def create(slug: str) -> ResponseReturnValue:
    """Start a signature. The response is the same whoever signs and whatever is known about the address."""
    letter = _open_letter_or_404(slug)
    form = SigningForm(letter)
    if not form.validate():
        return render_form_page(letter, form), 422
    asked = form.to_signing_request()
    sender = _sender(letter, form, asked.email)
    begun = _started_signature(slug) if form.is_correction.data else None
    mended = begun.mine.id if begun and begun.mine else None
    try:
        number = 0 if form.is_bot else sign_letter(letter.id, asked, at=now(), replaces=mended, sender=sender)
    except (TextChanged, CannotMail, FormTokenSpent, TooManyForms) as refusal:
        return _render_refused(slug, form, refusal)
    session[STARTED_SIGNATURE_KEY] = {
        "letter": slug, "mail": asked.email.masked, "meant": form.meant.rpartition("@")[2], "signature": number,
        "form": asked.key(letter.id), "reads": sender.is_reader_of(asked.email),
    }  # fmt: skip
    return redirect(url_for(".check_email", slug=slug), 303)


@bp.get("/letters/<slug>/check-your-mail")
@open_to(Audience.EVERYONE)
def check_email(slug: str) -> ResponseReturnValue:
    """Show which email to wait for, and what to do if it does not arrive."""
    letter = public_letter(slug) or abort(404)
    begun = _started_signature(slug)
    if begun is None:
        return redirect(url_for(".new", slug=slug), 303)
    by = promised_mail_time(begun.mine.id, now()) if begun.mine else None
    return render_template("public/signatures/check_email.html", letter=letter, mail=begun.mail, meant=begun.meant, by=by)


@bp.post("/letters/<slug>/check-your-mail")
@open_to(Audience.EVERYONE)
def resend_email(slug: str) -> ResponseReturnValue:
    """Mail the confirmation link again, for the browser in which the form was filled in."""
    begun, by = _started_signature(slug) or abort(404), None
    try:
        if begun.mine:
            by = resend_confirmation(begun.mine.id, now(), _resend_sender(begun.mine, reads=begun.reads))
        if begun.mine and by:
            when = short_time(by, begun.mine.letter.deadline_zone)
            flash(_("We’ll send it again by %(time)s.", time=when), "good")
        else:
            flash(_("Look for another email in a minute or two."), "good")
    except MailedTooOften as refusal:
        flash(str(refusal), "doubt")
    return redirect(url_for(".check_email", slug=slug), 303)


@bp.errorhandler(LetterNotOpen)
def _cannot_sign_now(refusal: LetterNotOpen) -> ResponseReturnValue:
    """Show that the letter cannot be signed now, with the input so that nothing typed is lost."""
    letter = public_letter((request.view_args or {})["slug"]) or abort(404)
    typed = SigningForm(letter).filled_fields() if request.method == "POST" else ()
    return render_template("public/signatures/not_now.html", letter=letter, sentence=str(refusal), typed=typed), 409


def _render_refused(
    slug: str, form: SigningForm, refusal: TextChanged | CannotMail | FormTokenSpent | TooManyForms
) -> ResponseReturnValue:
    """Show the form again with its input, the current text and, if needed, a new token."""
    letter = _open_letter_or_404(slug)
    form.refuse(refusal)
    form.revision.data = letter.revision_number
    if isinstance(refusal, FormTokenSpent):
        form.renew_form_token()
    return render_form_page(letter, form), 429 if isinstance(refusal, TooManyForms) else 422


def _open_letter_or_404(slug: str) -> PublicLetter:
    letter = public_letter(slug) or abort(404)
    letter.check_open(now())
    return letter


def render_form_page(letter: PublicLetter, form: SigningForm, **also: Any) -> str:
    """Render the form page with extra context.

    Holders of a mailed link get a proof-of-work challenge too: they may type an address that the link does not prove.
    """
    reads = bool(address_from_token(form.reader_token.data) or invitation_from_link_or_none(form.invited.data))
    form.proof.data = ""  # each page gets a new challenge
    return render_template(
        "public/signatures/sign.html", letter=letter, sheet=letter_view_without_list(letter.text, letter.count, level=2),
        form=form,
        promise=retention_periods(letter.id), challenge=challenge_for(letter.id), reads=reads, **also,
    )  # fmt: skip


def _sender(letter: PublicLetter, form: SigningForm, email: EmailAddress) -> Sender:
    """Return the sender of a form: the mailbox that its links prove access to, and the proof of work that it solved."""
    invited = invitation_from_link_or_none(form.invited.data) if form.invited.data else None
    if invited and (invited.letter.id != letter.id or not invited.is_for(email.typed)):
        invited = None
    reads = invited.email if invited else address_from_token(form.reader_token.data) if form.reader_token.data else ""
    proof = solved_challenge(letter.id, form.proof.data) if form.proof.data else ""
    return Sender(request.remote_addr or "", EmailAddress(reads) if reads else None, proof, invited.id if invited else 0)


def _resend_sender(mine: OwnSignature, *, reads: bool) -> Sender:
    """Return the sender of a resend request, for the browser in which the form was filled in."""
    return Sender(request.remote_addr or "", reads=EmailAddress(mine.email) if reads else None)


def _started_signature(slug: str) -> StartedSignature | None:
    """Return the signature started in this browser for the letter; None if there is none.

    None also if the id now belongs to another signature: after a restore from backup ids repeat, but form keys differ.
    """
    kept: dict[str, Any] = session.get(STARTED_SIGNATURE_KEY) or {}
    if kept.get("letter") != slug:
        return None
    mine = own_signature(kept["signature"]) if kept["signature"] else None
    if kept["signature"] and (mine is None or mine.idempotency_key != (kept.get("form") or "")):
        return None
    return StartedSignature(kept["mail"], kept.get("meant", ""), bool(kept.get("reads")), mine)


def _earlier_input(slug: str) -> dict[str, Any]:
    begun = _started_signature(slug)
    mine = begun.mine if begun else None
    if begun is None or mine is None or mine.state is not SignatureState.PENDING:
        return {}
    email = mine.email
    if request.args["again"] == "meant" and begun.meant:
        email = f"{email.rpartition('@')[0]}@{begun.meant}"
    return form_data_from_line(mine.line) | {"email": email, "authorized": True, "is_correction": "yes"}
