"""Editions in each language: frozen with the translations of their text, listed, offered, checked, delivered, never changed."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from letterhub.clock import now
from letterhub.commands.letters.translations import publish_translation, save_translation
from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.editions.file_formats import TRANSLATED_FORMATS, FileFormat
from letterhub.domain.editions.languages import ALL_LANGUAGES
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.states import LetterMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Edition, EditionFile, Letter, Staff, Translation
from letterhub.queries.audit.consistency import inconsistencies
from letterhub.queries.editions.check_page import edition_check_page
from letterhub.queries.editions.export_files import render_edition
from letterhub.queries.editions.file_comparison import check_copy
from tests.support import cast, editions, factories
from tests.support.database_statements import record_statements
from tests.support.servers.command_line import run_letterhub
from tests.support.servers.mail_server import Inbox
from tests.support.visitor import Page, Visitor

HERE = {"coalition": "coalition-for-clean-rivers", "slug": "clean-rivers-for-everyone"}
SPANISH = replace(
    factories.TEXT, language="es", title="Ríos limpios para todos", body="Pedimos {{count}} veces ríos limpios.",
    salutation="Estimado presidente:", closing="Atentamente,",
)  # fmt: skip
ARABIC = replace(SPANISH, language="ar", title="أنهار نظيفة للجميع", body="نطلب أنهارًا نظيفة.", salutation="سيدي الرئيس،")


@pytest.fixture
def letter(visitor: Visitor) -> Letter:
    """A signed letter in English, Spanish and Arabic, whose organizer is signed in."""
    factories.staff(cast.OTTO)
    visitor.sign_in(cast.OTTO)
    letter = factories.open_letter()
    factories.signature(letter, cast.CLARA, SignatureState.PUBLISHED)
    for text in (SPANISH, ARABIC):
        factories.translation(letter, text)
    return letter


def close(letter: Letter) -> None:
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()


def publish_again(letter: Letter, text: LetterText) -> None:
    """Publish another translation into a language."""
    staff_id = db.session.query(Staff.id).scalar()
    version = db.session.get_one(Translation, (letter.id, text.language)).version
    saved = save_translation(letter.id, text, version, staff_id=staff_id, at=now())
    publish_translation(letter.id, text.language, saved, actor="staff-1", staff_id=staff_id, at=now())


def file_of(edition: Edition, form: FileFormat, language: str) -> bytes:
    file = db.session.query(EditionFile).filter_by(edition_id=edition.id, format=form, language=language).one()
    return file.content or b""


def links_to_files(page: Page) -> dict[str, str]:
    """Return the links to an edition's files with their languages, by the end of their address."""
    return {
        link.get("href").partition("/editions/")[2].partition("/")[2]: link.get("hreflang")
        for link in page.tree.iter("a")
        if link.get("download") is not None
    }


def test_freezing_says_which_languages_are_in_and_why_one_is_not(visitor: Visitor, letter: Letter) -> None:
    page = visitor.visit("editions.preview", **HERE).says("Languages English, Español, العربية").never_says("left out")
    db.session.get_one(Translation, (letter.id, "es")).published_id = None
    db.session.commit()
    page.submit("Freeze this edition with one name").says("changed while you were looking").says(
        "Languages English, العربية", "Español is left out: it isn’t published."
    ).submit("Freeze this edition with one name").says("Edition 1 is frozen.")
    assert {file.language for file in db.session.query(EditionFile)} == {"", "ar"}


def test_a_translation_of_an_earlier_text_is_left_out(visitor: Visitor, letter: Letter) -> None:
    factories.revise(letter, "We ask for clean rivers and lakes.")
    visitor.visit("editions.preview", **HERE).says("Español is left out: it translates an earlier text.").submit(
        "Freeze this edition with one name"
    )
    assert {file.language for file in db.session.query(EditionFile)} == {""}


@pytest.mark.shows("R6")
def test_an_edition_keeps_the_words_of_each_language_whatever_becomes_of_the_translation(letter: Letter) -> None:
    edition = editions.freeze_with_files(letter)
    publish_again(letter, replace(SPANISH, body="Otra cosa."))
    db.session.get_one(Translation, (letter.id, "ar")).published_id = None
    db.session.commit()
    for language in ("es", "ar"):
        for form in TRANSLATED_FORMATS:
            assert render_edition(edition.id, form, language=language).content == file_of(edition, form, language)
    assert "Pedimos 1 veces" in file_of(edition, FileFormat.TXT, "es").decode()
    html = file_of(edition, FileFormat.HTML, "ar").decode()
    assert '<html lang="ar" dir="rtl">' in html
    assert edition.public_id in html
    assert cast.CLARA.organization in html


