"""Consent texts beside the box and the button, stored word for word with a signature."""

from flask_babel import get_locale
from flask_babel import gettext as _

from letterhub.domain.letters.document import Signatory, SignatoryKind
from letterhub.domain.signatures.consent import ShownConsent
from letterhub.queries.signatures.own_signature import OwnSignature
from letterhub.rendering.letter.view import line


def confirmation_consent(signature: OwnSignature, corrected_line: Signatory | None) -> ShownConsent:
    """Return the consent text of a first confirmation. `corrected` is the line if the form corrected it."""
    organization = signature.line.organization
    if signature.line.kind is SignatoryKind.INDIVIDUAL:
        return _shown_consent(signature, corrected_line, _("I am signing this letter as an individual."), _("Sign the letter"))
    return _shown_consent(
        signature,
        corrected_line,
        _("I am authorized to sign for %(organization)s.", organization=organization),
        _("Sign for our organization"),
    )


def reconfirmation_consent(signature: OwnSignature, corrected_line: Signatory | None) -> ShownConsent:
    """Return the consent text of a confirmation of a changed text, or of a consent renewal."""
    organization, is_individual = signature.line.organization, signature.line.kind is SignatoryKind.INDIVIDUAL
    if signature.is_outdated:
        individual_checkbox = _("I am signing the current text of this letter as an individual.")
        checkbox = _("I am authorized to sign the current text of this letter for %(organization)s.", organization=organization)
        return _shown_consent(
            signature, corrected_line, individual_checkbox if is_individual else checkbox, _("Sign the new text")
        )
    if is_individual:
        return _shown_consent(signature, corrected_line, _("I stand by this letter."), _("Yes, I still stand by it"))
    checkbox = _("I am authorized to say that %(organization)s stands by this letter.", organization=organization)
    return _shown_consent(signature, corrected_line, checkbox, _("Yes, we still stand by it"))


def _shown_consent(signature: OwnSignature, corrected_line: Signatory | None, checkbox: str, button: str) -> ShownConsent:
    """Return the consent text with the line as printed. A correction has a checkbox and a button of its own."""
    view = line(corrected_line or signature.line, signature.letter.text)
    if corrected_line is not None:
        is_individual = signature.line.kind is SignatoryKind.INDIVIDUAL
        checkbox = (
            _("I am signing this letter as an individual.")
            if is_individual
            else _("I am authorized to sign for this organization.")
        )
        button = _("Correct and sign")
    return ShownConsent((view.name.text, view.detail.text), str(checkbox), str(button), str(get_locale()))
