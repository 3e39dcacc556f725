"""Labels of lists as typed, or by depth; page breaks, and blocks that stay together."""

import re
import time

import pytest

from letterhub.domain.letters.letter_document import LetterDocument, LetterText
from letterhub.rendering.jinja import style_sheet
from letterhub.rendering.letter.html_renderer import Medium
from letterhub.rendering.letter.markdown import markdown_html
from letterhub.rendering.text.plain_text import body_text


def outline(markdown: str) -> list[str]:
    """Return the labels and words of a text's lines, indented by the lists they are in."""
    return [line for line in body_text(LetterDocument(LetterText("Title", markdown)), 1_000).split("\n") if line.strip()]


@pytest.mark.parametrize(
    ("markdown", "lines"),
    [
        ("1. A\n   1. B\n      1. C\n         1. D\n   2. E\n2. F", [
            "1. A", "   (a) B", "       (i) C", "           (1) D", "   (b) E", "2. F"]),
        ("1. A\n   - B\n     1. C", ["1. A", "   - B", "     1. C"]),
        ("1) A\n   1) B", ["1) A", "   1) B"]),
        ("We ask:\n(a) A\n(b) B\n   (i) C\n   (ii) D\n(c) E", [
            "We ask:", "(a) A", "(b) B", "    (i) C", "    (ii) D", "(c) E"]),
        ("(a) A\n(i) B\n(ii) C\n(b) D", ["(a) A", "    (i) B", "    (ii) C", "(b) D"]),
        ("(a) A\n\n    More of A\n\n(b) B\n  - C", ["(a) A", "    More of A", "(b) B", "    - C"]),
        ("1. A\n(a) B\n(b) C\n2. D", ["1. A", "   (a) B", "   (b) C", "2. D"]),
        ("(h) A\n(i) B\n(j) C", ["(h) A", "(i) B", "(j) C"]),
        ("i. A\nii. B\n\nI) C\nII) D\n\n(1) E\n(2) F", ["i. A", "ii. B", "I) C", "II) D", "(1) E", "(2) F"]),
        ("(a) A\n(b) B\n\n(a) C\n(b) D", ["(a) A", "(b) B", "(a) C", "(b) D"]),
        ("words\n(c) A\n(d) B", ["words", "(c) A", "(d) B"]),
        ("A. Smith\nB. Jones\n\nC. Brown", ["A. Smith", "B. Jones", "C. Brown"]),
        ("as section\n(a) says and\n(c) does not", ["as section (a) says and (c) does not"]),
        ("```\n(a) A\n(b) B\n```", ["(a) A", "(b) B"]),
    ],
)  # fmt: skip
def test_lists_have_their_labels(markdown: str, lines: list[str]) -> None:
    assert outline(markdown) == lines


def test_labels_are_classes_of_the_page_and_html_s_own_types() -> None:
    html = str(markdown_html("(b) A\n(c) B", "Title", "en"))
    assert '<ol start="2" class="labels-lower-alpha-parens" type="a">' in html


def test_every_style_of_labels_has_a_rule() -> None:
    texts = [f"{before}{one}{after} A\n{before}{two}{after} B" for before, after in (("(", ")"), ("", ")"))
             for one, two in (("a", "b"), ("A", "B"), ("i", "ii"), ("I", "II"), ("1", "2"))]  # fmt: skip
    html = "".join(str(markdown_html(text, "Title", "en")) for text in texts)
    classes = set(re.findall(r'class="(labels-[^"]*)"', html))
    assert classes == set(re.findall(r"\.(labels-[\w-]*)", style_sheet("letter-parts.css")))


def test_lists_inside_a_note_keep_their_labels_in_its_line() -> None:
    html = str(markdown_html("A[^1]\n\n[^1]: B\n\n    1. C\n    2. D", "Title", "en", Medium.PAPER))
    assert ">B 1. C 2. D</span>" in html


def test_earlier_layouts_count_as_they_did() -> None:
    html = str(markdown_html("1. A\n   1. B\n\n(a) C\n(b) D\n\n\\newpage", "Title", "en", layout=1))
    assert "labels" not in html
    assert "<p>(a) C<br>\n(b) D</p>\n<p>\\newpage</p>" in html


def test_a_page_ends_by_hand_and_a_block_stays_together() -> None:
    html = str(markdown_html("A\n\\newpage\nB\n\n:::keep\n- C\n:::\n\nD \\newpage", "Title", "en"))
    assert '<p>A</p>\n<div class="page-break"></div>\n<p>B</p>\n<div class="keep-together">\n<ul>' in html
    assert "<p>D \\newpage</p>" in html


@pytest.mark.parametrize("markdown", ["(a) x\n(b) y\n" * 3900, "(a) x\n(i) x\n(ii) y\n(b) y\n" * 1900, " " * 100_000 + "(a) x"])
def test_many_labels_take_no_longer_than_as_many_items(markdown: str) -> None:
    start = time.process_time()
    markdown_html(markdown, "Title", "en")
    assert time.process_time() - start < 5
