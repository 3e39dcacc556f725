"""The PDF worker: renders a page of HTML as PDF in a process of its own, and reports events as lines of JSON.

Its folder holds `letter.html`, the names that belong on it in `list.json` with their logos, if it has a list, and the files to
embed in `attachments.json`; it writes `letter.pdf` there. WeasyPrint runs nowhere else, always in a process that may be killed:
a letter that would take the machine's time or memory takes only the worker. `rendering.pdf.client` starts it.

See docs/design/pdf.md.
"""

import gc
import json
import logging
import resource
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pydyf
import pyphen
from weasyprint import HTML, Document
from weasyprint.urls import URLFetcher, URLFetcherResponse

from letterhub.paths import STATIC
from letterhub.rendering.pdf.pdfa import VARIANT, PaintRecorder, make_conforming, read_attachments
from letterhub.rendering.pdf.typesetting.fitting import balance_title, has_cut_table, narrow_tables
from letterhub.rendering.pdf.typesetting.footnotes import fix_misplaced_note, has_unplaced_note
from letterhub.rendering.pdf.typesetting.list_job import TABLE_CUT_EVENT, ListJob
from letterhub.rendering.pdf.typesetting.list_typesetter import ListTypesetter
from letterhub.rendering.pdf.typesetting.page_layout import first_pages
from letterhub.rendering.pdf.typesetting.pdf_writer import write_packed_pdf
from letterhub.rendering.pdf.typesetting.sender_lines import split_sender_lines
from letterhub.rendering.pdf.typesetting.style import list_style
from letterhub.rendering.pdf.typesetting.text_parts import link_descriptions, separate_ids
from letterhub.rendering.pdf.typesetting.weasyprint_paragraphs import break_whole_paragraphs

_SHEETS = frozenset(path.relative_to(STATIC).as_posix() for path in (STATIC / "css").rglob("*.css"))
_LOGO = ("data:image/png;base64,", "data:image/jpeg;base64,", "data:image/webp;base64,")


pyphen.LANGUAGES["en"] = pyphen.LANGUAGES["en_US"]  # of its English dictionaries Pyphen would take the first, the British one


class BundledFetcher(URLFetcher):  # type: ignore[misc]
    """URL fetcher that serves our style sheets and the letter's own logos, and refuses any other URL before opening it."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols={"letterhub", "data"}, allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Return the style sheet or picture at one of our URLs. Raises ValueError for every other."""
        scheme, _, name = url.partition(":")
        if scheme == "letterhub" and name in _SHEETS:
            return URLFetcherResponse(url, (STATIC / name).read_bytes(), {"Content-Type": "text/css"})
        if url.startswith(_LOGO):
            return super().fetch(url, headers)
        raise ValueError(f"not one of our own files: {url[:80]}")


class NoteTooLong(Exception):
    """Raised when a note is longer than a page has room for."""


class _ProgressHandler(logging.Handler):
    """Log handler that reports each page that WeasyPrint has laid out."""

    def emit(self, record: logging.LogRecord) -> None:
        """Report the step of WeasyPrint that a record names, and the number of the page if it names one, else 0."""
        page: object = 0
        if "Page %d" in str(record.msg) and isinstance(record.args, tuple) and record.args:
            page = record.args[0]
        _report(step=str(record.msg).partition(" - ")[0], page=page)


def _report(**event: Any) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def _render(folder: Path) -> None:
    """Render the page in a folder: lay it out until its tables and notes fit, typeset the names, and write the PDF."""
    page = HTML(
        string=(folder / "letter.html").read_text(encoding="utf-8"), base_url="letterhub:", url_fetcher=BundledFetcher()
    )
    if not (folder / "list.json").exists():  # a page without names, which becomes a picture
        page.write_pdf(folder / "letter.pdf")
        return
    job = ListJob.from_json((folder / "list.json").read_text(encoding="utf-8"))
    if job.layout > 1:
        break_whole_paragraphs()
    separate_ids(page.etree_element, job)
    balance_title(page.etree_element, job)
    while True:
        laid_out = page.render(pdf_variant=VARIANT, presentational_hints=True)  # hints give lists their start number
        if job.layout > 1 and split_sender_lines(laid_out, page.etree_element, first_pages(laid_out, job)):
            continue
        if not narrow_tables(laid_out) and not fix_misplaced_note(laid_out, page.etree_element):
            break
    if has_cut_table(page.etree_element):
        _report(step=TABLE_CUT_EVENT)
    if has_unplaced_note(laid_out, page.etree_element):
        raise NoteTooLong
    gc.disable()  # names make many values and no cycles, and this process ends with its letter
    typesetter = ListTypesetter(laid_out, job, list_style(job.look, job.layout), lambda share: _report(names=share), folder)
    recorder = PaintRecorder(typesetter.document, link_descriptions(page.etree_element, job))

    def finish(_: Document, pdf: pydyf.PDF) -> None:
        _report(step="Step 8")
        typesetter.finish(pdf, make_conforming(recorder, pdf, read_attachments(folder / "attachments.json"), job.layout))
        pdf.write = partial(write_packed_pdf, pdf)

    typesetter.document.write_pdf(folder / "letter.pdf", finisher=finish, pdf_variant=VARIANT)


def run_worker(folder: Path, cpu_seconds: int, memory_bytes: int) -> None:
    """Render the page in a folder. The limits stay until the process ends; too deep nesting or a too long note is reported."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 2))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    progress = logging.getLogger("weasyprint.progress")
    progress.setLevel(logging.INFO)
    progress.addHandler(_ProgressHandler())
    try:
        _render(folder)
    except RecursionError:
        _report(failed="depth")
    except NoteTooLong:
        _report(failed="note")
