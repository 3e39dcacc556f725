"""Structure of a delivered file as assistive technology reads it, in order and in words."""

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from tests.conformance.letters import ARABIC, AS_OF, DATA, NAMES, RAISED, conformance_letter, render_file
from tests.support.pdf_readers import pdf_info, require_program, text_of_pdf


@pytest.fixture(scope="module")
def letter_pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The PDF of a letter with notes, lists and a table."""
    return render_file(conformance_letter(), tmp_path_factory.mktemp("structure") / "letter.pdf")


@pytest.fixture(scope="module")
def structure_lines(letter_pdf: Path) -> list[str]:
    """Its structure as poppler reads it: kinds and texts, line by line."""
    lines = subprocess.check_output(
        [require_program("pdfinfo", "poppler-utils"), "-struct-text", str(letter_pdf)], text=True
    ).splitlines()
    return [line.strip().removesuffix(" (block)").removesuffix(" (inline)") for line in lines if line.strip() not in ('""', "")]


@pytest.fixture(scope="module")
def opened(letter_pdf: Path) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(letter_pdf) as file:
        yield file


def structure_elements(element: pikepdf.Object, kind: str = "") -> Iterator[pikepdf.Dictionary]:
    """Yield all structure elements below one, of one kind ("/P") or of any, in reading order."""
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            if kind in ("", str(kid.S)):
                yield kid
            yield from structure_elements(kid, kind)


def test_the_parts_of_a_letter_are_read_from_its_head_to_its_copies(structure_lines: list[str]) -> None:
    order = [
        '"Coalition"',
        '"January 7, 2026"',
        '"The President"',
        '"Dear all:"',
        '"What is at stake"',
        '"One point"',
        '"River"',
        '"What we ask"',
        '"Respectfully,"',
        '"Example Alliance',
        '"Example Clerk"',
    ]
    assert [beginning for line in structure_lines for beginning in order if line.startswith(beginning)] == order


def test_a_note_is_read_after_the_block_that_refers_to_it(structure_lines: list[str]) -> None:
    first = structure_lines.index("Note <note-1>")
    assert structure_lines[first + 1 : first + 3] == ["Lbl", "Link"]
    assert structure_lines[first - 1] == '" says."'
    assert first < structure_lines.index("Note <note-a>") < structure_lines.index('"What is at stake"')
    assert (
        structure_lines.index('"One point"') < structure_lines.index("Note <note-2>") < structure_lines.index('"Another with "')
    )
    assert (
        structure_lines.index('"What we ask"') < structure_lines.index("Note <note-4>") < structure_lines.index('"Once more "')
    )
    assert [line for line in structure_lines if line.startswith("Note")] == [
        f"Note <note-{mark}>" for mark in ("1", "a", "2", "3", "4")
    ]


def test_links_lead_to_each_note_and_back_and_say_where_in_words(opened: pikepdf.Pdf) -> None:
    places = list(map(str, opened.Root.Names.Dests.Names))[::2]
    links = [link for page in opened.pages for link in page.get("/Annots", ())]
    leads = {str(link.Dest): str(link.Contents) for link in links if "/Dest" in link}
    assert set(leads) <= set(places)
    assert leads == {
        **{f"note-{mark}": f"Note {mark}" for mark in ("1", "2", "3", "4", "a")},
        **{f"note-mark-{mark}": "Back to the text" for mark in ("1", "2", "3", "4", "a")},
    }
    assert all(abs(link.Rect[3] - link.Rect[1]) > 4 for link in links if "/Dest" in link)
    elsewhere = [str(link.Contents) for link in links if "/A" in link]
    assert set(elsewhere) == {
        "https://rivers.example/report",
        "https://rivers.example/more",
        "https://rivers.example/editions/k7f3-9qx2",
    }


def test_every_link_says_in_the_structure_what_it_is_and_knows_its_place_there(opened: pikepdf.Pdf) -> None:
    links = [link.objgen for page in opened.pages for link in page.get("/Annots", ())]
    annotations = [
        kid.Obj for link in structure_elements(opened.Root.StructTreeRoot, "/Link") for kid in link.K if "/Obj" in kids(kid)
    ]
    assert sorted(link.objgen for link in annotations) == sorted(links)
    owners = dict(zip(*[iter(opened.Root.StructTreeRoot.ParentTree.Nums)] * 2, strict=True))
    assert {str(owners[link.StructParent].S) for link in annotations} == {"/Link"}


def kids(kid: object) -> pikepdf.Dictionary:
    return kid if isinstance(kid, pikepdf.Dictionary) else pikepdf.Dictionary()


def test_what_goes_on_over_pages_is_one_part(opened: pikepdf.Pdf, structure_lines: list[str]) -> None:
    assert len(opened.pages) > 3
    assert structure_lines.count("Art") == 1
    assert structure_lines.count("Table") == 1
    assert structure_lines.count("TR") == 61
    assert structure_lines.count('"River"') == 1
    running = [part for part in structure_elements(opened.Root.StructTreeRoot, "/P") if len(pages_of(part)) > 1]
    assert len(running) == 1


def pages_of(element: pikepdf.Dictionary) -> set[tuple[int, int]]:
    """Return the pages that the text of an element is on."""
    return {(kid if isinstance(kid, pikepdf.Dictionary) else element).Pg.objgen for kid in element.K if "/S" not in kids(kid)}


def test_tables_say_what_heads_a_column_and_lists_how_they_count(opened: pikepdf.Pdf, structure_lines: list[str]) -> None:
    heads = list(structure_elements(opened.Root.StructTreeRoot, "/TH"))
    assert [str(head.A.Scope) for head in heads] == ["/Column", "/Column"]
    counted = [str(one.A.ListNumbering) for one in structure_elements(opened.Root.StructTreeRoot, "/L") if "/A" in one]
    assert counted == ["/Disc", "/Decimal"]


@pytest.mark.parametrize(("body", "language"), [(RAISED, "en"), (ARABIC, "ar")], ids=["to the right", "to the left"])
def test_a_logo_says_what_it_shows_and_where_it_stands_on_the_sheet(body: str, language: str, tmp_path: Path) -> None:
    with pikepdf.open(render_file(conformance_letter(body, language), tmp_path / "letter.pdf")) as opened:
        figure, code = structure_elements(opened.Root.StructTreeRoot, "/Figure")
        assert "/Alt" in code
        left, bottom, right, top = map(float, figure.A.BBox)
        assert str(figure.Alt) == "Logo of the Coalition"
        assert 72 < left < right < 612 - 72
        assert 650 < bottom < top <= 792 - 72


def test_names_say_their_language(opened: pikepdf.Pdf) -> None:
    assert str(opened.Root.Lang) == "en-US"
    languages = {str(part.Lang) for part in structure_elements(opened.Root.StructTreeRoot) if "/Lang" in part}
    assert languages >= {"el", "und-Cyrl", "und-Hebr", "und-Arab", "und-Deva", "hy", "ka", "ja", "zh", "ko"}


def test_headings_stand_in_order_and_are_the_bookmarks(opened: pikepdf.Pdf) -> None:
    kinds = [str(part.S) for part in structure_elements(opened.Root.StructTreeRoot) if str(part.S).startswith("/H")]
    assert kinds == ["/H1", "/H2", "/H3", "/H2"]
    with opened.open_outline() as outline:
        [title] = outline.root
        assert title.title == "Clean Rivers"
        assert [chapter.title for chapter in title.children] == ["What is at stake", f"{len(NAMES)} signatories"]


def test_all_that_is_painted_is_read_or_set_apart(opened: pikepdf.Pdf, structure_lines: list[str], letter_pdf: Path) -> None:
    """Text outside the structure is an artifact along the margins: headers, footers, repeated table headers."""
    assert [run for page in opened.pages for run in untagged_operators(page)] == []
    assert "Page 2 of" in text_of_pdf(letter_pdf)
    assert not any("Page 2 of" in line or "The President and 1 other" in line for line in structure_lines)
    owners = dict(zip(*[iter(opened.Root.StructTreeRoot.ParentTree.Nums)] * 2, strict=True))
    for page in opened.pages:
        owned = {number for number, owner in enumerate(owners[page.obj.StructParents]) if isinstance(owner, pikepdf.Dictionary)}
        assert marks(page) == owned


def _marked(page: pikepdf.Page) -> Iterator[tuple[str, object, str]]:
    """Yield each operator of a page with its enclosing marked content, ("", …) where there is none."""
    stack: list[tuple[str, object]] = []
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in ("BDC", "BMC"):
            stack.append((str(operands[0]), operands[1] if len(operands) > 1 else pikepdf.Dictionary()))
        elif name == "EMC":
            stack.pop()
        yield *(stack[-1] if stack else ("", None)), name


def untagged_operators(page: pikepdf.Page) -> list[str]:
    """Return operators that paint outside any marked content, or show text in an artifact not declared as pagination."""
    shows = [(name, tag, facts) for tag, facts, name in _marked(page) if name in ("Tj", "TJ", "Do")]
    silent = [
        tag == "/Artifact" and name != "Do" and str(kids(facts).get("/Type", "")) != "/Pagination" for name, tag, facts in shows
    ]
    return [f"{name} in {tag}" for (name, tag, _), wrong in zip(shows, silent, strict=True) if wrong or not tag]


def marks(page: pikepdf.Page) -> set[int]:
    return {int(facts["/MCID"]) for _, facts, name in _marked(page) if name == "BDC" and "/MCID" in kids(facts)}


def test_a_letter_from_right_to_left_says_so(tmp_path: Path) -> None:
    with pikepdf.open(render_file(conformance_letter(ARABIC, "ar"), tmp_path / "arabic.pdf")) as opened:
        assert str(opened.Root.ViewerPreferences.Direction) == "/R2L"
        assert bool(opened.Root.ViewerPreferences.DisplayDocTitle)
        assert str(opened.Root.Lang) == "ar"


def test_the_file_carries_its_data_and_says_what_each_is(opened: pikepdf.Pdf) -> None:
    assert {name: file.get_file().read_bytes() for name, file in opened.attachments.items()} == {
        one.name: one.data for one in DATA
    }
    facts = [(str(file.UF), str(file.AFRelationship), str(file.EF.F.Subtype), str(file.Desc)) for file in opened.Root.AF]
    assert facts == [
        ("manifest.json", "/Supplement", "/application/json", "What this edition is"),
        ("signatories.csv", "/Data", "/text/csv", "The signatories"),
    ]


def test_a_file_is_as_old_as_its_edition(opened: pikepdf.Pdf, letter_pdf: Path) -> None:
    moment = AS_OF.strftime("%Y%m%d%H%M%S")
    assert str(opened.docinfo.CreationDate) == str(opened.docinfo.ModDate) == f"D:{moment}Z"
    with opened.open_metadata() as metadata:
        assert metadata["xmp:CreateDate"] == metadata["xmp:ModifyDate"] == "2026-01-09T17:30:00Z"
        assert (metadata["pdfuaid:part"], metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("1", "3", "A")
        assert pdf_info(letter_pdf)["Title"] == metadata["dc:title"] == "Clean Rivers"


@pytest.mark.shows("R6")
def test_the_same_edition_is_the_same_file(letter_pdf: Path, tmp_path: Path) -> None:
    again = render_file(conformance_letter(), tmp_path / "again.pdf")
    assert hashlib.sha256(again.read_bytes()).hexdigest() == hashlib.sha256(letter_pdf.read_bytes()).hexdigest()
