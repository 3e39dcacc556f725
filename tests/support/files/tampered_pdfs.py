"""Copies of a PDF as portals, programs and forgers make them."""

import re
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

Change = Callable[[Pdf], Any]
PAGE_WIDTH, PAGE_HEIGHT = 612, 792
WHITE_BOX = b"1 1 1 rg 72 400 300 100 re f"


def edited(pdf: bytes, change: Change = lambda _: None, **saving: Any) -> bytes:
    """Return a PDF after a change, saved again by pikepdf."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        change(opened)
        target = BytesIO()
        opened.save(target, **saving)
        return target.getvalue()


def text_instructions(text: str, *, x: int = 72, y: int = 770, mode: int = 0, gray: float = 0) -> bytes:
    """Return instructions that write a text in Helvetica, which `write_on` adds to a page."""
    return f"BT {gray} g /Stamp 9 Tf {mode} Tr {x} {y} Td ({text}) Tj ET".encode()


def write_on(instructions: bytes, *pages: int, below: bool = False) -> Change:
    """Return a change that draws something on some pages, from 0; on all if none is named."""

    def change(pdf: Pdf) -> None:
        font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        for number in pages or range(len(pdf.pages)):
            page = pdf.pages[number]
            page.contents_add(b"q", prepend=True)
            page.contents_add(b"Q")
            page.contents_add(b"q " + instructions + b" Q", prepend=below)
            fonts = Dictionary(page.obj.Resources.Font)
            fonts["/Stamp"] = font
            page.obj.Resources = Dictionary(page.obj.Resources)
            page.obj.Resources.Font = fonts

    return change


def add_annotation(subtype: Name, **entries: Any) -> Change:
    """Return a change that puts an annotation on the first page."""

    def change(pdf: Pdf) -> None:
        page = pdf.pages[0].obj
        box = Array([72, 400, 372, 500])
        annotation = pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=subtype, Rect=box, F=4, **entries))
        page.Annots = Array([*page.get("/Annots", Array()), annotation])

    return change


def cover_with_form(pdf: Pdf) -> None:
    """Draw a form with a white box over the first page."""
    form = pdf.make_stream(WHITE_BOX, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, PAGE_WIDTH, PAGE_HEIGHT])
    name = pdf.pages[0].add_resource(form, Name.XObject)
    pdf.pages[0].contents_add(f"q {name} Do Q".encode())


def cover_with_picture(pdf: Pdf) -> None:
    """Draw a white picture over the first page."""
    picture = pdf.make_stream(
        b"\xff", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1, ColorSpace=Name.DeviceGray, BitsPerComponent=8
    )
    name = pdf.pages[0].add_resource(picture, Name.XObject)
    pdf.pages[0].contents_add(f"q 300 0 0 100 72 400 cm {name} Do Q".encode())


def add_layer(pdf: Pdf) -> None:
    """Add a layer that programs show or hide, with nothing on it."""
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="Layer"))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))


def add_script(pdf: Pdf) -> None:
    """Have a reader run a script on opening."""
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert(1)")


def swap_fonts(pdf: Pdf) -> None:
    """Exchange the programs of two fonts: other glyphs are drawn, and the text that can be copied stays."""
    files = [one for one in pdf.objects if isinstance(one, Dictionary) and one.get("/Type") == Name.FontDescriptor]
    keys = [next(key for key in ("/FontFile2", "/FontFile3") if key in file) for file in files]
    (first, second), (key, other_key) = files[:2], keys[:2]
    first[key], second[other_key] = second[other_key], first[key]


def hide_text_below_pictures(pdf: Pdf) -> None:
    """Make all text invisible, as a scan with recognized text has it, so that each page may show something else."""
    for page in pdf.pages:
        page.contents_add(b"3 Tr", prepend=True)


def remove_text(pdf: Pdf) -> None:
    """Leave nothing but a picture on each page."""
    for page in pdf.pages:
        page.obj.Contents = pdf.make_stream(b"")
        page.obj.Resources = Dictionary()
    cover_with_picture(pdf)


def drop_structure(pdf: Pdf) -> None:
    """Remove structure, bookmarks, metadata and attached files, as some portals do."""
    for key in ("/StructTreeRoot", "/MarkInfo", "/Metadata", "/Outlines", "/AF"):
        if key in pdf.Root:
            del pdf.Root[key]
    del pdf.Root.Names["/EmbeddedFiles"]
    for page in pdf.pages:
        for key in ("/StructParents", "/Tabs"):
            if key in page.obj:
                del page.obj[key]


def change_manifest(pdf: Pdf) -> None:
    """Change a name in the attached manifest; the pages stay."""
    data = pdf.attachments["edition.json"].get_file().read_bytes()
    pdf.attachments["edition.json"] = data.replace(b"River", b"Mining")


def attach(pdf: Pdf) -> None:
    """Attach another file."""
    pdf.attachments["invoice.txt"] = b"Pay here"


def remove_last_page(pdf: Pdf) -> None:
    del pdf.pages[-1]


def rotate_page(pdf: Pdf) -> None:
    pdf.pages[0].rotate(180, relative=True)


def crop_page(pdf: Pdf) -> None:
    pdf.pages[0].cropbox = [0, 300, PAGE_WIDTH, PAGE_HEIGHT]


def append_page(pdf: Pdf) -> None:
    """Add a page of its own words at the end."""
    pdf.add_blank_page()
    write = write_on(text_instructions("This letter was withdrawn."), len(pdf.pages) - 1)
    pdf.pages[-1].obj.Resources = Dictionary(Font=Dictionary())
    write(pdf)


def replace_pages(pdf: Pdf, count: int) -> None:
    """Have so many empty pages, and no others."""
    box = Array([0, 0, PAGE_WIDTH, PAGE_HEIGHT])
    pages = pdf.make_indirect(Dictionary(Type=Name.Pages, Count=count))
    pages.Kids = Array([pdf.make_indirect(Dictionary(Type=Name.Page, MediaBox=box, Parent=pages)) for _ in range(count)])
    pdf.Root.Pages = pages


@cache
def packed_zeros(length: int = 2**30) -> bytes:
    """Return so many bytes packed, a thousandth of their length."""
    packer, chunk = zlib.compressobj(1), bytes(2**24)
    return b"".join(packer.compress(chunk) for _ in range(length // len(chunk))) + packer.flush()


def add_bomb(pdf: Pdf) -> None:
    """Give the first page a picture that is small in the file and huge unpacked."""
    picture = pikepdf.Stream(pdf, packed_zeros(), Type=Name.XObject, Subtype=Name.Image, Width=2**15, Height=2**15)
    picture.Filter, picture.ColorSpace, picture.BitsPerComponent = Name.FlateDecode, Name.DeviceGray, 8
    pdf.pages[0].add_resource(picture, Name.XObject)


def bomb_page(pdf: Pdf) -> None:
    """Draw the first page by instructions that are small in the file and huge unpacked."""
    pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, packed_zeros(), Filter=Name.FlateDecode)


def circular_page_tree(pdf: Pdf) -> None:
    """Put the root of the page tree below itself."""
    pdf.Root.Pages.Kids.append(pdf.Root.Pages)


def pdf_of(*pages: bytes) -> bytes:
    """Return a PDF whose pages are drawn by these instructions."""
    with Pdf.new() as pdf:
        for instructions in pages:
            pdf.add_blank_page()
            pdf.pages[-1].obj.Resources = Dictionary(Font=Dictionary())
            write_on(instructions, len(pdf.pages) - 1)(pdf)
        target = BytesIO()
        pdf.save(target)
        return target.getvalue()


def listed_twice(pdf: bytes, page: int = 0) -> bytes:
    """Return a PDF whose table lists the instructions of a page twice: ours, and ours with a white box over them.

    qpdf takes the first ones, PDFium the last.
    """
    flat = edited(
        pdf, lambda opened: opened.pages[page].contents_coalesce(), object_stream_mode=pikepdf.ObjectStreamMode.disable
    )
    with pikepdf.open(BytesIO(flat)) as opened:
        instructions = opened.pages[page].obj.Contents
        number, forged = instructions.objgen[0], instructions.read_bytes() + b"\n" + WHITE_BOX
    start = int(re.findall(rb"startxref\s+([0-9]+)", flat)[-1])
    added = b"%d 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n" % (number, len(forged), forged)
    entry = b"%d 1\n%010d 00000 n \ntrailer <<" % (number, start)
    table = flat[start:].replace(b"trailer <<", entry, 1)
    return flat[:start] + added + re.sub(rb"startxref\s+[0-9]+", b"startxref\n%d" % (start + len(added)), table)


def listed_at_both_ends(pdf: bytes) -> bytes:
    """Return a linearized PDF with a second table at its end, of which a browser that reads the first one knows nothing."""
    flat = edited(pdf, linearize=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    first = re.search(rb"xref\s", flat)
    length = re.search(rb"/L ([0-9]+) ", flat)
    root, size = re.search(rb"/Root [0-9]+ 0 R", flat), re.search(rb"/Size [0-9]+", flat)
    assert first
    assert length
    assert root
    assert size
    trailer = b"xref\n0 1\n0000000000 65535 f \ntrailer <<%s %s/Prev %d>>\n" % (root[0], size[0], first.start())
    trailer += b"startxref\n%d\n%%%%EOF\n" % len(flat)
    total = b"%d" % (len(flat) + len(trailer))
    assert len(total) == len(length[1])
    return flat[: length.start(1)] + total + flat[length.end(1) :] + trailer
