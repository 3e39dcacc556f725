"""Other programs that a drawing asks, such as fontconfig's: what they say, and whether one was ended from outside."""

import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ENDED = (-signal.SIGTERM, -signal.SIGINT)  # as a machine that shuts down ends all that runs there


class BrokenOff(Exception):
    """A drawing that was ended from outside, which says nothing of the letter: it is to be drawn once more."""


def asked(
    program: Sequence[str],
    within: float,
    environment: Mapping[str, str] | None = None,
    told: str = "",
    folder: Path | None = None,
) -> "subprocess.CompletedProcess[str]":
    """A program that has ended within so many seconds, in our environment where none is given, having been `told` a text.

    Raises BrokenOff, TimeoutExpired and OSError.

    It has a session of its own: who ends a worker and all that it started lets it finish what is in hand. In the moment before
    it has one it can be ended with them.
    """
    done = subprocess.run(  # noqa: S603
        program, env=environment, cwd=folder, input=told, capture_output=True, text=True, timeout=within, check=False,
        start_new_session=True,
    )  # fmt: skip
    if done.returncode in ENDED:
        raise BrokenOff
    return done
