"""Poster of a letter: one page as PDF with the title, the coalition, and a QR code of the letter's address."""

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
import segno
from PIL import Image

from letterhub.clock import now
from letterhub.commands.letters.translations import add_translation, publish_translation
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Staff
from letterhub.queries.letters import posters
from letterhub.rendering.pdf.client import PdfRenderingFailed
from tests.support import cast, factories
from tests.support.pdf_readers import text_of_pdf
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Visitor

HOME = "coalition-for-clean-rivers"
FRENCH = LetterText(title="Des rivières propres pour tous", body="Nous demandons.", language="fr")


@pytest.fixture
def letter(visitor: Visitor) -> Letter:
    """An open letter with a French translation, whose organizer is signed in."""
    factories.staff(cast.OTTO)
    visitor.sign_in(cast.OTTO)
    letter = factories.open_letter()
    by = {"actor": "Otto", "staff_id": db.session.query(Staff.id).scalar(), "at": now()}
    add_translation(letter.id, FRENCH, **by)
    publish_translation(letter.id, "fr", 1, **by)
    return letter


def qr_code(pdf: pikepdf.Pdf) -> Image.Image:
    """Return the square picture of a poster, one dot for each module of the code."""
    (picture,) = [one for one in pdf.pages[0].get_images().values() if one.Width == one.Height]
    return pikepdf.PdfImage(picture).as_pil_image().convert("1")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_letter_has_a_poster_in_each_language(visitor: Visitor, letter: Letter, tmp_path: Path) -> None:
    overview = visitor.visit("overview.detail", coalition=HOME, slug=letter.slug).says("Poster with a QR code")
    links = [one.get("href") for one in overview.tree.iter("a") if "/overview/poster" in (one.get("href") or "")]
    expected = [
        ("", ("Clean rivers for everyone", "Sign for your organization"), "clean-rivers-for-everyone-poster.pdf"),
        ("/fr", ("Des rivières propres pour tous", "Signer"), "clean-rivers-for-everyone-poster-fr.pdf"),
    ]
    assert len(links) == len(expected)
    for link, (language, words, name) in zip(links, expected, strict=True):
        answer, url = visitor.ask(link), f"{SITE}/letters/{letter.slug}{language}"
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        assert name in answer.headers["Content-Disposition"]
        (tmp_path / "poster.pdf").write_bytes(answer.data)
        text = " ".join(text_of_pdf(tmp_path / "poster.pdf").split())
        assert all(one in text for one in (*words, "Coalition for Clean Rivers", url.partition("://")[2])), text
        with pikepdf.open(BytesIO(answer.data)) as pdf:
            assert len(pdf.pages) == 1
            drawn = qr_code(pdf)
        matrix = segno.make(url, error="m", micro=False).matrix
        assert drawn.resize((len(matrix), len(matrix))).tobytes() == code_of(matrix).tobytes()


def code_of(matrix: tuple[bytearray, ...]) -> Image.Image:
    """Return the modules of a QR code as a picture, black for each that is set."""
    picture = Image.new("1", (len(matrix), len(matrix)), 1)
    for y, row in enumerate(matrix):
        for x, is_set in enumerate(row):
            picture.putpixel((x, y), 0 if is_set else 1)
    return picture


def test_what_nobody_can_open_has_no_poster(visitor: Visitor, letter: Letter) -> None:
    address = f"/staff/{HOME}/letters/{letter.slug}/overview/poster"
    assert visitor.ask(f"{address}/ja").status_code == 404
    assert visitor.ask(f"{address}/en").status_code == 404
    for state in (LetterState.WITHDRAWN, LetterState.DRAFT):
        letter.state, letter.withdrawn_at = state, now()
        db.session.commit()
        visitor.visit("overview.detail", coalition=HOME, slug=letter.slug).never_says("Poster with a QR code")
        assert visitor.ask(address).status_code == 404


def test_a_poster_that_fails_says_so(visitor: Visitor, letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bytes:
        raise PdfRenderingFailed("The PDF took too long.")

    monkeypatch.setattr(posters, "_poster_pdf", fail)
    visitor.open(f"/staff/{HOME}/letters/{letter.slug}/overview/poster").says("The PDF took too long.", "Overview")
