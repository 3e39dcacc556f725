"""Marks of a list before its names, such as bullets and numbers, which pasted lists have."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from letterhub.domain.i18n import _
from letterhub.intake.tables.workbooks import Record

_BULLET = re.compile(r"\s*(?:[•◦▪▫‣⁃·●○■□➢➤►✓✔*–—-]|\[[ x]?\])\s+(?=\S)")
_NUMBER = re.compile(r"\s*\(?([0-9]{1,5})[.)]\s+(?=\S)")


def take_list_markers(body: list[Record], at: int) -> Iterator[str]:
    """Remove the bullets, or the consecutive numbers, that stand before all names in a column, and yield a note on it."""
    cells = [record.cells[at] for record in body if at < len(record.cells) and record.cells[at].strip()]
    numbers = [int(match[1]) if (match := _NUMBER.match(cell)) else None for cell in cells]
    if len(cells) > 1 and all(map(_BULLET.match, cells)):
        body[:] = _without(body, at, _BULLET)
        yield _("Bullets before the names were left out.")
    elif len(cells) > 1 and numbers[0] is not None and numbers == list(range(numbers[0], numbers[0] + len(cells))):
        body[:] = _without(body, at, _NUMBER)
        yield _("Numbers before the names were left out: %(first)s to %(last)s.", first=numbers[0], last=numbers[-1])


def _without(body: Sequence[Record], at: int, marker: re.Pattern[str]) -> list[Record]:
    """Return rows without a marker at the beginning of a column's cells."""
    return [
        replace(record, cells=[marker.sub("", cell, count=1) if one == at else cell for one, cell in enumerate(record.cells)])
        for record in body
    ]
