"""Lines of a table that name nobody: totals, page numbers, repeated headings, when it was updated, where it is from."""

import re
from collections.abc import Collection, Iterator, Sequence

from letterhub.domain.i18n import _, ngettext
from letterhub.domain.line_validation import normalize_line
from letterhub.intake.tables.table_lint import MAX_NOTES, list_of_lines
from letterhub.intake.tables.workbooks import Record

_MAX_QUOTED, _MAX_LENGTH = 60, 200
_NUMBER = re.compile(r"[\d\s,.]+")
_DATE = re.compile(r"[\d\s,.:/-]+(?:[ap]\.?m\.?)?", re.IGNORECASE)
_TOTAL_WORD = r"(?:grand )?(?:totals?|sums?|counts?|totale|totaal|summe|gesamt|suma|somme|razem|итого|всего|合計|总计)"
_TOTAL = re.compile(rf"{_TOTAL_WORD}(?:\s*[:=]?|(?: (?:of )?\w+){{0,2}}\s*[:=]?\s*[\d\s,.]*\d[\d\s,.]*)", re.IGNORECASE)
_COUNTED = (
    "rows?|records?|results?|entries|responses?|signatures?|signator(?:y|ies)|signers?|endorse(?:rs?|ments?)|"
    "organi[sz]ations?|groups?|members?|contacts?|names?|people|individuals?"
)
_COUNT = re.compile(
    rf"[(\[]?\s*\d[\d,.]* (?:{_COUNTED})(?: in total| total| (?:in|on) (?:the|this) list)?\s*[)\]]?", re.IGNORECASE
)
_RULE = re.compile(r"[-=_+|*~:.·–—─━┼\s]+")
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
    r"[-–—=*]{2,}\s*(?:end|fin|ende)\b|[*†‡§]\s*(?:[=–—-]|denotes?\b|indicates?\b|marks?\b|means?\b)).*",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip


def take_footers(body: list[Record], header: Sequence[str], naming: Collection[int]) -> Iterator[str]:
    """Remove the lines of a table's body that name nobody, and yield a note on each: page numbers, rules and repeated headings
    anywhere, totals and remarks at its end. What may be a heading or a remark stays, with a note. `naming` are the columns that
    say whom a row is about.
    """
    headings = _folded(header)
    pages = [record for record in body if _is_page_number(_cells(record))]
    repeated = [record for record in body if len(headings) > 1 and _folded(record.cells) == headings]
    rules = [record for record in body if (cells := _cells(record)) and all(map(_RULE.fullmatch, cells))]
    if pages:
        yield ngettext(
            "One line with a page number was left out.", "%(num)s lines with page numbers were left out.", len(pages)
        )
    if repeated:
        yield _("Repeated headings were left out: %(lines)s.", lines=list_of_lines([record.line for record in repeated]))
    if rules:
        yield _("Lines without a letter were left out: %(lines)s.", lines=list_of_lines([record.line for record in rules]))
    left_out = {record.line for record in (*pages, *repeated, *rules)}
    body[:] = [record for record in body if record.line not in left_out]
    notes: list[str] = []
    while body and (not (cells := _cells(body[-1])) or (note := _footer_note(cells, body[-1].line, body[:-1]))):
        if cells:
            notes.append(note)
        body.pop()
    yield from reversed(notes)
    yield from _notes_on_lone_cells(body, naming)


def _notes_on_lone_cells(body: Sequence[Record], naming: Collection[int]) -> Iterator[str]:
    """Yield a note on rows with one cell, where few have so few, or which stand apart at the end: they may name nobody."""
    rows = [record for record in body if _cells(record)]
    lone = [record for record in rows if len(_cells(record)) == 1]
    if len(lone) == len(rows):
        return
    if len(lone) * 5 > len(rows):
        lone = _rows_apart(body)
    lone = [record for record in lone if any(cell.strip() and at in naming for at, cell in enumerate(record.cells))]
    if lone:
        quoted = [_("line %(line)s, “%(text)s”", line=record.line, text=_quoted(_cells(record))) for record in lone[:MAX_NOTES]]
        more = [_("%(count)s more", count=f"{len(lone) - MAX_NOTES:,}")] if len(lone) > MAX_NOTES else []
        yield _(
            "Only one cell is filled here, and it is read as a name: %(lines)s. Delete the lines that name nobody.",
            lines="; ".join((*quoted, *more)),
        )


def _rows_apart(body: Sequence[Record]) -> list[Record]:
    """Return the last rows of a body, if each has one cell and a blank line is above them."""
    for at in range(len(body) - 1, 0, -1):
        if len(_cells(body[at])) != 1:
            break
        above = body[at - 1]
        is_gap = body[at].line > above.line + 1 + "".join(above.cells).count("\n")  # a sheet’s blank rows are not among them
        if is_gap or not _cells(above):
            return list(body[at:])
    return []


def _folded(cells: Sequence[str]) -> list[str]:
    return [normalize_line(cell).casefold() for cell in cells if cell.strip()]


def _cells(record: Record) -> list[str]:
    return [cell.strip() for cell in record.cells if cell.strip()]


def _footer_note(cells: Sequence[str], line: int, above: Sequence[Record]) -> str:
    """Return a note on a last line that names nobody; "" if it may name somebody."""
    if sum(map(len, cells)) > _MAX_LENGTH:
        return ""
    numbers = "".join(cells[1:])
    if _TOTAL.fullmatch(f"{cells[0]} {numbers}".strip()) and all(map(_NUMBER.fullmatch, cells[1:])):
        return _("Line %(line)s looks like a total and was left out.", line=line)
    if len(cells) == 1 and _COUNT.fullmatch(cells[0]) and any(len(_cells(record)) > 1 for record in above):
        return _("Line %(line)s looks like a total and was left out.", line=line)
    if _REMARK.fullmatch(cells[0]) and all(map(_DATE.fullmatch, cells[1:])):
        return _("Line %(line)s, below the table, was left out: “%(text)s”.", line=line, text=_quoted(cells))
    return ""


def _is_page_number(cells: Sequence[str]) -> bool:
    is_short = 0 < sum(map(len, cells)) <= _MAX_LENGTH
    return is_short and bool(_PAGE.fullmatch(cells[0])) and all(map(_DATE.fullmatch, cells[1:]))


def _quoted(cells: Sequence[str]) -> str:
    return normalize_line(" ".join(cells))[:_MAX_QUOTED]
