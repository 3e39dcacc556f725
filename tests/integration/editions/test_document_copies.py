"""Word, OpenDocument and HTML copies of an edition are read and compared, whatever they hold, in a process with limits."""

import io
import os
import re
import zipfile
from collections.abc import Callable
from functools import partial

import pytest

from letterhub.domain.editions.file_formats import FileFormat
from letterhub.intake.documents.copy_worker import read
from tests.integration.editions.test_file_comparison import (
    DIFFERENT,
    NEVER,
    SAME,
    UNREADABLE,
    Answer,
    answer,
    edition,
    file_of,
    letter,
)
from tests.support import cast

__all__ = ["answer", "edition", "letter"]

WORD_FOR_WORD = "The same letter and list as edition 1, word for word. The file was saved again."
ADDED = "The words of edition 1, with others added."
SAME_WORDS = "The same words as edition 1, in a file that isn’t drawn as ours is."
EXTRAS = "so it may show something else than its words"
DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "&a;&a;">]>'

Change = Callable[[bytes], bytes]


def repacked(data: bytes, change: Callable[[str, bytes], bytes | None] = lambda _, part: part, level: int = 1) -> bytes:
    """Return an archive packed anew, each part changed, or left out if `change` gives None."""
    output = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as package,
        zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as new,
    ):
        for name in package.namelist():
            if (part := change(name, package.read(name))) is not None:
                new.writestr(name, part)
    return output.getvalue()


def replaced(old: bytes, new: bytes, name: str = "") -> Change:
    """Return a change that replaces bytes in the parts of an archive whose names end with `name`."""
    return lambda data: repacked(data, lambda part_name, part: part.replace(old, new) if part_name.endswith(name) else part)


def with_part(name: str, content: bytes) -> Change:
    """Return a change that adds a part to an archive, or replaces it."""

    def change(data: bytes) -> bytes:
        output = io.BytesIO(repacked(data, lambda part_name, part: None if part_name == name else part))
        with zipfile.ZipFile(output, "a", zipfile.ZIP_DEFLATED) as package:
            package.writestr(name, content)
        return output.getvalue()

    return change


def listed_twice(data: bytes) -> bytes:
    """Return an archive whose text is in it twice, as programs differ in which they open."""
    output = io.BytesIO(data)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(output, "a") as package:
        package.writestr("word/document.xml", package.read("word/document.xml").replace(b"Clean water", b"Clear water"))
    return output.getvalue()


def hide_a_reason(name: str, part: bytes) -> bytes:
    """Return a part in which one of our paragraphs is hidden."""
    return (
        re.sub(rb"(<w:t(?: [^>]*)?>Reason 3)", rb"<w:rPr><w:vanish/></w:rPr>\1", part) if name == "word/document.xml" else part
    )


