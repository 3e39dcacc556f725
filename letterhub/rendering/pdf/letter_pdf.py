"""A letter as PDF, rendered by the PDF worker within limits on time and memory."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from letterhub.domain.i18n import _
from letterhub.domain.interface_languages import own_name
from letterhub.domain.letters.letter_document import LetterDocument, LetterText, Signatory
from letterhub.rendering.jinja import render_template
from letterhub.rendering.letter.document_locale import document_locale
from letterhub.rendering.letter.html_renderer import Medium
from letterhub.rendering.letter.markdown_cleanup import clean_markdown
from letterhub.rendering.letter.signatory_list import SignatoryLine
from letterhub.rendering.letter.view import LetterView, letter_view
from letterhub.rendering.pdf.client import DEFAULT_LIMITS, EventHandler, Limits, WorkerEvent, render_pdf
from letterhub.rendering.pdf.fonts import character_name, undrawable_characters, without_invisible_characters
from letterhub.rendering.pdf.pdfa import EmbeddedFile, write_attachments
from letterhub.rendering.pdf.typesetting.entries import ListPhrase
from letterhub.rendering.pdf.typesetting.fonts import uncovered_characters
from letterhub.rendering.pdf.typesetting.list_job import (
    TABLE_CUT_EVENT,
    ListJob,
    ListSection,
    TextPart,
    logo_file_name,
    write_logos,
)

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class PdfFile:
    """A PDF, with a warning for each thing that somebody should look at: characters that no font draws, cut tables."""

    data: bytes
    warnings: tuple[str, ...] = ()


def render_letter_pdf(
    document: LetterDocument,
    on_progress: Progress | None = None,
    limits: Limits = DEFAULT_LIMITS,
    attachments: Sequence[EmbeddedFile] = (),
    *,
    is_draft_copy: bool = False,
) -> PdfFile:
    """Return the letter as PDF/UA-1 and PDF/A-3a: the same bytes for the same document, attachments, fonts and version.

    `on_progress` is called with the progress from 0 to 1. A draft copy has "DRAFT" on each page, and numbered lines. A letter
    with translations is printed in each language, one after another, before its list. Raises PdfRenderingFailed if a limit is
    met.
    """
    letter, texts = letter_view(document, Medium.PAPER), (document.text, *document.translations)
    parts = [letter_view(replace(document, text=text), Medium.PAPER) for text in texts] if document.translations else []
    html = render_template("export/languages.html" if parts else "export/paper.html", letter=letter, parts=parts)
    page = html.translate({ord(character): "[?]" for character in undrawable_characters(html)})
    listener = _ProgressListener(on_progress, pages=sum(1 + len(text.body) // 2800 for text in texts))  # an estimate
    logos = [signatory.logo.data for signatory in document.signatories if signatory.logo] if letter.signatory_list.logos else []
    page = without_invisible_characters(page, letter.layout)
    job = replace(signatory_list_job(letter), draft_label=document_locale(letter.language).draft_label if is_draft_copy else "")
    if parts:
        job = replace(job, parts=tuple(map(_text_part, parts)), level=job.level - 1)  # the list's title is no part of a letter
    data = _render(page, job, attachments, listener.on_event, limits.for_languages(len(texts)), logos)
    return PdfFile(data, (*missing_glyph_warnings(document), *listener.warnings))


def render_page_with_list(html: str, job: ListJob, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Render a page that is no letter, such as a report, with its list, as PDF. Raises PdfRenderingFailed."""
    page = html.translate({ord(character): "[?]" for character in undrawable_characters(html)})
    return _render(without_invisible_characters(page), job, (), _ProgressListener(None, 1).on_event, limits)


