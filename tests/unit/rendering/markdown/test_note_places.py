"""Places of notes and of the addresses of links on paper, as the letter chooses."""

import re

import pytest

from letterhub.domain.letters.note_choices import LinkStyle, NotePlacement
from letterhub.rendering.letter.markdown import LetterHtml, letter_html
from letterhub.rendering.letter.note_renderer import NoteStyle

BODY = (
    "A[^1], [b](https://b.example/x), <https://c.example>.\n\n[^1]: N [d](https://d.example)\n\n"
    ":::annex E\n\n[f](https://f.example)[^2]\n\n[^2]: M"
)


def paper(markdown: str, notes: str = "foot", links: str = "notes", layout: int = 3) -> LetterHtml:
    style = NoteStyle(is_paper=True, notes=NotePlacement(notes), links=LinkStyle(links), layout=layout)
    return letter_html(markdown, "Title", "en", style)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_notes_and_addresses_are_at_the_foot_by_default() -> None:
    html = paper(BODY)
    assert re.findall(r'class="(note[^"]*)" id="([^"]*)"', html.body) == [("note", "note-1"), ("note note--address", "note-a")]
    assert html.notes == ""


def test_notes_and_addresses_are_listed_at_the_end_and_those_of_an_annex_below_it() -> None:
    html = paper(BODY, notes="end")
    assert 'class="note"' not in "".join((html.body, *html.annexes))
    assert words(html.notes) == "Notes N d (d.example) Links b.example/x"
    assert words(html.annexes[0]) == "E f b 2 Notes M Links f.example"
    assert '<ol start="2">' in html.annexes[0]
    assert '<ol type="a" start="2">' in html.annexes[0]


def test_addresses_are_listed_with_notes_at_the_foot() -> None:
    html = paper(BODY, links="list")
    assert 'class="note" id="note-1"' in html.body
    assert words(html.notes) == "Links b.example/x"


def test_links_may_be_without_addresses() -> None:
    html = paper(BODY, links="none")
    assert "b.example/x" not in words(html.body)
    assert "(d.example)" not in words(html.body)
    assert html.notes == ""


@pytest.mark.parametrize(
    ("markdown", "printed"),
    [
        ("see [b](https://b.example).", "see b. b.example"),
        ('"[b](https://b.example)," they say', "“ b ,” b.example they say"),
        ("([b](https://b.example)) so", "( b b.example ) so"),
        ("[b](https://b.example): c [b](https://b.example)!", "b : b.example c b ! 1"),
        ("[Ada](mailto:ada@x.example?subject=Hi), so", "Ada , ada@x.example so"),
    ],
)
def test_the_mark_follows_punctuation_and_a_mail_address_stands_alone(markdown: str, printed: str) -> None:
    assert words(paper(markdown).body).replace("b .", "b.") == printed


def test_earlier_layouts_have_the_mark_before_punctuation() -> None:
    assert words(paper("[b](mailto:b@x.example?subject=c).", layout=1).body) == "b b@x.example?subject=c ."


@pytest.mark.parametrize(
    ("markdown", "printed"),
    [
        ("a[^1].\n\n[^1]: N", "a. 1"),
        ("a[^1][^2]; b\n\n[^1]: N\n[^2]: M", "a; 1 2 b"),
        ("*a[^1]*, b\n\n[^1]: N", "a , 1 b"),
        ('"a[^1]." B\n\n[^1]: N', "“a.” 1 B"),
        ("[a](https://a.example)[^1], b\n\n[^1]: N", "a , a 1 b"),
        ("a[^1] b[^2]—c\n\n[^1]: N\n[^2]: M", "a 1 b 2 —c"),
    ],
)
def test_the_mark_of_a_note_follows_the_punctuation(markdown: str, printed: str) -> None:
    style = NoteStyle(is_paper=True, notes=NotePlacement.END, links=LinkStyle.LIST)
    assert words(letter_html(markdown, "Title", "en", style).body) == printed


def test_the_mark_of_a_note_stayed_where_it_was_typed_in_layout_1() -> None:
    assert words(paper("a[^1].\n\n[^1]: N", layout=1).body) == "a N ."


def test_a_file_has_the_addresses_of_links_for_print_alone() -> None:
    style = NoteStyle(is_paper=False, is_file=True)
    html = letter_html(BODY, "Title", "en", style)
    assert words(html.body).endswith("N d (d.example) &nbsp; ↑ Links b.example/x")
    on_screen = re.sub(r'<(sup|span|section) class="[^"]*printed-only".*?</\1>', "", html.body)
    assert on_screen == letter_html(BODY, "Title", "en", NoteStyle(is_paper=False)).body
    none = letter_html(BODY, "Title", "en", NoteStyle(is_paper=False, is_file=True, links=LinkStyle.NONE))
    assert "printed-only" not in none.body


@pytest.mark.parametrize("markdown", ["<https://c.example/a>", "[c.example/a](https://c.example/a)", "<mail@c.example>"])
def test_an_address_that_is_printed_gets_no_hyphen_at_the_end_of_a_line(markdown: str) -> None:
    assert 'class="printed-address"' in paper(markdown).body
    assert "printed-address" not in paper(markdown, layout=2).body
    assert "printed-address" not in paper("[a report](https://c.example/a)").body


def test_code_in_a_note_is_a_paragraph_of_it_and_code_beside_notes_is_a_block() -> None:
    html = paper("A[^1]\n\n```\nb\n```\n\n[^1]: N\n\n    ```\n    c\n    d\n    ```\n", notes="end")
    assert "<pre>b" in html.body
    assert "<pre>" not in html.notes
    assert "<code>c</code><br>\n<code>d</code>" in html.notes
