"""Lines below a table that name nobody: totals, page numbers, when it was updated, where it is from."""

import re
from collections.abc import Iterator, Sequence

from letterhub.domain.i18n import _, ngettext
from letterhub.domain.line_validation import normalize_line
from letterhub.intake.tables.workbooks import Record

_MAX_QUOTED, _MAX_LENGTH = 60, 200
_NUMBER = re.compile(r"[\d\s,.]+")
_DATE = re.compile(r"[\d\s,.:/-]+(?:[ap]\.?m\.?)?", re.IGNORECASE)
_TOTAL_WORD = r"(?:grand )?(?:totals?|sums?|counts?|totale|totaal|summe|gesamt|suma|somme|razem|итого|всего|合計|总计)"
_TOTAL = re.compile(rf"{_TOTAL_WORD}(?:\s*[:=]?|(?: (?:of )?\w+){{0,2}}\s*[:=]?\s*[\d\s,.]*\d[\d\s,.]*)", re.IGNORECASE)
_PAGE = re.compile(
    r"[-–—\s]*(?:page|p\.|página|pagina|seite|strona|sida|side|стр(?:аница|\.)|第)\s*\d+"
    r"\s*(?:(?:of|/|de|di|von|z|av|af|из|、)\s*\d+|頁|页)?[-–—\s]*",
    re.IGNORECASE,
)
_DONE = "updated|modified|revised|edited|saved|generated|exported|printed|downloaded|retrieved|compiled|prepared|accessed"
_UPDATED = (
    "mis à jour|dernière mise à jour|última actualización|stand|zuletzt aktualisiert|aktualisiert am|última atualização|"
    "ultimo aggiornamento|ostatnia aktualizacja|обновлено"
)
_REMARK = re.compile(
    rf"(?:last (?:{_DONE})\b|(?:{_DONE})\s*[:=]|(?:{_DONE}) (?:on|at|by|from|with|using)\b.*\d|as of\b.*\d|"
    rf"(?:{_UPDATED})\b.*\d|(?:data )?sources?\s*:|(?:quelle|fuente|fonte|źródło|источник)\s*:|(?:foot)?notes?\s*:|"
    r"(?:legend|key)\s*:|end of (?:list|file|report|table)\b|©|copyright\b.*\d|"
    r"[*†‡§]\s*(?:[=–—-]|denotes?\b|indicates?\b|marks?\b|means?\b)).*",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip


def take_footers(body: list[Record]) -> Iterator[str]:
    """Remove the lines of a table's body that name nobody, and yield a note on each: page numbers anywhere, totals and remarks
    at its end. What only stands apart there stays, with a note.
    """
    names = [record for record in body if not _is_page_number(_cells(record))]
    if pages := len(body) - len(names):
        yield ngettext("One line with a page number was left out.", "%(num)s lines with page numbers were left out.", pages)
        body[:] = names
    notes: list[str] = []
    while body and (not (cells := _cells(body[-1])) or (note := _footer_note(cells, body[-1].line))):
        if cells:
            notes.append(note)
        body.pop()
    yield from reversed(notes)
    if len(body) > 2 and len(_cells(body[-1])) == 1 and not _cells(body[-2]) and len(_cells(body[0])) > 1:
        yield _(
            "Line %(line)s stands apart below the table and is read as a name: “%(text)s”. Delete it if it is none.",
            line=body[-1].line,
            text=_quoted(_cells(body[-1])),
        )


def _cells(record: Record) -> list[str]:
    return [cell.strip() for cell in record.cells if cell.strip()]


def _footer_note(cells: Sequence[str], line: int) -> str:
    """Return a note on a last line that names nobody; "" if it may name somebody."""
    if sum(map(len, cells)) > _MAX_LENGTH:
        return ""
    numbers = "".join(cells[1:])
    if _TOTAL.fullmatch(f"{cells[0]} {numbers}".strip()) and all(map(_NUMBER.fullmatch, cells[1:])):
        return _("Line %(line)s looks like a total and was left out.", line=line)
    if _REMARK.fullmatch(cells[0]) and all(map(_DATE.fullmatch, cells[1:])):
        return _("Line %(line)s, below the table, was left out: “%(text)s”.", line=line, text=_quoted(cells))
    return ""


def _is_page_number(cells: Sequence[str]) -> bool:
    is_short = 0 < sum(map(len, cells)) <= _MAX_LENGTH
    return is_short and bool(_PAGE.fullmatch(cells[0])) and all(map(_DATE.fullmatch, cells[1:]))


def _quoted(cells: Sequence[str]) -> str:
    return normalize_line(" ".join(cells))[:_MAX_QUOTED]
