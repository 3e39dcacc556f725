"""Letters from Markdown files."""

import datetime as dt
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from letterhub.domain.document import Addressee, Face, Order, Paper, Shown, Theme
from letterhub.intake.letter_file import read_letter
from letterhub.intake.refusals import FileRefused

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


def refusal(head: str) -> str:
    with pytest.raises(FileRefused) as refused:
        read_letter(f"---\ntitle: T\n{head}\n---\nBody\n".encode(), "letter.md")
    return str(refused.value)


def picture(size: tuple[int, int] = (40, 20), form: str = "PNG", mode: str = "RGB") -> bytes:
    out = BytesIO()
    Image.new(mode, size).save(out, form)
    return out.getvalue()


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
    assert (text.language, text.paper, text.order, text.shown) == ("en-US", Paper.A4, Order.SECTIONS, Shown.LOCATION)
    assert (text.letterhead.name, text.letterhead.lines) == ("Coalition", ("12 Mill Street",))
    assert text.body == "# Text\n\nBody\n"
    assert notes == ("Left out, because they are not keys of ours: licence.",)


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


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        ("date: soon", "letter.md, line 3: “date” must be a day such as 2026-01-07, not “soon”."),
        ("date: 2026-13-45", "letter.md, line 3: “date” must be a day such as 2026-01-07, not “2026-13-45”."),
        ("paper: foolscap", "letter.md, line 3: “paper” must be one of letter, a4, not “foolscap”."),
        ("re: a\norder: random", "letter.md, line 4: “order” must be one of alphabetical, sections, location, as-given"),
        ("language: English!", "letter.md, line 3: “language” must be a tag such as en or pt-BR"),
        ("salutation: [a]", "letter.md, line 3: “salutation” must be a text."),
        ("addressees: [{lines: [a]}]", "letter.md, line 3: “addressees” needs a name in every block."),
        ("addressees: [[a]]", "letter.md, line 3: “addressees” must be a text, or a name with lines."),
        ("re: x: y", "letter.md, line 3: the head of the letter cannot be read: mapping values are not allowed here."),
        ("re: &a [b]\ncc: *a", "letter.md, line 4: the head of the letter cannot be read: aliases are not used here."),
        ("re: !!python/object:os.system x", "letter.md, line 3: the head of the letter cannot be read: could not determine"),
        ("re: a\ncc: !!int ''", "letter.md, line 4: the head of the letter cannot be read: could not determine"),
        ("cc: !!int 5", "letter.md, line 3: the head of the letter cannot be read: could not determine"),
        ("cc: !!bool x", "letter.md, line 3: the head of the letter cannot be read: could not determine"),
        ("cc: !!float ''", "letter.md, line 3: the head of the letter cannot be read: could not determine"),
        ("cc: !!binary x", "letter.md, line 3: the head of the letter cannot be read: could not determine"),
        ("cc: !!set {x}", "letter.md, line 3: the head of the letter cannot be read: could not determine"),
        ("cc: [a,\n !!omap [a: b]]", "letter.md, line 4: the head of the letter cannot be read: could not determine"),
        ("date: !!timestamp x", "letter.md, line 3: the head of the letter cannot be read: “x” is not a day."),
        ("re: a\nother: !!timestamp ''", "letter.md, line 4: the head of the letter cannot be read: “” is not a day."),
        ("date: !!timestamp [a]", "letter.md, line 3: the head of the letter cannot be read: this is not a day."),
        ("date: !!timestamp {!!value a: b}", "letter.md, line 3: the head of the letter cannot be read: this is not a day."),
        ("!!merge a: b", "letter.md, line 3: the head of the letter cannot be read: expected a mapping"),
        ("? {a: b}\n: c", "letter.md, line 3: the head of the letter cannot be read: found unhashable key."),
        ("? !!int ''\n: c", "letter.md, line 3: the head of the letter cannot be read: could not determine"),
        ("cc: " + "[" * 3000, "letter.md, line"),
    ],
)
def test_a_mistake_in_the_head_is_named_with_its_line(head: str, sentence: str) -> None:
    assert sentence in refusal(head)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"---\ntitle: T\n\nBody", "letter.md, line 1: the head of the letter opens with --- and never closes."),
        (b"---\njust words\n---\nBody", "letter.md, line 2: the head of the letter must hold lines such as"),
        (b"---\n!!str {!!value a: b}\n---\nBody", "letter.md, line 2: the head of the letter must hold lines such as"),
        (b"---\n!!null {!!value a: b}\n---\nBody", "letter.md, line 2: the head of the letter must hold lines such as"),
        (b"---\n!!timestamp {a: b}\n---\nBody", "letter.md, line 2: the head of the letter cannot be read: this is not a day."),
        (b"Body without a heading", "letter.md, line 1: the letter has no title."),
    ],
)
def test_a_file_that_is_no_letter_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_letter(data, "letter.md")
    assert sentence in str(refused.value)


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
    assert (text.theme, text.face, text.accent, text.window) == (Theme.PLAIN, Face.SANS, "#7a1f2b", True)
    assert notes == ()


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
