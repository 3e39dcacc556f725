"""Malicious uploads: decompression bombs, polyglots, external references (S15)."""

import io
import time
import zipfile
from html import unescape

import pytest
from flask import Flask

from letterhub.infrastructure.db import db
from letterhub.intake.errors import FileRefused
from letterhub.intake.tables.signatory_table import read_signatories
from letterhub.models import Signature, Upload
from tests.support import cast, factories
from tests.support.servers.database_copies import SITE, DatabaseCopies
from tests.support.visitor import Visitor
from tests.unit.intake.test_letter_file import picture

pytestmark = pytest.mark.shows("S15")
LETTER_PAGES = "/staff/coalition-for-clean-rivers/letters/clean-rivers-for-everyone"
REACHING = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b SYSTEM "http://127.0.0.1:9/">'
    '<!ENTITY c "{many}">]><x>organization,&a;,&b;,&c;</x>\n'
).replace("{many}", "&c;" * 10)


def package(*parts: str, content: bytes = b"\0" * 100_000_000) -> bytes:
    """Return an office file whose parts decompress to a hundred megabytes each."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for part in parts:
            made.writestr(part, content)
    return out.getvalue()


@pytest.fixture
def database_url(sqlite_copies: DatabaseCopies) -> str:
    """SQLite database alone: uploads do not depend on it."""
    return sqlite_copies.fresh()


@pytest.fixture(scope="module")
def malicious_files() -> dict[str, tuple[bytes, str]]:
    """Malicious files by name, each with its error as a table."""
    sheet, text = package("xl/worksheets/sheet1.xml"), package("word/document.xml")
    reaching = package("xl/sharedStrings.xml", content=REACHING.encode())
    return {
        "folded.xlsx": (sheet, "the spreadsheet unpacks to 95 MB"),
        "folded.docx": (text, "this is a text document."),
        "reaching.xlsx": (reaching, "the spreadsheet is damaged"),
        "folded.zip": (package("a.csv"), "this is an archive of files"),
        "both.png": (picture() + sheet, "this is a picture"),
        "both.csv": (b"GIF89a/*" + sheet, "this is a picture"),
        "old.xls": (b"\xd0\xcf\x11\xe0" + b"\0" * 100_000, "the spreadsheet is damaged"),
    }


@pytest.fixture
def otto(app: Flask) -> Visitor:
    """Otto, an organizer, at an open letter."""
    factories.staff(cast.OTTO)
    factories.open_letter()
    visitor = Visitor(app, SITE)
    visitor.sign_in(cast.OTTO)
    return visitor


def upload(otto: Visitor, address: str, typed: dict[str, object]) -> str:
    """Upload a file and return the response; fail if that takes a second of CPU time."""
    fields = otto.open(address).tree.iter("input")
    token = next(field.get("value") for field in fields if field.get("name") == "csrf_token")
    started = time.process_time()
    answer = otto.ask(address, method="POST", data={"csrf_token": token, **typed})
    assert time.process_time() - started < 1
    return unescape(answer.get_data(as_text=True))


@pytest.mark.parametrize(
    "content",
    [
        b"organization\n" + b'"' * 1_000_000,
        b'organization\n"' + b"x\n" * 900_000,
        b"organization" + b"," * 1_000_000 + b"\nx" + b"," * 1_000_000,
        b"organization," + b",".join(b"h%d" % number for number in range(300_000)) + b"\n",
        b"organization\n" + b"x\n" * 1_000_000,
        b"\n" * 3_000_000 + b"organization\nx\n",
    ],
    ids=["quotes", "one quote", "wide", "headings", "long", "blank"],
)
def test_no_table_keeps_us_busy(content: bytes) -> None:
    started = time.process_time()
    with pytest.raises(FileRefused):
        read_signatories(content, "names.csv")
    assert time.process_time() - started < 1


def test_no_file_but_a_table_is_read_and_none_for_long(otto: Visitor, malicious_files: dict[str, tuple[bytes, str]]) -> None:
    for name, (content, sentence) in malicious_files.items():
        assert sentence in upload(otto, f"{LETTER_PAGES}/import", {"file": (io.BytesIO(content), name)}), name
    assert db.session.query(Upload).count() == 0


def test_no_file_but_a_picture_is_a_logo_and_none_for_long(
    otto: Visitor, malicious_files: dict[str, tuple[bytes, str]]
) -> None:
    for name, (content, _) in malicious_files.items():
        page_text = upload(
            otto, f"{LETTER_PAGES}/write", {"logo": (io.BytesIO(content), name), "logo_description": "A river", "do": "save"}
        )
        assert f"{name}: this" in page_text, name


def test_what_a_table_reaches_for_is_never_read(otto: Visitor) -> None:
    page = otto.open(f"{LETTER_PAGES}/import").submit("Preview", file=(REACHING.encode(), "reaching.csv"), status=422)
    page.never_says("root:", "/bin/")
    assert db.session.query(Signature).count() == 0


def test_a_body_larger_than_any_file_is_turned_away_before_it_is_read(otto: Visitor) -> None:
    kind = "multipart/form-data; boundary=x"
    answer = otto.ask(f"{LETTER_PAGES}/import", method="POST", data=b"x" * (4 * 2**20 + 1), content_type=kind)
    assert answer.status_code == 413
