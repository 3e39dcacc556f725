"""Signature blocks: leads or all signatories two beside each other, with a scanned signature or a line, in every form."""

import io
import subprocess
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from PIL import Image, ImageDraw

from letterhub.cli import main
from letterhub.domain.letters.letter_document import LetterDocument, LetterText, Logo, Signatory, SignatoryKind, SignatureBlocks
from letterhub.domain.letters.serialization import document_from_facts, document_to_facts
from letterhub.domain.letters.signatory_order import build_document
from letterhub.intake.errors import FileRefused
from letterhub.intake.images import read_signature_picture
from letterhub.rendering.docx.file import docx_file
from letterhub.rendering.letter.html import standalone_html
from letterhub.rendering.odt.file import odt_file
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from letterhub.rendering.text.text_export import edition_text
from tests.support.pdf_readers import require_program, text_of_pdf
from tests.support.references.dumps import odt_content


def scanned(ink: tuple[int, int, int] = (20, 30, 120), paper: tuple[int, int, int] = (246, 244, 238)) -> bytes:
    """Return a scan of 1200 by 600 pixels with a signature on off-white paper."""
    scan, out = Image.new("RGB", (1200, 600), paper), io.BytesIO()
    ImageDraw.Draw(scan).line([(300, 300), (500, 240), (700, 360), (900, 300)], fill=ink, width=9)
    scan.save(out, "PNG")
    return out.getvalue()


TEXT = LetterText("Clean Rivers", "We write.", blocks=SignatureBlocks.LEADS, signature_lines=True)


def letter(**changes: object) -> LetterDocument:
    """Return a letter of three leads, of whom one has a scanned signature, and two others."""
    leads = [
        Signatory("Alder Alliance", "Nia Example", "Director", lead=True, lead_order=2),
        Signatory("Birch Alliance", "Ada Example", "Chair", lead=True, lead_order=1),
        Signatory(
            signer_name="Ben Example", signer_title="Poet", affiliation="Elm School", kind=SignatoryKind.INDIVIDUAL, lead=True
        ),
    ]
    leads[0] = replace(leads[0], signature_picture=read_signature_picture(scanned(), "nia.png"))
    others = [Signatory("Cedar Alliance", "Zora Example", "Director"), Signatory("Fir Alliance")]
    return build_document(replace(TEXT, **changes), [*others, *leads])  # type: ignore[arg-type]


BLOCKS = ["Ada Example Chair Birch Alliance", "Nia Example Director Alder Alliance", "Ben Example Poet Elm School"]


def body_of(document: LetterDocument) -> bytes:
    """Return the HTML file of a letter from its body on, without style sheets."""
    return standalone_html(document).partition(b"<body")[2]


def struct_text(path: Path) -> list[str]:
    """Return the kinds and texts of a PDF's structure, a line each."""
    output = subprocess.check_output([require_program("pdfinfo", "poppler-utils"), "-struct-text", str(path)], text=True)
    return [line.strip().removesuffix(" (block)").removesuffix(" (inline)") for line in output.splitlines() if line.strip()]


