"""Edits of a draft's Word copy as people make them in Word, with tracking on or off, and the copy as LibreOffice saves it."""

import io
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.run import Run

from tests.support.pdf_readers import require_program

ANN, BOB = ("Ann Example", "2021-12-20T14:30:00Z"), ("Bob Example", "2021-12-21T10:00:00Z")
Author = tuple[str, str]


class EditedWord:
    """Word file under edit; paragraphs are found by words in them."""

    def __init__(self, data: bytes) -> None:
        self.file: Any = docx.Document(io.BytesIO(data))
        self._ids = iter(range(900, 2000))

    def data(self, saved_by: str = "Lena Lawyer") -> bytes:
        """Return the file as it was saved by somebody."""
        self.file.core_properties.last_modified_by = saved_by
        out = io.BytesIO()
        self.file.save(out)
        return out.getvalue()

    def paragraph(self, words: str) -> Any:
        """Return the first paragraph with these words."""
        paragraphs = self.file.element.body.iter(qn("w:p"))
        return next(one for one in paragraphs if words in "".join(one.itertext(qn("w:t"))))

    def type_over(self, old: str, new: str) -> None:
        """Replace words within a run, with tracking off."""
        text = next(one for one in self.file.element.body.iter(qn("w:t")) if old in (one.text or ""))
        text.text = text.text.replace(old, new, 1)

    def replace(self, old: str, new: str, by: Author) -> None:
        """Replace words within a run, with tracking on; what stands before a bar, as in "water|", stays."""
        stays, _bar, old = old.rpartition("|")
        text = next(one for one in self.file.element.body.iter(qn("w:t")) if stays + old in (one.text or ""))
        run = text.getparent()
        before, _old, after = text.text.partition(stays + old)
        text.text = before + stays
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        last = run
        for kind, words in (("del", old), ("ins", new), ("", after)):
            if words:
                part = _run(words, "delText" if kind == "del" else "t")
                element = self._change(kind, by, part) if kind else part
                last.addnext(element)
                last = element

    def _change(self, kind: str, by: Author, *content: Any) -> Any:
        change = OxmlElement(f"w:{kind}")
        for name, value in (("id", str(next(self._ids))), ("author", by[0]), ("date", by[1])):
            change.set(qn(f"w:{name}"), value)
        change.extend(content)
        return change

    def delete(self, words: str, by: Author) -> None:
        """Delete a paragraph with tracking on."""
        paragraph = self.paragraph(words)
        for run in list(paragraph.iter(qn("w:r"))):
            for text in run.iter(qn("w:t")):
                text.tag = qn("w:delText")
            change = self._change("del", by)
            run.addprevious(change)
            change.append(run)
        self._track_end(paragraph, "del", by)

    def remove(self, words: str) -> None:
        """Delete a paragraph with its bookmark, with tracking off."""
        paragraph = self.paragraph(words)
        paragraph.getparent().remove(paragraph)

    def add_after(self, words: str, new: str, by: Author | None = None, style: str = "BodyText") -> None:
        """Add a paragraph after another one, as Enter at its end does."""
        self._add_after(self.paragraph(words), new, by, style)

    def _add_after(self, paragraph: Any, new: str, by: Author | None, style: str = "BodyText") -> None:
        run = _run(new)
        added = OxmlElement("w:p")
        properties = OxmlElement("w:pPr")
        properties.append(_valued("pStyle", style))
        added.append(properties)
        added.append(self._change("ins", by, run) if by else run)
        paragraph.addnext(added)
        if by:
            self._track_end(paragraph, "ins", by)

    def split(self, words: str, second: str, by: Author | None = None) -> None:
        """Divide a paragraph before words that stand in one of its runs."""
        paragraph = self.paragraph(words)
        text = next(one for one in paragraph.iter(qn("w:t")) if second in (one.text or ""))
        head, _found, tail = text.text.partition(second)
        text.text = head
        self._add_after(paragraph, second + tail, None)
        if by:
            self._track_end(paragraph, "ins", by)

    def join(self, words: str, following: str) -> None:
        """Join two paragraphs, with tracking off."""
        paragraph, second = self.paragraph(words), self.paragraph(following)
        for child in list(second):
            if child.tag != qn("w:pPr"):
                paragraph.append(child)
        second.getparent().remove(second)

    def move(self, words: str, after: str) -> None:
        """Move a paragraph with its bookmark, with tracking off."""
        paragraph = self.paragraph(words)
        self.paragraph(after).addnext(paragraph)

    def _track_end(self, paragraph: Any, kind: str, by: Author) -> None:
        properties = paragraph.find(qn("w:pPr"))
        run_properties = OxmlElement("w:rPr")
        run_properties.append(self._change(kind, by))
        properties.append(run_properties)

    def comment(self, words: str, text: str, by: str) -> None:
        """Comment on the run with these words."""
        text_element = next(one for one in self.file.element.body.iter(qn("w:t")) if words in (one.text or ""))
        run = Run(text_element.getparent(), self.file)
        self.file.add_comment(run, text, author=by, initials="X")

    def edit(self, step: Callable[["EditedWord"], object]) -> "EditedWord":
        """Apply a function, and return itself."""
        step(self)
        return self


def _run(words: str, name: str = "t") -> Any:
    run = OxmlElement("w:r")
    text = OxmlElement(f"w:{name}")
    text.text = words
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    run.append(text)
    return run


def _valued(name: str, value: str) -> Any:
    element = OxmlElement(f"w:{name}")
    element.set(qn("w:val"), value)
    return element


def saved_by_libreoffice(data: bytes, folder: Path) -> bytes:
    """Return a Word file opened and saved by LibreOffice."""
    office = require_program("soffice", "libreoffice-writer-nogui")
    (folder / "draft.docx").write_bytes(data)
    command = [office, f"-env:UserInstallation=file://{folder}/home", "--headless", "--convert-to", "docx:MS Word 2007 XML"]
    subprocess.run([*command, "--outdir", "out", "draft.docx"], cwd=folder, check=True, capture_output=True, timeout=120)
    return (folder / "out" / "draft.docx").read_bytes()
