"""Processes killed as by `kill -9` at each step of an operation: before each write, around each commit, at each SMTP command.

An operation first runs whole, and its steps are recorded, so that no list of them goes stale. Then it runs once per step,
and is killed there. The product has no hooks for this: the steps are observed by SQLAlchemy's events, Python's audit
events and the commands that smtplib sends.
"""

import os
import re
import signal
import smtplib
import sys
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from letterhub.app import site_context
from letterhub.config import Settings
from letterhub.infrastructure.db import db
from tests.support.servers.database_copies import settings_for
from tests.support.servers.processes import PROCESSES

TIMEOUT = 120  # seconds before a hanging operation is given up
WRITES = re.compile(r"(?:^\s*|\bAS\s+\(|\)\s+)(INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE|DROP TABLE|ALTER TABLE) \"?(\w+)")
"""Writes of a statement: several in one on PostgreSQL, each within "WITH … AS (…)" but the last."""
FILE_EVENTS = {"open": "open", "os.rename": "rename", "os.chmod": "chmod", "os.remove": "remove"}
COMPLETE_RUNS = 2  # complete runs: the first may do more than later ones
MESSAGE_BYTES = 400  # bytes; only a message is longer

Operation = Callable[[int], Any]
"""Operation under test, called with another number each time."""


class StepRecorder:
    """Recorder of the names of steps; the process kills itself at the step with the number `last`."""

    def __init__(self, last: int | None = None, folder: str = "") -> None:
        self.names: list[str] = []
        self.last = last
        self.folder = folder
        event.listen(Engine, "before_cursor_execute", self._write)
        event.listen(Engine, "commit", lambda _connection: self.record_step("before COMMIT"))
        event.listen(Session, "after_commit", self._after_commit)
        self._follow_mail()
        if folder:
            sys.addaudithook(self._file)

    def record_step(self, name: str) -> None:
        """Record one more step."""
        if self.last == len(self.names):
            os.kill(os.getpid(), signal.SIGKILL)
        self.names.append(name)

    def _write(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        for action, table in WRITES.findall(statement):
            self.record_step(f"before {action} {table}")

    def _after_commit(self, session: Session) -> None:
        if not session.in_nested_transaction():
            self.record_step("after COMMIT")

    def _file(self, name: str, facts: tuple[Any, ...]) -> None:
        if name in FILE_EVENTS and str(facts[0]).startswith(self.folder):
            self.record_step(f"before {FILE_EVENTS[name]}")

    def _follow_mail(self) -> None:
        say, hear, send, spoken = smtplib.SMTP.putcmd, smtplib.SMTP.getreply, smtplib.SMTP.send, ["the greeting"]

        def putcmd(server: smtplib.SMTP, command: str, args: str = "") -> None:
            spoken[0] = command.upper()
            self.record_step(f"before {spoken[0]}")
            say(server, command, args)

        def getreply(server: smtplib.SMTP) -> tuple[int, bytes]:
            answer = hear(server)
            self.record_step(f"after the answer to {spoken[0]}")
            return answer

        def send_in_two(server: smtplib.SMTP, text: Any) -> None:
            if len(text) > MESSAGE_BYTES:
                spoken[0] = "the whole message"
                send(server, text[: MESSAGE_BYTES // 2])
                self.record_step("in the middle of the message")
                text = text[MESSAGE_BYTES // 2 :]
            send(server, text)

        smtplib.SMTP.putcmd, smtplib.SMTP.getreply, smtplib.SMTP.send = putcmd, getreply, send_in_two  # type: ignore[method-assign]


def kill_at_each_step(settings: Settings, act: Operation, folder: str = "", most: int = 100) -> list[str]:
    """Run an operation whole as number 0 and 1, then once per step, killed there; return the names of the steps.

    Writes below `folder` count as steps, where one is given. Of more than `most` steps, a sample of that size is taken.
    """
    here, there = PROCESSES.Pipe(duplex=False)
    facts = (settings.database_url, settings.data_dir, settings.mail_server and settings.mail_server.port)
    nursery = PROCESSES.Process(target=_run_children, args=(there, facts, act, folder, most))
    nursery.start()
    there.close()
    try:
        assert here.poll(TIMEOUT), "it did not come to an end"
        steps: list[str] | str = here.recv()
    finally:
        nursery.kill()
        nursery.join()
        here.close()
    assert isinstance(steps, list), steps
    return steps


def _run_children(there: Connection, facts: tuple[Any, ...], act: Operation, folder: str, most: int) -> None:
    """Run a process that makes the app once and forks a child for each run of the operation."""
    database_url, data_dir, port = facts
    try:
        with site_context(settings_for(database_url, data_dir, mail_port=port)):
            act(0)  # here, so that the children find templates and statements compiled
            db.session.remove()
            db.engine.dispose()
            names = _run_whole(act, 1, folder)
            lasts = range(0, len(names), -(-len(names) // most))
            ends = [_kill_at(last, act, COMPLETE_RUNS + index, folder) for index, last in enumerate(lasts)]
            there.send(names if set(ends) == {-signal.SIGKILL} else f"ended with {ends} at {names}")
    except BaseException as fault:  # noqa: BLE001 - the test reports it
        there.send(repr(fault))


def _run_whole(act: Operation, number: int, folder: str) -> list[str]:
    """Return the steps of a child that runs the whole operation."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        steps = StepRecorder(folder=folder)
        _run(act, number)
        os.write(writing, "\n".join(steps.names).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        names = pipe.read().splitlines()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, "it failed without being killed"
    assert names
    return names


def _kill_at(last: int, act: Operation, number: int, folder: str) -> int:
    """Return the exit of a child that was to be killed at its step `last`."""
    if (child := os.fork()) == 0:
        StepRecorder(last, folder)
        _run(act, number)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _run(act: Operation, number: int) -> None:
    try:
        act(number)
    except BaseException:  # noqa: BLE001 - the child reports the error and exits
        traceback.print_exc()
        os._exit(1)
