"""Balancing of a letter's title, so that its last line is no lone word: WeasyPrint lacks `text-wrap: balance`."""

from collections.abc import Callable
from typing import Any

from letterhub.rendering.pdf.typesetting.entries import FontResources, ListPhrase, PhraseTypesetter
from letterhub.rendering.pdf.typesetting.fonts import FontRegistry, FontStack
from letterhub.rendering.pdf.typesetting.list_job import ListJob
from letterhub.rendering.pdf.typesetting.style import list_style

_TITLE_CLASS = "letter-title"
_FONT_SIZE = 18.0  # 1.5 times that of the text; for a smaller theme the title is a little looser
_TITLE_WIDTH = 393.0  # between the margins of A4; those of US Letter leave two points more
_EXTRA_WIDTH = 2.0


def balance_title(sheet: Any, job: ListJob) -> None:
    """Give the title of a parsed page the width at which its lines are about equally long."""
    for title in (element for element in sheet.iter() if element.get("class") == _TITLE_CLASS):
        text = " ".join("".join(title.itertext()).split())
        if text:
            title.set("style", f"max-inline-size: {narrowest_width(_line_counter(text, job), _TITLE_WIDTH):.1f}pt")


def narrowest_width(lines: Callable[[float], int], room: float) -> float:
    """Return the least width at which a text takes no more lines than in its room; `lines` counts them for a width."""
    wanted, too_narrow, wide = lines(room), 0.0, room
    while wanted > 1 and wide - too_narrow > 1:
        middle = (too_narrow + wide) / 2
        if lines(middle) > wanted:
            too_narrow = middle
        else:
            wide = middle
    return min(wide + _EXTRA_WIDTH, room)


def _line_counter(text: str, job: ListJob) -> Callable[[float], int]:
    families = list_style(job.look).families
    typesetter = PhraseTypesetter(
        FontStack(FontRegistry(), families, True, job.language), _FONT_SIZE, FontResources(), job.is_rtl
    )
    phrase = ListPhrase(text, job.language, job.is_rtl)
    return lambda width: len(typesetter.part(phrase, width).lines)
