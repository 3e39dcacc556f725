"""Rendering of a letter's Markdown as HTML."""

import re
import time
from collections.abc import Callable
from functools import partial
from operator import mul

import pytest

from letterhub.rendering.letter.html_renderer import Medium
from letterhub.rendering.letter.markdown import TextTooDeep, TextTooLong, markdown_html


def screen(markdown: str, title: str = "Title", language: str = "en") -> str:
    return str(markdown_html(markdown, title, language)).strip()


def paper(markdown: str) -> str:
    return str(markdown_html(markdown, "Title", "en", Medium.PAPER)).strip()


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ('"Now" -- it\'s 501(c)(3)...', "<p>“Now” — it’s 501(c)(3)…</p>"),
        ('`a--b "c"`', '<p><code>a--b "c"</code></p>'),
        (
            "<https://a--b.c/...>",
            '<p><a href="https://a--b.c/..." class="printed-address" rel="noopener noreferrer">https://a--b.c/...</a></p>',
        ),
        ("CO<sub>2</sub>", "<p>CO<sub>2</sub></p>"),
        ("one<br>two", "<p>one<br>\ntwo</p>"),
        ("![a map](https://x.example/m.png)", "<p>a map</p>"),
        ("```\nto: all\n```", "<pre>to: all\n</pre>"),
    ],
)
def test_text_is_set_well_and_addresses_and_code_are_left_alone(markdown: str, html: str) -> None:
    assert screen(markdown) == html


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("see § 600, §§ 7–9 and p. 12", "<p>see §&nbsp;600, §§&nbsp;7–9 and p.&nbsp;12</p>"),
        ("to Mr. Smith,\nDr.\nJones and No. 5", "<p>to Mr.&nbsp;Smith,\nDr.&nbsp;Jones and No.&nbsp;5</p>"),
        ("on January 2, may 3 come. No. Never.", "<p>on January&nbsp;2, may 3 come. No. Never.</p>"),
        ("in the '90s, '70s rock", "<p>in the ’90s, ’70s rock</p>"),
        ("the ‘80s 'so'", "<p>the ’80s ‘so’</p>"),
        ("`§ 6 of Mr. A '90s`", "<p><code>§ 6 of Mr. A '90s</code></p>"),
    ],
)
def test_what_belongs_together_stays_on_one_line_and_decades_have_apostrophes(markdown: str, html: str) -> None:
    assert screen(markdown) == html


def test_quotes_follow_the_language_and_stay_where_we_do_not_know_it() -> None:
    assert screen('"a"', language="de") == "<p>„a“</p>"
    assert screen('"a"', language="fr-CA") == "<p>«&nbsp;a&nbsp;»</p>"
    assert screen('"a" -- b', language="pl") == "<p>„a” — b</p>"
    assert screen('"a" -- b', language="vi") == '<p>"a" -- b</p>'


@pytest.mark.shows("S1", "S3")
@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>)",
        "[x](vbscript:x)",
        "[x](//evil.example/)",
        "[x](/relative)",
        "[x](file:///etc/passwd)",
        '<a href="https://x.example" onclick=a>x</a>',
        "![x](file:///etc/passwd)",
        "<sup><script>x</script></sup>",
        "<link rel=attachment href=file:///etc/passwd>",
        "<svg><image href=http://x.example/></svg>",
        "<style>@import 'http://x.example'</style>",
    ],
)
def test_nothing_in_a_text_becomes_an_element_that_reaches_out(markdown: str) -> None:
    for html in (screen(markdown), paper(markdown)):
        assert set(re.findall(r"<(\w+)", html)) <= {"p", "sup"}


def test_a_heading_that_says_the_title_is_not_said_twice() -> None:
    assert screen("# Clean Rivers!\n\n---\n\nText", title="Clean  rivers") == "<p>Text</p>"
    assert screen("## Other\n\nText", title="Clean rivers") == "<h2>Other</h2>\n<p>Text</p>"


def test_headings_stand_in_order_below_the_page() -> None:
    html = screen("#### A\n\n# B\n\n#### C\n\n##### D\n\n## E")
    assert [line[:4] for line in html.splitlines()] == ["<h2>", "<h2>", "<h3>", "<h4>", "<h3>"]


def test_notes_stand_after_the_text_on_a_screen_and_lead_back() -> None:
    html = screen("One[^a] and again[^a], two[^b].\n\n[^a]: Note *A*.\n\n    More.\n[^b]: Note B.")
    assert html.count('href="#note-1"') == 2
    assert html.count('id="note-mark-1"') == 1
    assert '<li id="note-1">Note <em>A</em>. More.&nbsp;<a' in html
    assert html.index("Note B") > html.index("two")


