"""Rate limit for files of strangers that are read to be compared with an edition.

See docs/design/abuse.md.
"""

import datetime as dt

from letterhub.domain.abuse.rate_limits import FILE_READING_LIMIT, LimitedAction, RateLimited, format_wait
from letterhub.domain.i18n import _
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import acquire


@one_transaction
def acquire_file_reading(network: str, secret: str, at: dt.datetime) -> None:
    """Take one token of a network for reading a file. Raises RateLimited if none is left."""
    try:
        acquire(db.session(), {(LimitedAction.READ_FILE, network): FILE_READING_LIMIT}, secret, at)
    except RateLimited as refusal:
        wait = format_wait(refusal.allowed_at, at)
        sentence = _("We read many files from your network just now. Send this one again in %(wait)s.", wait=wait)
        raise RateLimited(sentence, refusal.allowed_at) from refusal