def test_one_manifest_names_the_files_of_all_languages(letter: Letter) -> None:
    edition = editions.freeze_edition(letter)
    manifest = json.loads(render_edition(edition.id, FileFormat.JSON).content)
    named = {file["name"]: (file.get("language", ""), file["sha256"]) for file in manifest["files"]}
    stored = [file for file in db.session.query(EditionFile) if file.format is not FileFormat.JSON]
    assert sorted(named.values()) == sorted((file.language, file.sha256) for file in stored)
    assert named[f"{letter.slug}-edition-1-es.pdf"][0] == "es"


def test_the_log_knows_every_file_and_translation(visitor: Visitor, letter: Letter) -> None:
    edition = editions.freeze_unrendered(letter)
    frozen = db.session.query(AuditEntry).filter_by(action="frozen").one()
    assert set(frozen.after["translations"]) == {"es", "ar"}
    assert [one for one in inconsistencies() if "signature" not in one[1]] == []
    visitor.visit("audit_log.letter", **HERE).says("Translations")
    assert edition.number == 1


def test_readers_of_a_language_are_offered_its_files(visitor: Visitor, letter: Letter) -> None:
    close(letter)
    edition = editions.deliver_edition(letter)
    page = visitor.open(f"/letters/{letter.slug}/es").says("Pedimos 1 veces", edition.public_id)
    links = links_to_files(page)
    assert (links["es/pdf"], links["csv"]) == ("es", "en")
    assert "pdf" not in links
    own = links_to_files(visitor.open(f"/letters/{letter.slug}"))
    assert own["pdf"] == "en"
    assert not any("/" in path for path in own)
    check = visitor.visit("check_page.detail", public_id=edition.public_id).says("Español", "العربية")
    assert len(links_to_files(check)) == len(FileFormat) + 2 * len(TRANSLATED_FORMATS)
    answer = visitor.ask(f"/editions/{edition.public_id}/es/pdf")
    assert answer.data == file_of(edition, FileFormat.PDF, "es")
    assert answer.headers["Content-Disposition"].endswith("-edition-1-es.pdf")
    assert visitor.ask(f"/editions/{edition.public_id}/fr/pdf").status_code == 404
    assert visitor.ask(f"/editions/{edition.public_id}/es/csv").status_code == 404


def test_a_delivered_letter_shows_the_translation_that_was_delivered(visitor: Visitor, letter: Letter) -> None:
    close(letter)
    edition = editions.deliver_edition(letter)
    publish_again(letter, replace(SPANISH, body="Otra cosa."))
    visitor.open(f"/letters/{letter.slug}/es").says("Pedimos 1 veces", edition.public_id).never_says("Otra cosa")


def test_a_file_of_any_language_is_known_by_its_fingerprint_and_a_copy_by_its_words(visitor: Visitor, letter: Letter) -> None:
    close(letter)
    edition = editions.record_delivery(editions.freeze_with_files(letter))
    sha256 = hashlib.sha256(file_of(edition, FileFormat.TXT, "es")).hexdigest()
    page = visitor.visit("check_page.detail", public_id=edition.public_id)
    page.submit("Check the file", sha256=sha256).says("This is edition 1, as delivered.", "Plain text · Español")
    text = file_of(edition, FileFormat.TXT, "es").decode()
    for copy, verdict in ((text + "\n", "same"), (text.replace("ríos limpios", "vino tinto"), "different")):
        found = check_copy(edition_check_page(edition.public_id), copy.encode())
        assert found.comparison is not None
        assert (found.language, found.comparison.verdict) == ("es", verdict)


