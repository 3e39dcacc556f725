"""A Word draft becomes a letter: its text and title as Word shows them, and a warning for all that is dropped."""

import difflib
import io
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from docx.document import Document as Draft

from letterhub.domain.letters.signatory_order import build_document
from letterhub.intake.errors import FileRefused
from letterhub.intake.letters.draft_file import check_draft_placeholders, read_draft, read_word_draft
from letterhub.intake.letters.letter_file import read_letter
from letterhub.rendering.docx.file import docx_file
from letterhub.rendering.letter.markdown import markdown_html
from tests.support.files import word_documents as documents
from tests.support.files.word_documents import document_with_xml, main_part, replace_part, write_docx
from tests.support.missing import shared_files
from tests.unit.intake.test_letter_file import picture

LETTERS = shared_files("letters/*/*.md")
LISTS = """
<w:numbering {w}>
  <w:abstractNum w:abstractNumId="0">
    <w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
    <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%2)"/></w:lvl>
    <w:lvl w:ilvl="2"><w:numFmt w:val="bullet"/><w:lvlText w:val="x"/></w:lvl>
  </w:abstractNum>
  <w:abstractNum w:abstractNumId="1">
    <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="Article %1"/></w:lvl>
    <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>
  </w:abstractNum>
  <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
  <w:num w:numId="2"><w:abstractNumId w:val="0"/>
    <w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
  <w:num w:numId="3"><w:abstractNumId w:val="1"/></w:num>
</w:numbering>
""".replace("{w}", documents.WORD_NAMESPACE)


