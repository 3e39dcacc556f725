"""With a certificate, the PDF of an edition is signed and keeps its properties; without one, it is not signed."""

import datetime as dt
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import NameOID
from flask import Flask

from letterhub.cli._production_checks import CheckFailed
from letterhub.cli.check import CHECKS
from letterhub.clock import now
from letterhub.commands.editions.deliveries import deliver
from letterhub.commands.editions.file_jobs import render_edition_file
from letterhub.config import Settings
from letterhub.domain.editions.deliveries import DeliveryMethod, DeliveryRequest
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.letters.letter_document import LetterDocument, LetterText
from letterhub.domain.operations.render_jobs import JobState
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db
from letterhub.models import Edition, EditionFile, Letter
from letterhub.queries.editions.export_files import render_edition
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from letterhub.rendering.pdf.pdf_signing import equal_except_signature, sign_pdf
from letterhub.signing_certificate import Certificate, load_certificate
from tests.conformance.verapdf import violated_rules
from tests.support import cast, editions, factories
from tests.support.pdf_readers import qpdf_errors, require_program
from tests.support.visitor import Visitor

PASSWORD = "a word for the key"
OWNER = "Example Operators"
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
KEYS: dict[str, Callable[[], Key]] = {
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "curve": lambda: ec.generate_private_key(ec.SECP256R1()),
}


