"""A letter's text opens as a document and is written back: the same document, and the same letter in print."""

from pathlib import Path

import pytest

from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.pictures import Picture
from letterhub.intake.letters.letter_file import read_letter
from letterhub.paths import ROOT
from letterhub.rendering.editor.loading import open_text
from letterhub.rendering.editor.markdown_reader import UnsupportedText, read_document
from letterhub.rendering.editor.markdown_writer import walk, write_markdown
from letterhub.rendering.editor.saving import UnwritableDocument, document_markdown, text_of_document
from tests.support.missing import shared_files
from tests.unit.rendering.editor.documents import Documents

PICTURES = ("map.png",)

TEXTS = {
    "emphasis": "**Donors:**text, _so_ and ~~not~~, `a | b` and ***all***.",
    "emphasis inside a word": "un**believ**able, 漢**字**漢",
    "blanks at the ends of emphasis": "**a** **b** _c_ d",
    "links": '[law](https://example.org/a_(b) "The law"), <https://example.org/x_y>, <ada@example.org>, https://example.org/a_b',
    "counts": "We are {{count}}, **{{ organizations_in_words }}**.",
    "notes": "Water[^law], and again[^law].^[Read *this*.]\n\n[^law]: Act of 1972, [§ 6](https://example.org).",
    "a note before a bracket": "Water[^1]\\(clean)\n\n[^1]: It is.",
    "breaks": "One  \nTwo\\\nThree<br>Four",
    "raised letters": "H<sub>2</sub>O, the 1<sup>st</sup>, and 2**<sup>nd</sup>**",
    "headings": "# One #\n\n## Two **bold**\n\nThree\n---",
    "quotes": "> “We ask.”\n>\n> > Indeed.\n>\n> - a\n> - b",
    "tight and loose lists": "- a\n- b\n  - c\n\n1. x\n\n2. y\n\n   z",
    "numbers that leave some out": "3. a\n4. b\n7. c",
    "labels": "(a) one\n(b) two\n    (i) in\n    (ii) on\n\ni. x\nii. y",
    "numbers with a bracket": "1) a\n2) b",
    "check boxes": "- [ ] open\n- [x] done",
    "two lists in a row": "- a\n- b\n\n* c\n* d",
    "tables": "| a | b |\n| :-- | --: |\n| x \\| y | **z** |\n| only |",
    "code": "```\n(a) x\n  y\n```",
    "a line, a new page": "a\n\n---\n\nb\n\n\\newpage\n\nc",
    "what stays together": "::::keep\n\na\n\n:::keep\nb\n:::\n\n::::",
    "an annex": "Text.\n\n:::annex The *report*\n\nMore.",
    "figures": '![A map](map.png "By *Ada*[^1]"){width=50% numbered}\n\nSee ![it](map.png){width=20%}.\n\n[^1]: Source.',
    "what is not printed": "![gone](other.png) and [here](ftp://example.org) and [there](page.html)",
    "bullets of a word processor": "• one\n• two\no\tthree",
    "indented prose": "    a\n    b",
    "letters at the start of a line": "1\\. a\n\n\\- b\n\n\\# c\n\n\\(a) d\n\n\\:::keep",
    "entities": "&copy; &amp;copy; &nbsp;x",
    "Arabic": "## مطالب\n\nنطلب **ماءً نظيفًا**[^1].\n\n[^1]: حاشية",
}


def opened(markdown: str) -> LetterText:
    return LetterText(title="T", body=markdown, pictures=(Picture("map.png", "image/png", b""),))


@pytest.mark.parametrize("markdown", TEXTS.values(), ids=TEXTS.keys())
def test_a_text_is_written_back_as_the_same_letter(markdown: str) -> None:
    document = read_document(markdown, PICTURES)
    assert read_document(write_markdown(document), PICTURES) == document
    assert open_text(opened(markdown)) == (document, "")
    assert document_markdown(document, markdown, PICTURES) == markdown


