"""The OpenDocument file of a letter: its structure, notes, lists, directions and styles."""

import io
import zipfile
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

from letterhub.domain.letters.letter_document import LetterDocument, Letterhead, Logo, Signatory
from letterhub.domain.letters.note_choices import NotePlacement
from letterhub.domain.letters.pictures import Picture
from letterhub.rendering.odt.elements import name
from letterhub.rendering.odt.file import odt_file
from tests.support.editions import TEXT, VERIFICATION_URL, edition_document
from tests.support.references.dumps import odt_content, odt_root
from tests.unit.intake.test_letter_file import picture


def paragraphs(root: ET.Element) -> list[tuple[str, str]]:
    """Return the named style of each paragraph and heading, with its text."""
    parents = {
        style.get(name("style:name"), ""): style.get(name("style:parent-style-name"), "")
        for style in root.iter(name("style:style"))
    }
    found = [element for element in root.iter() if element.tag in (name("text:p"), name("text:h"))]
    styles = [element.get(name("text:style-name"), "") for element in found]
    return [(parents.get(style) or style, "".join(one.itertext())) for style, one in zip(styles, found, strict=True)]


def with_body(body: str, **changes: object) -> ET.Element:
    return odt_root(odt_file(LetterDocument(replace(TEXT, body=body, **changes))))  # type: ignore[arg-type]


def test_it_reads_as_the_letter_does() -> None:
    root = odt_root(odt_file(edition_document()))
    found = paragraphs(root)
    for expected in (
        ("Heading_20_1", "Re: Rivers"),
        ("Heading_20_2", "What we ask"),
        ("Heading_20_2", "5 signatories"),
        ("Heading_20_3", "National organizations"),
        ("Quotations", "Quoted"),
    ):
        assert expected in found
    levels = [int(heading.get(name("text:outline-level"), "")) for heading in root.iter(name("text:h"))]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    names = [one.name for one in edition_document().signatories]
    text = "".join(root.itertext())
    assert [text.index(one) for one in names] == sorted(text.index(one) for one in names)


def test_heads_and_feet_of_pages_have_fields_and_the_check_page() -> None:
    styles = odt_root(odt_file(edition_document()), "styles.xml")
    first, later = styles.iter(name("style:master-page"))
    assert first.find(name("style:header")) is None
    assert "Rivers" in "".join(later.find(name("style:header")).itertext())  # type: ignore[union-attr]
    for page in (first, later):
        foot = page.find(name("style:footer"))
        assert foot is not None
        assert [len(list(foot.iter(name(field)))) for field in ("text:page-number", "text:page-count")] == [1, 1]
        assert "".join(foot.itertext()).endswith(VERIFICATION_URL)


def test_notes_are_real_notes_of_the_kind_that_the_letter_chose() -> None:
    for placement, note_class in ((NotePlacement.FOOT, "footnote"), (NotePlacement.END, "endnote")):
        root = with_body("One[^a] and two[^b], again[^a].\n\n[^a]: First.\n[^b]: Second.\n\n    More.", notes=placement)
        notes = list(root.iter(name("text:note")))
        assert [note.get(name("text:note-class")) for note in notes] == [note_class] * 2
        assert ["".join(note.itertext()) for note in notes] == ["1First.", "2Second.More."]


def test_lists_keep_their_labels_and_numbers_after_what_is_between_their_items() -> None:
    root = with_body(
        "- [ ] Box\n- Bullet\n\n1. One\n   - Inside\n\n   Below\n5. Five\n\n   | a |\n   |---|\n   | b |\n6. Six"
        "\n\n(a) A\n(b) B"
    )
    outer = root.findall(f".//{name('office:text')}/{name('text:list')}")
    numbers = [item.get(name("text:start-value")) for item in root.iter(name("text:list-item"))]
    assert [number for number in numbers if number] == ["1", "5", "6", "1"]
    assert [child.tag for child in outer[0]] == [name("text:list-header"), name("text:list-item")]
    one = outer[1][0]
    assert ["".join(part.itertext()) for part in one] == ["One", "Inside", "Below"]
    prefixes = {level.get(name("style:num-prefix")) for level in root.iter(name("text:list-level-style-number"))}
    assert prefixes == {None, "("}


def test_white_space_that_a_reader_of_xml_would_drop_is_kept() -> None:
    root = with_body("*a* *b*\n`c  d`\n\n```\n  x\ty\n```")
    found = {"".join(one.itertext()): one for one in root.iter(name("text:p"))}
    assert len(found["a b c d"].findall(f".//{name('text:s')}")) == 1
    code = found["xy"]
    assert [one.tag for one in code[0]] == [name("text:s"), name("text:tab")]


def test_directions_are_those_of_letter_and_paragraph() -> None:
    content = odt_file(LetterDocument(replace(TEXT, language="ar", body="We write.")))
    styles = odt_content(content, "styles.xml")
    assert 'style:writing-mode="lr-tb"' not in styles
    root = odt_root(content)
    turned = [
        style.get(name("style:parent-style-name"))
        for style in root.iter(name("style:style"))
        if any(one.get(name("style:writing-mode")) == "lr-tb" for one in style)
    ]
    assert "Text_20_body" in turned


def test_pictures_have_descriptions_or_are_decorative() -> None:
    logo = Logo("image/png", picture((120, 60)), "Our logo")
    text = replace(
        TEXT,
        letterhead=Letterhead("Us", logo=logo),
        body="![A chart](chart.png)",
        pictures=(Picture("chart.png", "image/png", picture((300, 200))),),
    )
    content = odt_file(LetterDocument(text))
    descriptions = [one.text for one in odt_root(content).iter(name("svg:desc"))]
    assert descriptions == ["Our logo", "A chart"]
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        listed = package.read("META-INF/manifest.xml").decode()
        assert [listed.count(f'"{entry}"') for entry in package.namelist() if entry.startswith("Pictures/")] == [1, 1]


def test_every_style_that_is_named_exists() -> None:
    names = tuple(Signatory(f"Alliance {number}", "Nia Example") for number in range(4))
    content = odt_file(replace(edition_document(), signatories=names))
    roots = [odt_root(content, part) for part in ("content.xml", "styles.xml")]
    defined = {style.get(name("style:name")) for root in roots for style in root.iter() if style.get(name("style:name"))}
    used = {
        value
        for root in roots
        for element in root.iter()
        for key, value in element.items()
        if key.endswith(("}style-name", "parent-style-name"))
    }
    assert used - defined == set()
    assert len(list(roots[0].iter(name("text:section")))) == 1


def test_the_package_begins_with_its_type_and_is_the_same_each_time() -> None:
    content = odt_file(edition_document())
    assert content[30:38] == b"mimetype"
    assert content[38:].startswith(b"application/vnd.oasis.opendocument.textPK")
    assert content == odt_file(edition_document())


def test_what_is_kept_together_may_part_from_what_follows() -> None:
    root = with_body("::::keep\nA\n\n:::keep\nB\n:::\n\nC\n\n::::\n\nD")
    tied = {
        style.get(name("style:name"))
        for style in root.iter(name("style:style"))
        if any(one.get(name("fo:keep-with-next")) == "always" for one in style.iter(name("style:paragraph-properties")))
    }
    found = {"".join(element.itertext()): element.get(name("text:style-name")) for element in root.iter(name("text:p"))}
    assert {text: found[text] in tied for text in "ABCD"} == {"A": True, "B": True, "C": False, "D": False}
