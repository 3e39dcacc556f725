"""Prefork server of PDF workers: a worker for each letter, killed when nobody waits for it; the server restarts when lost."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from letterhub.domain.letters.letter_document import LetterDocument, LetterText, Signatory
from letterhub.rendering.pdf import client
from letterhub.rendering.pdf.client import Limits, PdfRenderingFailed
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf

pytestmark = pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="this system does not list its processes in /proc")
SHORT = LetterDocument(LetterText("Clean Rivers", "We write."), (Signatory("Example Alliance"),))
LONG = LetterDocument(LetterText("Clean Rivers", "A paragraph.\n\n" * 7_900))
OWNER = """
import os, sys
os.environ["LETTERHUB_SECRET_KEY"] = "canary"
from tests.integration.rendering.test_prefork_server import LONG, SHORT
from letterhub.rendering.pdf import client
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
render_letter_pdf(SHORT)
print(client._SERVER._process.pid, flush=True)
render_letter_pdf(LONG, lambda share: print("at work", flush=True))
"""


def prefork_pid() -> int:
    """Return the process ID of the prefork server."""
    assert client._SERVER._process is not None
    return client._SERVER._process.pid


def process_stat(process: int) -> list[str]:
    """Return the fields of a process's /proc stat: state, parent, and more; empty where it is gone."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def descendants(parent: int) -> list[int]:
    """Return the descendants of a process."""
    every = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    found = [one for one in every if process_stat(one)[1:2] == [str(parent)]]
    return [*found, *(deeper for one in found for deeper in descendants(one))]


def alive(process: int) -> bool:
    return process_stat(process)[:1] not in ([], ["Z"], ["X"])


def holds_within_a_minute(what: Callable[[], bool]) -> bool:
    """Return whether a condition holds within a minute."""
    until = time.monotonic() + 60
    while not what() and time.monotonic() < until:
        time.sleep(0.05)
    return what()


def test_letters_are_set_by_one_room_and_leave_nothing_running() -> None:
    first = render_letter_pdf(SHORT).data
    one = prefork_pid()
    assert render_letter_pdf(SHORT).data == first
    assert prefork_pid() == one
    assert holds_within_a_minute(lambda: descendants(one) == [])


def test_a_room_that_was_lost_is_opened_anew() -> None:
    first = render_letter_pdf(SHORT).data
    lost = prefork_pid()
    os.kill(lost, signal.SIGKILL)
    assert holds_within_a_minute(lambda: not alive(lost))
    assert render_letter_pdf(SHORT).data == first
    assert prefork_pid() != lost


@pytest.mark.shows("S2")
def test_a_letter_that_takes_too_much_does_not_touch_one_that_is_set_beside_it() -> None:
    ended: list[str] = []

    def bomb() -> None:
        try:
            render_letter_pdf(LONG, limits=Limits(cpu_seconds=2))
        except PdfRenderingFailed as refusal:
            ended.append(str(refusal))

    beside = threading.Thread(target=bomb)
    beside.start()
    assert all(render_letter_pdf(SHORT).data.startswith(b"%PDF-") for _ in range(3))
    beside.join(300)
    assert ended == ["This letter took longer to print than one letter may take."]
    assert holds_within_a_minute(lambda: descendants(prefork_pid()) == [])


def test_where_whoever_ordered_is_killed_the_press_and_its_room_end_too_and_no_secret_was_in_them() -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        server_id = int(owner.stdout.readline())
        assert owner.stdout.readline() == "at work\n"
        started, folder = descendants(server_id), Path(f"/proc/{server_id}/cwd").resolve()
        surroundings = Path(f"/proc/{server_id}/environ").read_text()
        assert len(started) == 2  # a supervisor and its worker
        assert (folder / "fonts.conf").is_file()
        owner.kill()
    assert "canary" not in surroundings
    assert str(folder / "fonts.conf") in surroundings
    assert holds_within_a_minute(lambda: not any(map(alive, [server_id, *started])))
    assert not folder.exists()
