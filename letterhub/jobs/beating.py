"""Shows that a worker lives: a row that it touches every ten seconds, a task that it sends through the queue every minute."""

import secrets
import time

from flask import Flask
from huey import Huey

from letterhub.clock import now
from letterhub.commands.counting import hand_over
from letterhub.commands.pulse import give_sign
from letterhub.domain.pulse import BEAT, ROUND_TRIP, Sign
from letterhub.machine import machine_mark


class Beating:
    """The signs of one worker, under a name of its own: a process that was started again is another worker."""

    def __init__(self, app: Flask, huey: Huey) -> None:
        self.app = app
        self.huey = huey
        self.name = secrets.token_hex(8)
        self.machine = machine_mark()
        self.beaten = self.sent = float("-inf")
        self.moved = huey.task(name="show_life")(self._moved)

    def beat(self) -> None:
        """Gives the signs whose time has come and hands over what was counted; the worker's loop calls it again and again."""
        if time.monotonic() - self.beaten >= BEAT:
            self._give(Sign.WORKER)
            self.tell_counts()
            self.beaten = time.monotonic()
        if time.monotonic() - self.sent >= ROUND_TRIP:
            if "show_life" not in {task.name for task in self.huey.pending()}:
                self.moved()
            self.sent = time.monotonic()

    def tell_counts(self) -> None:
        """Hands over what this process has counted; at its end too, so that nothing of it is lost."""
        with self.app.app_context():
            hand_over()

    def _moved(self) -> None:
        self._give(Sign.QUEUE)

    def _give(self, sign: Sign) -> None:
        with self.app.app_context():
            give_sign(sign, self.name, self.machine, now())
