"""What the page that confirms says beside its box and its button, kept word for word when it is sent."""

from flask_babel import get_locale
from flask_babel import gettext as _

from letterhub.domain.consent import Shown
from letterhub.domain.document import Kind, Signatory
from letterhub.queries.signatures import OwnSignature
from letterhub.rendering.view import line


def shown_to(mine: OwnSignature, corrected: Signatory | None) -> Shown:
    """What was before whoever signs as it is, or after having `corrected` the line in the form itself."""
    printed = line(corrected or mine.line, mine.letter.text)
    return Shown(
        printed=(printed.name.text, printed.detail.text),
        box=_box(mine.line, corrected is not None),
        button=_("Correct and sign") if corrected else _("We sign") if mine.line.kind is Kind.ORGANIZATION else _("I sign"),
        language=str(get_locale()),
    )


def _box(signed: Signatory, corrected: bool) -> str:
    if signed.kind is Kind.INDIVIDUAL:
        return str(_("I am signing this letter for myself."))
    if corrected:
        return str(_("I am authorized to sign for this organization."))
    return str(_("I am authorized to sign for %(organization)s.", organization=signed.organization))
