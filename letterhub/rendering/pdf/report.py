"""A letter's verification report, for staff alone: each name with its evidence, as CSV and as PDF."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _

from letterhub.domain.spreadsheet_escaping import written
from letterhub.rendering.jinja import draw
from letterhub.rendering.letter.view import Line, Said
from letterhub.rendering.pdf.fonts import inkless
from letterhub.rendering.pdf.letter_pdf import sheet_with_list
from letterhub.rendering.pdf.typesetting.entries import Phrase
from letterhub.rendering.pdf.typesetting.list_job import ListJob, ListSection
from letterhub.rendering.text.evidence_sentences import ToldFact, when

COLUMNS = ("name", "detail", "state", "known_by", "in_doubt")


@dataclass(frozen=True, slots=True)
class VerifiedName:
    """One name in a report: its line, whether it is published, its evidence, and its email, "" if the report shows none."""

    printed: Line
    published: bool
    known: tuple[ToldFact, ...]
    email: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """A verification report: letter, revision and its hash, time and time zone, and the names."""

    title: str
    coalition: str
    revision: int
    sha256: str
    as_of: dt.datetime
    zone: str
    with_addresses: bool
    names: tuple[VerifiedName, ...]


def report_table(report: Verification) -> bytes:
    """Return the report as CSV in UTF-8 with a byte order mark, safe to open in a spreadsheet."""
    rows: list[tuple[str, ...]] = [(*COLUMNS, "email") if report.with_addresses else COLUMNS]
    for one in report.names:
        known = (" ".join(_sentences(one, report.zone, speaks_for=side)) for side in (True, False))
        cells = (one.printed.name.text, one.printed.detail.text, _state(one), *known)
        rows.append((*cells, one.email) if report.with_addresses else cells)
    return written(rows).encode("utf-8-sig", errors="replace")


def report_pdf(report: Verification) -> bytes:
    """Return the report as PDF. Raises CannotBeSet."""
    html = draw("export/report.html", report=report, as_of=when(report.as_of, report.zone), heading=_heading())
    return sheet_with_list(html, _job(report))


def _heading() -> str:
    return str(_("Verification report"))


def _job(report: Verification) -> ListJob:
    published = tuple(_entry(one, report.zone) for one in report.names if one.published)
    waiting = tuple(_entry(one, report.zone) for one in report.names if not one.published)
    sections = ((str(_("Published")), published), (str(_("Waiting for review")), waiting))
    return ListJob(
        sections=tuple(ListSection(heading, entries) for heading, entries in sections if entries),
        plain=False, language="en", rightward=False,
        running=inkless(f"{_heading()} · {report.title}"),
        foot=inkless(str(_("For staff only · %(when)s", when=when(report.as_of, report.zone)))),
        page="Page", of="of",
    )  # fmt: skip


def _entry(one: VerifiedName, zone: str) -> tuple[Phrase, ...]:
    said = [one.printed.name, *([one.printed.detail] if one.printed.detail else [])]
    sentences = [*_sentences(one, zone, speaks_for=True), *_sentences(one, zone, speaks_for=False)]
    plain = [*([one.email] if one.email else []), *sentences]
    return (*map(_phrase, said), *(Phrase(inkless(text), "", rightward=False) for text in plain))


def _phrase(said: Said) -> Phrase:
    return Phrase(inkless(said.text), said.language, said.direction == "rtl")


def _sentences(one: VerifiedName, zone: str, *, speaks_for: bool) -> Iterator[str]:
    """Yield what speaks for a name or against it, each with its time; what no longer holds counts as a doubt."""
    mark = "✓" if speaks_for else "?"
    for fact in one.known:
        if (fact.speaks_for and fact.holds) is speaks_for:
            yield f"{mark} {fact.sentence}" + (f" ({when(fact.at, zone)})" if fact.at else "")


def _state(one: VerifiedName) -> str:
    return str(_("Published") if one.published else _("Waiting for review"))
