"""Notes on what a letter's Markdown loses in print: each piece is printed, or a sentence tells."""

import time

import pytest

from letterhub.domain.i18n import number_in_words
from letterhub.domain.letters.letter_document import LetterText
from letterhub.rendering.letter.lint.markdown_lint import markup_notes, text_notes

NOT_FOUND = "These pictures aren’t among the letter’s files, so their descriptions are printed instead: "
UNDESCRIBED = "Pictures without a description are left out: %s. Write what they show between the brackets."


@pytest.mark.parametrize(
    ("markdown", "notes"),
    [
        (
            "![A map](map.png) and ![a chart](c.png)",
            [NOT_FOUND + "“A map (map.png)”, “a chart (c.png)”."],
        ),
        (
            "![](map.png)",
            [UNDESCRIBED % "“map.png”"],
        ),
        (
            "![](a.png) ![ ](b.png)",
            [UNDESCRIBED % "“a.png”, “b.png”"],
        ),
        (
            "see [our page](/rivers) and [the file](ftp://x.example/a)",
            [
                (
                    "Only the words of these links are printed, since they lead neither to the web nor to a mailbox: "
                    "“our page (/rivers)”, “the file (ftp://x.example/a)”."
                )
            ],
        ),
        ('[a](https://x.example "The page")', ["Titles of links and pictures aren’t printed: “The page”."]),
        ("[Bill]: https://x.example\n\nText", ["Addresses that no link refers to aren’t printed: “bill: https://x.example”."]),
        (
            "[a][b]\n\n[b]: https://x.example\n\n[b]: https://y.example",
            ["Addresses that are given again don’t count; the first of each does: “b: https://y.example”."],
        ),
        ("2. a\n1. b\n5. c", ["A list that is numbered 2, 1, 5 is printed as 2, 3, 4."]),
        (
            "a <u>b</u>\n\n<div>\nc\n</div>",
            ["HTML is printed as it was typed: “<u>”, “</u>”, “<div>”, … Use Markdown instead, such as *italic* or **bold**."],
        ),
        (":::note\nx\n:::", ["This looks like markup, but is printed as typed: “:::note”."]),
        ("# A {#top}", ["This looks like markup, but is printed as typed: “{#top}”."]),
        ("a\n\n\\newpage\n\nb \\newpage", ["This looks like markup, but is printed as typed: “\\newpage”."]),
        ("[x](javascript:alert)", ["This looks like markup, but is printed as typed: “[x](javascript:alert)”."]),
        ("a <!-- b\nc --> d", ["Comments are printed as typed: “<!-- b c -->”. Please delete them."]),
        ("[//]: # (later)\n\na", ["Addresses that no link refers to aren’t printed: “//: # later”."]),
        (
            "H~2~O, x^2^ and 1^st^",
            [
                (
                    "Raised and lowered characters are printed as typed: “H~2~O”, “x^2^”, “1^st^”. "
                    "Write them as <sup>2</sup> or <sub>2</sub>."
                )
            ],
        ),
        (
            "$E=mc^2$ and $n$, not $5 or US$ 6\n\n$$\na\n$$",
            ["Formulas are printed as typed: “$E=mc^2$”, “$n$”, “$$ a $$”. Use plain characters, or a picture."],
        ),
        (f"a {'x' * 90} <b>", ["HTML is printed as it was typed: “<b>”. Use Markdown instead, such as *italic* or **bold**."]),
    ],
)
def test_what_is_left_out_or_printed_as_typed_is_told(markdown: str, notes: list[str]) -> None:
    assert [str(note) for note in markup_notes(markdown)] == notes


@pytest.mark.parametrize("marks", ["**Bold:**text", "** bold **", "**open", "we *mean it", "an `open one", "__open"])
def test_marks_that_make_nothing_bold_are_told(marks: str) -> None:
    (note,) = markup_notes(f"We ask {marks} of you")
    assert "make nothing bold, italic or code" in note


@pytest.mark.parametrize(
    "lines",
    [
        "– a\n– b",
        "•a\n•b",
        "→ a\n→ b",
        "-a\n-b",
        "1)a\n2)b",
        "1 . a\n2 . b",
        "a | b\nc | d",
        "| a |\n| b |",
        "> > ☐ a\n> > ☐ b",
    ],
)
def test_lists_and_tables_that_run_together_are_told(lines: str) -> None:
    (note,) = markup_notes(f"We ask:\n\n{lines}")
    assert note.startswith("These lines run together with the next: “")


