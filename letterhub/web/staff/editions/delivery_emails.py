"""Emails that deliver an edition: the form, the email as it leaves, a test to oneself, and what became of each."""

from flask import Blueprint, abort, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user

from letterhub.clock import now
from letterhub.commands.editions.delivery_emails import (
    cancel_delivery_email,
    record_recipient_bounce,
    resend_delivery_email,
    send_delivery_email,
    send_test_delivery,
)
from letterhub.domain.accounts.roles import Role
from letterhub.domain.editions.deliveries import DEFAULT_MAIL_LIMIT, UNDO_PERIOD, check_deliverable, check_errata_version
from letterhub.domain.editions.delivery_emails import ATTACHABLE, CoverEmail, check_recipients
from letterhub.domain.errors import UserFacingError
from letterhub.domain.mail.mail_words import FIELDS, MailField, WordedMail
from letterhub.domain.operations.readiness import MAIL_BLOCKERS
from letterhub.queries.accounts import StaffContext
from letterhub.queries.editions.cover_emails import CoverEmailPreview, preview_cover_email
from letterhub.queries.editions.deliveries import EditionToDeliver, edition_to_deliver
from letterhub.queries.editions.delivery_emails import check_cover_words
from letterhub.queries.editions.delivery_recipients import (
    RecipientFacts,
    check_not_emailed,
    edition_of_recipient,
    mail_size_limit,
    recipient_of,
)
from letterhub.queries.editions.edition_files import file_sizes
from letterhub.queries.editions.recipient_profiles import edition_checks
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.mail.mail_words import editable_words
from letterhub.queries.operations.health import silent_site_parts
from letterhub.web.access import flash_errors, get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import new_idempotency_key
from letterhub.web.html_previews import caged_html
from letterhub.web.staff.editions.chosen_recipients import choosing
from letterhub.web.staff.editions.cover_email_form import CoverEmailForm, ResendForm, prefilled_cover_email_form

bp = Blueprint("delivery_emails", __name__)


@bp.get("/<int:number>/email")
@staff_only(Role.ORGANIZER)
def new(staff: StaffContext, slug: str, number: int) -> ResponseReturnValue:
    """Show the form: to whom the edition is emailed, with which words and files."""
    header, edition = _edition_or_404(staff, slug, number)
    try:
        check_deliverable(header.state, edition.file_states)
    except UserFacingError as refusal:
        flash(str(refusal), "stop")
        return redirect_to(staff, "editions.index", slug=slug)
    words = editable_words(header.letter_id)[WordedMail.DELIVERY].in_force
    form = prefilled_cover_email_form(edition.addressees, edition.counts, words, header.language)
    form.offer_languages(header.language, edition.languages)
    return _render_form(staff, header, edition, form)


@bp.post("/<int:number>/email")
@staff_only(Role.ORGANIZER)
def create(staff: StaffContext, slug: str, number: int) -> ResponseReturnValue:
    """Show the email as it leaves; when that page is confirmed, queue it for each recipient."""
    header, edition = _edition_or_404(staff, slug, number)
    form = _filled_form(header, edition)
    email = _email_of(staff, edition, form)
    if email is None:
        return _render_form(staff, header, edition, form), 422
    if not form.form_token.data:
        return _render_preview(staff, header, edition, form, email)
    try:
        count = send_delivery_email(
            edition.id, form.to_request(email, header.deadline_zone), actor=staff.actor, staff_id=staff.staff_id, at=now()
        )
    except UserFacingError as refusal:
        form.add_error(refusal)
        return _render_form(staff, header, edition, form), 422
    flash(ngettext("One email is on its way.", "%(num)s emails are on their way.", count), "good")
    return redirect_to(staff, "editions.index", slug=slug)


@bp.post("/<int:number>/email/edit")
@staff_only(Role.ORGANIZER)
def edit(staff: StaffContext, slug: str, number: int) -> ResponseReturnValue:
    """Show the form with what was typed, and more rows for recipients."""
    header, edition = _edition_or_404(staff, slug, number)
    form = _filled_form(header, edition)
    form.add_rows()
    return _render_form(staff, header, edition, form)


@bp.post("/<int:number>/email/html")
@staff_only(Role.ORGANIZER)
def preview_html(staff: StaffContext, slug: str, number: int) -> ResponseReturnValue:
    """Return the HTML of the email to the first recipient."""
    header, edition = _edition_or_404(staff, slug, number)
    form = _filled_form(header, edition)
    email = _email_of(staff, edition, form)
    if email is None:
        return _render_form(staff, header, edition, form), 422
    return caged_html(_preview(edition, email).html)


@bp.post("/<int:number>/email/test")
@staff_only(Role.ORGANIZER)
def send_test(staff: StaffContext, slug: str, number: int) -> ResponseReturnValue:
    """Mail the email with its files to the member of staff who writes it."""
    header, edition = _edition_or_404(staff, slug, number)
    form = _filled_form(header, edition)
    email = _email_of(staff, edition, form)
    if email is not None:
        with form.showing_errors():
            address = send_test_delivery(edition.id, email, staff.staff_id, now())
            flash(_("A test is on its way to %(address)s. Nothing was sent to the recipients.", address=address), "good")
            return _render_preview(staff, header, edition, form, email)
    return _render_form(staff, header, edition, form), 422


