"""Documents made to show something else than the words that are read from them: none counts as the same letter and list."""

from typing import Any

import pytest

from letterhub.domain.editions.file_formats import FileFormat
from letterhub.intake.documents.copy_worker import read
from tests.integration.editions.test_document_copies import SAME_WORDS, WORD_FOR_WORD, Change, replaced, with_part
from tests.integration.editions.test_file_comparison import Answer, answer, edition, file_of, letter

__all__ = ["answer", "edition", "letter"]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
PARTS, MAIN = "word/_rels/document.xml.rels", "_rels/.rels"


def in_word(content: bytes) -> Change:
    """Return a change that adds a paragraph before a Word file's text."""
    return replaced(b"<w:body>", b"<w:body><w:p>" + content + b"</w:p>", "word/document.xml")


def in_runs(properties: bytes) -> Change:
    """Return a change that adds a paragraph whose words are formatted in a Word file's text."""
    return in_word(b"<w:r><w:rPr>" + properties + b"</w:rPr></w:r>")


def related(kind: bytes, target: bytes, mode: bytes = b"Internal", name: str = PARTS) -> Change:
    """Return a change that adds a relation to a Word file."""
    relation = b'<Relationship Id="rId99" TargetMode="%s" Target="%s" Type="%s"/>' % (mode, target, OFFICE + kind)
    return replaced(b"</Relationships>", relation + b"</Relationships>", name)


def in_text(content: bytes, name: str = "content.xml") -> Change:
    """Return a change that adds an element before an OpenDocument text's own."""
    return replaced(b"<office:text>", b"<office:text>" + content, name)


def in_letters(properties: bytes) -> Change:
    """Return a change that adds formatting of letters to an OpenDocument text."""
    start = b"<office:automatic-styles>"
    style = b'<style:style style:name="X" style:family="text"><style:text-properties %s/></style:style>' % properties
    return replaced(start, start + style, "content.xml")


def in_page(content: bytes) -> Change:
    """Return a change that adds markup at the end of a web page."""
    return lambda data: data.replace(b"</body>", content + b"</body>")


FIELD = b'<w:r><w:fldChar w:fldCharType="%s"/></w:r>'
INSTRUCTION = b"<w:r><w:instrText>%s</w:instrText></w:r>"
TAKEN_BACK = b"<w:r><w:t>We take it back.</w:t></w:r>"
COLOR = b'<w:color w:val="FFFFFF"/>'
WORD: dict[str, Change] = {
    "white words": in_runs(COLOR),
    "white by theme": in_runs(b'<w:color w:val="auto" w:themeColor="background1"/>'),
    "white for all": replaced(b"<w:rPrDefault><w:rPr>", b"<w:rPrDefault><w:rPr>" + COLOR, "word/styles.xml"),
    "struck out": in_runs(b"<w:strike/>"),
    "see-through": in_runs(b'<x:textFill xmlns:x="http://schemas.microsoft.com/office/word/2010/wordml"/>'),
    "tiny in Arabic": in_runs(b'<w:szCs w:val="2"/>'),
    "a sign": in_word(b'<w:r><w:sym w:font="Arial" w:char="0045"/></w:r>'),
    "a simple field": in_word(b'<w:fldSimple w:instr="AUTHOR"/>'),
    "a number that prints words": in_word(b"<w:fldSimple w:instr=\"PAGE \\# &quot;'We take it back'&quot;\"/>"),
    "a field without end": in_word(FIELD % b"begin" + INSTRUCTION % b"PAGE"),
    "words of a list": replaced(b'<w:lvlText w:val="', b'<w:lvlText w:val="Not ', "word/numbering.xml"),
    "a second main part": related(b"officeDocument", b"word/other.xml", name=MAIN),
    "other notes": related(b"footnotes", b"other.xml"),
    "a picture from elsewhere": related(b"image", b"https://a.example/x.png", b"External"),
    "a picture apart": related(b"image", b"../x.png"),
    "a chart": related(b"chart", b"charts/chart1.xml"),
    "a part in capitals": with_part("word/DOCUMENT.xml", b"<x/>"),
}
OPENDOCUMENT: dict[str, Change] = {
    "white words": in_letters(b'fo:color="#ffffff"'),
    "see-through": in_letters(b'loext:opacity="0%" xmlns:loext="urn:l"'),
    "struck out": in_letters(b'style:text-line-through-style="solid"'),
    "tiny": in_letters(b'fo:font-size="0.1mm"'),
    "a field": in_text(b'<text:p><text:user-field-get text:name="x"/></text:p>'),
    "a comment": in_text(b"<text:p><office:annotation/></text:p>"),
    "words of a list": in_text(
        b'<text:p/><text:list-style xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0">'
        b'<text:list-level-style-number style:num-prefix="Not "/></text:list-style>'),
    "a picture from elsewhere": in_text(
        b'<text:p><draw:image xmlns:draw="urn:d" xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="x.png"/></text:p>'),
}  # fmt: skip
PAGE: dict[str, Change] = {
    "a script": in_page(b"<script>document.body.textContent = 'no'</script>"),
    "a hidden paragraph": in_page(b"<p hidden>"),
    "white words": in_page(b"<font color=white></font>"),
    "struck out": in_page(b"<del></del>"),
    "reversed": in_page(b"<bdo dir=rtl></bdo>"),
    "folded up": in_page(b"<details></details>"),
    "words of a picture": in_page(b"<img alt='We take it back.'>"),
    "another page": in_page(b"<meta http-equiv='refresh' content='0;url=https://a.example'>"),
    "another encoding": in_page(b"<meta charset=iso-2022-jp>"),
    "a style without end": in_page(b"<style>p::after { content: 'not' }"),
    "a style with two ends": lambda data: data.replace(b"</style>", b"</styles>p::after { content: 'not' }</style>", 1),
}


def _extras(data: bytes) -> dict[str, Any]:
    content = read(data)
    return content | {"extras": {*content["extras"]}}


@pytest.mark.usefixtures("edition")
@pytest.mark.parametrize(
    ("form", "changes"),
    [(FileFormat.DOCX, WORD), (FileFormat.ODT, OPENDOCUMENT), (FileFormat.HTML, PAGE)],
    ids=["Word", "OpenDocument", "web page"],
)
def test_what_may_show_something_else_is_noticed(form: FileFormat, changes: dict[str, Change]) -> None:
    data = file_of(form)
    ours = _extras(data)
    for name, change in changes.items():
        theirs = _extras(change(data))
        is_noticed = not theirs["extras"] <= ours["extras"] or theirs["catalog"] != ours["catalog"]
        assert is_noticed or theirs["pages"] != ours["pages"], name


def test_words_in_the_place_of_a_page_number_are_words(answer: Answer) -> None:
    locked = FIELD % b"begin" + INSTRUCTION % b"PAGE" + FIELD % b"separate" + TAKEN_BACK + FIELD % b"end"
    simple = b'<w:fldSimple w:instr="PAGE">' + TAKEN_BACK + b"</w:fldSimple>"
    for content in (locked, simple):
        answer(in_word(content)(file_of(FileFormat.DOCX))).says("We take it back.").never_says(WORD_FOR_WORD, SAME_WORDS)


def test_a_file_of_two_kinds_is_never_the_same(answer: Answer) -> None:
    archive = with_part("content.xml", b"<x/>")(file_of(FileFormat.DOCX))
    answer(archive).says("This file is damaged")
    page = file_of(FileFormat.HTML).replace(b"<html", b"<!-- %PDF-1.7 --><html", 1)
    answer(page).never_says(WORD_FOR_WORD, SAME_WORDS)
