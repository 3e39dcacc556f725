"""Our own way in one process, timed by phase: what the child process does between its start and its end."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from weasyprint import HTML

from letterhub.domain.document import LetterDocument
from letterhub.rendering.archive import VARIANT, Painting, conform
from letterhub.rendering.marks import Frame
from letterhub.rendering.page import draw
from letterhub.rendering.pdf import missing_glyphs, signatory_pages
from letterhub.rendering.press import BundledOnly
from letterhub.rendering.setting.file import write_file
from letterhub.rendering.setting.job import Job
from letterhub.rendering.setting.setter import ListSetter
from letterhub.rendering.setting.style import list_style
from letterhub.rendering.view import letter_view


class Phases:
    """Seconds of processor by phase."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        began = time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - began


def set_by_phase(document: LetterDocument, folder: Path) -> dict[str, float]:
    """Sets a letter into `letter.pdf` and gives the seconds that each phase took."""
    phases = Phases()
    with phases.phase("prepare"):
        letter = letter_view(document, Frame.PAPER)
        html, job = draw("export/paper.html", letter=letter), signatory_pages(letter)
        missing_glyphs(document)
    with phases.phase("lay out the text"):
        laid_out = HTML(string=html, base_url="letterhub:", url_fetcher=BundledOnly()).render(pdf_variant=VARIANT)
    gc.disable()  # as the press does
    with phases.phase("hand over"):
        job = Job.from_json(job.to_json())
    with phases.phase("shape and place names"):
        setter = ListSetter(laid_out, job, list_style(), lambda _: None, Path())
    painting = Painting(setter.document)
    whole = time.process_time()

    def finish(_: object, pdf: object) -> None:
        phases.seconds["paint the text"] = time.process_time() - whole
        with phases.phase("draw and tag names"):
            setter.finish(pdf, conform(painting, pdf))
        pdf.write = partial(timed, pdf)

    def timed(pdf: object, *arguments: object) -> None:
        with phases.phase("write the file"):
            write_file(pdf, *arguments)

    setter.document.write_pdf(folder / "letter.pdf", finisher=finish, pdf_variant=VARIANT)
    gc.enable()
    return phases.seconds
