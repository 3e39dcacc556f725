"""Text direction of each block, as of an Arabic paragraph in an English letter."""

import pytest

from letterhub.domain.letters.letter_document import LetterDocument, LetterText
from letterhub.rendering.letter.directions import opposite_direction
from letterhub.rendering.letter.html import standalone_html
from letterhub.rendering.letter.html_renderer import Medium
from letterhub.rendering.letter.markdown import markdown_html

PLEA = "نكتب إليكم."


@pytest.mark.parametrize(
    ("text", "of_the_letter", "expected"),
    [
        (PLEA, "ltr", "rtl"),
        (PLEA, "rtl", ""),
        ("Dear Minister:", "rtl", "ltr"),
        ("Dear Minister:", "ltr", ""),
        ("UNESCO تدعو جميع الحكومات", "rtl", ""),
        ("“السلام” is what all of us wish", "ltr", ""),
        ("Docket كتاب", "ltr", ""),
        ("(12) 5%.", "rtl", ""),
    ],
)
def test_a_sentence_runs_against_its_letter_where_most_of_its_words_do(text: str, of_the_letter: str, expected: str) -> None:
    assert opposite_direction(text, of_the_letter) == expected


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        (PLEA, f'<p dir="rtl">{PLEA}</p>'),
        (f"## {PLEA}", f'<h2 dir="rtl">{PLEA}</h2>'),
        (f"> {PLEA}", f'<blockquote>\n<p dir="rtl">{PLEA}</p>\n</blockquote>'),
        (f"- {PLEA}\n- {PLEA}", f'<ul dir="rtl">\n<li>{PLEA}</li>\n<li>{PLEA}</li>\n</ul>'),
        (f"- One more\n- {PLEA}", f'<ul>\n<li>One more</li>\n<li><bdi dir="rtl">{PLEA}</bdi></li>\n</ul>'),
        (f"We write: **{PLEA}** and so on", f"<p>We write: <strong>{PLEA}</strong> and so on</p>"),
    ],
)
def test_each_block_says_where_it_runs_against_its_letter(markdown: str, html: str) -> None:
    assert str(markdown_html(markdown, "Title", "en")).strip() == html


def test_cells_and_notes_are_set_apart_and_keep_their_side() -> None:
    body = f"We write.[^1]\n\n| {PLEA} | B |\n|--|--|\n| a | {PLEA} |\n\n[^1]: {PLEA}\n"
    for frame in Medium:
        assert str(markdown_html(body, "Title", "en", frame)).count(f'<bdi dir="rtl">{PLEA}</bdi>') == 3


def test_title_subject_salutation_and_closing_are_set_apart_where_they_run_against_their_letter() -> None:
    lines = {"title": "Keep it!", "via": "By mail.", "salutation": "Dear Minister:", "closing": "Yours,"}
    for facts in (lines, {**lines, "re": "Hours (12)."}):
        page = standalone_html(LetterDocument(LetterText(body=PLEA, language="he", **facts))).decode()
        shown = [text for name, text in facts.items() if name != "title" or "re" not in facts]
        assert [text for text in shown if f'<bdi dir="ltr">{text}</bdi>' not in page] == []


def test_code_and_addresses_run_from_left_to_right_in_an_arabic_letter() -> None:
    text = "نكتب إليكم `/data/files` و<https://a.example/b-c> و[هنا](https://a.example/)."
    html = str(markdown_html(text, "Title", "ar", Medium.PAPER))
    assert '<code dir="ltr">/data/files</code>' in html
    assert html.count(' dir="ltr"') == 3  # the code, the link that is an address, the address of the other link
    assert '<bdi dir="ltr">a.example</bdi>' in html
    assert ' dir="ltr"' not in str(markdown_html(text, "Title", "ar", Medium.PAPER, layout=1))


def test_an_arabic_link_in_an_english_letter_keeps_its_direction() -> None:
    assert '<a href="https://a.example/" dir="rtl"' in str(
        markdown_html("We write [نكتب إليكم](https://a.example/) now.", "Title", "en")
    )
