"""Clipboard content of word processors and web pages becomes our Markdown, and nothing else gains a meaning there."""

import time
from contextlib import suppress
from html import escape, unescape

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as some

from letterhub.domain.errors import UserFacingError
from letterhub.intake.letters.draft_file import markdown_of_html
from letterhub.rendering.letter.markdown import markdown_html

IGNORED = "<![if !supportLists]><span style='mso-list:Ignore'>{}<span style='font:7.0pt'>&nbsp;&nbsp; </span></span><![endif]>"


def item(sign: str, text: str, level: int = 1) -> str:
    """Return a paragraph of a list as Word puts it on the clipboard."""
    kind = f"class=MsoListParagraphCxSpMiddle style='text-indent:-.25in;mso-list:l0 level{level} lfo1'"
    return f"<p {kind}>{IGNORED.format(sign)}{text}<o:p></o:p></p>"


def read(html: str, first: int = 1) -> str:
    return markdown_of_html(html, first)[0]


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One<br>Two", "One\\\nTwo"),
        ("One<br><br>Two", "One\n\nTwo"),
        ("<div>One<p>Two</p>three</div>", "One\n\nTwo\n\nthree"),
        ("<h1>What we <b>ask</b></h1><h3>Now</h3>", "## What we ask\n\n#### Now"),
        ("<h2>Act # 3 #</h2>", "## Act # 3 \\#"),
        ("<p>a <b>bold </b>word and <i> one</i></p>", "a **bold** word and *one*"),
        ("<p>in<b>side</b>word, <b>(</b>both<b>)</b></p>", "in**side**word, (both)"),
        ("<p>word<b>(bold)</b>word</p>", "word(**bold**)word"),
        ("<p><b>Note:</b><i>this</i></p>", "**Note**:*this*"),
        ("<p><i>a</i><b><i>a</i></b><b>a</b></p>", "aaa"),
        ("<p><b><i>all</i></b></p>", "***all***"),
        ("<p><span style='font-weight:700'>b</span><b style='font-weight:normal'> n</b></p>", "**b** n"),
        (f"<p><span style='font-weight:{'1' * 5000}'>b</span></p>", "b"),
        ("<b><p>One</p><ul><li>two</ul></b>three", "**One**\n\n- **two**\n\nthree"),
        ('<a href="https://example.org/x"><h3>Our report</h3></a>', "### [Our report](https://example.org/x)"),
        ("<p>H<sub>2</sub>O, 5<sup>th</sup></p>", "H<sub>2</sub>O, 5<sup>th</sup>"),
        ('<a href="https://example.org/a_(b)">here</a>', "[here](https://example.org/a_%28b%29)"),
        ('<a href="https://example.org/x">https://example.org/x</a>', "<https://example.org/x>"),
        ('<a href="mailto:a@example.org">a@example.org</a>', "<a@example.org>"),
        ('See!<a href="https://example.org">[1]</a>', "See\\![\\[1\\]](https://example.org)"),
        ("<ul><li>a<ul><li>b</ul><li>c</ul>", "- a\n  - b\n- c"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n  - b"),
        ('<ol start="9"><li>a<li>b<ol><li>c</ol></ol>', "9. a\n10. b\n    1. c"),
        ('<ol><li>a<li value="7">b</ol>', "1. a\n7) b"),
        ("<ol><li>a</ol><ol><li>b</ol>", "1. a\n1) b"),
        ("<ol><li><p>a</p><p>b</p><li>c</ol>", "1. a\n\n   b\n\n2. c"),
        ("<ul><li>a<ul><li>b</ul>after</ul>", "- a\n  - b\n\n  after"),
        ("<p>• Open<br>• Close</p><p>·\tRun</p>", "- Open\n- Close\n- Run"),
        ("<ul><li>• Open</ul>", "- Open"),
        (item("·", "Open") + item("o", "wide", 2) + item("§", "very", 3), "- Open\n  - wide\n    - very"),
        (item("3.", "Three") + item("(b)", "bee", 2) + item("4)", "Four"), "3. Three\n\n   2. bee\n4. Four"),
        (item("iv.", "Four") + item("1.5", "Five"), "4. Four\n5. Five"),
        (
            (
                "<div><ol start=1><li data-aria-level=1><p>a</ol></div><div><ul><li data-aria-level=2><p>b</ul></div>"
                "<div><ol start=2><li data-aria-level=1><p>c</ol></div>"
            ),
            "1. a\n   - b\n2. c",
        ),
        ("<p class=MsoQuote>a</p><p class=MsoQuote>b</p>", "> a\n>\n> b"),
        ("<blockquote><ul><li>a</ul></blockquote>", "> - a"),
        ("<table><tr><th>A<th>B|<tr><td>1<p>2<td></table>", "| A | B\\| |\n| --- | --- |\n| 1<br>2 |  |"),
        (
            "<table><tr><td rowspan=2>A<td colspan=2>B<tr><td>C<td>D</table>",
            "| A | B |  |\n| --- | --- | --- |\n|  | C | D |",
        ),
        ("<table><tr><td><p>only<tr><td><ul><li>a</ul></table>", "only\n\n- a"),
        ("<p>a</p><hr><p>b</p>", "a\n\n---\n\nb"),
        ("<pre>a\nb</pre>", "a\\\nb"),
        ("<p>&nbsp;</p><p> <o:p>&nbsp;</o:p></p><p>a</p>", "a"),
        ("<input type=checkbox checked> Yes", "☒ Yes"),
        ("<p>The {{count_in_words}} of {{ count }}</p>", "The {{count_in_words}} of {{ count }}"),
        ("<p style='display:none'>a</p><p>b<span style='mso-hide:all'>c</span></p>", "b"),
    ],
)
def test_what_is_copied_becomes_markdown(html: str, markdown: str) -> None:
    assert read(html) == markdown


