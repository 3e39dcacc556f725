"""Names added by hand: the form with how each said yes, and the file that shows it."""

import datetime as dt
from io import BytesIO

from flask import Blueprint, abort, flash, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField, ValidationError
from wtforms.validators import Length, Optional

from letterhub.clock import now
from letterhub.commands.signatures.added_names import add_name
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.letters.signing_settings import WhoMaySign
from letterhub.domain.mail.outgoing_mail import CannotMail
from letterhub.domain.signatures.added_names import AddedName, AgreementMethod
from letterhub.domain.signatures.signatory_import import ParsedRow
from letterhub.domain.signatures.signing import only_accepted_kind
from letterhub.mail.outbox import normalized_address
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.letters.signing_settings import signing_overview
from letterhub.queries.signatures.evidence import evidence_document
from letterhub.web.access import accepts_large_body, get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import SCOPE_LABELS, Required, clean_line, select_choices, website
from letterhub.web.staff.signatures.agreement_form import AgreementForm
from letterhub.web.staff.signatures.review import check_printable

bp = Blueprint("added_names", __name__)


def _line(label: str, *validators: object) -> StringField:
    return StringField(label, filters=[clean_line], validators=[Length(max=300), check_printable, *validators])


class AddNameForm(AgreementForm):
    """Form for a name and how it said yes."""

    kind = RadioField(
        _l("Kind"),
        default=str(SignatoryKind.ORGANIZATION),
        choices=select_choices({SignatoryKind.ORGANIZATION: _l("Organization"), SignatoryKind.INDIVIDUAL: _l("Individual")}),
    )
    organization = _line(_l("Organization"), Required(_l("Enter the name of the organization."), SignatoryKind.ORGANIZATION))
    signer_name = _line(_l("Signer"), Required(_l("Enter the name of the signer.")))
    signer_title = _line(_l("Title"))
    email = StringField(_l("Email"), filters=[clean_line], validators=[Length(max=254)])
    skips_email = BooleanField(_l("Don’t email the signatory that the name was added."))
    website = StringField(_l("Website"), filters=[clean_line], validators=[Length(max=300), website])
    location = _line(_l("City and state"))
    section = SelectField(_l("Scope"), choices=select_choices(SCOPE_LABELS, empty=_l("None")), validators=[Optional()])
    affiliation = _line(_l("Affiliation"))

    def __init__(self, header: LetterHeader, who_may_sign: WhoMaySign, **kwargs: object) -> None:
        super().__init__(header, **kwargs)
        self.only_kind = only_accepted_kind(who_may_sign)
        if self.only_kind:
            del self.kind

    @property
    def signatory_kind(self) -> SignatoryKind:
        """Kind of the signatory."""
        return self.only_kind or SignatoryKind(self.kind.data or SignatoryKind.ORGANIZATION)

    def validate_email(self, field: StringField) -> None:
        """Require an address that can be mailed, or none."""
        try:
            field.data = normalized_address(field.data) if field.data else ""
        except CannotMail as refusal:
            raise ValidationError(str(refusal)) from refusal

    def to_added_name(self) -> AddedName:
        """Return the name with its evidence."""
        kind = self.signatory_kind
        is_organization = kind is SignatoryKind.ORGANIZATION
        line = Signatory(
            organization=self.organization.data if is_organization else "",
            signer_name=self.signer_name.data, signer_title=self.signer_title.data, kind=kind,
            website=self.website.data if is_organization else "", location=self.location.data,
            section=self.section.data if is_organization else str(kind),
            affiliation="" if is_organization else self.affiliation.data,
        )  # fmt: skip
        row, note = ParsedRow(1, line, self.email.data), (self.note.data or "").strip()
        return AddedName(
            row,
            AgreementMethod(self.method.data),
            self.agreed_on.data,
            note,
            self.evidence_file,
            is_notified=not self.skips_email.data,
        )


@bp.route("/new", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
@accepts_large_body
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the form; a POST adds the name to the queue."""
    header = get_letter_or_404(staff, slug)
    who_may_sign = signing_overview(header.letter_id, now()).signing_settings.who_may_sign
    form = AddNameForm(header, who_may_sign, data=_repeated_answers())
    if form.validate_on_submit():
        try:
            name = form.to_added_name()
            signature_id = add_name(header.letter_id, name, staff_id=staff.staff_id, actor=staff.actor, at=now())
        except UserFacingError as refusal:
            form.add_error(refusal)
        else:
            flash(_("%(name)s was added and waits for review.", name=name.row.signatory.name), "good")
            if "another" in request.form:
                return redirect_to(
                    staff, ".create", slug=slug, method=form.method.data, agreed_on=form.agreed_on.data.isoformat()
                )
            return redirect_to(staff, "signatures.detail", slug=slug, signature_id=signature_id)
    page = render_template("staff/signatures/add_name.html", staff=staff, header=header, tab="signatures", form=form)
    return page, 422 if form.errors else 200


def _repeated_answers() -> dict[str, object]:
    """Return the answers that the form for another name begins with: those of the last one to how and when."""
    method, agreed_on = request.args.get("method", ""), request.args.get("agreed_on", type=dt.date.fromisoformat)
    return {"method": method if method in list(AgreementMethod) else "", "agreed_on": agreed_on}


@bp.get("/<int:signature_id>/evidence/<int:document_id>")
@staff_only(Role.REVIEWER)
def download(staff: StaffContext, slug: str, signature_id: int, document_id: int) -> ResponseReturnValue:
    """Return the file of a name's evidence, to be saved and never shown in the browser."""
    document = evidence_document(get_letter_or_404(staff, slug).letter_id, signature_id, document_id)
    if document is None or document.content is None:
        abort(404)
    response = send_file(
        BytesIO(document.content), "application/octet-stream", as_attachment=True, download_name=document.file_name
    )
    response.headers["Cache-Control"] = "no-store"
    return response
