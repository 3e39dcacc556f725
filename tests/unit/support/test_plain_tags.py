"""The short way through html5lib's tokenizer: the same tree and the same errors as character by character."""

from xml.etree.ElementTree import tostring

import html5lib
import pytest
from html5lib._tokenizer import HTMLTokenizer

from tests.support import html_checks

PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>Rivers &amp; lakes</title><script>if (a < b) { "</p>" }</script></head>
<body class="letter-sheet-page"><main id="main"
  data-count="3"><p class="a b" hidden>One<br>two <a href="/x?a=1&amp;b=2">three</a> <b>4 &lt; 5</b></p>
<form method="post"><input type="text" name="name" value="<Ada>" required><textarea>
 <b></textarea></form><svg viewBox="0 0 1 1"><path d="M0 0"/></svg></main></body></html>"""
BROKEN = (
    ("<p ", '<p id="a" id="b" '),
    ("<p ", "<P "),
    ("</b></p>", "</p></b>"),
    ("<br>", "<br/ >"),
    ("<br>", "<br></br>"),
    ("hidden", "hidden=hidden"),
    ("hidden", "hidden='a'b"),
    ('"a b"', '"a&nosuch;b"'),
    ('"a b"', '"a b'),
    ('"a b"', '"a\0b"'),
    ("</form>", '</form id="a">'),
    ("</form>", "</form />"),
    ("<b>", "<b"),
    ("<b>", "<>"),
    ("<input ", "<input\t"),
    ("<main ", "<main\f"),
    ("three", "x" * 10_300),  # so that a tag lies across two pieces of the input
)


def parsed(page: str) -> tuple[str, list[object]]:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    return tostring(parser.parse(page), encoding="unicode"), [(place, code) for place, code, _facts in parser.errors]


@pytest.mark.parametrize("page", [PAGE, *(PAGE.replace(whole, broken) for whole, broken in BROKEN)])
def test_a_page_is_read_as_character_by_character(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fast = parsed(page)
    monkeypatch.setattr(HTMLTokenizer, "tagOpenState", html_checks._read_tag)
    assert fast == parsed(page)


def test_what_is_broken_is_an_error() -> None:
    valid = {broken for whole, broken in BROKEN if not parsed(PAGE.replace(whole, broken))[1]}
    assert valid <= {"<P ", "hidden=hidden", "<input\t", "<main\f", "x" * 10_300}
    assert parsed(PAGE)[1] == []
