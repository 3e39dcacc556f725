"""A letter's verification report, for staff alone: each name with its evidence, as CSV and as PDF."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from letterhub.domain.i18n import _
from letterhub.domain.spreadsheet_escaping import to_csv
from letterhub.rendering.jinja import render_template
from letterhub.rendering.letter.signatory_list import SignatoryLine
from letterhub.rendering.pdf.fonts import without_invisible_characters
from letterhub.rendering.pdf.letter_pdf import render_page_with_list
from letterhub.rendering.pdf.typesetting.entries import ListPhrase
from letterhub.rendering.pdf.typesetting.list_job import ListJob, ListSection
from letterhub.rendering.text.evidence_sentences import EvidenceSentence, format_report_time

COLUMNS = ("name", "detail", "state", "known_by", "in_doubt")


@dataclass(frozen=True, slots=True)
class ReportedSignature:
    """One name in a report: its line, whether it is published, its evidence, and its email, "" if the report shows none."""

    printed: SignatoryLine
    published: bool
    evidence: tuple[EvidenceSentence, ...]
    email: str = ""


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """A verification report: letter, revision and its hash, time and time zone, and the names."""

    title: str
    coalition: str
    revision: int
    sha256: str
    created_at: dt.datetime
    time_zone: str
    with_addresses: bool
    signatures: tuple[ReportedSignature, ...]


def report_csv(report: VerificationReport) -> bytes:
    """Return the report as CSV in UTF-8 with a byte order mark, safe to open in a spreadsheet."""
    rows: list[tuple[str, ...]] = [(*COLUMNS, "email") if report.with_addresses else COLUMNS]
    for signature in report.signatures:
        state = str(_("Published") if signature.published else _("Waiting for review"))
        sentences = (" ".join(_sentences(signature, report.time_zone, supports=supports)) for supports in (True, False))
        cells = (signature.printed.name.text, signature.printed.detail.text, state, *sentences)
        rows.append((*cells, signature.email) if report.with_addresses else cells)
    return to_csv(rows).encode("utf-8-sig", errors="replace")


def report_pdf(report: VerificationReport) -> bytes:
    """Return the report as PDF. Raises PdfRenderingFailed."""
    heading, as_of = str(_("Verification report")), format_report_time(report.created_at, report.time_zone)
    published = tuple(_entry(signature, report.time_zone) for signature in report.signatures if signature.published)
    waiting = tuple(_entry(signature, report.time_zone) for signature in report.signatures if not signature.published)
    sections = ((str(_("Published")), published), (str(_("Waiting for review")), waiting))
    job = ListJob(
        sections=tuple(ListSection(name, entries) for name, entries in sections if entries),
        plain=False, language="en", is_rtl=False,
        running=without_invisible_characters(f"{heading} · {report.title}"),
        foot=without_invisible_characters(str(_("For staff only · %(when)s", when=as_of))),
        page=str(_("Page")), of=str(_("of")),
    )  # fmt: skip
    return render_page_with_list(render_template("export/report.html", report=report, as_of=as_of, heading=heading), job)


def _entry(signature: ReportedSignature, zone: str) -> tuple[ListPhrase, ...]:
    """Return the lines of a signature from top to bottom: name, detail, email if shown, what supports it, what is in doubt."""
    phrases = [
        ListPhrase(without_invisible_characters(phrase.text), phrase.language, phrase.direction == "rtl")
        for phrase in (signature.printed.name, signature.printed.detail)
        if phrase
    ]
    sentences = [*_sentences(signature, zone, supports=True), *_sentences(signature, zone, supports=False)]
    texts = [signature.email, *sentences] if signature.email else sentences
    return (*phrases, *(ListPhrase(without_invisible_characters(text), "", is_rtl=False) for text in texts))


def _sentences(signature: ReportedSignature, zone: str, *, supports: bool) -> Iterator[str]:
    """Yield the evidence that supports a signature, or the rest, which includes what no longer holds; each with its time."""
    bullet = "✓" if supports else "?"
    for evidence in signature.evidence:
        supports_now = evidence.supports and evidence.is_in_force
        if supports_now is supports:
            time = f" ({format_report_time(evidence.at, zone)})" if evidence.at else ""
            yield f"{bullet} {evidence.sentence}{time}"