def render_page_without_list(html: str, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Render a page that has no list of names, as it is laid out. Raises PdfRenderingFailed."""
    page = html.translate({ord(character): "[?]" for character in undrawable_characters(html)})
    return _render(without_invisible_characters(page), None, (), _ProgressListener(None, 1).on_event, limits)


def missing_glyph_warnings(document: LetterDocument) -> tuple[str, ...]:
    """Return a warning for the text and for each signatory with characters that no font can draw; none if all can be drawn.

    `render_letter_pdf` returns the same ones, after rendering.
    """
    translated = (warning for text in document.translations for warning in text_glyph_warnings(text, own_name(text.language)))
    return (*text_glyph_warnings(document.text), *translated, *list_glyph_warnings(document.signatories))


def text_glyph_warnings(text: LetterText, name: str = "") -> tuple[str, ...]:
    """Return the warning for a text, as `missing_glyph_warnings` does. `name` is what it calls the text."""
    head = (
        *text.letterhead.lines,
        *(line for addressee in text.addressees for line in (addressee.name, *addressee.lines)),
        *text.cc,
        *text.enclosures,
    )
    text_parts = " ".join((text.title, text.re, text.salutation, clean_markdown(text.body), text.closing, *head))
    return tuple(_missing_glyph_sentences(name or _("The text"), undrawable_characters(text_parts)))


def list_glyph_warnings(signatories: Sequence[Signatory]) -> tuple[str, ...]:
    """Return the warnings for signatories, as `missing_glyph_warnings` does."""
    missing = set(uncovered_characters("".join(set("".join(map(_printed_text, signatories))))))
    warnings: list[str] = []
    for signatory in signatories if missing else ():
        found = [character for character in dict.fromkeys(_printed_text(signatory)) if character in missing]
        warnings += _missing_glyph_sentences(f"“{signatory.name}”", found)
    return tuple(warnings)


def unprintable_characters(signatory: Signatory) -> tuple[str, ...]:
    """Return the names of the characters of a signatory's line that no font can draw: "U+10348 GOTHIC LETTER HWAIR"."""
    return tuple(map(character_name, uncovered_characters(_printed_text(signatory))))


def signatory_list_job(letter: LetterView) -> ListJob:
    """Return what the PDF worker prints besides the text and signature blocks: the names in the list with their logos, and the
    margins of the pages."""
    sections = []
    for section in letter.signatory_list.sections:
        if section.blocks:
            continue  # they are part of the page
        signatories = tuple(_phrases(line, letter.direction) for line in section.lines)
        logos = tuple(logo_file_name(line.logo.data) if line.logo else "" for line in section.lines)
        heading = without_invisible_characters(section.heading)
        sections.append(ListSection(heading, signatories, logos if letter.signatory_list.logos else ()))
    return ListJob(
        sections=tuple(sections),
        plain=letter.signatory_list.plain,
        language=letter.language,
        is_rtl=letter.direction == "rtl",
        running=without_invisible_characters(letter.running),
        foot=without_invisible_characters(_page_foot(letter)),
        page=letter.words.page,
        of=letter.words.of,
        look=letter.look,
        continued=letter.words.continued,
        layout=letter.layout,
        digits=letter.digits,
    )


def _page_foot(letter: LetterView) -> str:
    return f"{letter.edition}\n{letter.colophon.url_text}" if letter.colophon else letter.edition


def _text_part(letter: LetterView) -> TextPart:
    """Return what the PDF worker prints in the margins of a letter that is one of several, in as many languages."""
    return TextPart(
        id=f"in-{letter.language}",
        language=letter.language,
        is_rtl=letter.direction == "rtl",
        running=without_invisible_characters(letter.running),
        foot=without_invisible_characters(_page_foot(letter)),
        page=letter.words.page,
        of=letter.words.of,
        digits=letter.digits,
    )


def _phrases(line: SignatoryLine, direction: str) -> tuple[ListPhrase, ...]:
    """Return a signatory's name and what is printed below it, in a letter with a direction."""
    return tuple(
        ListPhrase(without_invisible_characters(phrase.text), phrase.language, (phrase.direction or direction) == "rtl")
        for phrase in (line.name, line.detail, line.below)
        if phrase
    )


def _render(
    html: str,
    job: ListJob | None,
    attachments: Sequence[EmbeddedFile],
    on_event: EventHandler,
    limits: Limits,
    logos: Sequence[bytes] = (),
) -> bytes:
    """Return the PDF that a worker renders in a temporary folder from a page, its list, attachments and logos."""
    with tempfile.TemporaryDirectory(prefix="letterhub-pdf-") as name:
        folder = Path(name)
        (folder / "letter.html").write_text(html, encoding="utf-8", errors="replace")
        if job is not None:
            (folder / "list.json").write_text(job.to_json(), encoding="utf-8", errors="replace")
        write_attachments(attachments, folder / "attachments.json")
        write_logos(logos, folder)
        render_pdf(folder, limits, on_event)
        return (folder / "letter.pdf").read_bytes()


@dataclass(slots=True)
class _ProgressListener:
    """Listener for the PDF worker's events: keeps warnings, and progress that never goes back if a letter is laid out again."""

    on_progress: Progress | None
    pages: int
    progress: float = 0.0
    warnings: list[str] = field(default_factory=list)

    def on_event(self, event: WorkerEvent) -> None:
        """Keep a warning if the event is a cut table; else report progress: pages of the text, then names, then the file."""
        if event.get("step") == TABLE_CUT_EVENT:
            self.warnings.append(_("A table has more columns than fit side by side, so words and numbers in it are cut off."))
        elif self.on_progress:
            if "names" in event:
                reached = 0.5 + 0.3 * float(event["names"])
            elif page := int(event.get("page", 0)):
                reached = 0.1 + 0.4 * min(page / self.pages, 1.0)
            else:
                reached = {"Step 6": 0.85, "Step 7": 0.9, "Step 8": 0.95}.get(str(event.get("step")), 0.05)
            self.progress = max(self.progress, reached)
            self.on_progress(self.progress)


def _printed_text(signatory: Signatory) -> str:
    return f"{signatory.name} {signatory.detail} {signatory.location}"


def _missing_glyph_sentences(part: str, characters: Sequence[str]) -> Iterator[str]:
    """Yield a sentence that names the characters of a part that no font can draw; none if there are none."""
    if characters:
        names = ", ".join(map(character_name, characters))
        yield _("%(part)s contains %(found)s, which our fonts can’t draw; it prints as [?].", part=part, found=names)
