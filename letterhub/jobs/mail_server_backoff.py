"""Backoff of a worker while the mail server is unavailable: it applies to the server, not to single mails.

See docs/design/mail.md.
"""

import logging
import time

from letterhub.commands.mail.send import SendRound

FIRST_PAUSE, MAX_PAUSE = 1.0, 30.0  # seconds

log = logging.getLogger(__name__)


class MailServerBackoff:
    """Exponential backoff towards the mail server: one second, doubled each time, half a minute at most.

    So waiting mail is sent within half a minute of the server's return. A restarted worker tries at once. `sent` counts all
    sent mails.
    """

    def __init__(self) -> None:
        self._until = float("-inf")
        self._length = 0.0
        self._away_since = 0.0
        self.sent = 0

    def may_send(self) -> bool:
        """Return whether the server may be tried."""
        return time.monotonic() >= self._until

    def update(self, done: SendRound) -> None:
        """Update the backoff after a round of mails, and log it in one line without addresses."""
        at = time.monotonic()
        self.sent += done.sent
        if done.sent or done.postponed or done.abandoned:
            log.info("mail: %d sent, %d put off, %d ended unsent", done.sent, done.postponed, done.abandoned)
        if done.server_error:
            if not self._length:
                self._away_since = at
                log.warning("the mail server takes no mail: %s", done.server_error)
            self._length = min(self._length * 2 or FIRST_PAUSE, MAX_PAUSE)
            self._until = at + self._length
        elif self._length and done.sent:
            log.warning("the mail server takes mail again, after %.0f seconds", at - self._away_since)
            self._length = 0.0
