"""Letters from Markdown files."""

import datetime as dt
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from letterhub.domain.letters.letter_document import (
    Addressee,
    Figures,
    Margins,
    PaperSize,
    SignatoryOrder,
    SignatoryStyle,
    TextSize,
    Theme,
    Typeface,
)
from letterhub.intake.errors import FileRefused
from letterhub.intake.letters.draft_file import read_draft
from letterhub.intake.letters.letter_file import check_placeholders, read_letter
from letterhub.rendering.letter.view import printed_date

WHOLE = """---
title: Clean Rivers
date: 2026-01-07
via: Via electronic mail
addressees:
  - name: The President
    lines: [The White House, "Washington, DC 20500"]
  - |
    Ada Example
    Administrator
cc:
  - Sam Example
re: 'Docket: EX-1'
salutation: 'Dear Mr. President:'
closing: Respectfully,
language: en-US
letterhead:
  name: Coalition
  lines: [12 Mill Street]
paper: A4
order: sections
shown: location
licence: CC0
---

# Text

Body
"""


def picture(size: tuple[int, int] = (40, 20), form: str = "PNG", mode: str = "RGB") -> bytes:
    out = BytesIO()
    Image.new(mode, size).save(out, form)
    return out.getvalue()


def test_pictures_are_read_from_files_beside_the_letter(tmp_path: Path) -> None:
    for name in ("chart.png", "my photo.jpg", "x.webp"):
        (tmp_path / name).write_bytes(
            picture(form={"g": "PNG", "p": "WEBP"}.get(name[-1], "JPEG") if name != "my photo.jpg" else "JPEG")
        )
    body = '![A](chart.png)\n\n![B](<my photo.jpg> "C") ![B](my%20photo.jpg)\n\n![D][d] ![E](gone.png)\n\n[d]: x.webp'
    text, notes = read_letter(f"---\ntitle: T\n---\n{body}".encode(), "letter.md", tmp_path)
    assert [(one.name, one.media_type) for one in text.pictures] == [
        ("chart.png", "image/png"), ("my photo.jpg", "image/png"), ("x.webp", "image/png"),
    ]  # fmt: skip
    assert notes == ()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "a.png: this is an SVG drawing"),
        (b"no picture", "a.png: this picture cannot be used"),
        (picture() + b"<script>", "a.png: this file contains more than a picture"),
    ],
)
def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(FileRefused, match=sentence):
        read_letter(b"---\ntitle: T\n---\n![A](a.png)", "letter.md", tmp_path)


