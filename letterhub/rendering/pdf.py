"""A letter as PDF: set by the press in a process of its own, with limits on its time and memory."""

import json
import logging
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from letterhub.domain.document import LetterDocument
from letterhub.domain.refusals import Refused
from letterhub.rendering.assets import ROOT
from letterhub.rendering.fonts import character_name, font_environment, undrawable
from letterhub.rendering.marks import Frame
from letterhub.rendering.page import draw
from letterhub.rendering.view import letter_view, roll

LOG = logging.getLogger(__name__)

Progress = Callable[[float], None]
Told = Mapping[str, Any]


class CannotBeSet(Refused):
    """A letter that the press could not set within its limits."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one letter may take: seconds of processor, seconds by the clock, bytes of memory."""

    cpu_seconds: int = 120
    wall_seconds: float = 300
    memory_bytes: int = 2 * 2**30


@dataclass(frozen=True, slots=True)
class PdfFile:
    """The bytes of a PDF, and a sentence for each name with a character that no font could draw."""

    data: bytes
    warnings: tuple[str, ...] = ()


_REASONS = {
    "depth": "This letter nests tables, quotes or lists too deeply to be set.",
    "memory": "This letter needs more memory than one letter may take.",
    "time": "This letter took longer to set than one letter may take.",
    "crash": "This letter could not be set: the press stopped unexpectedly.",
}


def pdf(document: LetterDocument, on_progress: Progress | None = None, limits: Limits = Limits()) -> PdfFile:
    """The letter as tagged PDF (PDF/UA-1), the same bytes for the same document, fonts and version.

    `on_progress` hears how far it is, from 0 to 1. Raises CannotBeSet where a limit is met.
    """
    html = paper_html(document)
    lost = undrawable(html)
    data = _pressed(html.translate({ord(letter): "[?]" for letter in lost}), _pages(document), on_progress, limits)
    return PdfFile(data, tuple(_warnings(document, lost)))


def missing_glyphs(document: LetterDocument) -> tuple[str, ...]:
    """What `pdf` would warn of: a sentence for each name with a character that no font can draw."""
    return tuple(_warnings(document, undrawable(paper_html(document))))


def paper_html(document: LetterDocument) -> str:
    """The sheet that the press sets, with notes and addresses at the foot of their pages."""
    return draw("export/paper.html", letter=letter_view(document, Frame.PAPER), list=signatory_pages(document))


def signatory_pages(document: LetterDocument) -> Markup:
    """The list of signatories as it is set on paper: the one place that decides how."""
    return Markup(draw("export/roll.html", roll=roll(document)))  # noqa: S704


def _pressed(html: str, pages: int, on_progress: Progress | None, limits: Limits) -> bytes:
    with tempfile.TemporaryDirectory(prefix="letterhub-press-") as name:
        folder = Path(name)
        (folder / "letter.html").write_text(html, encoding="utf-8", errors="replace")
        failed = _run(folder, limits, lambda told: on_progress(_share(told, pages)) if on_progress else None)
        if failed:
            raise CannotBeSet(_REASONS[failed])
        return (folder / "letter.pdf").read_bytes()


def _run(folder: Path, limits: Limits, hear: Callable[[Told], None]) -> str:
    """Runs the press to its end and gives the reason of its failure, "" where there is none."""
    program = [sys.executable, "-P", "-m", "letterhub.rendering.press", str(folder)]
    program += [str(limits.cpu_seconds), str(limits.memory_bytes)]
    environment = font_environment(folder) | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0", "TMPDIR": str(folder)}
    failed = ""
    with (
        (folder / "complaints.txt").open("w+", encoding="utf-8") as complaints,
        subprocess.Popen(  # noqa: S603
            program, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints
        ) as press,
        _ended_within(press, limits.wall_seconds),
    ):
        for line in press.stdout or ():
            told = json.loads(line)
            failed = failed or told.get("failed", "")
            hear(told)
        press.wait()
        complaints.seek(0)
        if press.returncode and not failed:
            LOG.warning("the press ended with %s: %s", press.returncode, complaints.read()[-2000:])
    return failed or _reason(press.returncode)


@contextmanager
def _ended_within(press: subprocess.Popen[bytes], seconds: float) -> Iterator[None]:
    """Ends the press when its time is over, and when whoever waits for it gives up."""
    clock = threading.Timer(seconds, press.kill)
    clock.start()
    try:
        yield
    except BaseException:
        press.kill()
        raise
    finally:
        clock.cancel()


def _reason(code: int) -> str:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return "time"
    if code in (-signal.SIGABRT, -signal.SIGTRAP, -signal.SIGSEGV):  # how libraries in C end where memory does
        return "memory"
    return "crash" if code else ""


def _pages(document: LetterDocument) -> int:
    """About how many pages a letter will have, to tell how far its press is."""
    return 1 + len(document.text.body) // 2800 + document.count // 50


def _share(told: Told, pages: int) -> float:
    """How far the press is, from 0 to 1: laying out pages is most of it."""
    page = int(told.get("page", 0))
    if page:
        return 0.1 + 0.7 * min(page / (pages + 1), 1.0)
    return {"Step 6": 0.85, "Step 7": 0.9}.get(str(told.get("step")), 0.05)


def _warnings(document: LetterDocument, lost: Iterable[str]) -> Iterator[str]:
    """A sentence for each part of the letter that holds a character which no font can draw."""
    wanting = set(lost)
    if not wanting:
        return
    text = document.text
    head = (*text.letterhead.lines, *(line for one in text.addressees for line in (one.name, *one.lines)), *text.cc)
    yield from _named("The text", " ".join((text.title, text.re, text.salutation, text.body, text.closing, *head)), wanting)
    for one in document.signatories:
        yield from _named(f"“{one.name}”", f"{one.name} {one.detail} {one.location}", wanting)


def _named(part: str, text: str, wanting: set[str]) -> Iterator[str]:
    found = [character_name(letter) for letter in dict.fromkeys(text) if letter in wanting]
    if found:
        yield f"{part} holds {', '.join(found)}, which no font here can draw; on paper it stands as [?]."