def test_notes_stand_at_the_foot_of_their_page_on_paper() -> None:
    html = paper("One[^a] and again[^a].\n\n[^a]: Note A.")
    assert html == (
        '<p>One<span class="note" id="note-1" data-mark="1">Note A.</span> and again.'
        '<sup class="note-mark"><a href="#note-1" role="doc-noteref" rel="noopener noreferrer">1</a></sup></p>'
    )


def test_addresses_are_printed_once_each_on_paper() -> None:
    html = paper("[a](https://x.example/1?utm_source=y) [b](https://x.example/2) [c](https://x.example/1?utm_source=y)")
    assert html.count("note--address") == 2
    assert 'data-mark="1">x.example/1</span>' in html
    assert 'data-mark="2">x.example/2</span>' in html
    assert html.endswith(
        '<sup class="note-mark"><a href="#note-1" role="doc-noteref" rel="noopener noreferrer">1</a></sup></p>'
    )


def test_a_link_that_says_its_address_needs_no_note() -> None:
    assert "note" not in paper("[https://x.example/](https://x.example) <mail@x.example>")


def test_addresses_take_letters_where_notes_take_figures() -> None:
    assert 'data-mark="a">x.example</span>' in paper("A[^1] [b](https://x.example).\n\n[^1]: N")
    assert 'data-mark="a">x.example</span>' in paper("A <sup>1</sup> [b](https://x.example).")


def test_figures_raised_by_hand_lead_to_the_list_that_ends_the_text() -> None:
    html = screen("One <sup>1</sup>, two <sup>2</sup>.\n\n## Notes\n\n1. First\n2. Second")
    assert 'One<sup class="note-mark"><a href="#note-1"' in html
    assert '<li id="note-2">Second</li>' in html


def test_figures_without_a_list_are_only_raised() -> None:
    assert screen("One <sup>7</sup>.\n\n1. Not a note\n\nEnd").startswith('<p>One<sup class="note-mark">7</sup>.</p>')


def test_a_table_says_its_sides_by_class() -> None:
    html = screen("|a|b|\n|:-|-:|\n|1|2|")
    assert '<td class="align-right">2</td>' in html
    assert "style" not in html


def test_a_table_that_is_wider_than_a_phone_moves_in_a_room_of_its_own_that_keys_reach() -> None:
    assert screen("|a|\n|-|\n|1|", language="de").startswith(
        '<div class="table-scroll" role="group" tabindex="0" aria-label="Tabelle"><table>'
    )
    assert paper("|a|\n|-|\n|1|").startswith("<table>")


@pytest.mark.parametrize("markdown", ["> " * 60 + "deep", "".join("  " * at + "- x\n" for at in range(60))])
def test_a_text_too_deep_to_set_is_refused_rather_than_cut(markdown: str) -> None:
    with pytest.raises(TextTooDeep, match="too deeply"):
        screen(markdown)


def test_a_text_of_ten_levels_is_set_whole() -> None:
    assert "deep" in screen("> " * 10 + "deep")


def test_a_text_longer_than_any_letter_is_refused() -> None:
    with pytest.raises(TextTooLong, match="150,001 characters"):
        screen("x" * 150_001)


PLAIN = "Rivers carry what *we* put into them, and [every town](https://rivers.example/) below drinks it.\n\n"
REPEATED = [
    ("[", 10_000),
    ("![", 10_000),
    ("^[a ", 10_000),
    ("---\n", 8_000),
    ("# a\n---\n", 4_000),
    ("*a ", 30_000),
    ("**a", 15_000),
    ("a*b_c", 15_000),
    ("`", 30_000),
    ("[a](b", 5_000),
    ("](", 75_000),
    ("<sup>", 30_000),
    ("[^1]", 9_000),
    ("\\", 150_000),
    ("\"a'", 50_000),
    ("a\n\n", 8_000),
    ("- a\n", 8_000),
    ("1. a\n\n", 8_000),
    ("|a|a|\n|-|-|\n", 2_000),
    ("\n", 150_000),
    ("{{", 75_000),
    ("&amp;", 30_000),
    ("1. a\n9. b\n", 4_000),
    ("- [ ] a\n", 8_000),
]
TABLES: list[tuple[Callable[[int], str], int]] = [
    (lambda columns: "|a" * columns + "\n" + "|-" * columns, 6_000),
    (lambda rows: "|a" * 1_000 + "\n" + "|-" * 1_000 + "\n" + "|\n" * rows, 27),
]