def test_annexes_are_read_from_the_head_and_from_files(tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text("# One\n\nFirst[^1]\n\n[^1]: Note", encoding="utf-8")
    head = "enclosures: [A, B]\nannexes:\n  - one.md\n  - title: Two\n    text: |\n      Second\n"
    text, notes = read_letter(f"---\ntitle: T\n{head}---\nBody[^1]\n\n[^1]: N\n".encode(), "letter.md", tmp_path)
    assert text.body == (
        "Body[^1]\n\n[^1]: N\n\n\n:::annex One\n\nFirst[^annex-1-1]\n\n[^annex-1-1]: Note\n\n\n:::annex Two\n\nSecond\n"
    )
    assert (text.enclosures, notes) == (("A", "B"), ())


@pytest.mark.parametrize(
    ("annex", "sentence"),
    [
        ("annex: gone.md", "“annex” names a file that cannot be read: gone.md"),
        ("annex: ../letter.md", "“annex” names a file that "),
        ("annex: {text: words}", "“annex” needs a title and a text in every annex."),
    ],
)
def test_an_annex_that_cannot_be_printed_is_refused(tmp_path: Path, annex: str, sentence: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_letter(f"---\ntitle: T\n{annex}\n---\nBody".encode(), "letter.md", tmp_path)
    assert sentence in str(refused.value)


def test_a_large_photograph_stays_one(tmp_path: Path) -> None:
    noise = Image.effect_noise((800, 600), 90).convert("RGB")
    noise.save(tmp_path / "a.png")
    text, _ = read_letter(b"---\ntitle: T\n---\n![A](a.png)", "letter.md", tmp_path)
    assert text.pictures[0].media_type == "image/jpeg"


def test_a_letter_is_read_with_all_its_parts() -> None:
    text, notes = read_letter(WHOLE.replace("\n", "\r\n").encode("utf-8-sig"), "letter.md")
    assert (text.title, text.date, text.via, text.re) == (
        "Clean Rivers",
        dt.date(2026, 1, 7),
        "Via electronic mail",
        "Docket: EX-1",
    )
    assert text.addressees == (
        Addressee("The President", ("The White House", "Washington, DC 20500")),
        Addressee("Ada Example", ("Administrator",)),
    )
    assert (text.salutation, text.closing, text.cc) == ("Dear Mr. President:", "Respectfully,", ("Sam Example",))
    assert (text.language, text.paper, text.order, text.shown) == (
        "en-US",
        PaperSize.A4,
        SignatoryOrder.SECTIONS,
        SignatoryStyle.LOCATION,
    )
    assert (text.letterhead.name, text.letterhead.lines) == ("Coalition", ("12 Mill Street",))
    assert text.body == "# Text\n\nBody\n"
    assert notes == ("Left out because we don’t know these keys: licence (line 23).",)


@pytest.mark.parametrize(
    "addressee", ["addressee: Ada", "addressee: [Ada]", "addressees: [{name: Ada}]", "addressee: {name: Ada}"]
)
def test_an_addressee_may_be_said_in_every_way(addressee: str) -> None:
    text, _ = read_letter(f"---\ntitle: T\n{addressee}\n---\nBody".encode(), "letter.md")
    assert text.addressees == (Addressee("Ada"),)


@pytest.mark.parametrize("written", ["02134", "20_500", "1:30", "yes", "1e3", "0x10", "=", "2026-02-30"])
def test_what_stands_in_the_head_is_a_text_as_it_was_written(written: str) -> None:
    text, _ = read_letter(
        f"---\ntitle: T\nre: {written}\naddressees: [{{name: A, lines: [{written}]}}]\n---\nB".encode(), "l.md"
    )
    assert (text.re, text.addressees[0].lines) == (written, (written,))


def test_a_letter_without_a_head_takes_its_title_from_its_first_heading() -> None:
    text, notes = read_letter(b"Some words\n\n## Clean *Rivers* ##\n\nBody", "letter.md")
    assert (text.title, notes) == ("Clean Rivers", ())


@pytest.mark.parametrize("day", ["2026-01-07", "'2026-01-07'", "January 7, 2026", "7 January 2026", "2026-01-07 10:00:00"])
def test_a_day_may_be_written_in_the_usual_ways(day: str) -> None:
    text, _ = read_letter(f"---\ntitle: T\ndate: {day}\n---\nBody".encode(), "letter.md")
    assert text.date == dt.date(2026, 1, 7)


@pytest.mark.parametrize("words", ["June 2013", "Spring 2024", "Summer/Fall 2024", "junio de 2013"])
def test_a_date_may_have_no_day(words: str) -> None:
    text, _ = read_letter(f"---\ntitle: T\ndate: {words}\n---\nBody".encode(), "letter.md")
    assert (text.date, text.date_words, printed_date(text)) == (None, words, words)


def test_a_day_may_be_printed_in_other_words() -> None:
    text, _ = read_letter(b"---\ntitle: T\ndate: 2024-04-02\ndate_in_words: Easter 2024\n---\nBody", "letter.md")
    assert (text.date, printed_date(text)) == (dt.date(2024, 4, 2), "Easter 2024")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"---\ntitle: T\n\nBody", "letter.md, line 1: the head of the letter starts with --- and never ends."),
        (b"---\njust words\n---\nBody", "letter.md, line 2: the head of the letter must consist of lines such as"),
        (b"---\n!!str {!!value a: b}\n---\nBody", "letter.md, line 2: text that starts with “!” must be in quotes."),
        (b"\n \n---\ntitle: T\n\nBody", "letter.md, line 3: the head of the letter starts with --- and never ends."),
        (b"Body without a heading", "letter.md, line 1: the letter has no title. Start the file with three lines"),
        (b"", "letter.md: the file is empty."),
        (b"\xef\xbb\xbf\r\n \r\n", "letter.md: the file is empty."),
        (b"a" * 90 + b"\0", "letter.md: this is not a text file. Please save it as plain text in UTF-8."),
    ],
)
def test_a_file_that_is_no_letter_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_letter(data, "letter.md")
    assert sentence in str(refused.value)


@pytest.mark.parametrize("data", [b"<!DOCTYPE html>\n<p>x", b"\xef\xbb\xbf\n<html><p>x"])
def test_a_web_page_is_refused_with_what_to_do(data: bytes) -> None:
    with pytest.raises(FileRefused, match=r"page\.html: this is a web page\. Open it in Word, choose File, Save As"):
        read_draft(data, "page.html")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_blank_lines_may_come_first_and_lines_may_end_as_on_any_machine(end: str) -> None:
    text, _ = read_letter("\n \n---\ntitle: T\nre: R\n---\n\nOne\n\nTwo\n".replace("\n", end).encode(), "letter.md")
    assert (text.title, text.re, text.body) == ("T", "R", "One\n\nTwo\n")