@pytest.mark.parametrize(
    ("markdown", "phrase"),
    [
        ("==a== b", "==a=="),
        ("++a++ b", "++a++"),
        ("{++a++} b", "{++a++}"),
        ("Term\n: what it means", ": what it means"),
        ("a :smile: :+1:", ":smile:”, “:+1:"),
        ("[[toc]] [TOC] ${toc}", "[[toc]]”, “[TOC]”, “${toc}"),
        ("> [!NOTE]\n> a", "[!NOTE]"),
        ('!!! tip "a"', '!!! tip "a"'),
        (':abbr[a]{title="b"}', ":abbr[a]"),
        ("::video[a]", "::video[a]"),
        (".. note:: a", ".. note:: a"),
        ("{: .lead}", "{: .lead}"),
        ("{% include a %} <%= b %>", "{% include a %}”, “<%= b %>"),
        ("\\textbf{a}, \\begin{b}", "\\textbf{a}”, “\\begin{b}"),
        ("*[EPA]: Agency", "*[EPA]: Agency"),
        ("a [@ada2020]", "[@ada2020"),
        ("[a][none] b", "[a][none]"),
        ("[a] (https://x.example)", "[a] (…)"),
        ("##What we ask", "##What we ask"),
        ("#What we ask", "#What we ask"),
        ("R&D &foo; b", "&foo;"),
        ("a //b c// d", "//b c//"),
        ("== What we ask ==", "== What we ask =="),
        ("h2. What we ask", "h2. What we ask"),
        ("bq. What they say", "bq. What they say"),
        ("[b]a[/b] and [url=b]c[/url]", "[/b]”, “[/url]"),
        ("#+TITLE: a", "#+TITLE: a"),
        ("a ||b|| c", "||b||"),
        ("as in Error! Reference source not found.", "Error! Reference source not found"),
        ("{ MERGEFIELD Name } a", "{ MERGEFIELD Name }"),
        ("[if !supportLists]a[endif]", "[if !supportLists]”, “[endif]"),
    ],
)
def test_markup_of_other_dialects_is_told(markdown: str, phrase: str) -> None:
    assert markup_notes(markdown) == (f"This looks like markup, but is printed as typed: “{phrase}”.",)


def test_marks_in_other_parts_than_the_text_are_told() -> None:
    text = LetterText(
        "Clean *rivers*", "a", re="[Bill](https://x.example)", salutation="Dear R&D;", cc=("a_b_c and 5 * 3 * 2",)
    )
    (note,) = text_notes(text)
    assert note.endswith("aren’t Markdown, so these are printed as typed: “*rivers*”, “[Bill](https://x.example)”.")


@pytest.mark.parametrize(
    "markdown",
    [
        "",
        "One *two* **three** ~~four~~ `five`, x<sup>2</sup> and y<sub>3</sub><br>six",
        "- [ ] a\n- [x] b",
        "1. a\n1. b\n1. c",
        "1. a\n2. b\n5. c",
        "3. a\n4. b",
        "[a](https://x.example), [b][c], <https://y.example>, <a@b.example>\n\n[c]: https://z.example",
        "a[^1]\n\n[^1]: b [link](mailto:a@b.example)",
        "| a | b |\n|---|---|\n| 1 | 2 | 3 |",
        "We {{count}} ask for 3 < 5, a <= b, x << y, {curly} and [brackets] (there).",
        "$5 and $$ 6; a == b; the ~ 7; C:\\new; [sic] [see note](and so on",
        "```\n<b>code</b> :::note\n```\n\nand `<b>`",
        "Dear <insert name>",
        "&lt;b&gt; \\*\\*a \\`b\\` \\~c\\~ 1\\) d",
        "Ada*, Bo\n\n*Affiliation only\n\n2**3, at 10:30:45, a ~ 5 and ~6, ____ 2026, __/__/__, -5, C:\\new\\a",
        "“a\n“b\n\n(a\n(b\n\n– a  \n– b\n\n`x` a\n`y` b\n\n<https://x.example/~a/b~c_d__e>, https://x.example/~a/b~c",
        "#CleanRivers is what we ask for.\n\n#CleanRivers",
        "See https://x.example//a//b, file://a, and/or, 1//2, a // b // c, [b] and [i], a || b || c, x = y = z, H2. a\nhas h2.",
        "[" * 20_000,
    ],
)
def test_what_is_printed_as_written_is_not_told(markdown: str) -> None:
    assert markup_notes(markdown) == ()


def test_a_kind_is_told_once_with_its_first_few_places() -> None:
    text = "\n\n".join(f"<b>{number_in_words(number)}</b> ![Picture {number}](x.png)" for number in range(9))
    pictures, html = markup_notes(text)
    assert pictures.endswith("“Picture 0 (x.png)”, “Picture 1 (x.png)”, “Picture 2 (x.png)”, …")
    assert "“<b>”, “</b>”. Use" in html
    (long,) = markup_notes(f"![{'long ' * 30}](x.png)")
    assert f"“{('long ' * 12)[:60]}…”" in long


@pytest.mark.shows("S2")
@pytest.mark.parametrize(
    "bomb",
    [
        "<b <b" * 20_000,
        "<b " * 40_000,
        "{.a" * 40_000,
        "<!--" * 30_000,
        ":::a" * 30_000,
        "==a" * 40_000,
        "$$a" * 40_000,
        "[[a" * 5_000,
        "[a](b" * 5_000,
        "![a](b) " * 5_000,
        "[a]: /b\n" * 8_000,
        "**a " * 7_000,
        "~a^b" * 30_000,
        "$a=" * 40_000,
        "- a\n– " * 8_000,
        "&a :a {a \\a{" * 10_000,
    ],
)
def test_no_text_keeps_its_author_waiting(bomb: str) -> None:
    started = time.process_time()
    markup_notes(bomb)
    assert time.process_time() - started < 1
