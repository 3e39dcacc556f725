"""Signing a letter: the form, and the page that says to check the mailbox."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.signatures.sign import resend_confirmation, sign_letter
from letterhub.domain.abuse.proof_of_work import ProofOfWork
from letterhub.domain.abuse.submission_limits import FormTokenSpent, Sender, TooManyForms
from letterhub.domain.invitations.partners import source_from
from letterhub.domain.letters.signing_settings import FormSettings, FormSettingsChanged
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import CannotMail
from letterhub.domain.signatures.signing import LetterNotOpen, MailedTooOften, TextChanged, check_open
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.signed_links import current_settings
from letterhub.queries.abuse.submission_limits import is_proof_of_work_required, promised_mail_time
from letterhub.queries.invitations.partners import source_of
from letterhub.queries.letters.public_letter import PublicLetter, public_letter
from letterhub.queries.letters.public_translations import ReadText, read_text
from letterhub.queries.operations.retention import retention_periods
from letterhub.queries.signatures.own_signature import OwnSignature, own_signature
from letterhub.web.access import Audience, open_to
from letterhub.web.dates import short_time
from letterhub.web.languages import speak_of
from letterhub.web.public.letters.letters import letter_view_without_list
from letterhub.web.public.signatures.mailed_links import address_from_token, invitation_from_link_or_none
from letterhub.web.public.signatures.signing_forms import SigningForm, form_data_from_signature, new_form_token
from letterhub.web.request_security import check_same_origin, csrf

bp = Blueprint("signing", __name__)
STARTED_SIGNATURE_KEY = "signing"
"""Session key for the submitted form.

