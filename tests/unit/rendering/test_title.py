"""A title is broken into as few lines as possible, of about equal length."""

import textwrap
import xml.etree.ElementTree as ET

import pytest

from letterhub.rendering.pdf.typesetting.fitting import balance_title, narrowest_width
from letterhub.rendering.pdf.typesetting.list_job import ListJob

LONG = "An open letter on the rivers of every state and the towns that drink of them"


def lines(text: str, width: float) -> list[str]:
    return textwrap.wrap(text, max(int(width), 1))


@pytest.mark.parametrize("available", [76, 75, 70, 45, 40, 30])
def test_the_narrowest_width_takes_no_more_lines(available: int) -> None:
    width = narrowest_width(lambda width: len(lines(LONG, width)), available)
    before, after = lines(LONG, available), lines(LONG, width)
    assert width <= available
    assert len(after) == len(before)
    assert max(map(len, after)) - len(after[-1]) <= max(map(len, before)) - len(before[-1])


def test_a_title_of_one_line_keeps_its_room() -> None:
    assert narrowest_width(lambda _width: 1, 400) == 400


def test_the_title_of_a_sheet_is_given_its_width_and_nothing_else_is() -> None:
    words = "An Open Letter on the Mandatory Registration of Everybody Who Draws Water for Profit"
    sheet = ET.fromstring(f'<html><h1 class="letter-title">{words}</h1><h2>{words}</h2></html>')
    balance_title(sheet, ListJob((), plain=True, language="en", is_rtl=False, running="", foot="", page="", of=""))
    width = float((sheet[0].get("style") or "").removeprefix("max-inline-size: ").removesuffix("pt"))
    assert 330 < width < 385
    assert sheet[1].get("style") is None


@pytest.mark.parametrize(
    ("language", "words"),
    [("ar", "رسالة مفتوحة عن أنهار كل البلاد " * 4), ("ja", "すべての川についての公開書簡" * 6), ("en", "𐍈" * 90)],
)
def test_titles_in_any_script_are_measured(language: str, words: str) -> None:
    sheet = ET.fromstring(f'<html><h1 class="letter-title">{words}</h1></html>')
    balance_title(
        sheet, ListJob((), plain=True, language=language, is_rtl=language == "ar", running="", foot="", page="", of="")
    )
    assert sheet[0].get("style")