@pytest.mark.parametrize(
    "text",
    ["# One", "#", "1. One", "12) One", "- a", "+ a", "* a", "> a", "---", "===", "| --- |", ":--", "~~~", "```", "[^1]: a"],
)
def test_what_would_begin_a_block_is_prose(text: str) -> None:
    html = markdown_html(read(f"<p>Text<br>{text}</p><p>{text}</p>"), "", "en")
    assert html.count("<p") == 2
    assert "<h" not in html
    assert "<li" not in html


PIECES = some.sampled_from(
    ["a", "b c", " ", "!", "_", "**", "`", "[", "]", "^", "&amp;", "1.", "|", "\\", "€", "[x](y)", "[^1]", "<b>"]
)
RUNS = some.lists(
    some.tuples(PIECES | some.text("ab*_[](){}<>!^&#;:.+=|\\`~ 1", max_size=5), some.sets(some.sampled_from("biau")))
)


@given(some.lists(RUNS, min_size=1, max_size=3))
def test_every_sign_is_printed_as_it_was_typed(lines: list[list[tuple[str, set[str]]]]) -> None:
    html = "<br>".join(
        "".join(
            "".join(f'<{tag} href="https://example.org">' if tag == "a" else f"<{tag}>" for tag in sorted(tags))
            + escape(text)
            + "".join(f"</{tag}>" for tag in sorted(tags, reverse=True))
            for text, tags in line
        )
        for line in lines
    )
    printed = markdown_html(read(f"<p>{html}</p>"), "", "en").replace("<br>", " ")
    typed = " ".join("".join(text for text, _ in line) for line in lines)
    assert letters(unescape(nh3.clean(printed, tags=set()))) == letters(typed)


def letters(text: str) -> str:
    """Return a text without spaces, and with typographic characters as they were typed."""
    return "".join(text.split()).replace("…", "...")


WORD_NOTE = (
    "<p>We<a style='mso-footnote-id:ftn1' href='#_ftn1' name='_ftnref1'><span class=MsoNote>[1]</span></a> ask.</p>"
    "<div style='mso-element:footnote-list'><hr><div style='mso-element:footnote' id=ftn1><p class=MsoFootnoteText>"
    "<a href='#_ftnref1' name='_ftn1'>[1]</a> A <i>law</i>.</p></div></div>"
)
WEB_NOTE = (
    '<p>We<sup id="ref-2"><a href="#note-2">[2]</a></sup> ask<a id="ref-1" href="#note-1">1</a>.</p>'
    '<ol><li id="note-1"><p>One</p><p>More <a href="#ref-1">↑</a></p></li><li id="note-2"><a href="#ref-2">^</a> Two</li></ol>'
)


@pytest.mark.parametrize(
    ("html", "first", "markdown"),
    [
        (WORD_NOTE, 1, "We[^1] ask.\n\n[^1]: A *law*."),
        (WORD_NOTE, 5, "We[^5] ask.\n\n[^5]: A *law*."),
        (WEB_NOTE, 1, "We[^1] ask[^2].\n\n[^1]: Two\n\n[^2]: One\n\n    More"),
        ('<p>See <a href="#part">below</a>.</p><p id="part">Part</p>', 1, "See below.\n\nPart"),
    ],
)
def test_notes_come_with_their_marks(html: str, first: int, markdown: str) -> None:
    assert read(html, first) == markdown