Its dict has the letter, the masked address, the host likely `meant`, the id of the signature (0 for a bot's), the `form` key,
and whether the signer `reads` mail to this address.
"""

MAX_KNOWN_LETTERS = 256
_known_settings: dict[str, tuple[FormSettings, str]] = {}
"""Settings of each letter's form and the letter's language, by slug, as this process read them last: the command compares the
settings with the letter."""


@dataclass(frozen=True, slots=True)
class StartedSignature:
    """A signature started in this browser.

    `likely_host` corrects a typo in the address ("" if there is none), `reads_mailbox` is whether a link proved access to it,
    and `signature` is None for a bot's form.
    """

    masked_address: str
    likely_host: str
    reads_mailbox: bool
    signature: OwnSignature | None


@bp.get("/letters/<slug>/sign")
@bp.get("/letters/<slug>/<language:language>/sign")
@open_to(Audience.EVERYONE)
def new(slug: str, language: str = "") -> ResponseReturnValue:
    """Show the form, with the earlier input and the focus on the address when the signer returns to correct it.

    A language that the letter cannot be read in leads to the form in the letter's own.
    """
    letter = _open_letter_or_404(slug, language)
    read = read_text(letter, language)
    if language and not read.page_language:
        return redirect(f"{url_for('.new', slug=slug)}?{request.query_string.decode('latin-1')}".removesuffix("?"), 302)
    typed = _earlier_input(slug) if "again" in request.args else {}
    form = SigningForm(letter, data=_link_values() | typed)
    if "again" in request.args:
        form.email.render_kw = {"autofocus": True}
    return render_form_page(letter, form, read), {"Referrer-Policy": "no-referrer"}


def _link_values() -> dict[str, Any]:
    """Return what the form carries unseen: the mailbox that a link proves, and a partner's word."""
    via = source_from(request.args.get("via"))
    return {"reader_token": request.args.get("reads", ""), "via": via}


@bp.post("/letters/<slug>/sign")
@bp.post("/letters/<slug>/<language:language>/sign")
@open_to(Audience.EVERYONE)
def create(slug: str, language: str = "") -> ResponseReturnValue:
    """Start a signature. The response is the same whoever signs and whatever is known about the address.

    The form is checked by the settings that this process read last, so that most forms need one read less. The command compares
    them with the letter; once they have changed, the form is checked again.
    """
    check_same_origin()
    if slug not in _known_settings:
        _open_letter_or_404(slug, language)
    settings, own_language = _known_settings[slug]
    speak_of(language or own_language)
    form = SigningForm(settings)
    if not form.validate() or form.is_bot:
        letter = _open_letter_or_404(slug, language)
        if letter.form_settings != settings:
            return create(slug, language)
        if not form.is_bot:
            return render_form_page(letter, form, read_text(letter, language)), 422
    filled, started = form.to_signing_request(language), _started_signature(slug) if form.is_correction.data else None
    sender = _sender(settings.id, form, filled.email)
    replaced_id = started.signature.id if started and started.signature else None
    try:
        signature_id = 0 if form.is_bot else sign_letter(settings.id, filled, at=now(), replaces=replaced_id, sender=sender)
    except FormSettingsChanged:
        _open_letter_or_404(slug, language)
        return create(slug, language)
    except (TextChanged, CannotMail, FormTokenSpent, TooManyForms) as refusal:
        return _render_refused(slug, language, form, refusal)
    session[STARTED_SIGNATURE_KEY] = {
        "letter": slug, "mail": filled.email.masked, "meant": form.likely_address.rpartition("@")[2],
        "signature": signature_id, "form": filled.key(settings.id), "reads": sender.is_reader_of(filled.email),
    }  # fmt: skip
    return redirect(url_for(".check_email", slug=slug, language=language or None), 303)


csrf.exempt(create)  # it does the check itself


@bp.get("/letters/<slug>/check-your-email")
@bp.get("/letters/<slug>/<language:language>/check-your-email")
@open_to(Audience.EVERYONE)
def check_email(slug: str, language: str = "") -> ResponseReturnValue:
    """Show which email to wait for, and what to do if it does not arrive."""
    letter = public_letter(slug) or abort(404)
    read = read_text(letter, language)
    speak_of(read.tag)
    started = _started_signature(slug)
    if started is None:
        return redirect(url_for(".new", slug=slug, language=language or None), 303)
    arrives_by = promised_mail_time(started.signature.id, now()) if started.signature else None
    return render_template(
        "public/signatures/check_email.html",
        letter=letter,
        read=read,
        mail=started.masked_address,
        meant=started.likely_host,
        by=arrives_by,
    )


@bp.post("/letters/<slug>/check-your-email")
@bp.post("/letters/<slug>/<language:language>/check-your-email")
@open_to(Audience.EVERYONE)
def resend_email(slug: str, language: str = "") -> ResponseReturnValue:
    """Mail the confirmation link again, for the browser in which the form was filled in."""
    if language:
        speak_of(language)
    started = _started_signature(slug) or abort(404)
    arrives_by = None
    try:
        if started.signature:
            proven_email = EmailAddress(started.signature.email) if started.reads_mailbox else None
            arrives_by = resend_confirmation(started.signature.id, now(), Sender(request.remote_addr or "", proven_email))
        if started.signature and arrives_by:
            time = short_time(arrives_by, started.signature.letter.deadline_zone)
            flash(_("We’ll send it again by %(time)s.", time=time), "good")
        else:
            flash(_("Look for another email in a minute or two."), "good")
    except MailedTooOften as refusal:
        flash(str(refusal), "doubt")
    return redirect(url_for(".check_email", slug=slug, language=language or None), 303)


@bp.errorhandler(LetterNotOpen)
def _cannot_sign_now(refusal: LetterNotOpen) -> ResponseReturnValue:
    """Show that the letter cannot be signed now, with the input so that nothing typed is lost."""
    address = request.view_args or {}
    letter = public_letter(address["slug"]) or abort(404)
    speak_of(address.get("language") or letter.text.language)
    typed = SigningForm(letter).filled_fields() if request.method == "POST" else ()
    return render_template("public/signatures/not_now.html", letter=letter, sentence=str(refusal), typed=typed), 409


def _render_refused(
    slug: str, language: str, form: SigningForm, refusal: TextChanged | CannotMail | FormTokenSpent | TooManyForms
) -> ResponseReturnValue:
    """Show the form again with its input, the current text and, if needed, a new token."""
    letter = _open_letter_or_404(slug, language)
    form.add_error(refusal)
    read = read_text(letter, language)
    form.show_text(letter.revision_number, read.translation_id)
    if isinstance(refusal, FormTokenSpent):
        form.renew_form_token()
    return render_form_page(letter, form, read), 429 if isinstance(refusal, TooManyForms) else 422


def _open_letter_or_404(slug: str, language: str) -> PublicLetter:
    """Return the letter to sign, and keep the settings of its form; aborts with 404 if there is none. Raises LetterNotOpen."""
    letter = public_letter(slug) or abort(404)
    speak_of(language or letter.text.language)
    check_open(letter.state, letter.deadline_at, now())
    if len(_known_settings) >= MAX_KNOWN_LETTERS:
        _known_settings.clear()
    _known_settings[slug] = letter.form_settings, letter.text.language
    return letter


def render_form_page(letter: PublicLetter, form: SigningForm, read: ReadText, **context: Any) -> str:
    """Render the form page, where the letter is read in this text, with extra context.

    Holders of a mailed link get a proof-of-work challenge too: they may type an address that the link does not prove.
    """
    reads_mailbox = bool(address_from_token(form.reader_token.data) or invitation_from_link_or_none(form.invited.data))
    challenge = _proof_of_work().challenge(letter.id, now()) if is_proof_of_work_required(letter.id, now()) else ""
    form.proof.data = ""
    if form.revision.data is None:
        form.show_text(letter.revision_number, read.translation_id)
    form.form_token.data = form.form_token.data or new_form_token(letter.id)
    return render_template(
        "public/signatures/sign.html", letter=letter, read=read, form=form,
        sheet=letter_view_without_list(read.text, letter.counts, level=2),
        promise=retention_periods(letter.id), challenge=challenge, reads=reads_mailbox, **context,
    )  # fmt: skip


def _sender(letter_id: int, form: SigningForm, email: EmailAddress) -> Sender:
    """Return the sender of a form: the mailbox that its links prove access to, and the proof of work that it solved."""
    invitation = invitation_from_link_or_none(form.invited.data) if form.invited.data else None
    if invitation and (invitation.letter.id != letter_id or not invitation.is_for(email.typed)):
        invitation = None
    proven_email = ""
    if invitation:
        proven_email = invitation.email
    elif form.reader_token.data:
        proven_email = address_from_token(form.reader_token.data)
    proof = _proof_of_work().solved_challenge(letter_id, form.proof.data) if form.proof.data else ""
    return Sender(
        request.remote_addr or "",
        EmailAddress(proven_email) if proven_email else None,
        proof,
        invitation.id if invitation else 0,
        source_from(form.via.data) if form.via.data else "",
    )


def _proof_of_work() -> ProofOfWork:
    settings = current_settings()
    return ProofOfWork((settings.secret_key, *settings.secret_key_fallbacks))


def _started_signature(slug: str) -> StartedSignature | None:
    """Return the signature started in this browser for the letter; None if there is none.

    None also if the id now belongs to another signature: after a restore from backup ids repeat, but form keys differ.
    """
    stored: dict[str, Any] = session.get(STARTED_SIGNATURE_KEY) or {}
    if stored.get("letter") != slug:
        return None
    signature = own_signature(stored["signature"]) if stored["signature"] else None
    if stored["signature"] and (signature is None or signature.idempotency_key != (stored.get("form") or "")):
        return None
    return StartedSignature(stored["mail"], stored.get("meant", ""), bool(stored.get("reads")), signature)


def _earlier_input(slug: str) -> dict[str, Any]:
    """Return the input of the form started in this browser, with the suggested address if chosen, and the partner's word that
    it came by; {} if there is none."""
    started = _started_signature(slug)
    signature = started.signature if started else None
    if started is None or signature is None or signature.state is not SignatureState.PENDING:
        return {}
    email = signature.email
    chose_suggestion = request.args["again"] == "meant"
    if chose_suggestion and started.likely_host:
        email = f"{email.rpartition('@')[0]}@{started.likely_host}"
    unseen = {"is_correction": "yes", "via": source_of(signature.id)}
    return form_data_from_signature(signature) | {"email": email, "authorized": True, **unseen}
