"""Replies of a letter's recipients, which stand under the letter and are mailed to its signatories once."""

import datetime as dt
from dataclasses import dataclass

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _

MAX_SENDER, MAX_TEXT, MAX_FILE_NAME, MAX_REASON = 300, 50_000, 200, 500  # characters
MAX_REPLY_BYTES = 3 * 2**20
MAX_EXCERPT = 1_500
"""Characters of a reply that its email quotes."""


class ReplyRefused(UserFacingError):
    """Raised for a reply that cannot be recorded, or not changed in this way."""


class ReplyChanged(ReplyRefused):
    """Raised when someone else changed the reply in the meantime."""


@dataclass(frozen=True, slots=True)
class ReplyFile:
    """PDF of a reply."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ReplyFacts:
    """Reply as staff enter it: who sent it, when it came, and its text. `file` is its PDF, None for none or, in a
    correction, for the one that is stored; `removes_file` takes that away."""

    sender: str
    received_on: dt.date
    text: str = ""
    file: ReplyFile | None = None
    removes_file: bool = False
    form_token: str = ""


def check_reply(facts: ReplyFacts, today: dt.date, *, has_file: bool) -> None:
    """Raise ReplyRefused for a reply from the future, or with neither text nor file."""
    if facts.received_on > today:
        raise ReplyRefused(_("This day is still to come. Enter the day the reply came."), "received_on")
    if not facts.text and not has_file:
        raise ReplyRefused(_("Paste the reply’s text, or choose its PDF."), "text")


def excerpt_of(text: str) -> str:
    """Return the first paragraphs of a reply, for an email."""
    return text if len(text) <= MAX_EXCERPT else text[:MAX_EXCERPT].rpartition(" ")[0] + "…"
