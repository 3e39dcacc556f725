"""Front matter of a letter file: read whole, or reported with the line of each error."""

import pytest

from letterhub.domain.letters.letter_document import PaperSize
from letterhub.intake.errors import FileRefused
from letterhub.intake.letters.letter_file import read_letter


def refusal(head: str) -> str:
    with pytest.raises(FileRefused) as refused:
        read_letter(f"---\ntitle: T\n{head}\n---\nBody\n".encode(), "letter.md")
    return str(refused.value)


def notes(head: str) -> tuple[str, ...]:
    return read_letter(f"---\ntitle: T\n{head}\n---\nBody\n".encode(), "letter.md")[1]


def begins_with(sign: str) -> str:
    return f"text that starts with “{sign}” must be in quotes."


@pytest.mark.parametrize(
    ("head", "line", "sentence"),
    [
        ("date: soon", 3, "“date” must be a date such as 2026-01-07 or June 2013, not “soon”."),
        ("date: Janury 8, 2022", 3, "“date” must be a date such as 2026-01-07 or June 2013, not “Janury 8, 2022”."),
        ("date: 2026-13-45", 3, "“date” must be a date such as 2026-01-07 or June 2013, not “2026-13-45”."),
        ("paper: foolscap", 3, "“paper” must be one of letter, a4, not “foolscap”."),
        ("re: a\norder: random", 4, "“order” must be one of alphabetical, sections, location, as-given"),
        ("language: English!", 3, "“language” must be a language code such as en or pt-BR"),
        ("salutation: [a]", 3, "“salutation” must be text. Put text with brackets in quotes."),
        ("closing: {a}", 3, "“closing” must be text. Put text with a colon or braces in quotes."),
        ("cc:\n  - Attention: A", 3, "“cc” must be text. Put text with a colon or braces in quotes."),
        ("addressees: [{lines: [a]}]", 3, "“addressees” needs a name in every block."),
        ("addressees: [[a]]", 3, "“addressees” must be text, or a name with lines."),
        ("addressees: [{name: A, lines: [a: b]}]", 3, "“addressees” must consist of lines of text. Put a line with a colon"),
        ("salutation: Dear Mr. President:", 3, "text with a colon in it must be in quotes. Write salutation: \"Dear"),
        ("re: Act “One: A\\B”", 3, "text with a colon in it must be in quotes. Write re: 'Act “One: A\\B”'"),
        ("cc:\n  - name: it's \"A\": b", 4, "text with a colon in it must be in quotes. Write name: 'it''s \"A\": b'"),
        ("re: a\n  b: c", 4, "this line starts further left or right than the lines around it, or text with a colon"),
        ("re: a\n via: b", 4, "this line starts further left or right than the lines around it"),
        ("cc:\n  - a\n - b", 5, "this line starts further left or right than the lines around it"),
        ("re: \"Save\" our rivers", 3, "a quotation mark opens here and doesn’t close at the end of the text. Write re"),
        ("re: 'tis so\nvia: b", 3, "a quotation mark opens here and doesn’t close at the end of the text. Write re: \"'ti"),
        ('re: "a \\q b"', 3, "“\\” means something else in double quotes. Write re: 'a \\q b'"),
        ("re: @all", 3, f'{begins_with("@")} Write re: "@all"'),
        ("re: `a`", 3, begins_with("`")),
        ("re: %% off", 3, begins_with("%")),
        ("re: *Urgent* letter", 3, begins_with("*")),
        ("re: & Sons", 3, begins_with("&")),
        ("re: &c and more", 3, begins_with("&")),
        ("re: ! Now", 3, begins_with("!")),
        ("re: > more", 3, begins_with(">")),
        ("re: - more", 3, begins_with("-")),
        ("re: {{count}} of us", 3, begins_with("{")),
        ("re: {{count}}", 3, begins_with("{")),
        ("re: [DRAFT] A", 3, begins_with("[")),
        ("re: [DRAFT A\nvia: b", 3, "“[” starts a list here that doesn’t end as it should. Put text with such a character"),
        ("addressee:\n\tname: A", 4, "this line starts with a tab. Indent it with spaces."),
        ("Some words\nre: a", 3, "“Some words” has no colon. A line either starts a part, as “re: …” does, or is indented"),
        ("re: &a [b]\ncc: *a", 3, begins_with("&")),
        ("cc: *a", 3, begins_with("*")),
        ("re: !!python/object:os.system x", 3, begins_with("!")),
        ("re: a\ncc: !!int ''", 4, begins_with("!")),
        ("cc: !!int 5", 3, begins_with("!")),
        ("cc: !!float ''", 3, begins_with("!")),
        ("cc: !!binary x", 3, begins_with("!")),
        ("cc: !!set {x}", 3, begins_with("!")),
        ("cc: [a,\n !!omap [a: b]]", 4, begins_with("!")),
        ("date: !!timestamp x", 3, begins_with("!")),
        ("date: !!timestamp [a]", 3, begins_with("!")),
        ("date: !!timestamp {!!value a: b}", 3, begins_with("!")),
        ("!!merge a: b", 3, begins_with("!")),
        ("? {a: b}\n: c", 3, begins_with("?")),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_how_to_mend_it(head: str, line: int, sentence: str) -> None:
    assert refusal(head).startswith(f"letter.md, line {line}: {sentence}")


def test_what_nests_too_deeply_is_refused() -> None:
    assert "line 2: the head of the letter cannot be read: it nests too deeply." in refusal("cc: " + "[" * 3000)


@pytest.mark.parametrize(
    ("head", "line", "key"),
    [
        ("cc: A\nre: B\ncc: C", 5, "cc"),
        ("title: U", 3, "title"),
        ("addressees:\n  - name: A\n    lines: [a]\n    lines: [b]", 6, "lines"),
        ("letterhead: {name: A,\n name: B}", 4, "name"),
    ],
)
def test_a_key_that_stands_twice_is_refused(head: str, line: int, key: str) -> None:
    assert refusal(head).startswith(f"letter.md, line {line}: “{key}” appears here a second time, and only one")


@pytest.mark.parametrize(
    ("head", "line", "key", "lost"),
    [
        ("re: Docket #12 and #SaveLibraries", 3, "re", "#12 and #SaveLibraries"),
        ("re: #SaveLibraries", 3, "re", "#SaveLibraries"),
        ("re: #one\n  two", 3, "re", "#one"),
        ("re: one\n  two # three", 4, "re", "# three"),
        ("cc:\n  - A\n  - Suite #5", 5, "cc", "#5"),
        ("cc:\n  - A\n  - #5 Main Street", 5, "cc", "#5 Main Street"),
        ("addressees:\n  - name: A\n    lines:\n      - Suite #5", 6, "addressees", "#5"),
        ("letterhead:\n  name: A # B", 4, "letterhead", "# B"),
        ("accent: #7a1f2b", 3, "accent", "#7a1f2b"),
        ("date: # soon", 3, "date", "# soon"),
        ("paper: # A4", 3, "paper", "# A4"),
    ],
)
def test_words_that_would_be_lost_to_a_comment_are_told(head: str, line: int, key: str, lost: str) -> None:
    assert refusal(head) == (
        f"letter.md, line {line}: “{key}” would lose “{lost}”, since “#” after a space starts a comment. Put the whole text in "
        "quotes, or the comment on a line of its own."
    )


def test_a_comment_that_takes_nothing_away_stays_one() -> None:
    head = """# a line of its own
re: "Docket #12" # the number
paper: a4 # or letter
date: 2026-01-07 # a Wednesday
via: by mail#1
cc: # all of them
  # the first
  - A
closing: |
  Yours # truly"""
    text, warnings = read_letter(f"---\ntitle: T\n{head}\n---\nBody\n".encode(), "letter.md")
    assert (text.re, text.via, text.cc, text.closing) == ("Docket #12", "by mail#1", ("A",), "Yours # truly")
    assert (text.paper, str(text.date), warnings) == (PaperSize.A4, "2026-01-07", ())


def test_keys_that_nobody_reads_are_told_wherever_they_stand() -> None:
    head = """addressees:
  - name: A
    title: Chair
    address: |
      1 Main Street
      Springfield
letterhead: {name: B, phone: 555, lines: [x], website: b.example}
licence: CC0"""
    assert notes(head) == (
        (
            "Left out because we don’t know these keys: licence (line 10), title in addressees (line 5), phone in letterhead "
            "(line 9), website in letterhead (line 9)."
        ),
    )
    text, _ = read_letter(f"---\ntitle: T\n{head}\n---\nBody\n".encode(), "letter.md")
    assert text.addressees[0].lines == ("1 Main Street", "Springfield")


def test_an_address_that_a_comma_parts_is_told() -> None:
    warnings = notes("addressees: [{name: A, lines: [The White House, Washington, DC 20500]}]")
    assert warnings == (
        (
            "Line 3: “DC 20500” is on a line of its own below “Washington”. To make them one line, write "
            '"Washington, DC 20500" with the quotes.'
        ),
    )
    assert notes("addressees: [{name: A, lines: [The White House, 'Washington, DC 20500']}]") == ()
