"""The tasks: each calls one command. `hint` asks the tables which of them are due."""

from collections.abc import Callable

from flask import Flask
from huey import Huey, crontab

from letterhub.clock import now
from letterhub.commands.drawing import draw_file
from letterhub.commands.housekeeping import expire_pending
from letterhub.commands.importing import forget_uploads
from letterhub.commands.mail import send_due
from letterhub.queries.editions import files_to_draw
from letterhub.queries.outbox import next_due


class Tasks:
    """The tasks of one app in one queue. What takes long asks `going()` between two steps, and stops where it says no."""

    def __init__(self, app: Flask, huey: Huey, going: Callable[[], bool]) -> None:
        self.app = app
        self.huey = huey
        self.going = going
        self.send_mail = huey.task(name="send_mail")(self._send_mail)
        self.draw_file = huey.task(name="draw_file")(self._draw_file)
        huey.periodic_task(crontab(minute="17"), name="expire_pending")(self._expire_pending)
        huey.periodic_task(crontab(minute="47"), name="forget_uploads")(self._forget_uploads)

    def hint(self) -> None:
        """Puts a task into the queue for everything that is due, unless tasks wait there that nobody has taken yet."""
        if self.huey.pending_count():
            return
        with self.app.app_context():
            if next_due(now()) is not None:
                self.send_mail()
            for file_id in files_to_draw(now()):
                self.draw_file(file_id)

    def _send_mail(self) -> None:
        with self.app.app_context():
            send_due(self.app.extensions["settings"], self.going)

    def _draw_file(self, file_id: int) -> None:
        with self.app.app_context():
            draw_file(file_id)

    def _expire_pending(self) -> None:
        with self.app.app_context():
            while self.going() and expire_pending(now()):
                pass

    def _forget_uploads(self) -> None:
        with self.app.app_context():
            forget_uploads(now())