def listed(text: str, number: int, depth: int = 0, style: str = "") -> str:
    """Return a list paragraph, as Word stores it."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    place = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{named}{place}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def prose(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def read(package: bytes) -> tuple[str, str, str]:
    text, notes = read_word_draft(package, "draft.docx")
    return text.title, text.body.rstrip("\n"), " ".join(notes)


def text_of(*inside: str) -> str:
    return read(replace_part("word/numbering.xml", LISTS.encode(), document_with_xml(*inside)))[1]


def test_a_draft_comes_in_as_it_was_written() -> None:
    title, text, notes = read(documents.draft_letter())
    assert title == "Keep every river clean"
    assert text == (
        "Dear President Example:\n\nThe {{count}} of us ask for **clean water**, and *soon*.\n\n## What we ask\n\n"
        "- Open the gates.\n- Close the pipes.\n1. Measure.\n2. Publish."
    )
    assert notes == ""


def test_lists_keep_their_numbers_and_depth() -> None:
    body = text_of(
        listed("three", 1), listed("a", 1, 1), listed("x", 1, 2), listed("b", 1, 1), prose("between"), listed("four", 1),
        listed("one", 2), listed("two", 2),
    )  # fmt: skip
    assert body == ("3. three\n   1. a\n      - x\n   2. b\n\nbetween\n\n4. four\n1) one\n2) two")


def test_a_numbered_heading_keeps_its_number_in_its_words() -> None:
    body = text_of(listed("Water", 3, 0, "Heading1"), listed("Rivers", 3, 1, "Heading2"), listed("Lakes", 3, 1, "Heading2"))
    assert body == "## I.1 Rivers\n\n## I.2 Lakes"  # the first is the title
    title, _text, _notes = read(
        replace_part("word/numbering.xml", LISTS.encode(), document_with_xml(listed("Water", 3, 0, "Heading1"), prose("a")))
    )
    assert title == "Article I Water"


@pytest.mark.shows("S15")
def test_a_number_made_to_harm_takes_no_more_than_its_line() -> None:
    for endless in ("a" * 50_000, "%1" * 50_000):
        lists = LISTS.replace('"Article %1"', f'"{endless}"')
        headings = document_with_xml(*[listed("x", 3, 0, "Heading1")] * 20)
        assert len(read(replace_part("word/numbering.xml", lists.encode(), headings))[1]) < 20 * 100


def test_a_quotation_a_table_and_what_stands_in_fields_come_in() -> None:
    def say(draft: Draft) -> None:
        draft.add_paragraph("One", style="Quote")
        draft.add_paragraph("Two", style="Quote")
        table = draft.add_table(2, 2)
        for cell, words in zip(
            (cell for row in table.rows for cell in row.cells), ("State", "Rivers", "Ohio", "3 | 4"), strict=True
        ):
            cell.text = words

    assert read(write_docx(say))[1] == "> One\n>\n> Two\n\n| State | Rivers |\n| --- | --- |\n| Ohio | 3 \\| 4 |"
    assert text_of('<w:p><w:fldSimple w:instr="DATE"><w:r><w:t>May 1</w:t></w:r></w:fldSimple></w:p>') == "May 1"
    assert text_of("<w:p><w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:tab/><w:t>c</w:t></w:r></w:p>") == "a\\\nb c"
    for end in ('<w:br w:type="page"/>', '<w:br w:type="column"/>', "<w:cr/>"):
        assert text_of(f"<w:p><w:r><w:t>a</w:t>{end}<w:t>b</w:t></w:r></w:p>") == "a\\\nb"


def test_what_styles_make_of_letters_is_theirs() -> None:
    def say(draft: Draft) -> None:
        paragraph = draft.add_paragraph()
        for style in ("Intense Emphasis", "Strong", "Book Title"):
            paragraph.add_run(style, style=style)
            paragraph.add_run(", ")
        paragraph.add_run("plain", style="Strong").bold = False

    assert read(write_docx(say))[1] == "***Intense Emphasis*, Strong, Book Title**, plain"
    raised = '<w:p><w:r><w:t>a</w:t></w:r><w:r><w:rPr><w:position w:val="8"/></w:rPr><w:t>2</w:t></w:r></w:p>'
    assert text_of(raised) == "a<sup>2</sup>"


@pytest.mark.needs_shared("letters")
@pytest.mark.parametrize("file", LETTERS, ids=lambda file: file.stem)
def test_a_real_letter_that_was_written_to_word_comes_back(file: Path) -> None:
    letter, _notes = read_letter(file.read_bytes(), file.name)
    back, _notes = read_word_draft(docx_file(build_document(letter, ())), "letter.docx")
    given, came = (words(markdown_html(text.body, text.title, "en")) for text in (letter, back))
    assert difflib.SequenceMatcher(None, given, came, autojunk=False).ratio() > 0.96


def words(html: str) -> list[str]:
    """Return the visible text."""
    return re.sub("<[^>]*>", " ", html).replace("* * *", "").split()


def test_notes_and_links_come_in() -> None:
    note = '<w:footnote w:id="2"><w:p><w:r><w:t>A law.</w:t></w:r></w:p></w:footnote>'
    notes = f"<w:footnotes {documents.WORD_NAMESPACE}>{note}</w:footnotes>"
    link = '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText> HYPERLINK "{}" </w:instrText>'
    link += '<w:fldChar w:fldCharType="separate"/>'
    end = '<w:t>here</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    marked = '<w:p><w:r><w:t>We</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    linked = [f"<w:p>{link.format(to)}</w:r><w:r>{end}</w:p>" for to in ("https://example.org/", "javascript:alert(1)")]
    _title, body, warnings = read(replace_part("word/footnotes.xml", notes.encode(), document_with_xml(marked, *linked)))
    assert body == "We[^1]\n\n[here](https://example.org/)\n\nhere\n\n[^1]: A law."
    assert "One link leads neither" in warnings


def test_what_stays_behind_is_told() -> None:
    def say(draft: Draft) -> None:
        draft.add_picture(io.BytesIO(picture()))
        run = draft.add_paragraph("seen ").add_run("hidden")
        run.font.hidden = True
        draft.paragraphs[-1].add_run(" struck").font.strike = True
        draft.sections[0].footer.paragraphs[0].text = "Draft 3"
        draft.add_comment(draft.paragraphs[-1].runs, "Really?", "Ada")

    _title, body, warnings = read(write_docx(say))
    assert body == "seen struck"
    for sentence in ("One picture was", "Hidden text", "header and footer", "One comment", "struck through"):
        assert sentence in warnings


def test_tracked_changes_are_taken_as_made() -> None:
    changed = (
        '<w:p><w:r><w:t>We </w:t></w:r><w:del w:id="1" w:author="a"><w:r><w:delText>beg</w:delText></w:r></w:del>'
        '<w:ins w:id="2" w:author="a"><w:r><w:t>ask</w:t></w:r></w:ins></w:p>'
    )
    _title, body, warnings = read(document_with_xml(changed))
    assert body == "We ask"
    assert "tracked changes" in warnings


def test_lists_with_letters_are_told() -> None:
    _title, _body, warnings = read(replace_part("word/numbering.xml", LISTS.encode(), document_with_xml(listed("a", 1, 1))))
    assert "letters, Roman or combined numbers" in warnings


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "application/vnd.oasis.opendocument.text" if name == "mimetype" else "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "an empty file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "(.doc), or one with a password"),
        (b"{\\rtf1\\ansi Hello}", "(.rtf)"),
        (b"%PDF-1.7\n", "this is a PDF"),
        (b"\x89PNG\r\n\x1a\n", "this is a picture"),
        (archive("mimetype", "content.xml"), "(.odt)"),
        (archive("xl/workbook.xml"), "a spreadsheet"),
        (archive("ppt/presentation.xml"), "a presentation"),
        (archive("Index/Document.iwa"), "a Pages document"),
        (archive("a.txt"), "an archive"),
        (b"<!DOCTYPE html><p>Hello", "a web page"),
        (b"Dear President", "not a Word document"),
    ],
)
def test_a_file_of_another_kind_is_told_what_to_do(content: bytes, sentence: str) -> None:
    with pytest.raises(FileRefused, match=r"^draft: ") as refused:
        read_word_draft(content, "draft")
    assert sentence in str(refused.value)


REACHING = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "{many}">]>'.replace("{many}", "ha" * 1000)
UNENDING = '<!DOCTYPE x [<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 50}">' for n in range(8)) + "]>"
UTF16 = '<?xml version="1.0" encoding="utf-16"?>'
MAIN = documents.MAIN_PART
WIDE = '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="x"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>'


@pytest.mark.shows("S15")
@pytest.mark.parametrize(
    "package",
    [
        lambda: replace_part(MAIN, b"\0" * 20_000_000),
        lambda: replace_part(MAIN, b"\0" * 100_000_000, packing=zipfile.ZIP_BZIP2),
        replace_part(MAIN, main_part(prose("a")), packing=zipfile.ZIP_LZMA),
        lambda: documents.understate_size(replace_part(MAIN, b" " * 20_000_000), MAIN, 1000),
        replace_part(MAIN, REACHING.encode() + main_part(prose("&a;"))),
        replace_part(MAIN, UNENDING.encode() + main_part(prose("&a8;"))),
        replace_part(MAIN, (UTF16 + REACHING + main_part(prose("a")).decode()).encode("utf-16")),
        replace_part("word/styles.xml", REACHING.encode() + b"<x>&a;</x>"),
        replace_part(MAIN, main_part("<w:sdt><w:sdtContent>" * 2000 + "</w:sdtContent></w:sdt>" * 2000)),
        replace_part(MAIN, main_part("<w:tbl><w:tr><w:tc>" * 80 + prose("a") + "</w:tc></w:tr></w:tbl>" * 80)),
        lambda: replace_part(MAIN, main_part(prose("a") * 200_000)),
        replace_part(MAIN, main_part(WIDE)),
        replace_part(MAIN, b"<x/>"),
        replace_part(MAIN, main_part(prose(" "))),
        documents.draft_letter()[:9_000],
        archive("[Content_Types].xml", "word/document.xml"),
    ],
    ids="bomb bzip2 lzma lying far loop utf16 styles deep tables long broken other empty cut x".split(),
)
def test_a_file_made_to_harm_is_refused_within_a_second(package: bytes | Callable[[], bytes]) -> None:
    read_word_draft(documents.draft_letter(), "first.docx")  # the first call loads its dependencies
    made, started = package() if callable(package) else package, time.process_time()
    with pytest.raises(FileRefused):
        read_word_draft(made, "draft.docx")
    assert time.process_time() - started < 1


@pytest.mark.shows("S15")
def test_what_a_draft_brings_for_its_reader_is_not_obeyed() -> None:
    draft = read(replace_part("mammoth/style-map", b"p => script"))
    assert draft == read(documents.draft_letter())


def test_an_operators_file_is_either_kind() -> None:
    assert read_draft(documents.draft_letter(), "draft.docx")[0].title == "Keep every river clean"
    assert read_draft(b"# Rivers\n\nWe ask.\n", "draft.md")[0].title == "Rivers"
    with pytest.raises(FileRefused, match=r"a PDF"):
        read_draft(b"%PDF-1.7", "draft.pdf")


def test_a_placeholder_of_its_own_is_refused_and_others_are_told() -> None:
    for typed, sentence in (("{{date}}", "is not a placeholder"), ("{{Your Name}}", "Printed as they are")):
        package = document_with_xml(prose(typed))
        text, _notes = read_draft(package, "draft.docx")
        try:
            message = " ".join(check_draft_placeholders(package, "draft.docx", text))
        except FileRefused as refusal:
            message = str(refusal)
        assert sentence in message