@pytest.mark.shows("S3")
@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>a",
        "<style>p{}</style>a",
        "<p onclick='alert(1)'>a</p>",
        '<a href="javascript:alert(1)">a</a>',
        '<a href=" java\nscript:alert(1)">a</a>',
        '<a href="data:text/html,x">a</a>',
        '<a href="file:///etc/passwd">a</a>',
        '<img src="http://127.0.0.1:9/x.png" onerror="alert(1)">a',
        "<svg><script>alert(1)</script></svg>a",
        "<title>x</title><template><p>x</p></template>a",
    ],
)
def test_nothing_that_runs_or_reaches_comes_along(html: str) -> None:
    assert read(html) == "a"


def test_what_cannot_come_in_is_told() -> None:
    notes = " ".join(
        markdown_of_html('<img src="x"><s>a</s> <u>b</u> <a href="javascript:x">c</a> <a href="x.html">d</a>', 1)[1]
    )
    assert "One picture was left out." in notes
    assert "struck through" in notes
    assert "Underlined" in notes
    assert "2 links lead neither" in notes


def test_comments_and_tracked_changes_of_word_are_no_text() -> None:
    anchor = "<a class=msocomanchor id='_anchor_1' href='#_msocom_1'>[AB1]</a>"
    listed = "<div style='mso-element:comment-list'><div style='mso-element:comment'><p>Really?</p></div></div>"
    changed = "We <del cite='mailto:a' datetime='2026-01-07'>beg</del><ins cite='mailto:a' datetime='2026-01-07'>ask</ins>"
    markdown, notes = markdown_of_html(f"<p>{changed}{anchor}</p>{listed}", 1)
    assert markdown == "We ask"
    assert [note.split()[0:2] for note in notes] == [["One", "comment"], ["It", "has"]]


@pytest.mark.parametrize(
    "html",
    ["<b>" * 400_000, "<div>" * 300, "<p>x</p>" * 70_000, "x" * (2 * 2**20 + 1), "<table>" + "<tr><td colspan=40>x" * 1_000],
    ids=["marks", "blocks", "paragraphs", "letters", "cells"],
)
def test_what_no_letter_holds_is_refused(html: str) -> None:
    with pytest.raises(UserFacingError):
        read(html)


def test_lists_of_notes_within_each_other_are_read_at_once() -> None:
    started = time.process_time()
    assert read("<div style='mso-element:footnote-list'>" * 100 + "<hr>" * 15_000 + "<i>x</i>" * 4_000) == f"*{'x' * 4_000}*"
    assert time.process_time() - started < 2


@pytest.mark.shows("S32")
@pytest.mark.parametrize(
    "piece",
    ["<div>", "<p>", "<b>", "<b><p>", "<p><b id=1></p>", "<b id=1><table><tr><td></b></td></tr></table>", "<a><div>",
     "<font><p>",
     "<table>", "<svg><p>", "<svg><style><div>", "<select><p>", "<template><p>", "<!--", "<!", "</", "</p>", "<", "&a", "\\",
     "<a ", "<a b=\"", "<a b='\"", "<style>", "<br>", "<li>", "<td>", "<p class=a style='a:b'>x</p>", "a\u0301", "[[", "&lt;"],
)  # fmt: skip
def test_no_pasted_html_takes_a_second(piece: str) -> None:
    started = time.process_time()
    with suppress(UserFacingError):
        read(piece * (2 * 2**20 // len(piece.encode())))
    assert time.process_time() - started < 1


@pytest.mark.shows("S32")
def test_no_number_of_attributes_takes_a_second() -> None:
    started = time.process_time()
    assert read(f"<p {' '.join(f'a{number}' for number in range(200_000))}>x</p>") == "x"
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>one<p>two", "one\n\ntwo"),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", "- a\n- b\n  - c"),
        ("a < b & c &amp; d", "a < b & c & d"),
        ("<svg><p>no</p></svg><p>yes</p>", "yes"),
        ('<p title="</p><b>">a</p>', "a"),
        ("<P>A<BR/>B</P>", "A\\\nB"),
    ],
)
def test_html_as_programs_write_it_is_read_as_before(html: str, markdown: str) -> None:
    assert read(html) == markdown
