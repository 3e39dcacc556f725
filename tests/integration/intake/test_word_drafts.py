"""A Word draft becomes a letter: on the page “Write a letter”, and by the operator's command."""

import datetime as dt
import re
import time
from pathlib import Path

import pytest
from flask import Flask

from letterhub.config import Settings
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.infrastructure.db import db
from letterhub.models import Draft, Letter
from tests.support import cast, factories
from tests.support.files import word_documents as documents
from tests.support.files import word_letters
from tests.support.servers.command_line import run_letterhub
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"


@pytest.fixture
def otto(visitor: Visitor) -> Visitor:
    """An organizer, signed in."""
    factories.staff(cast.OTTO)
    visitor.sign_in(cast.OTTO)
    return visitor


def create_draft(by: Visitor, content: bytes, name: str = "draft.docx", status: int = 200, title: str = "") -> Page:
    page = by.visit("dashboard.new_letter", coalition=HOME)
    page = page.submit("Create draft", title=title, draft=(content, name), status=status)
    if status != 200:
        return page
    return page.submit("Create the letter")


def stored_text() -> LetterText:
    """Return the text of the only letter, as the database has it."""
    return text_from_facts(db.session.query(Draft).one().text)


def test_a_draft_becomes_a_letter_under_its_own_title(otto: Visitor) -> None:
    page = create_draft(otto, documents.draft_letter())
    assert re.fullmatch(rf"/staff/{HOME}/letters/keep-every-river-clean-[0-9a-f]{{12}}/write", page.path)
    page.says("The letter is saved. Check it once more below.", "Open the gates.")
    text = stored_text()
    assert (text.title, text.closing, text.letterhead.name) == ("Keep every river clean", "Respectfully,", cast.COALITION)
    assert "**clean water**, and *soon*" in text.body
    assert "{{count}}" in text.body


def test_a_title_that_was_typed_goes_before_that_of_the_draft(otto: Visitor) -> None:
    create_draft(otto, documents.draft_letter(), title="Rivers for everyone")
    assert stored_text().title == "Rivers for everyone"
    assert stored_text().body.startswith("## Keep every river clean\n\nThe {{count}} of us")
    assert stored_text().salutation == "Dear President Example:"


def test_a_title_that_was_typed_as_the_draft_has_it_is_the_title_alone(otto: Visitor) -> None:
    create_draft(otto, documents.draft_letter(), title="Keep Every River Clean")
    assert stored_text().title == "Keep Every River Clean"
    assert stored_text().salutation == "Dear President Example:"
    assert stored_text().body.startswith("The {{count}} of us ask")


def test_lines_can_be_moved_and_corrected_and_names_are_offered_before_anything_is_created(otto: Visitor) -> None:
    page = otto.visit("dashboard.new_letter", coalition=HOME).submit(
        "Create draft", title="Snow", draft=(word_letters.assistant().data, "draft.docx")
    )
    page.says("We found: letterhead, date, subject, 2 addressees, salutation, closing, names. Is this right?", "Please check")
    page.says("One comment was left out.", "It has tracked changes")
    bad = page.submit("Create the letter", status=422, **{"before-1-words": "x" * 400, "title": ""})
    bad.says("Enter a title", "is longer than 300 characters", "Friends of the River", "Path Club")
    assert db.session.query(Letter).count() == 0
    moved = {"before-0-part": "text", "before-6-part": "via", "before-6-words": "By hand"}
    seen = bad.submit("Update preview", title="Snow", **{"before-1-words": "April 6, 2027"}, **moved)
    seen.says("April 6, 2027", "By hand")
    names = seen.submit("Create the letter")
    names.says("none is added until you import them", "Path Club", "Ben Example")
    text = stored_text()
    assert (text.date, text.via, text.re) == (dt.date(2027, 4, 6), "By hand", "Snow on the path")
    assert [one.name for one in text.addressees] == ["The Mayor", "The Clerk"]
    assert (text.salutation, text.closing) == ("Dear Mayor and Clerk,", "Sincerely,")
    assert text.body == f"Friends of the River\n\n{word_letters.PROSE}\n\nPlow it after each snowfall."


