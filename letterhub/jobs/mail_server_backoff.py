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

    def update(self, send_round: SendRound) -> None:
        """Update the backoff after a round of mails, and log it in one line without addresses."""
        current = time.monotonic()
        self.sent += send_round.sent
        if send_round.sent or send_round.postponed or send_round.abandoned:
            log.info("mail: %d sent, %d put off, %d ended unsent", send_round.sent, send_round.postponed, send_round.abandoned)
        if send_round.server_error:
            if not self._length:
                self._away_since = current
                log.warning("the mail server takes no mail: %s", send_round.server_error)
            self._length = min(self._length * 2 or FIRST_PAUSE, MAX_PAUSE)
            self._until = current + self._length
        elif self._length and send_round.sent:
            log.warning("the mail server takes mail again, after %.0f seconds", current - self._away_since)
            self._length = 0.0
