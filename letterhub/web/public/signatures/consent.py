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
        return _shown_consent(mine, corrected, _("I am signing this letter for myself."), _("I sign"))
    return _shown_consent(
        mine, corrected, _("I am authorized to sign for %(organization)s.", organization=organization), _("We sign")
    )


def reconfirmation_consent(mine: OwnSignature, corrected: Signatory | None) -> ShownConsent:
    """Return the consent text of a confirmation of a changed text, or of a consent renewal."""
    organization, person = mine.line.organization, mine.line.kind is SignatoryKind.INDIVIDUAL
    if mine.outdated and person:
        return _shown_consent(mine, corrected, _("I am signing the letter as it is now for myself."), _("I sign the new text"))
    if mine.outdated:
        box = _("I am authorized to sign the letter as it is now for %(organization)s.", organization=organization)
        return _shown_consent(mine, corrected, box, _("We sign the new text"))
    box = _("I am authorized to say that %(organization)s stands by this letter.", organization=organization)
    return _shown_consent(mine, corrected, _("I stand by this letter.") if person else box, _("Yes, still with you"))


def _shown_consent(mine: OwnSignature, corrected: Signatory | None, box: str, button: str) -> ShownConsent:
    printed = line(corrected or mine.line, mine.letter.text)
    if corrected is not None:
        person = mine.line.kind is SignatoryKind.INDIVIDUAL
        box = _("I am signing this letter for myself.") if person else _("I am authorized to sign for this organization.")
        button = _("Correct and sign")
    return ShownConsent((printed.name.text, printed.detail.text), str(box), str(button), str(get_locale()))
