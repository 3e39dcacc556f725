"""Consent texts beside the box and the button, stored word for word with a signature."""

from flask_babel import get_locale
from flask_babel import gettext as _

from letterhub.domain.letters.document import Signatory, SignatoryKind
from letterhub.domain.signatures.consent import ShownConsent
from letterhub.queries.signatures.signatures import OwnSignature
from letterhub.rendering.letter.view import line


def confirmation_consent(mine: OwnSignature, corrected: Signatory | None) -> ShownConsent:
    """Return the consent text of a first confirmation. `corrected` is the line if the form corrected it."""
    organization = mine.line.organization
    if mine.line.kind is SignatoryKind.INDIVIDUAL:
        return _shown_consent(mine, corrected, _("I am signing this letter as an individual."), _("Sign the letter"))
    return _shown_consent(
        mine,
        corrected,
        _("I am authorized to sign for %(organization)s.", organization=organization),
        _("Sign for our organization"),
    )


def reconfirmation_consent(mine: OwnSignature, corrected: Signatory | None) -> ShownConsent:
    """Return the consent text of a confirmation of a changed text, or of a consent renewal."""
    organization, person = mine.line.organization, mine.line.kind is SignatoryKind.INDIVIDUAL
    if mine.is_outdated:
        individual = _("I am signing the current text of this letter as an individual.")
        box = _("I am authorized to sign the current text of this letter for %(organization)s.", organization=organization)
        return _shown_consent(mine, corrected, individual if person else box, _("Sign the new text"))
    if person:
        return _shown_consent(mine, corrected, _("I stand by this letter."), _("Yes, I still stand by it"))
    box = _("I am authorized to say that %(organization)s stands by this letter.", organization=organization)
    return _shown_consent(mine, corrected, box, _("Yes, we still stand by it"))


def _shown_consent(mine: OwnSignature, corrected: Signatory | None, box: str, button: str) -> ShownConsent:
    printed = line(corrected or mine.line, mine.letter.text)
    if corrected is not None:
        person = mine.line.kind is SignatoryKind.INDIVIDUAL
        box = _("I am signing this letter as an individual.") if person else _("I am authorized to sign for this organization.")
        button = _("Correct and sign")
    return ShownConsent((printed.name.text, printed.detail.text), str(box), str(button), str(get_locale()))
