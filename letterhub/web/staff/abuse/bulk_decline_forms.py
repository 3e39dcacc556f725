"""Form of a bulk decline."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField

from letterhub.domain.abuse.bulk_decline import ExpectedMatches
from letterhub.web.converters import MAX_INTEGER
from letterhub.web.staff.signatures.review_forms import DeclineForm


class BulkDeclineForm(DeclineForm):
    """Form for the reason, and whether to decline published signatures too.

    `expected_matches` holds the counts of waiting and published signatures and the newest id that the page showed: later ones
    are not declined.
    """

    published = BooleanField(_("Also remove the published names"))
    expected_matches = HiddenField()

    def fill(self, waiting: int, published: int, newest: int) -> None:
        """Store what the page shows."""
        self.expected_matches.data = f"{waiting}-{published}-{newest}"

    def to_expected_counts(self) -> ExpectedMatches:
        """Return what the page showed and the user chose."""
        waiting, published, newest = self._parse_counts()
        return ExpectedMatches(waiting + (published if self.published.data else 0), newest, bool(self.published.data))

    def _parse_counts(self) -> tuple[int, int, int]:
        told = [int(part) for part in (self.expected_matches.data or "").split("-") if part.isdecimal() and len(part) < 10]
        return (told[0], told[1], min(told[2], MAX_INTEGER)) if len(told) == 3 else (0, 0, 0)
