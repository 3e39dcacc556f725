"""Subprocess wrapper for other programs that rendering needs, such as fontconfig's."""

import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

SHUTDOWN_CODES = (-signal.SIGTERM, -signal.SIGINT)  # signals of a machine that shuts down


class RenderingInterrupted(Exception):
    """Raised when a rendering was ended from outside: it says nothing of the letter, and is to be retried."""


def run_program(
    program: Sequence[str],
    timeout_seconds: float,
    environment: Mapping[str, str] | None = None,
    stdin: str = "",
    folder: Path | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run a program to its end, in our environment if none is given, with `stdin` on its stdin.

    Raises RenderingInterrupted, TimeoutExpired and OSError. The program gets a session of its own, so that a signal to the
    worker's process group lets it finish; only in the moment before, it can be ended with the worker.
    """
    result = subprocess.run(  # noqa: S603
        program, env=environment, cwd=folder, input=stdin, capture_output=True, text=True, timeout=timeout_seconds, check=False,
        start_new_session=True,
    )  # fmt: skip
    if result.returncode in SHUTDOWN_CODES:
        raise RenderingInterrupted
    return result