def certificate_file(folder: Path, kind: str = "rsa", until: dt.datetime = dt.datetime(2040, 1, 1, tzinfo=dt.UTC)) -> Path:
    """Return the file of a self-signed certificate with its key."""
    key, name = KEYS[kind](), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, OWNER)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(until)
        .add_extension(x509.KeyUsage(True, True, *[False] * 7), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{kind}.p12"
    file.write_bytes(serialize_key_and_certificates(b"letters", key, made, None, BestAvailableEncryption(PASSWORD.encode())))
    return file


def use(app: Flask, certificate: Certificate | None) -> Settings:
    """Configure the site with a certificate."""
    settings: Settings = replace(app.extensions["settings"], certificate=certificate)
    app.extensions["settings"] = settings
    return settings


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A closed letter that Clara's organization signed."""
    letter = factories.open_letter()
    factories.signature(letter, cast.CLARA)
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    return letter


def pdf_of(edition: Edition) -> EditionFile:
    return db.session.query(EditionFile).filter_by(edition_id=edition.id, format=FileFormat.PDF).one()


def drawn(letter: Letter) -> Edition:
    """Return an edition of the letter with all files rendered by the worker."""
    edition = editions.freeze_unrendered(letter)
    files = db.session.query(EditionFile).filter_by(edition_id=edition.id).order_by(EditionFile.format == FileFormat.JSON)
    for number in [file.id for file in files]:
        assert render_edition_file(number)
    return edition


def delivered(letter: Letter) -> Edition:
    """Return such an edition, delivered to the President."""
    edition = drawn(letter)
    handover = DeliveryRequest(("the President",), DeliveryMethod.HAND, now(), "America/New_York")
    deliver(edition.id, handover, actor="staff-1", staff_id=None, at=now())
    return edition


def on_disk(file: EditionFile, folder: Path) -> Path:
    path = folder / "letter.pdf"
    path.write_bytes(file.content or b"")
    return path


def pdfsig_output(path: Path) -> str:
    command = [require_program("pdfsig", "poppler-utils"), "-nocert", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_an_edition_is_signed_and_keeps_every_standard(app: Flask, letter: Letter, visitor: Visitor, tmp_path: Path) -> None:
    use(app, load_certificate(str(certificate_file(tmp_path)), PASSWORD))
    edition = delivered(letter)
    path = on_disk(pdf_of(edition), tmp_path)
    output = pdfsig_output(path)
    for part in (f"Common Name: {OWNER}", "ETSI.CAdES.detached", "Total document signed", "Signature is Valid."):
        assert part in output
    assert [rules for rules in violated_rules([path]).values() if rules] == []
    assert qpdf_errors(path) == ""
    page = visitor.visit("check_page.detail", public_id=edition.public_id)
    page.says("This PDF is also digitally signed", pdf_of(edition).sha256)
    assert page.html.count("digitally signed") == 1


def test_the_same_edition_is_signed_in_the_same_bytes(app: Flask, letter: Letter, tmp_path: Path) -> None:
    use(app, load_certificate(str(certificate_file(tmp_path)), PASSWORD))
    edition = drawn(letter)
    assert render_edition(edition.id, FileFormat.PDF).content == pdf_of(edition).content


def test_a_key_that_never_signs_alike_is_compared_but_for_its_value(app: Flask, letter: Letter, tmp_path: Path) -> None:
    use(app, load_certificate(str(certificate_file(tmp_path, "curve")), PASSWORD))
    edition = drawn(letter)
    stored, again = pdf_of(edition).content or b"", render_edition(edition.id, FileFormat.PDF).content
    assert "Signature is Valid." in pdfsig_output(on_disk(pdf_of(edition), tmp_path))
    assert stored != again
    assert equal_except_signature(stored, again)
    assert not equal_except_signature(stored, again.replace(b"/Type", b"/Typo", 1))
    assert not equal_except_signature(stored, again + b"more")


@pytest.mark.parametrize("name", [b"61626364" * 4, b"feff0041" * 4, b"efbbbf41" * 4, b"80818283" * 4])
def test_a_file_is_signed_whatever_its_own_id_looks_like(name: bytes, tmp_path: Path) -> None:
    paper = render_letter_pdf(LetterDocument(LetterText("Clean Rivers", "We write."))).data
    named = re.sub(rb"/ID\[<\w+><\w+>\]", b"/ID[<%s><%s>]" % (name, name), paper)
    path = tmp_path / "signed.pdf"
    by = load_certificate(str(certificate_file(tmp_path)), PASSWORD)
    path.write_bytes(sign_pdf(named, by, dt.datetime(2022, 1, 7, tzinfo=dt.UTC), "A letter"))
    assert "Signature is Valid." in pdfsig_output(path)
    assert path.read_bytes().startswith(named)


def test_without_a_certificate_nothing_is_signed(app: Flask, letter: Letter, visitor: Visitor, tmp_path: Path) -> None:
    edition = delivered(letter)
    assert "does not contain any signatures" in pdfsig_output(on_disk(pdf_of(edition), tmp_path))
    visitor.visit("check_page.detail", public_id=edition.public_id).never_says("digitally signed")


def test_what_cannot_be_signed_is_not_kept_unsigned(app: Flask, letter: Letter, tmp_path: Path) -> None:
    edition = editions.freeze_unrendered(letter)
    good = load_certificate(str(certificate_file(tmp_path)), PASSWORD)
    use(app, replace(good, password="another"))
    file = pdf_of(edition)
    assert not render_edition_file(file.id)
    db.session.refresh(file)
    assert (file.state, file.content) == (JobState.FAILED, None)
    assert "couldn’t sign this PDF with the site’s certificate" in file.error


def test_operators_are_told_whose_certificate_it_is_and_when_it_ended(app: Flask, tmp_path: Path) -> None:
    assert CHECKS["Certificate"](use(app, None)) == "none: editions are not signed"
    settings = use(app, load_certificate(str(certificate_file(tmp_path)), PASSWORD))
    assert CHECKS["Certificate"](settings) == f"editions are signed as {OWNER}, until 2040-01-01"
    ended = certificate_file(tmp_path, until=dt.datetime(2021, 1, 1, tzinfo=dt.UTC))
    with pytest.raises(CheckFailed, match=f"the certificate of {OWNER} expired on 2021-01-01"):
        CHECKS["Certificate"](use(app, load_certificate(str(ended), PASSWORD)))


@pytest.mark.parametrize(
    ("name", "password", "sentence"),
    [
        ("absent.p12", PASSWORD, "names a file that cannot be read: No such file or directory."),
        ("rsa.p12", "another", "must name a PKCS#12 file"),
        ("text.p12", "", "must name a PKCS#12 file"),
    ],
)
def test_a_certificate_that_does_not_open_is_refused(name: str, password: str, sentence: str, tmp_path: Path) -> None:
    certificate_file(tmp_path)
    (tmp_path / "text.p12").write_text("no certificate", encoding="utf-8")
    with pytest.raises(ValueError, match=sentence):
        load_certificate(str(tmp_path / name), password)
