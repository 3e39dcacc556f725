"""Base of forms on public pages, and forms on pages of mailed links that decide with one checkbox or ask for a new link."""

from flask_babel import lazy_gettext as _later
from wtforms import BooleanField, Field, HiddenField, RadioField, SelectMultipleField, StringField

from letterhub.web.forms import CommandForm, Required, clean_line, deliverable_address


class PublicForm(CommandForm):
    """Form that can list its input and share a page with other forms."""

    def with_id_prefix(self, prefix: str) -> "PublicForm":
        """Return the form with ids prefixed, so that the ids of two forms on one page differ."""
        for field in self:
            field.id = field.label.field_id = f"{prefix}-{field.id}"
        return self

    def filled_fields(self) -> list[tuple[str, str]]:
        """Return the input as pairs of label and text."""
        return [
            (str(field.label.text), _displayed_value(field))
            for field in self
            if field.name != "note" and field.data and _displayed_value(field)
        ]


def _displayed_value(field: Field) -> str:
    """Return the text of a field as a reader sees it; "" for hidden fields and checkboxes."""
    if isinstance(field, RadioField):
        return next((str(choice.label) for choice in field.choices if choice.value == field.data), "")
    if isinstance(field, SelectMultipleField):
        return "; ".join(field.data)
    return str(field.data) if isinstance(field, StringField) and not isinstance(field, HiddenField) else ""


class LinkForm(PublicForm):
    """Form on a page of a mailed link. The link proves intent, so it needs no CSRF cookie."""

    class Meta:
        """Settings of Flask-WTF."""

        csrf = False


class AreYouSureForm(LinkForm):
    """Form with the checkbox that ends something. A mail scanner that presses the button ends nothing."""

    signatory_kind = None
    sure = BooleanField(validators=(Required(_later("Check the box if you’re sure.")),))


class SecondConfirmationForm(LinkForm):
    """Form by which a second person confirms an existing signature.

    `expected_version` is the version of the line that the page showed.
    """

    signatory_kind = None
    sure = BooleanField(validators=(Required(_later("Check the box to confirm that the signature is your organization’s.")),))
    expected_version = HiddenField()


class DenySignatureForm(LinkForm):
    """Form by which an organization's mailbox denies a signature of the line in the version that the page showed."""

    signatory_kind = None
    sure = BooleanField(validators=(Required(_later("Check the box to confirm that your organization did not sign this.")),))
    expected_version = HiddenField()


class NewLinkForm(LinkForm):
    """Form for the address that a new link is mailed to."""

    email = StringField(_later("Email"), filters=(clean_line,), validators=(deliverable_address,))