def test_an_edition_is_emailed_in_the_language_that_staff_choose(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    close(letter)
    editions.freeze_edition(letter)
    form = visitor.visit("delivery_emails.new", number=1, **HERE)
    typed = {"recipients-0-name": "El Presidente", "recipients-0-address": "president@example.org", "formats": ["pdf", "csv"]}
    preview = form.submit("Preview the email", language="es", **typed).says("edition-1-es.pdf", "edition-1.csv")
    preview.submit("Send to one recipient").says("One email is on its way.")
    send_due_mail(settings)
    (mail,) = postbox.to("president@example.org")
    assert [part.get_filename() for part in mail.message.iter_attachments()] == [
        f"{letter.slug}-edition-1-es.pdf", f"{letter.slug}-edition-1.csv",
    ]  # fmt: skip


def test_one_pdf_of_all_languages_is_made_by_choice(visitor: Visitor, letter: Letter) -> None:
    page = visitor.visit("editions.preview", **HERE).says("Also make one PDF with the letter in each language")
    page.submit("Freeze this edition with one name").says("Edition 1 is frozen.").never_says("All languages in one file")
    again = visitor.visit("editions.preview", **HERE).submit("Freeze this edition with one name", all_languages=True)
    again.says("Edition 2 is frozen.", "All languages in one file")
    in_all = db.session.query(EditionFile).filter_by(language=ALL_LANGUAGES).one()
    assert (in_all.format, db.session.get_one(Edition, in_all.edition_id).number) == (FileFormat.PDF, 2)


@pytest.mark.shows("R6")
def test_the_pdf_of_all_languages_is_offered_known_and_the_same_whenever_it_is_made(visitor: Visitor, letter: Letter) -> None:
    close(letter)
    edition = editions.record_delivery(editions.freeze_with_files(letter, all_languages=True))
    content = file_of(edition, FileFormat.PDF, ALL_LANGUAGES)
    publish_again(letter, replace(SPANISH, body="Otra cosa."))
    assert render_edition(edition.id, FileFormat.PDF, language=ALL_LANGUAGES).content == content
    manifest = json.loads(render_edition(edition.id, FileFormat.JSON).content)
    assert f"{letter.slug}-edition-1-mul.pdf" in {file["name"] for file in manifest["files"]}
    check = visitor.visit("check_page.detail", public_id=edition.public_id).says("All languages in one file")
    assert links_to_files(check)["mul/pdf"] == "mul"
    assert visitor.ask(f"/editions/{edition.public_id}/mul/pdf").data == content
    check.submit("Check the file", sha256=hashlib.sha256(content).hexdigest()).says("PDF · All languages in one file")
    for copy, language in ((content, ALL_LANGUAGES), (file_of(edition, FileFormat.PDF, "es"), "es")):
        found = check_copy(edition_check_page(edition.public_id), copy + b"\n")
        assert found.comparison is not None
        assert (found.language, found.comparison.verdict) == (language, "same")


def test_the_pdf_of_all_languages_is_emailed_and_exported(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, tmp_path: Path
) -> None:
    close(letter)
    edition = editions.freeze_with_files(letter, all_languages=True)
    form = visitor.visit("delivery_emails.new", number=1, **HERE).says("All languages in one file")
    typed = {"recipients-0-name": "The President", "recipients-0-address": "president@example.org", "formats": ["pdf", "csv"]}
    form.submit("Preview the email", language=ALL_LANGUAGES, **typed).says("edition-1-mul.pdf").submit("Send to one recipient")
    send_due_mail(settings)
    (mail,) = postbox.to("president@example.org")
    assert [part.get_filename() for part in mail.message.iter_attachments()] == [
        f"{letter.slug}-edition-1-mul.pdf", f"{letter.slug}-edition-1.csv",
    ]  # fmt: skip
    command = ("export", letter.slug, "--format", "pdf", "--language", ALL_LANGUAGES)
    done = run_letterhub(settings, *command, "--out", str(tmp_path / "all.pdf"))
    assert done.exit_code == 0, done.output
    assert (tmp_path / "all.pdf").read_bytes() == file_of(edition, FileFormat.PDF, ALL_LANGUAGES)
    assert "is identical to what would be rendered now" in run_letterhub(settings, *command, "--compare").stdout


def test_a_letter_in_one_language_asks_the_database_nothing_more(visitor: Visitor) -> None:
    letter = factories.open_letter()
    factories.signature(letter, cast.CLARA, SignatureState.PUBLISHED)
    close(letter)
    edition = editions.deliver_edition(letter)
    for path in (f"/letters/{letter.slug}", f"/editions/{edition.public_id}"):
        with record_statements() as statements:
            visitor.open(path)
        assert not any("FROM edition_translation" in one and "count(" not in one for one in statements), path
    assert {file.language for file in db.session.query(EditionFile)} == {""}
