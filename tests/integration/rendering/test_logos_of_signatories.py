"""A letter that shows logos: staff upload one per organization, and every format of the letter has it in its list."""

import io
from pathlib import Path

import docx
import pikepdf
import pytest
from click.testing import CliRunner
from PIL import Image

from letterhub.cli import main
from letterhub.clock import now
from letterhub.commands.editions.freeze import freeze
from letterhub.domain.letters.letter_document import LetterText, Logo, Signatory, SignatoryKind, SignatoryStyle
from letterhub.domain.letters.signatory_order import build_document
from letterhub.intake.images import read_small_logo
from letterhub.models import Edition
from letterhub.queries.editions.frozen_documents import frozen_document
from letterhub.queries.editions.next_edition import letter_version
from letterhub.queries.letters.public_letter import letter_document
from letterhub.rendering.docx.file import docx_file
from letterhub.rendering.letter.html import standalone_html
from letterhub.rendering.odt.file import odt_file
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from letterhub.rendering.tables.csv_export import csv_table
from tests.support import cast, factories
from tests.support.pdf_readers import qpdf_errors, text_of_pdf
from tests.support.references.dumps import odt_content
from tests.support.visitor import Page, Visitor
from tests.unit.intake.test_letter_file import picture
from tests.unit.letters.test_logo import busy_jpeg

HOME = "coalition-for-clean-rivers"
TEXT = LetterText("Clean Rivers", "We write.", shown=SignatoryStyle.LOGOS)
SHAPES = {"Alder Alliance": (300, 300), "Birch Alliance": (900, 250), "Cedar Alliance": (400, 60)}


def logo(size: tuple[int, int], color: str = "#7a1f2b", mode: str = "RGB") -> Logo:
    out = io.BytesIO()
    Image.new("RGB", size, color).convert(mode).save(out, "PNG")
    return read_small_logo(out.getvalue(), "logo.png")


LOGOS = {name: logo(size) for name, size in SHAPES.items()}
SIGNED = [
    *(Signatory(name, "Nia Example", "Director", "Ohio", logo=LOGOS.get(name)) for name in (*SHAPES, "Elm Alliance")),
    Signatory(signer_name="Zora Example", signer_title="Poet", kind=SignatoryKind.INDIVIDUAL),
]


def page_of(sam: Visitor, name: str) -> Page:
    return sam.visit("organizations.index", coalition=HOME).follow(name)


def test_a_logo_that_staff_bring_to_an_organization_stands_in_every_letter_that_shows_logos(
    visitor: Visitor, sam: Visitor
) -> None:
    letter, other = factories.open_letter(TEXT), factories.open_letter()
    factories.signature(letter, cast.CLARA)
    factories.signature(other, cast.CLARA)
    page = page_of(sam, "Example Alliance").submit("Add logo", logo=(picture((900, 300)), "logo.png"))
    page.says("The logo of Example Alliance was saved.", "Replace logo", "added a logo for Example Alliance")
    [signatory] = letter_document(letter.id).signatories
    assert signatory.logo is not None
    assert Image.open(io.BytesIO(signatory.logo.data)).size == (480, 160)
    assert "signatory-logo" in visitor.visit("letters.detail", slug=letter.slug).html
    assert letter_document(other.id).signatories[0].logo is None
    page_of(sam, "Example Alliance").submit("Remove logo").says("The logo of Example Alliance was removed.", "Add logo")
    assert letter_document(letter.id).signatories[0].logo is None


def test_an_edition_keeps_the_logos_that_it_was_frozen_with(sam: Visitor) -> None:
    letter = factories.open_letter(TEXT)
    factories.signature(letter, cast.CLARA)
    page_of(sam, "Example Alliance").submit("Add logo", logo=(picture((900, 300)), "logo.png"))
    document = letter_document(letter.id)
    number = freeze(letter.id, letter_version(letter.id), actor="staff", staff_id=None, at=now())
    page_of(sam, "Example Alliance").submit("Remove logo")
    edition = factories.db.session.query(Edition).filter_by(letter_id=letter.id, number=number).one()
    assert frozen_document(edition.id).signatories == document.signatories
    assert len(edition.signature_ids) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "Choose the picture first."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.png: this picture cannot be used"),
        (busy_jpeg(500), "logo.png: this file contains more than a picture"),
    ],
    ids=["none", "svg", "bomb"],
)
def test_what_is_no_logo_is_refused_at_its_field(sam: Visitor, content: bytes | None, sentence: str) -> None:
    factories.signature(factories.open_letter(TEXT), cast.CLARA)
    sent = {"logo": (content, "logo.png")} if content else {}
    page_of(sam, "Example Alliance").submit("Add logo", status=422, **sent).says(sentence, "Mark as verified")