BOMB = b"<w:p><w:r><w:t>" + b"river " * 30_000_000
HIDDEN = b"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>Hidden words</w:t></w:r></w:p>"
BOX = b"<w:p><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>Boxed</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>"
WORD_CHANGES: dict[str, tuple[Change, tuple[str, ...]]] = {
    "packed anew": (repacked, (SAME, "everything that it shows is the same. File: Word")),
    "other properties": (with_part("docProps/core.xml", b"<x/>"), (SAME,)),
    "other formats": (replaced(b"<w:b/>", b"<w:i/>", "document.xml"), (WORD_FOR_WORD, "We compared words")),
    "a word of the text": (replaced(b"Clean water", b"Clear water"), (DIFFERENT, "The text differs here", "Clear water")),
    "a name": (
        replaced(cast.CLARA.organization.encode(), b"Mining Alliance"),
        (f"{DIFFERENT[:-1]}: one name differs.", cast.CLARA.organization, "Mining Alliance")),
    "hidden words": (
        replaced(b"</w:body>", HIDDEN + b"</w:body>", "document.xml"), (SAME_WORDS, EXTRAS)),
    "our words hidden": (
        partial(repacked, change=hide_a_reason), (DIFFERENT, "Reason 3")),
    "a box": (replaced(b"</w:body>", BOX + b"</w:body>", "document.xml"), (DIFFERENT, EXTRAS, "Boxed")),
    "white words": (
        replaced(b"<w:body>", b'<w:body><w:p><w:r><w:rPr><w:color w:val="FEFEFE"/></w:rPr><w:t>not</w:t></w:r></w:p>',
                 "document.xml"), (ADDED, EXTRAS)),
    "another main part": (
        replaced(b"word/document.xml", b"word/other.xml", "_rels/.rels"), (SAME_WORDS, EXTRAS)),
    "listed twice": (listed_twice, (UNREADABLE, "damaged")),
    "entities": (with_part("word/document.xml", DOCTYPE + b"<x>&b;</x>"), (UNREADABLE, "damaged")),
    "broken": (with_part("word/document.xml", b"<w:document>"), (UNREADABLE, "damaged")),
    "cut off": (lambda data: data[: len(data) // 2], (UNREADABLE, "damaged")),
    "a spreadsheet": (lambda _: repacked(file_of(FileFormat.XLSX)), (UNREADABLE, "This is not a PDF, Word")),
}  # fmt: skip


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", WORD_CHANGES)
def test_a_word_copy_is_compared(answer: Answer, name: str) -> None:
    change, sentences = WORD_CHANGES[name]
    page = answer(change(file_of(FileFormat.DOCX))).says(*sentences).never_says(NEVER)
    page.never_says(
        *(
            {SAME, WORD_FOR_WORD, SAME_WORDS, DIFFERENT, UNREADABLE}
            - {part for one in sentences for part in (one, one[: len(DIFFERENT)])}
        )
    )


def test_an_opendocument_copy_is_compared(answer: Answer) -> None:
    data = file_of(FileFormat.ODT)
    answer(repacked(data)).says(SAME, "File: OpenDocument")
    answer(replaced(b"Clean water", b"Clear water", "content.xml")(data)).says(
        DIFFERENT, "Clear water", "The names are the same."
    )
    answer(replaced(cast.HIRO.organization.encode(), b"Mine", "content.xml")(data)).says(DIFFERENT, "Mine")
    hidden = replaced(
        b"<office:body>", b'<text:tracked-changes xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"/><office:body>'
    )
    answer(hidden(data)).says(SAME_WORDS, EXTRAS)
    answer(with_part("content.xml", DOCTYPE + b"<x>&b;</x>")(data)).says(UNREADABLE, "damaged")


def test_a_web_page_is_compared_by_its_words(answer: Answer) -> None:
    data = file_of(FileFormat.HTML)
    answer(data.replace(b"\n", b" \r\n")).says("The same text as edition 1. The file was saved again.")
    answer(b"<!-- saved from url=(0024)https://a.example/ -->\n" + data).says(WORD_FOR_WORD).never_says(EXTRAS)
    answer(data.replace(b"Clean water", b"Clear water")).says(DIFFERENT, "Clear water", "The names are the same.")
    answer(
        data.replace(b"</body>", b"<script>document.body.textContent = 'no'</script><p style='color: red'></p></body>")
    ).says(SAME_WORDS, EXTRAS)
    answer(re.sub(rb"<style>", b"<style>p::after{content:'not'}", data, count=1)).says(SAME_WORDS, EXTRAS)
    answer(data.replace(b"</body>", b"<p>We do not mean it.</p></body>")).says(ADDED, "We do not mean it.").never_says("page 1")
    answer(data.decode().encode("utf-16")).says(UNREADABLE, "This is not a PDF")


@pytest.mark.shows("S32")
@pytest.mark.parametrize(
    "bomb",
    [
        lambda _: repacked(with_part("word/document.xml", BOMB)(file_of(FileFormat.DOCX))),
        lambda _: b"<!doctype html>" + b"<div><b>" * 2_000_000,
        lambda _: b"<!doctype html>" + b"<table><tr><td " + b"a='1' " * 3_000_000,
        lambda _: b"<!doctype html><p>" + b"x &amp; " * 3_000_000,
    ],
    ids=["unpacked", "deep", "attributes", "long"],
)
def test_what_takes_too_much_is_given_up(answer: Answer, bomb: Change) -> None:
    data = bomb(b"")
    before = os.times()
    answer(data).says(UNREADABLE)
    after = os.times()
    assert after.children_user + after.children_system - before.children_user - before.children_system < 2


def test_parts_are_read_as_programs_show_them() -> None:
    assert read(b"PK\x03\x04 no archive") == {"failed": "damaged"}
    assert read(b"\xff\xfe<html>") == {"failed": "kind"}
    page = read(b"<!doctype html><title>T</title><style>p {}</style><p>One<b>two</b> <i hidden>three</i><li>four &lt;five&gt;")
    assert page["pages"] == ["Onetwo three\nfour <five>"]
    assert page["extras"] == ["<style", "hidden"]
