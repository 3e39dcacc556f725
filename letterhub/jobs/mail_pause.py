"""Backoff of a worker towards a mail server that is away: it belongs to the server, not to the mails that wait for it."""

import logging
import time

from letterhub.commands.mail import MailRound

FIRST, LONGEST = 1.0, 30.0  # seconds

log = logging.getLogger(__name__)


class MailPause:
    """How long a worker leaves the mail server alone: a second at first, twice as long each time, half a minute at most.

    So what waited leaves within half a minute once the server answers again. A worker that is started anew asks at once.
    `sent` counts all mails that left.
    """

    def __init__(self) -> None:
        self._until = float("-inf")
        self._length = 0.0
        self._away_since = 0.0
        self.sent = 0

    def is_over(self) -> bool:
        """Whether the server may be asked."""
        return time.monotonic() >= self._until

    def after(self, done: MailRound) -> None:
        """Takes note of what became of a round of mails, in the log too: one line, without an address."""
        at = time.monotonic()
        self.sent += done.sent
        if done.sent or done.put_off or done.ended:
            log.info("mail: %d sent, %d put off, %d ended unsent", done.sent, done.put_off, done.ended)
        if done.server_trouble:
            if not self._length:
                self._away_since = at
                log.warning("the mail server takes no mail: %s", done.server_trouble)
            self._length = min(self._length * 2 or FIRST, LONGEST)
            self._until = at + self._length
        elif self._length and done.sent:
            log.warning("the mail server takes mail again, after %.0f seconds", at - self._away_since)
            self._length = 0.0
