"""Tasks of the worker, each of which calls one command; mail waits while its server is unavailable.

See docs/design/mail.md.
"""

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable
from functools import partial

from flask import Flask
from huey import Huey, crontab

from letterhub.clock import now
from letterhub.commands.abuse.sign_in_limits import purge_rate_limits, purge_spent_challenges
from letterhub.commands.accounts.api_tokens import purge_api_writes
from letterhub.commands.accounts.sessions import purge_sessions
from letterhub.commands.archive.deleted_drafts import erase_deleted_draft
from letterhub.commands.audit.verification_reports import purge_reports, render_report
from letterhub.commands.changes.deadlines import remind_of_change, settle_due_change
from letterhub.commands.drafting.writing_sessions import tend_session
from letterhub.commands.editions.file_jobs import render_edition_file
from letterhub.commands.invitations.planned_reminders import send_planned_reminder
from letterhub.commands.letters.pdf_previews import purge_previews, render_preview
from letterhub.commands.letters.scheduled_openings import open_at_its_hour
from letterhub.commands.letters.sorting import sort_by_alphabet
from letterhub.commands.mail.notices import queue_digests, queue_notices
from letterhub.commands.mail.send import SendRound, send_round
from letterhub.commands.operations.clock_skew_repair import repair_clock_skew
from letterhub.commands.operations.coalition_invitations import purge_coalition_invitations
from letterhub.commands.operations.purge import purge_expired_data, purge_unused_contacts
from letterhub.commands.operations.scheduled_runs import claim_scheduled_run
from letterhub.commands.organizations.directory import reindex_organizations
from letterhub.commands.signatures.import_jobs import run_import
from letterhub.commands.signatures.reminders import remind_unconfirmed
from letterhub.commands.signatures.signatory_import import purge_uploads
from letterhub.commands.webhooks.deliver import deliver_due_webhooks
from letterhub.commands.webhooks.purge import purge_webhook_log, reseal_webhook_secrets
from letterhub.domain.operations.readiness import SitePart
from letterhub.infrastructure.public_http import PublicCaller
from letterhub.jobs.dispatcher import Dispatcher
from letterhub.mail.transport import mail_operator
from letterhub.queries.archive import drafts_due_for_erasure
from letterhub.queries.audit.verification_reports import reports_to_render
from letterhub.queries.changes.changes import changes_due, changes_to_remind
from letterhub.queries.drafting.writing_sessions import open_sessions
from letterhub.queries.editions.editions import edition_files_to_render
from letterhub.queries.invitations.planned_reminders import reminders_due
from letterhub.queries.letters.letter_lookup import letters_of_another_alphabet
from letterhub.queries.letters.pdf_previews import previews_to_render
from letterhub.queries.letters.scheduled_openings import letters_to_open
from letterhub.queries.mail.outbox import next_due_id
from letterhub.queries.operations.coalition_invitations import count_ended_invitations
from letterhub.queries.operations.health import silent_site_parts
from letterhub.queries.operations.retention import count_unused_contacts, due_erasures
from letterhub.queries.signatures.reminders import letters_to_remind
from letterhub.queries.signatures.signatory_import import imports_to_run
from letterhub.queries.webhooks.due import next_due_delivery
from letterhub.queries.webhooks.webhooks import webhook_ids
from letterhub.rendering.pdf.client import cancel_unless

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
            self._length = min(self._length * 2, MAX_PAUSE) if self._length else FIRST_PAUSE
            self._until = current + self._length
        elif self._length and send_round.sent:
            log.warning("the mail server takes mail again, after %.0f seconds", current - self._away_since)
            self._length = 0.0