def test_pasted_text_goes_the_same_way(otto: Visitor) -> None:
    page = otto.visit("dashboard.new_letter", coalition=HOME)
    both = page.submit("Create draft", pasted="x", draft=(documents.draft_letter(), "draft.docx"), status=422)
    both.says("Choose a file or paste the text, not both.")
    pasted = "May 3, 2027\n\nThe Mayor\nCity Hall\n\nDear Mayor:\n\nWe ask you to act.\n\nSincerely,"
    page = page.submit("Create draft", pasted=pasted).says("We found: date, one addressee, salutation, closing.")
    page.submit("Create the letter", status=422).says("Enter a title").submit("Create the letter", title="Act")
    assert (stored_text().salutation, stored_text().body) == ("Dear Mayor:", "We ask you to act.")


def test_pasted_text_without_a_title_is_called_by_its_subject(otto: Visitor) -> None:
    page = otto.visit("dashboard.new_letter", coalition=HOME)
    page = page.submit("Create draft", pasted="Re: Snow on the path\n\nDear Mayor:\n\nWe ask you to act.")
    page.submit("Create the letter")
    assert (stored_text().title, stored_text().re) == ("Snow on the path", "Snow on the path")


def test_a_draft_replaces_the_text_of_a_letter_once_staff_have_seen_the_change(otto: Visitor) -> None:
    create_draft(otto, documents.draft_letter())
    slug = db.session.query(Letter).one().slug
    page = otto.visit("draft_parts.replace", coalition=HOME, slug=slug)
    page.submit("Show its parts", status=422).says("Choose a file, or paste the text below.")
    page = page.submit("Show its parts", draft=(word_letters.spanish().data, "borrador.docx"))
    page.says("What would change", "removed: Dear President Example:", "added: Estimada señora alcaldesa:")
    assert stored_text().salutation == "Dear President Example:"
    other = otto.visit("editor.edit", coalition=HOME, slug=slug).submit("Save", cc="The Library")
    other.says("The Library")
    conflict = page.submit("Replace the text", status=409).says("What would change is compared with that text now.")
    conflict.submit("Replace the text").says("none is added until you import them", "Ana Ejemplo")
    text = stored_text()
    assert (text.title, text.salutation, text.cc) == ("Keep every river clean", "Estimada señora alcaldesa:", ("The Library",))
    assert (text.date, text.date_words) == (dt.date(2027, 3, 3), "Villa Ejemplo, 3 de marzo de 2027")


def test_of_a_draft_without_a_title_nothing_is_said_where_one_was_typed(otto: Visitor) -> None:
    draft = documents.write_docx(lambda draft: draft.add_paragraph("We ask."))
    create_draft(otto, draft, title="Rivers for everyone").never_says("We found no title")
    assert stored_text().title == "Rivers for everyone"


def test_what_stays_behind_is_said_on_the_next_page(otto: Visitor) -> None:
    draft = documents.write_docx(
        lambda draft: draft.add_paragraph("We ask.").add_run(" Soon.").font.__setattr__("strike", True)
    )
    page = otto.visit("dashboard.new_letter", coalition=HOME)
    page.submit("Create draft", title="", draft=(draft, "To the Senate.docx")).says(
        "We found no title, so we used the file name: “To the Senate”.", "struck through"
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7", "draft.docx: this is a PDF, which no longer knows its paragraphs."),
        (b"\xd0\xcf\x11\xe0", "draft.docx: this is a Word document of the old kind (.doc), or one with a password."),
        (documents.draft_letter()[:5000], "draft.docx: the file is damaged or has a password."),
        (documents.write_docx(), "draft.docx: the document has no text."),
    ],
    ids=["pdf", "doc", "cut", "empty"],
)
def test_a_file_that_is_no_draft_is_refused_at_its_field_with_nothing_lost(
    otto: Visitor, content: bytes, sentence: str
) -> None:
    page = create_draft(otto, content, title="Rivers for everyone", status=422)
    error = next(part for part in page.tree.iter("p") if part.get("id") == "draft-error")
    assert sentence in "".join(error.itertext())
    assert next(part for part in page.tree.iter("input") if part.get("id") == "title").get("value") == "Rivers for everyone"
    assert db.session.query(Letter).count() == 0