def test_paper_holds_each_logo_once_above_its_name_and_every_name_in_order(tmp_path: Path) -> None:
    paper = tmp_path / "letter.pdf"
    paper.write_bytes(
        render_letter_pdf(build_document(TEXT, [*SIGNED, Signatory("Fir Alliance", logo=LOGOS["Alder Alliance"])])).data
    )
    assert qpdf_errors(paper) == ""
    with pikepdf.open(paper) as opened:
        drawn = [
            str(operands[0]) for operands, operator in pikepdf.parse_content_stream(opened.pages[0]) if str(operator) == "Do"
        ]
        pictures = opened.pages[0].Resources.XObject
        sizes = [(int(pictures[name].Width), int(pictures[name].Height)) for name in dict.fromkeys(drawn)]
        held = pikepdf.PdfImage(pictures[drawn[0]]).as_pil_image().convert("RGB")
    assert sizes == [(240, 240), (480, 133), (400, 60)]
    assert drawn[-1] == drawn[0]
    assert held.getpixel((5, 5)) == (0x7A, 0x1F, 0x2B)
    listed = [line for line in text_of_pdf(paper, as_drawn=True).split("\n") if "Alliance" in line or "Example" in line]
    assert listed == [*SHAPES, "Elm Alliance", "Fir Alliance", "Zora Example"]


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1"])
def test_paper_shows_a_logo_in_its_own_colors_however_it_is_packed(mode: str, tmp_path: Path) -> None:
    paper = tmp_path / "letter.pdf"
    paper.write_bytes(
        render_letter_pdf(build_document(TEXT, [Signatory("Example Alliance", logo=logo((90, 30), "#ffffff", mode))])).data
    )
    with pikepdf.open(paper) as opened:
        assert pikepdf.PdfImage(opened.pages[0].Resources.XObject.G0).as_pil_image().convert("RGB").getpixel((40, 20)) == (
            255, 255, 255,
        )  # fmt: skip


def test_a_letter_that_shows_no_logos_prints_none() -> None:
    shown = build_document(LetterText("Clean Rivers", "We write."), SIGNED)
    assert b"signatory-logo" not in standalone_html(shown).partition(b"<body")[2]
    assert docx.Document(io.BytesIO(docx_file(shown))).inline_shapes.__len__() == 0


def test_file_and_word_have_the_logos_above_the_names_and_the_table_the_names_alone() -> None:
    shown = build_document(TEXT, SIGNED)
    body = standalone_html(shown).partition(b"<body")[2]
    assert body.count(b'class="signatory-logo"') == 3
    assert len(docx.Document(io.BytesIO(docx_file(shown))).inline_shapes) == 3
    odt = odt_content(odt_file(shown))
    assert (odt.count("<draw:frame "), odt.count("loext:decorative="), odt.count("<svg:desc>")) == (3, 1, 0)
    assert "Nia Example" not in csv_table(shown).decode("utf-8-sig")


def test_files_draw_logos_that_a_table_names(tmp_path: Path) -> None:
    (tmp_path / "alder.png").write_bytes(picture((900, 300)))
    (tmp_path / "letter.md").write_text("---\ntitle: Clean Rivers\nshown: logos\n---\nWe write.\n", encoding="utf-8")
    table = tmp_path / "names.csv"
    table.write_text("organization,logo\nAlder Alliance,alder.png\nBirch Alliance,\n", encoding="utf-8")
    command = ["render", str(tmp_path / "letter.md"), str(table), "--html", str(tmp_path / "out.html")]
    done = CliRunner().invoke(main, command)
    assert (done.exit_code, done.output) == (0, "")
    assert (tmp_path / "out.html").read_text(encoding="utf-8").count('class="signatory-logo"') == 1
    table.write_text("organization,logo\nAlder Alliance,absent.png\n", encoding="utf-8")
    refused = CliRunner().invoke(main, command)
    assert refused.exit_code == 2
    assert "line 2, column “logo”: names a file that cannot be read: absent.png." in refused.output