def test_paper_has_leads_in_blocks_in_their_order_and_the_others_in_the_list(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(render_letter_pdf(letter()).data)
    lines = struct_text(path)
    led, joined = lines.index('"Led by"'), lines.index('"Organizations"')
    first = lines[led + 1 : lines.index('"Ada Example"')]
    assert [kind for kind in first if kind in ("L", "LI", "LBody", "P")] == ["L", "LI", "LBody", "P"]
    scan = lines.index("Figure:")
    assert lines.index('"Birch Alliance"') < scan < lines.index('"Nia Example"') < lines.index('"Ben Example"') < joined
    assert lines.count("Figure:") == 1
    assert lines[joined:].count("LI") == 2
    page = " ".join(text_of_pdf(path).split())
    assert all(page.count(name) == 1 for name in ("Alder Alliance", "Birch Alliance", "Elm School", "Fir Alliance"))


def test_page_word_file_and_text_have_the_same_blocks() -> None:
    document = letter()
    page = body_of(document)
    assert page.count(b'class="signature-block"') == 3
    assert page.count(b"signature-space--line") == 3
    assert b'alt="Signature of Nia Example"' in page
    word = docx.Document(io.BytesIO(docx_file(document)))
    (table,) = word.tables
    assert [" ".join(cell.text.split()) for row in table.rows for cell in row.cells] == [*BLOCKS, ""]
    assert len(table._tbl.xpath(".//w:pBdr/w:bottom")) == 3
    assert table._tbl.xpath(".//wp:docPr/@descr") == ["Signature of Nia Example"]
    odt = odt_content(odt_file(document))
    assert odt.count("<table:table-cell ") == 4
    assert "<svg:desc>Signature of Nia Example</svg:desc>" in odt
    text = edition_text(document).decode()
    assert "Led by:\n\nAda Example\nChair\nBirch Alliance\n\nNia Example\nDirector\nAlder Alliance\n\nBen" in text
    assert "Cedar Alliance — Zora Example, Director" in text


def test_everyone_may_be_in_blocks_and_none_need_a_line(tmp_path: Path) -> None:
    document = letter(blocks=SignatureBlocks.ALL, signature_lines=False)
    page = body_of(document)
    assert page.count(b'class="signature-block"') == 5
    assert page.count(b'class="signature-space"') == 2  # one beside the other
    assert b"signature-space--line" not in page
    path = tmp_path / "letter.pdf"
    path.write_bytes(render_letter_pdf(document).data)
    assert "Fir Alliance" in text_of_pdf(path)
    none = body_of(letter(blocks=SignatureBlocks.NONE))
    assert b"signature-block" not in none
    assert b"signature-picture" not in none


def test_an_edition_keeps_its_blocks_and_scanned_signatures() -> None:
    document = letter()
    assert document_from_facts(document_to_facts(document)) == document
    plain = LetterDocument(LetterText("T", "B"), (Signatory("One"),))
    assert not {"blocks", "signature_lines"} & document_to_facts(plain)["text"].keys()
    assert "signature_picture" not in document_to_facts(plain)["signatories"][0]


@pytest.mark.parametrize("ink", [(0, 0, 0), (20, 30, 120), (90, 90, 90)], ids=["black", "blue", "faint"])
def test_a_scan_becomes_its_ink_on_a_transparent_ground(ink: tuple[int, int, int]) -> None:
    cleaned: Logo = read_signature_picture(scanned(ink), "nia.png")
    picture = Image.open(io.BytesIO(cleaned.data)).convert("RGBA")
    assert 590 <= picture.width <= 620
    assert 100 <= picture.height <= 150
    opacity = picture.getchannel("A")
    assert opacity.getpixel((picture.width // 2, 0)) == 0
    assert opacity.getextrema()[1] >= 250


def test_a_picture_with_a_transparent_ground_keeps_it_and_one_without_ink_is_refused() -> None:
    out = io.BytesIO()
    drawn = Image.new("RGBA", (400, 200))
    ImageDraw.Draw(drawn).line([(50, 100), (350, 120)], fill=(0, 0, 0, 255), width=6)
    drawn.save(out, "PNG")
    assert Image.open(io.BytesIO(read_signature_picture(out.getvalue(), "s.png").data)).convert("RGBA").getpixel((9, 0))[3] == 0
    with pytest.raises(FileRefused, match="there is no signature in this picture"):
        read_signature_picture(scanned((250, 250, 250), (255, 255, 255)), "s.png")


def test_render_reads_blocks_and_scanned_signatures_from_files(tmp_path: Path) -> None:
    (tmp_path / "nia.png").write_bytes(scanned())
    (tmp_path / "l.md").write_text("---\ntitle: T\nsignature_blocks: leads\nsignature_lines: yes\n---\nWe write.\n")
    (tmp_path / "n.csv").write_text(
        "organization,signer_name,lead,signature picture\nElm,Ada Example,2,\nOak,Nia Example,1,nia.png\nFir,,,\n"
    )
    done = CliRunner().invoke(main, ["render", f"{tmp_path}/l.md", f"{tmp_path}/n.csv", "--html", f"{tmp_path}/o.html"])
    assert done.exit_code == 0, done.output
    page = (tmp_path / "o.html").read_text().partition("<body")[2]
    assert page.index("Nia Example") < page.index("Ada Example") < page.index("Fir")
    assert page.count('class="signature-picture"') == 1
    (tmp_path / "n.csv").write_text("organization,signature picture\nElm,gone.png\n")
    refused = CliRunner().invoke(main, ["render", f"{tmp_path}/l.md", f"{tmp_path}/n.csv", "--html", f"{tmp_path}/o.html"])
    assert "line 2, column “signature picture”: names a file that cannot be read: gone.png" in refused.output


def test_two_beside_each_other_both_have_room_where_one_has_a_signature_since_the_fourth_layout() -> None:
    made = letter(signature_lines=False)
    assert body_of(made).count(b'<div class="signature-space"') == 2
    assert body_of(replace(made, layout=3)).count(b'<div class="signature-space"') == 1
    spaces = [one for one in docx.Document(io.BytesIO(docx_file(made))).element.body.iter() if "SignatureSpace" in one.values()]
    assert len(spaces) == 2