class WorkerTasks:
    """Tasks of one app in one queue, for a worker with so many `threads`.

    Long tasks check `going()` between steps, and stop if it is false. Mail never waits for rendering: with several threads,
    one is reserved.
    """

    def __init__(self, app: Flask, huey: Huey, going: Callable[[], bool], threads: int) -> None:
        self.app = app
        self.going = going
        self.pause = MailServerBackoff()
        self.caller = PublicCaller(allows_loopback=app.extensions["settings"].webhooks_to_loopback)
        self.render_slots = threading.BoundedSemaphore(max(threads - 1, 1))
        self.dispatcher = Dispatcher(huey)
        self.hourly: dict[str, int] = {}
        self.every_minute: list[str] = []
        self._last_starts: dict[str, dt.datetime] = {}
        self._last_operator_mail: tuple[tuple[SitePart, ...], dt.date] | None = None
        self.send_mail = self.dispatcher.register("send_mail", self._send_mail)
        self.dispatcher.register("deliver_webhooks", self._deliver_webhooks)
        self.open_letter = self.dispatcher.register("open_letter", self._open_letter)
        self.render_preview = self.dispatcher.register("render_preview", partial(self._render_in_slot, render_preview))
        self.render_report = self.dispatcher.register("render_report", partial(self._render_in_slot, render_report))
        self.render_edition_file = self.dispatcher.register(
            "render_edition_file", partial(self._render_in_slot, render_edition_file)
        )
        self.run_import = self.dispatcher.register("run_import", partial(self._render_in_slot, run_import))
        self._every_minute("notices", self._queue_notices)
        self._every_minute("planned_reminders", self._send_planned_reminders)
        self._every_minute("changes", self._settle_changes)
        self._every_minute("writing_sessions", self._tend_sessions)
        self._every_hour(17, "forget_people", self._purge_expired_data)
        self._every_hour(3, "tell_operator", self._tell_operator)
        self._every_hour(7, "remind", self._remind)
        self._every_hour(47, "purge_uploads", self._purge_uploads)
        self._every_hour(52, "purge_previews", self._purge_previews_and_reports)
        self._every_hour(37, "reindex_organizations", self._reindex_organizations)
        self._every_hour(42, "sort_letters", self._sort_letters)
        self._every_hour(27, "purge_rate_limits", self._purge_rate_limits)
        self._every_hour(57, "purge_webhooks", self._purge_webhooks)

    def start_due(self) -> None:
        """Start a job for each kind of due work, unless one is queued already."""
        waiting = self.dispatcher.waiting()
        with self.app.app_context():
            if "send_mail" not in waiting and self.pause.may_send() and next_due_id(now()) is not None:
                self.dispatcher.start("send_mail")
            if next_due_delivery(now()) is not None:
                self.dispatcher.start_in_thread("deliver_webhooks")
            # before files of editions: someone is waiting for a preview, a report or an import
            for name, due in (
                ("render_preview", previews_to_render),
                ("render_report", reports_to_render),
                ("open_letter", letters_to_open),
                ("run_import", imports_to_run),
                ("render_edition_file", edition_files_to_render),
            ):
                if name in waiting:
                    continue
                for job_id in due(now())[:1]:
                    self.dispatcher.start(name, job_id)
        if self.dispatcher.away_since is not None:  # otherwise Huey's scheduler starts the periodic jobs
            minute = now().replace(second=0, microsecond=0)
            of_this_hour = [name for name, of_hour in self.hourly.items() if of_hour == minute.minute]
            for name in (*self.every_minute, *of_this_hour):
                if self._last_starts.get(name) != minute:
                    self._last_starts[name] = minute
                    self.dispatcher.start(name)

    def repair_clock_skew(self) -> None:
        """Repair due times and leases after the clock stepped back."""
        with self.app.app_context():
            while self.going() and repair_clock_skew(now()):
                pass

    def _every_hour(self, minute: int, name: str, work: Callable[[], None]) -> None:
        """Schedule work at a minute of each hour: every worker's scheduler enqueues it, and one run claims it."""

        def run_if_claimed() -> None:
            with self.app.app_context():
                if claim_scheduled_run(name, now()):
                    work()

        self.dispatcher.register(name, run_if_claimed, crontab(minute=str(minute)))
        self.hourly[name] = minute

    def _every_minute(self, name: str, work: Callable[[], None]) -> None:
        """Schedule work for each minute: every worker does it, and the rows say what is left to do."""

        def run() -> None:
            with self.app.app_context():
                work()

        self.dispatcher.register(name, run, crontab())
        self.every_minute.append(name)

    def _send_mail(self) -> None:
        """Send a round of due mails, unless the mail server was unavailable a moment ago."""
        if not self.pause.may_send():
            return  # queued by another worker, which may reach the mail server
        with self.app.app_context():
            self.pause.update(send_round(self.app.extensions["settings"], self.going))

    def _deliver_webhooks(self) -> None:
        """Make due requests to webhooks, beside the queue: a slow receiver holds up neither mail nor rendering."""
        with self.app.app_context():
            deliver_due_webhooks(self.caller, self.going)

    def _open_letter(self, letter_id: int) -> None:
        """Open a letter whose hour has come."""
        with self.app.app_context():
            open_at_its_hour(letter_id, now())

    def _render_in_slot(self, render: Callable[[int], bool], job_id: int) -> None:
        """Render what a job asks for, unless all threads that may render are busy; stops early if the worker is stopping."""
        if not self.render_slots.acquire(blocking=False):
            return  # all rendering threads are busy: it stays due, and the next poll finds it
        try:
            with self.app.app_context(), cancel_unless(self.going):
                render(job_id)
        finally:
            self.render_slots.release()

    def _queue_notices(self) -> None:
        queue_notices(now())
        while self.going() and queue_digests(now()):
            pass

    def _send_planned_reminders(self) -> None:
        for reminder_id in reminders_due(now()):
            send_planned_reminder(reminder_id, now())

    def _settle_changes(self) -> None:
        """Remind those who have not replied to a change, and apply its rule once its deadline has passed."""
        for letter_id in changes_to_remind(now()):
            remind_of_change(letter_id, now())
        for letter_id in changes_due(now()):
            while self.going() and settle_due_change(letter_id, now()):
                pass

    def _tend_sessions(self) -> None:
        for letter_id in open_sessions():
            tend_session(letter_id, now())

    def _purge_expired_data(self) -> None:
        for due in due_erasures(now()):
            while self.going() and purge_expired_data(due.letter_id, due.data_kind, now()):
                pass
        while self.going() and count_unused_contacts(now()) and purge_unused_contacts(now()):
            pass
        for letter_id in drafts_due_for_erasure(now()):
            erase_deleted_draft(letter_id, now())
        if count_ended_invitations(now()):
            purge_coalition_invitations(now())

    def _tell_operator(self) -> None:
        """Mail the operator about parts that are not ready, once a day while they stay the same."""
        parts, today = silent_site_parts(), now().date()
        if parts and self._last_operator_mail != (parts, today):
            sentences = [f"/readyz says: {part}. docs/operations.md says what that means and what to do." for part in parts]
            if not mail_operator(self.app.extensions["settings"], f"not ready: {', '.join(parts)}", sentences, now()):
                self._last_operator_mail = (parts, today)

    def _remind(self) -> None:
        for letter_id in letters_to_remind(now()):
            while self.going() and remind_unconfirmed(letter_id, now()):
                pass

    def _reindex_organizations(self) -> None:
        while self.going() and reindex_organizations(now()):
            pass

    def _sort_letters(self) -> None:
        for letter_id, alphabet in letters_of_another_alphabet():
            if self.going():
                sort_by_alphabet(letter_id, alphabet)

    def _purge_uploads(self) -> None:
        purge_uploads(now())

    def _purge_rate_limits(self) -> None:
        while self.going() and purge_rate_limits(now()):
            pass
        purge_sessions(now())
        while self.going() and purge_api_writes(now()):
            pass
        while self.going() and purge_spent_challenges(now()):
            pass

    def _purge_webhooks(self) -> None:
        reseal_webhook_secrets()
        for webhook_id in webhook_ids():
            while self.going() and purge_webhook_log(webhook_id, now()):
                pass

    def _purge_previews_and_reports(self) -> None:
        purge_previews(now())
        purge_reports(now())
