"""Our own engine: as the app runs it, a forked worker for each letter; and in one process, timed by phase."""

import gc
import logging
import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from weasyprint import HTML

from letterhub.domain.letters.letter_document import LetterDocument
from letterhub.rendering.jinja import render_template
from letterhub.rendering.letter.html_renderer import Medium
from letterhub.rendering.letter.view import letter_view
from letterhub.rendering.pdf import client
from letterhub.rendering.pdf.letter_pdf import missing_glyph_warnings, render_letter_pdf, signatory_list_job
from letterhub.rendering.pdf.pdfa import VARIANT, PaintRecorder, make_conforming
from letterhub.rendering.pdf.typesetting.list_job import ListJob
from letterhub.rendering.pdf.typesetting.list_typesetter import ListTypesetter
from letterhub.rendering.pdf.typesetting.pdf_writer import write_packed_pdf
from letterhub.rendering.pdf.typesetting.style import list_style
from letterhub.rendering.pdf.worker import BundledFetcher


def render_as_the_app(document: LetterDocument, first: LetterDocument, folder: Path) -> tuple[dict[str, float], Path]:
    """Render a letter as a warm job worker does; return the CPU time of its process, the PDF worker and the pre-fork server."""
    worker_costs: list[tuple[float, float]] = []
    log = logging.getLogger(client.__name__)
    log.setLevel(logging.INFO)
    log.addFilter(lambda record: worker_costs.append(record.args) is None)
    render_letter_pdf(first)
    before, started, used = _server_cpu_seconds(), time.perf_counter(), time.process_time()
    file = folder / "letter.pdf"
    file.write_bytes(render_letter_pdf(document).data)
    took, memory = worker_costs[-1]
    cpu = time.process_time() - used + took + _server_cpu_seconds() - before
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cpu": cpu, "wall": time.perf_counter() - started, "memory": max(own, memory)}, file


def _server_cpu_seconds() -> float:
    """Return the CPU seconds of the pre-fork server itself."""
    fields = Path(f"/proc/{client._SERVER._process.pid}/stat").read_text().rpartition(")")[2].split()  # noqa: SLF001
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Phases:
    """CPU seconds by phase."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        started = time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - started


def render_by_phase(document: LetterDocument, folder: Path) -> dict[str, float]:
    """Render a letter as `letter.pdf` and return the seconds of each phase."""
    phases = Phases()
    with phases.phase("prepare"):
        letter = letter_view(document, Medium.PAPER)
        html, job = render_template("export/paper.html", letter=letter), signatory_list_job(letter)
        missing_glyph_warnings(document)
    with phases.phase("lay out the text"):
        laid_out = HTML(string=html, base_url="letterhub:", url_fetcher=BundledFetcher()).render(pdf_variant=VARIANT)
    gc.disable()  # as the PDF worker does
    with phases.phase("hand over"):
        job = ListJob.from_json(job.to_json())
    with phases.phase("shape and place names"):
        setter = ListTypesetter(laid_out, job, list_style(), lambda _: None, Path())
    painting = PaintRecorder(setter.document)
    whole = time.process_time()

    def finish(_: object, render_letter_pdf: Any) -> None:
        phases.seconds["paint the text"] = time.process_time() - whole
        with phases.phase("draw and tag names"):
            setter.finish(render_letter_pdf, make_conforming(painting, render_letter_pdf))
        render_letter_pdf.write = partial(timed, render_letter_pdf)

    def timed(render_letter_pdf: object, *arguments: object) -> None:
        with phases.phase("write the file"):
            write_packed_pdf(render_letter_pdf, *arguments)

    setter.document.write_pdf(folder / "letter.pdf", finisher=finish, pdf_variant=VARIANT)
    gc.enable()
    return phases.seconds