def test_a_letter_needs_a_title_or_a_draft(otto: Visitor) -> None:
    page = otto.visit("dashboard.new_letter", coalition=HOME).submit("Create draft", title="", status=422)
    page.says("Enter a title")


def test_a_refused_draft_alone_is_not_asked_for_a_title(otto: Visitor) -> None:
    create_draft(otto, b"%PDF-1.7", status=422).never_says("Enter a title")


@pytest.mark.shows("S15")
def test_a_hostile_draft_is_refused_at_its_field(otto: Visitor) -> None:
    folded = documents.replace_part(documents.MAIN_PART, b"\0" * 30_000_000)
    create_draft(otto, folded, status=422).says("the file unpacks into far more text than a letter")
    reaching = documents.replace_part(documents.MAIN_PART, b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>')
    create_draft(otto, reaching, status=422).says("the file cannot be read as a Word document").never_says("root:")
    assert db.session.query(Letter).count() == 0


@pytest.mark.shows("S15")
def test_the_name_of_a_style_is_not_read_without_end(otto: Visitor) -> None:
    name = f'<w:name w:val="{"a" * 300_000}"/>'
    styles = f'<w:styles {documents.WORD_NAMESPACE}><w:style w:type="paragraph" w:styleId="x">{name}</w:style></w:styles>'
    text = documents.main_part('<w:p><w:pPr><w:pStyle w:val="x"/></w:pPr><w:r><w:t>We ask.</w:t></w:r></w:p>' * 2000)
    package = documents.replace_part("word/styles.xml", styles.encode(), documents.replace_part(documents.MAIN_PART, text))
    create_draft(otto, documents.draft_letter())  # the first call loads its dependencies
    before = time.process_time()
    create_draft(otto, package, title="Rivers for everyone")
    assert time.process_time() - before < 3


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """A draft as an organizer might send it to the operator."""
    (tmp_path / "draft.docx").write_bytes(documents.draft_letter())
    return tmp_path / "draft.docx"


def test_an_operator_brings_one_in(app: Flask, settings: Settings, draft: Path) -> None:
    factories.coalition()
    ended = run_letterhub(settings, "letter", "import", str(draft), "--coalition", HOME)
    assert ended.exit_code == 0
    assert re.fullmatch(rf"/staff/{HOME}/letters/keep-every-river-clean-[0-9a-f]{{12}}/write\n", ended.stdout)
    assert stored_text().title == "Keep every river clean"


def test_an_operator_is_told_what_another_kind_of_file_is(app: Flask, settings: Settings, tmp_path: Path) -> None:
    factories.coalition()
    (tmp_path / "draft.odt").write_bytes(b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.text")
    ended = run_letterhub(settings, "letter", "import", str(tmp_path / "draft.odt"), "--coalition", HOME)
    assert ended.exit_code == 2
    assert "this is an OpenDocument text (.odt). In LibreOffice, choose File, Save As" in ended.stderr


def test_a_draft_is_drawn_from_its_file(settings: Settings, draft: Path) -> None:
    names, drawn = draft.with_name("names.csv"), draft.with_name("drawn.html")
    names.write_text("organization\nExample Alliance\nQuiet Harbor\n", encoding="utf-8")
    ended = run_letterhub(settings, "render", str(draft), str(names), "--html", str(drawn))
    assert (ended.exit_code, ended.stderr) == (0, "draft.docx: We found: salutation.\n")
    html = drawn.read_text(encoding="utf-8")
    assert "The 2 of us ask for <strong>clean water</strong>" in html