@pytest.mark.parametrize(
    ("markdown", "written"),
    [
        ("[https://example.org](https://example.org)", "<https://example.org>"),
        ("[ada@example.org](mailto:ada@example.org)", "<ada@example.org>"),
        (":::::keep\n\na\n\n:::::", ":::keep\n\na\n\n:::"),
        ("::::::keep\n\n:::::keep\nb\n:::::\n\n::::::", "::::keep\n\n:::keep\n\nb\n\n:::\n\n::::"),
        ("*  * a\n*  b", "- - a\n- b"),
        ("* * a\n\n  b\n* c", "- - a\n\n  b\n\n- c"),
    ],
)
def test_what_is_written_anew_is_short(markdown: str, written: str) -> None:
    assert write_markdown(read_document(markdown, ())) == written


UNSUPPORTED = {
    "a[^1]\n\n[^1]: b[^2]\n\n[^2]: c": "A footnote has a footnote of its own.",
    "a[^1]\n\n[^1]: b\n\n    ```\n    c\n    ```": "A footnote has a table",
    "a\n\n[^unused]: b": "never refers to its footnote “unused”",
    "a\n\n[Law]: https://example.org": "never uses its link address “law”",
    "[" * 10_001: "opening square brackets",
    "> " * 50 + "a": "nests quotes or lists too deeply",
}


@pytest.mark.parametrize(("markdown", "reason"), UNSUPPORTED.items())
def test_a_text_that_no_document_can_hold_says_why(markdown: str, reason: str) -> None:
    document, problem = open_text(opened(markdown))
    assert document is None
    assert problem.startswith("This text can only be edited as Markdown. ")
    assert reason in problem


def test_any_document_is_written_without_losing_a_word_or_is_refused() -> None:
    refused = 0
    for seed in range(100):
        document = Documents(seed).document()
        try:
            markdown = document_markdown(document, "", PICTURES)
        except UnwritableDocument:
            refused += 1
            continue
        again = read_document(markdown, PICTURES)
        assert text_of_document(again) == text_of_document(document), seed
        assert marked_letters(again) == marked_letters(document), seed
        assert read_document(document_markdown(again, "", PICTURES), PICTURES) == again, seed
    assert refused <= 1


def marked_letters(document: dict[str, object]) -> list[tuple[str, str]]:
    """Return each letter of a document with each of its marks, sorted."""
    texts = [node for node in walk(document) if node["type"] == "text"]
    pairs = ((mark["type"], letter) for text in texts for mark in text.get("marks", ()) for letter in text["text"])
    return sorted(pair for pair in pairs if not pair[1].isspace())


NEEDS = pytest.mark.needs_shared("letters")
REAL = [
    pytest.param(path, marks=NEEDS) for pattern in ("*/*", "*/translations/*") for path in shared_files(f"letters/{pattern}.md")
]


@pytest.mark.parametrize("path", [*sorted((ROOT / "demo").rglob("*.md")), *REAL], ids=lambda path: path.stem)
def test_every_letter_at_hand_opens_and_one_more_word_changes_few_lines(path: Path) -> None:
    data = path.read_bytes()
    head = b"" if data.startswith(b"---") else b"---\ntitle: Untitled\n---\n"
    text = read_letter(head + data, path.name, path.parent)[0]
    document, problem = open_text(text)
    assert document is not None, problem
    pictures = [picture.name for picture in text.pictures]
    assert document_markdown(document, text.body, pictures) == text.body
    first = next(node for node in walk(document) if node["type"] == "text" and not node.get("marks"))
    first["text"] = f"More {first['text']}"
    edited = document_markdown(document, text.body, pictures)
    assert text_of_document(read_document(edited, pictures)) == text_of_document(document)
    assert len(set(edited.split("\n")) - set(text.body.split("\n"))) <= 7


BLOCKS = "*One*\n\n\n\n* a\n* b\nlazy\n\nTwo[^x].\n\n[^x]:   Odd   *note*\n    more\n"


def test_a_block_that_was_not_touched_keeps_its_bytes() -> None:
    document = read_document(BLOCKS)
    document["content"][2]["content"][0]["text"] = "2"
    assert document_markdown(document, BLOCKS) == "*One*\n\n\n\n* a\n* b\nlazy\n\n2[^x].\n\n[^x]:   Odd   *note*\n    more"
    document["content"].reverse()
    assert document_markdown(document, BLOCKS).startswith("2[^x].\n\n* a\n* b\nlazy\n\n*One*")
    with pytest.raises(UnsupportedText):
        read_document(BLOCKS.replace("Two[^x]", "Two"))
