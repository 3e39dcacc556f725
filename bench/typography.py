"""Measures the lines of letters on paper: `.venv/bin/python bench/typography.py FILE.md …` prints a table for each language.

Every letter is laid out by the rules of layout 1, which fill line after line, and by those of layout 2, which break whole
paragraphs; ragged and justified. Counted are paragraphs of two lines and more. CPU time is that of the layout alone.
"""

import math
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from weasyprint import HTML
from weasyprint.formatting_structure import boxes

from letterhub.domain.letters.signatory_order import build_document
from letterhub.intake.letters.letter_file import read_letter
from letterhub.rendering.jinja import render_template
from letterhub.rendering.letter.html_renderer import Medium
from letterhub.rendering.letter.view import letter_view
from letterhub.rendering.pdf.typesetting.page_layout import own_lines, page_box
from letterhub.rendering.pdf.typesetting.weasyprint_paragraphs import break_whole_paragraphs
from letterhub.rendering.pdf.worker import BundledFetcher

MODES = ("1 ragged", "2 ragged", "1 justified", "2 justified")
NATURAL_SPACE = 3.62  # pixels: Source Serif at 12 points
SHORT_LAST_LINE = 0.12
MIN_WIDTH = 200  # pixels
Paragraph = tuple[float, list[Any]]
"""The width of a paragraph and its lines."""


@dataclass(slots=True)
class Lines:
    """Sums over the lines of paragraphs."""

    count: int = 0
    squared_slack: float = 0.0
    neighbors: list[float] = field(default_factory=list)
    spaces: list[float] = field(default_factory=list)
    hyphens: int = 0
    two_hyphens: int = 0
    short_last: int = 0

    def add(self, width: float, lines: list[Any]) -> None:
        """Add the lines of one paragraph."""
        before, after_hyphen = None, False
        for line in lines[:-1]:
            slack = max(0.0, (width - line.width) / width * 100)
            self.squared_slack += slack**2
            if before is not None:
                self.neighbors.append(slack - before)
            before = slack
            text = _text(line).rstrip()
            has_hyphen = text.endswith("-") and not text.endswith(" -")
            self.hyphens += has_hyphen
            self.two_hyphens += has_hyphen and after_hyphen
            after_hyphen = has_hyphen
            self.spaces.append(NATURAL_SPACE + next(_stretches(line), 0.0))
        self.count += len(lines)
        self.short_last += lines[-1].width < width * SHORT_LAST_LINE

    def cells(self) -> Iterator[str]:
        """Yield the columns of the table."""
        yield f"{self.count:,}"
        yield f"{self.squared_slack:,.0f}"
        yield f"{math.sqrt(sum(step**2 for step in self.neighbors) / max(1, len(self.neighbors))):.2f}"
        yield from map(str, (self.hyphens, self.two_hyphens, self.short_last))
        yield str(sum(space > 2 * NATURAL_SPACE for space in self.spaces))
        yield f"{math.sqrt(sum((space - NATURAL_SPACE) ** 2 for space in self.spaces) / max(1, len(self.spaces))) * 0.75:.2f}"


def main() -> None:
    """Print the table of each mode; each is laid out in a process of its own, as WeasyPrint is changed for a whole process."""
    if sys.argv[1] not in MODES:
        print(
            "| layout | pages | lines | slack² | rms of neighbors | hyphens | two running | last line < 12 % "
            "| spaces > 2 × | rms of space, pt | CPU ms a page |"
        )
        print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
        for mode in MODES:
            subprocess.run([sys.executable, __file__, mode, *sys.argv[1:]], check=True)
        return
    mode, lines, pages = sys.argv[1], Lines(), 0
    if mode.startswith("2"):
        break_whole_paragraphs()
    start = time.process_time()
    for file in map(Path, sys.argv[2:]):
        count, paragraphs = _laid_out(file, mode)
        pages += count
        for width, paragraph in paragraphs:
            lines.add(width, paragraph)
    took = (time.process_time() - start) / pages * 1000
    print(f"| {mode} | {pages} | {' | '.join(lines.cells())} | {took:.0f} |", flush=True)


def _laid_out(file: Path, mode: str) -> tuple[int, Iterable[Paragraph]]:
    """Return the number of a letter's pages, and its paragraphs."""
    text, _ = read_letter(file.read_bytes(), file.name)
    language = file.stem.partition(".")[2] or text.language
    document = replace(build_document(replace(text, language=language), []), layout=int(mode[0]))
    page = render_template("export/paper.html", letter=letter_view(document, Medium.PAPER))
    if mode.endswith("justified"):
        page = page.replace("</head>", "<style>.letter-body {text-align: justify}</style></head>")
    laid_out = HTML(string=page, base_url="letterhub:", url_fetcher=BundledFetcher()).render(presentational_hints=True)
    paragraphs: dict[Any, Paragraph] = {}
    for box in (box for page in laid_out.pages for box in page_box(page).descendants()):
        lines = own_lines(box)
        if lines and box.element_tag in ("p", "li") and box.width > MIN_WIDTH:
            paragraphs.setdefault(box.element, (box.width, []))[1].extend(lines)
    return len(laid_out.pages) - 1, paragraphs.values()


def _text(box: Any) -> str:
    return box.text if isinstance(box, boxes.TextBox) else "".join(map(_text, getattr(box, "children", ())))


def _stretches(box: Any) -> Iterator[float]:
    """Yield by how much the spaces of a line's texts were stretched, in pixels."""
    if isinstance(box, boxes.TextBox):
        yield box.justification_spacing
    for child in getattr(box, "children", ()):
        yield from _stretches(child)


if __name__ == "__main__":
    main()