def test_breaks_of_word_processors_are_lines_in_the_text_and_blanks_in_the_head() -> None:
    text, _ = read_letter("---\ntitle: A\x0bB\x07\nre: C\u2028D\n---\nOne\x0btwo\x0cthree".encode(), "letter.md")
    assert (text.title, text.re, text.body) == ("A B", "C D", "One  \ntwo\n\nthree\n")


def placeholder_refused(letter: str) -> str:
    data = letter.encode()
    with pytest.raises(FileRefused) as refused:
        check_placeholders(read_letter(data, "letter.md")[0], data, "letter.md")
    return str(refused.value)


@pytest.mark.parametrize(
    ("letter", "sentence"),
    [
        ("\n---\ntitle: T\n---\n\nOne\n\nthe {{cuont}} of us", "letter.md, line 8: {{cuont}} is not a placeholder."),
        ("\n\nthe {{cuont}} of us\n# T", "letter.md, line 3: {{cuont}} is not a placeholder. Use {{count}}"),
        ("---\ntitle: T\nre: the {{count}} of us\n---\nB", "letter.md, line 3: {{count}} can’t be used in the subject, only"),
        ("---\ntitle: T\nclosing: Us {{count}}\n---\n{{count}}", "letter.md, line 3: {{count}} can’t be used in the closing"),
        ("---\ntitle: T\nsalutation: Dear {{ first_name }}\n---\nB", "letter.md, line 3: {{ first_name }} can’t be"),
        ("# The {{count}} of us\n\nB", "letter.md, line 1: {{count}} can’t be used in the title, only in the text:"),
    ],
)  # fmt: skip
def test_a_placeholder_that_would_be_printed_as_it_stands_is_refused_with_its_line(letter: str, sentence: str) -> None:
    assert sentence in placeholder_refused(letter)


def test_a_logo_is_read_from_beside_the_letter(tmp_path: Path) -> None:
    (tmp_path / "logo.jpg").write_bytes(picture(form="JPEG"))
    text, _ = read_letter(b"---\ntitle: T\nletterhead: {name: C, logo: logo.jpg}\n---\nB", "letter.md", tmp_path)
    assert text.letterhead.logo is not None
    assert (text.letterhead.logo.media_type, text.letterhead.logo.description) == ("image/png", "Logo of C")
    with pytest.raises(FileRefused, match=r"names a logo that cannot be read: no\.png"):
        read_letter(b"---\ntitle: T\nletterhead: {logo: no.png}\n---\nB", "letter.md", tmp_path)


def test_logos_of_several_senders_say_what_they_show(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(picture())
    head = "letterhead: {name: C, logos: [a.png, {file: b.png, shows: Logo of the Federation}]}"
    text, _ = read_letter(f"---\ntitle: T\n{head}\n---\nB".encode(), "letter.md", tmp_path)
    assert [logo.description for logo in text.letterhead.logos] == ["Logo of C", "Logo of the Federation"]
    many = f"---\ntitle: T\nletterhead: {{logos: [{', '.join(['a.png'] * 7)}]}}\n---\nB"
    with pytest.raises(FileRefused, match="names 7 logos; a letter may have 6"):
        read_letter(many.encode(), "letter.md", tmp_path)


def test_a_letter_says_how_it_looks() -> None:
    head = 'theme: Plain\nface: sans\naccent: "#7A1F2B"\nwindow_envelope: yes'
    text, notes = read_letter(f"---\ntitle: T\n{head}\n---\nB".encode(), "letter.md")
    assert (text.theme, text.face, text.accent, text.window) == (Theme.PLAIN, Typeface.SANS, "#7a1f2b", True)
    assert notes == ()


def test_a_letter_says_how_densely_it_is_set() -> None:
    head = "margins: 1.25in\nsize: 11\nfigures: lining\njustify: yes\nshort_subject: Rivers"
    text, notes = read_letter(f"---\ntitle: T\n{head}\n---\nB".encode(), "letter.md")
    assert (text.margins, text.size, text.figures) == (Margins.MEDIUM, TextSize.ELEVEN, Figures.LINING)
    assert (text.justify, text.short_subject, notes) == (True, "Rivers", ())


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("theme: fancy", "“theme” must be one of classic, modern, plain, not “fancy”."),
        ('accent: "#ff9900"', "“accent” cannot be used: #ff9900 is too light for text on paper"),
        ("window_envelope: maybe", "“window_envelope” must be yes or no, not “maybe”."),
    ],
)
def test_a_look_that_cannot_be_had_is_refused(line: str, sentence: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_letter(f"---\ntitle: T\n{line}\n---\nB".encode(), "letter.md")
    assert sentence in str(refused.value)
