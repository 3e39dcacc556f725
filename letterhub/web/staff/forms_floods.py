"""The form that declines many names at once: why, and what of it was seen."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField

from letterhub.domain.floods import Seen
from letterhub.web.numbers import LARGEST
from letterhub.web.staff.forms_review import DeclineForm


class SweepForm(DeclineForm):
    """Why, and whether names that are on the letter already are declined too. `seen` tells how many names there were, how many
    of them published, and the newest: what came in since is not declined.
    """

    published = BooleanField(_("Also take off the published ones"))
    seen = HiddenField()

    def show(self, waiting: int, published: int, newest: int) -> None:
        """Keeps what the page shows."""
        self.seen.data = f"{waiting}-{published}-{newest}"

    def as_seen(self) -> Seen:
        """What was shown and chosen."""
        waiting, published, newest = self._numbers()
        return Seen(waiting + (published if self.published.data else 0), newest, bool(self.published.data))

    def _numbers(self) -> tuple[int, int, int]:
        told = [int(part) for part in (self.seen.data or "").split("-") if part.isdecimal() and len(part) < 10]
        return (told[0], told[1], min(told[2], LARGEST)) if len(told) == 3 else (0, 0, 0)
