"""The tasks: each calls one command. `hint` asks the tables which of them are due."""

import threading
from collections.abc import Callable

from flask import Flask
from huey import Huey, crontab

from letterhub.clock import now
from letterhub.commands.allowances import forget_allowances, forget_proofs
from letterhub.commands.drawing import draw_file
from letterhub.commands.housekeeping import forget_some
from letterhub.commands.importing import forget_uploads
from letterhub.commands.mail import send_due
from letterhub.commands.occasions import take_on
from letterhub.commands.organizations import learn_organizations
from letterhub.commands.previewing import draw_preview, forget_previews
from letterhub.commands.reminders import remind_unconfirmed
from letterhub.commands.reporting import draw_report, forget_reports
from letterhub.commands.sign_ins import forget_sign_ins
from letterhub.commands.stepping_back import follow_the_clock
from letterhub.queries.editions import files_to_draw
from letterhub.queries.outbox import next_due
from letterhub.queries.previews import previews_to_draw
from letterhub.queries.reminders import letters_to_remind
from letterhub.queries.retention import all_due
from letterhub.queries.verification import reports_to_draw
from letterhub.rendering.pressing import as_long_as


class Tasks:
    """The tasks of one app in one queue. What takes long asks `going()` between two steps, and stops where it says no.

    Mail never waits behind a drawing: with several threads, one of them is kept free of those.
    """

    def __init__(self, app: Flask, huey: Huey, going: Callable[[], bool], threads: int) -> None:
        self.app = app
        self.huey = huey
        self.going = going
        self.tables = threading.BoundedSemaphore(max(threads - 1, 1))
        self.send_mail = huey.task(name="send_mail")(self._send_mail)
        self.draw_preview = huey.task(name="draw_preview")(self._draw_preview)
        self.draw_report = huey.task(name="draw_report")(self._draw_report)
        self.draw_file = huey.task(name="draw_file")(self._draw_file)
        self._every_hour(17, "forget_people", self._forget_people)
        self._every_hour(7, "remind", self._remind)
        self._every_hour(47, "forget_uploads", self._forget_uploads)
        self._every_hour(52, "forget_previews", self._forget_previews)
        self._every_hour(37, "learn_organizations", self._learn_organizations)
        self._every_hour(27, "forget_allowances", self._forget_allowances)

    def hint(self) -> None:
        """Puts a task into the queue for what is due, unless one of its kind waits there that nobody has taken yet."""
        waiting = {task.name for task in self.huey.pending()}
        with self.app.app_context():
            if "send_mail" not in waiting and next_due(now()) is not None:
                self.send_mail()
            for preview_id in previews_to_draw(now())[:1] if "draw_preview" not in waiting else ():
                self.draw_preview(preview_id)  # before the files of editions: someone sits and waits for it
            for report_id in reports_to_draw(now())[:1] if "draw_report" not in waiting else ():
                self.draw_report(report_id)
            for file_id in files_to_draw(now())[:1] if "draw_file" not in waiting else ():
                self.draw_file(file_id)

    def follow_the_clock(self) -> None:
        """Sees to what waits for a time that was, where the clock stepped back."""
        with self.app.app_context():
            while self.going() and follow_the_clock(now()):
                pass

    def _every_hour(self, minute: int, name: str, work: Callable[[], None]) -> None:
        """Has the work done at a minute of each hour: the clock of every worker puts a task into the queue, and one is done."""

        def once() -> None:
            with self.app.app_context():
                if take_on(name, now()):
                    work()

        self.huey.periodic_task(crontab(minute=str(minute)), name=name)(once)

    def _send_mail(self) -> None:
        with self.app.app_context():
            send_due(self.app.extensions["settings"], self.going)

    def _draw_preview(self, preview_id: int) -> None:
        self._at_a_table(draw_preview, preview_id)

    def _draw_report(self, report_id: int) -> None:
        self._at_a_table(draw_report, report_id)

    def _draw_file(self, file_id: int) -> None:
        self._at_a_table(draw_file, file_id)

    def _at_a_table(self, draw: Callable[[int], bool], number: int) -> None:
        if not self.tables.acquire(blocking=False):
            return  # every thread that may draw does so: what is due is due still, and the next look finds it
        try:
            with self.app.app_context(), as_long_as(self.going):
                draw(number)
        finally:
            self.tables.release()

    def _forget_people(self) -> None:
        for due in all_due(now()):
            while self.going() and forget_some(due.letter_id, due.kept, now()):
                pass

    def _remind(self) -> None:
        for letter_id in letters_to_remind(now()):
            while self.going() and remind_unconfirmed(letter_id, now()):
                pass

    def _learn_organizations(self) -> None:
        while self.going() and learn_organizations(now()):
            pass

    def _forget_uploads(self) -> None:
        forget_uploads(now())

    def _forget_allowances(self) -> None:
        while self.going() and forget_allowances(now()):
            pass
        forget_sign_ins(now())
        while self.going() and forget_proofs(now()):
            pass

    def _forget_previews(self) -> None:
        forget_previews(now())
        forget_reports(now())
