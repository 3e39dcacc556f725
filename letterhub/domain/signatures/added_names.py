"""Names that staff add by hand: how each said yes, when, and what shows it."""

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.signatures.signatory_import import ParsedRow

MAX_NOTE_LENGTH = 2000
MAX_DOCUMENT_BYTES = 3 * 2**20


class AgreementMethod(enum.StrEnum):
    """Way in which somebody told staff that they sign."""

    EMAIL = "email"
    PHONE = "phone"
    PAPER = "paper"
    MEETING = "meeting"


class CannotAdd(UserFacingError):
    """Raised for a name that cannot be added to a letter."""

    field = "organization"


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """File that shows a yes, such as an email or a scan; `media_type` is told by its content."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class AddedName:
    """Name to add, as a row of a file would have it, with its evidence. `is_notified` says that its signatory is emailed
    about it; `note` and `file` are for staff alone."""

    row: ParsedRow
    method: AgreementMethod
    agreed_on: dt.date
    note: str = ""
    file: EvidenceFile | None = None
    is_notified: bool = True

    @property
    def facts(self) -> Mapping[str, str]:
        """Facts to record, without personal data."""
        notified = notification_fact(self.row.email, is_notified=self.is_notified)
        return {"method": str(self.method), "agreed_on": self.agreed_on.isoformat(), "notified": notified}


def notification_fact(email: str, *, is_notified: bool) -> str:
    """Return what evidence says on whether a signatory with this address, or "", is emailed about the name."""
    return "no" if not is_notified else "yes" if email else "no-address"


def check_agreed_on(agreed_on: dt.date, today: dt.date) -> None:
    """Raise CannotAdd for a day that is still to come."""
    if agreed_on > today:
        raise CannotAdd(_("This day is still to come. Enter the day they said yes."), field="agreed_on")