def seconds(markdown: str, title: str) -> float:
    """Return the processor seconds of rendering a text; the title must be new, as results are kept."""
    started = time.process_time()
    screen(markdown, title)
    return time.process_time() - started


def is_quick(bomb: Callable[[int], str], size: int, title: str) -> bool:
    """Return whether a text takes less than eight plain letters of greatest length, and twice the text about twice the time."""
    plain = 5 * seconds(PLAIN * 300, title)
    half, whole = seconds(bomb(size // 2), title), seconds(bomb(size), title)
    return whole < 8 * plain and whole < 3 * half + plain / 2


@pytest.mark.shows("S2")
@pytest.mark.parametrize(("bomb", "size"), [*((partial(mul, piece), times) for piece, times in REPEATED), *TABLES])
def test_no_text_keeps_the_reader_waiting(bomb: Callable[[int], str], size: int) -> None:
    tries = (is_quick(bomb, size, f"{bomb(1)}, try {number}") for number in range(3))  # a busy machine may disturb one
    assert any(tries)


@pytest.mark.shows("S2")
@pytest.mark.parametrize(
    ("bomb", "what"),
    [
        ("**a" * 50_000, "asterisks"),
        ("a\n\n" * 50_000, "lines"),
        ("|a" * 75_000, "vertical bars"),
        ("> a\n" * 20_000, "lines"),
        ("|a" * 1_000 + "\n" + "|-" * 1_000 + "\n" + "|\n" * 7_000, "cells"),
    ],
)
def test_a_text_of_more_lines_cells_or_emphasis_than_any_letter_is_refused_at_once(bomb: str, what: str) -> None:
    started = time.process_time()
    with pytest.raises(TextTooLong, match=what):
        screen(bomb)
    assert time.process_time() - started < 0.5


@pytest.mark.shows("S2")
@pytest.mark.parametrize("bomb", ["[" * 150_000, "^[a " * 30_000, "![" * 70_000, "^[a] " * 30_000, "[^1]" * 37_000])
def test_a_text_of_more_links_and_notes_than_any_letter_is_refused_at_once(bomb: str) -> None:
    started = time.process_time()
    with pytest.raises(TextTooLong, match=r"opening square brackets; a letter may have up to 10,000\."):
        screen(bomb)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("strike ~~shall~~ may", "<p>strike <s>shall</s> may</p>"),
        ("- [ ] open\n- [X] done", '<ul>\n<li class="check-box">☐ open</li>\n<li class="check-box">☑ done</li>\n</ul>'),
        ("- [x](https://x.example)", '<ul>\n<li><a href="https://x.example" rel="noopener noreferrer">x</a></li>\n</ul>'),
        ("1. a\n2. b\n5. c\n6. d", '<ol>\n<li>a</li>\n<li>b</li>\n<li value="5">c</li>\n<li>d</li>\n</ol>'),
        ("1. a\n1. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
        ("4. a\n2. b", '<ol start="4">\n<li>a</li>\n<li>b</li>\n</ol>'),
    ],
)
def test_check_boxes_strikethrough_and_typed_numbers_are_printed(markdown: str, html: str) -> None:
    assert screen(markdown) == html


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        ("| a | b |\n|---|---|\n| 1 | 2 | 3 | 4 |\n| 5 |", ["a", "b", "", "", "1", "2", "3", "4", "5", "", "", ""]),
        ("a | b\n-|-\n1 | 2 | 3", ["a", "b", "", "1", "2", "3"]),
        ("> | a |\n> |---|\n> | 1 | 2 |", ["a", "", "1", "2"]),
        ("| a | b |\n|---|---|\n| 1 \\| 2 | 3 |", ["a", "b", "1 | 2", "3"]),
        ("| a | b |\n|---|---|\n\n| 1 | 2 | 3 |", ["a", "b"]),
        ("```\n| a |\n|---|\n| 1 | 2 |\n```", []),
    ],
)
def test_a_table_is_as_wide_as_its_widest_row(table: str, cells: list[str]) -> None:
    assert re.findall(r"<t[hd]>(.*?)</t[hd]>", screen(table)) == cells


def test_an_edition_of_the_first_layout_is_printed_by_its_rules() -> None:
    text = "~~a~~\n\n- [ ] b\n\n1. c\n5. d\n\n| e |\n|---|\n| 1 | 2 |"
    html = str(markdown_html(text, "Title", "en", layout=1))
    assert "~~a~~" in html
    assert "<li>[ ] b</li>" in html
    assert "<li>d</li>" in html
    assert html.count("<td>") == 1
