"""Addresses that are typed into a letter's text as words."""

import re

import pytest

from letterhub.rendering.letter.markdown import letter_html
from letterhub.rendering.letter.note_renderer import NoteStyle


def links(markdown: str, layout: int = 3) -> list[tuple[str, str]]:
    html = letter_html(markdown, "Title", "en", NoteStyle(is_paper=False, layout=layout)).body
    return re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', html)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("see https://a.example/b.", ["https://a.example/b"]),
        ("see HTTP://a.example/B?c=1&d=2#e, and", ["HTTP://a.example/B?c=1&amp;d=2#e"]),
        ("(https://a.example/b_(c))", ["https://a.example/b_(c)"]),
        ("“https://a.example/” he said", ["https://a.example/"]),
        ("*https://a.example/b* and **https://c.example**!", ["https://a.example/b", "https://c.example"]),
        ("write to press.office+x@a.example.", ["press.office+x@a.example"]),
        ("https://a.example[^1]\n\n[^1]: https://b.example;", ["https://a.example", "1", "https://b.example"]),
        (r"https://a.example/b\_c\_d", ["https://a.example/b_c_d"]),
        ("https://a.example/b--c/'d'/...", ["https://a.example/b--c/'d'/"]),
        ("[https://a.example](https://b.example)", ["https://a.example"]),
        ("`https://a.example`", []),
        ('<a href="https://a.example">', []),
        ("https:// and a@b and @name and a@b.c-", []),
        ("javascript://a.example", []),
        ("https://[a.example](https://b.example)", ["a.example"]),
    ],
)
def test_a_typed_address_is_a_link_without_the_punctuation_around_it(markdown: str, expected: list[str]) -> None:
    found = [re.sub(r"<[^>]*>", "", text) for _href, text in links(markdown)]
    assert found == expected


def test_mail_goes_to_a_typed_email_address() -> None:
    assert links("write to a@b.example") == [("mailto:a@b.example", "a@b.example")]


def test_earlier_layouts_leave_typed_addresses_as_words() -> None:
    assert links("see https://a.example/b", layout=2) == []


def test_what_is_typed_around_an_address_stays_as_it_was() -> None:
    html = letter_html(r'\"a\" https://x.example "b" -- c', "Title", "en", NoteStyle(is_paper=False)).body
    assert html.striptags() == '"a" https://x.example “b” — c'