@bp.get("/emails/<int:recipient_id>/resend")
@staff_only(Role.ORGANIZER)
def confirm_resend(staff: StaffContext, slug: str, recipient_id: int) -> ResponseReturnValue:
    """Show to which address an email is sent again."""
    header = get_letter_or_404(staff, slug)
    recipient = recipient_of(header.letter_id, recipient_id) or abort(404)
    return _render_resend(staff, header, recipient, ResendForm(formdata=None, data={"address": recipient.address}))


@bp.post("/emails/<int:recipient_id>/resend")
@staff_only(Role.ORGANIZER)
def resend(staff: StaffContext, slug: str, recipient_id: int) -> ResponseReturnValue:
    """Send an email again that failed, bounced or was canceled."""
    header, form = get_letter_or_404(staff, slug), ResendForm()
    recipient = recipient_of(header.letter_id, recipient_id) or abort(404)
    if form.validate():
        with form.showing_errors():
            resend_delivery_email(
                recipient_id, form.address.data, header.letter_id, actor=staff.actor, at=now(),
                errata_version=form.errata_version.data or "",
            )  # fmt: skip
            flash(_("The email to %(address)s is on its way again.", address=form.address.data), "good")
            return redirect_to(staff, "editions.index", slug=slug)
    return _render_resend(staff, header, recipient, form), 422


@bp.post("/emails/<int:recipient_id>/cancel")
@staff_only(Role.ORGANIZER)
def cancel(staff: StaffContext, slug: str, recipient_id: int) -> ResponseReturnValue:
    """Hold back an email that waits."""
    header = get_letter_or_404(staff, slug)
    if recipient_of(header.letter_id, recipient_id) is None:
        abort(404)
    with flash_errors(_("The email was held back. You can send it later.")):
        cancel_delivery_email(recipient_id, header.letter_id, actor=staff.actor, at=now())
    return redirect_to(staff, "editions.index", slug=slug)


@bp.post("/emails/<int:recipient_id>/bounced")
@staff_only(Role.ORGANIZER)
def record_bounce(staff: StaffContext, slug: str, recipient_id: int) -> ResponseReturnValue:
    """Record that an email came back."""
    header = get_letter_or_404(staff, slug)
    if recipient_of(header.letter_id, recipient_id) is None:
        abort(404)
    with flash_errors(_("The email is marked as bounced. You can send it again, to another address too.")):
        record_recipient_bounce(recipient_id, header.letter_id, actor=staff.actor, at=now())
    return redirect_to(staff, "editions.index", slug=slug)


def _edition_or_404(staff: StaffContext, slug: str, number: int) -> tuple[LetterHeader, EditionToDeliver]:
    header = get_letter_or_404(staff, slug)
    return header, edition_to_deliver(header.letter_id, number) or abort(404)


def _filled_form(header: LetterHeader, edition: EditionToDeliver) -> CoverEmailForm:
    """Return the form that was sent."""
    form = CoverEmailForm()
    form.offer_languages(header.language, edition.languages)
    return form


def _email_of(staff: StaffContext, edition: EditionToDeliver, form: CoverEmailForm) -> CoverEmail | None:
    """Return the email that the form describes; None if none can be made of it, and the form says why."""
    if not form.validate():
        return None
    email = form.to_cover_email(mail_size_limit(staff.coalition_id, form.addresses))
    try:
        check_errata_version(form.errata_version.data or "", edition.validity_hash)
        check_recipients(email.recipients)
        check_cover_words(edition.id, email)
        if not form.again.data:
            check_not_emailed(edition.id, email.recipients)
    except UserFacingError as refusal:
        form.add_error(refusal)
        return None
    return email


def _preview(edition: EditionToDeliver, email: CoverEmail) -> CoverEmailPreview:
    return preview_cover_email(edition.id, email, current_user.email, now())


def _render_preview(
    staff: StaffContext, header: LetterHeader, edition: EditionToDeliver, form: CoverEmailForm, email: CoverEmail
) -> str:
    """Render the email as it leaves, which asks before it is sent."""
    return render_template(
        "staff/editions/email_preview.html", staff=staff, header=header, tab="editions", edition=edition, form=form,
        checks=edition_checks(edition.id, staff.coalition_id, email.formats, email.language), email=email,
        preview=_preview(edition, email), once=new_idempotency_key(), days=UNDO_PERIOD.days,
        stuck=not MAIL_BLOCKERS.isdisjoint(silent_site_parts()),
    )  # fmt: skip


def _render_form(staff: StaffContext, header: LetterHeader, edition: EditionToDeliver, form: CoverEmailForm) -> str:
    """Render the form."""
    return render_template(
        "staff/editions/email.html", staff=staff, header=header, tab="editions", edition=edition, form=form,
        checks=edition_checks(edition.id, staff.coalition_id), choosing=choosing(staff, header.letter_id),
        sizes=file_sizes(edition.id), formats=ATTACHABLE, usual=DEFAULT_MAIL_LIMIT,
        fields=[field for field in MailField if field in FIELDS[WordedMail.DELIVERY]],
    )  # fmt: skip


def _render_resend(staff: StaffContext, header: LetterHeader, recipient: RecipientFacts, form: ResendForm) -> str:
    """Render the page before an email is sent again, with what has changed since its edition was frozen."""
    number = edition_of_recipient(header.letter_id, recipient.id) or abort(404)
    return render_template(
        "staff/editions/resend.html", staff=staff, header=header, tab="editions", recipient=recipient, form=form,
        edition=edition_to_deliver(header.letter_id, number),
    )  # fmt: skip
