"""Scanned signature of a name, which editions print in its signature block: upload and removal."""

from flask import Blueprint, flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, ValidationError

from letterhub.commands.signatures.signature_picture import remove_signature_picture, set_signature_picture
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.letter_document import Logo
from letterhub.intake.images import read_signature_picture
from letterhub.queries.accounts import StaffContext
from letterhub.web.access import accepts_large_body, flash_errors, get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import uploaded_name
from letterhub.web.staff.signatures.evidence import signature_or_404, signature_target

bp = Blueprint("signature_picture", __name__)


class SignaturePictureForm(FlaskForm):  # type: ignore[misc]
    """Form for a scanned signature. `expected_version` is the version of the line that the page showed."""

    scan = FileField(_l("Scanned signature"), validators=[FileRequired(_l("Choose the picture first."))])
    expected_version = HiddenField(id="scan-version")
    picture: Logo

    def validate_scan(self, field: FileField) -> None:
        """Require a picture with a signature."""
        if field.data:
            try:
                self.picture = read_signature_picture(field.data.read(), uploaded_name(field.data)[-60:] or _("The file"))
            except UserFacingError as refusal:
                raise ValidationError(str(refusal)) from refusal


@bp.post("/<int:signature_id>/scanned-signature")
@staff_only(Role.REVIEWER)
@accepts_large_body
def upload(staff: StaffContext, slug: str, signature_id: int) -> ResponseReturnValue:
    """Save the scanned signature of a name."""
    signature, form = signature_or_404(get_letter_or_404(staff, slug), signature_id), SignaturePictureForm()
    if not form.validate_on_submit():
        flash(str(next(sentence for sentences in form.errors.values() for sentence in sentences)), "stop")
        return redirect_to(staff, "signatures.detail", slug=slug, signature_id=signature_id, _anchor="scanned-signature")
    with flash_errors():
        set_signature_picture(signature_target(staff, signature_id, form.expected_version.data), form.picture)
        name = signature.signatory.name
        flash(_("The scanned signature of %(name)s was saved. The next edition prints it in its block.", name=name), "good")
    return redirect_to(staff, "signatures.detail", slug=slug, signature_id=signature_id, _anchor="scanned-signature")


@bp.post("/<int:signature_id>/remove-scanned-signature")
@staff_only(Role.REVIEWER)
def delete(staff: StaffContext, slug: str, signature_id: int) -> ResponseReturnValue:
    """Remove the scanned signature of a name."""
    signature_or_404(get_letter_or_404(staff, slug), signature_id)
    remove_signature_picture(signature_target(staff, signature_id, ""))
    flash(_("The scanned signature was removed. Frozen editions keep what they show."), "good")
    return redirect_to(staff, "signatures.detail", slug=slug, signature_id=signature_id, _anchor="scanned-signature")
