"""One letter in several languages: staff translate it and publish, readers choose, and none passes for another text."""

from dataclasses import replace

import pytest
from lxml import etree

from letterhub.clock import now
from letterhub.commands.letters.drafts import save_draft
from letterhub.commands.letters.revisions import publish_unsigned_text
from letterhub.domain.letters.serialization import fingerprint, text_to_facts
from letterhub.infrastructure.db import db
from letterhub.models import Draft, Letter, Revision, Staff, TranslatedText, Translation
from tests.support import cast, factories
from tests.support.database_statements import record_statements
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
SPANISH = {
    "title": "Ríos limpios para todos",
    "body": "Pedimos {{count}} veces ríos limpios.",
    "salutation": "Estimado presidente:",
    "closing": "Atentamente,",
}


@pytest.fixture
def letter(visitor: Visitor) -> Letter:
    """An open letter whose organizer is signed in."""
    factories.staff(cast.OTTO)
    visitor.sign_in(cast.OTTO)
    return factories.open_letter()


def translate(visitor: Visitor, letter: Letter, language: str = "es", button: str = "Publish this translation") -> Page:
    """Add a translation and publish it."""
    page = visitor.visit("translations.index", coalition=HOME, slug=letter.slug).submit("Add translation", language=language)
    return page.submit(button, **SPANISH)


def test_a_published_translation_has_an_address_and_speaks_its_language(visitor: Visitor, letter: Letter) -> None:
    factories.signature(letter, state="published")
    translate(visitor, letter).says("Readers see this translation of the current text.")
    translate(visitor, letter, "ar")
    original = visitor.open(f"/letters/{letter.slug}").says("This is the original, the binding text.", "One organization has")
    page = original.follow("Español").says("Ríos limpios para todos", "Pedimos 1 veces", "Esta es una traducción.")
    assert page.path == f"/letters/{letter.slug}/es"
    assert (page.tree.get("lang"), page.tree.get("dir")) == ("es", "ltr")
    page.says("Una organización ha firmado", cast.CLARA.organization).never_says("We, the", "binding")
    links = {one.get("hreflang"): one.get("href").partition("/letters/")[2] for one in page.tree.iter("link")}
    assert links == links | {
        "en": letter.slug, "es": f"{letter.slug}/es", "ar": f"{letter.slug}/ar", "x-default": letter.slug
    }  # fmt: skip
    (canonical,) = [one.get("href") for one in page.tree.iter("link") if one.get("rel") == "canonical"]
    assert canonical.endswith(f"/letters/{letter.slug}/es")
    assert page.follow("العربية").tree.get("dir") == "rtl"
    page.follow("English").says("This is the original")


def test_readers_see_nothing_of_a_translation_that_is_not_published(visitor: Visitor, letter: Letter) -> None:
    page = translate(visitor, letter, button="Save").says("Readers don’t see this translation yet.")
    for language in ("es", "fr", "xx-YY"):
        visitor.open(f"/letters/{letter.slug}/{language}", status=404)
    visitor.open(f"/letters/{letter.slug}").never_says("Español", "original")
    page.submit("Publish this translation").submit("Take it off the page").says(
        "Your text is still here.", "veces ríos limpios"
    )
    visitor.open(f"/letters/{letter.slug}/es", status=404)
    assert visitor.open(f"/letters/{letter.slug}/en").path == f"/letters/{letter.slug}"


def test_a_translation_of_an_earlier_text_says_so(visitor: Visitor, letter: Letter) -> None:
    translate(visitor, letter)
    staff_id = db.session.query(Staff.id).scalar()
    draft = db.session.query(Draft).one()
    text = replace(factories.TEXT, body=f"{factories.TEXT.body} At once.")
    version = save_draft(letter.id, text, draft.version, staff_id=staff_id, at=now()).version
    publish_unsigned_text(letter.id, version, actor="Otto", staff_id=staff_id, at=now())
    page = visitor.open(f"/letters/{letter.slug}/es").says("Esta traducción es de un texto anterior", "Pedimos")
    page.follow("English").says("At once.")
    visitor.visit("translations.index", coalition=HOME, slug=letter.slug).says("Not done:")
    visitor.visit("revisions.index", coalition=HOME, slug=letter.slug).says("not done yet")
    edit = visitor.visit("translations.edit", coalition=HOME, slug=letter.slug, language="es").says("At once.", "has changed")
    edit.submit("Publish this translation").says("Readers see this translation of the current text.")
    visitor.open(f"/letters/{letter.slug}/es").says("Esta es una traducción.")
    first, second = db.session.query(TranslatedText).order_by(TranslatedText.id)
    assert (first.content, first.sha256) == (second.content, second.sha256)
    assert first.revision_id != second.revision_id


def test_what_somebody_else_saved_is_not_overwritten_unseen(visitor: Visitor, letter: Letter) -> None:
    page = translate(visitor, letter, button="Save")
    page.submit("Save", closing="Con respeto,")
    late = page.submit("Save", closing="Saludos,", status=409).says("saved this letter after you opened it", "not saved")
    assert db.session.query(Translation).one().text["closing"] == "Con respeto,"
    late.submit("Save")
    db.session.expire_all()
    assert db.session.query(Translation).one().text["closing"] == "Saludos,"


def test_a_translation_that_lacks_a_text_or_has_an_odd_placeholder_is_not_published(visitor: Visitor, letter: Letter) -> None:
    page = visitor.visit("translations.index", coalition=HOME, slug=letter.slug).submit("Add translation", language="es")
    page.submit("Publish this translation", status=409).says("Enter a title.", "Write the text of the letter.")
    page.submit("Publish this translation", **SPANISH | {"body": "{{conteo}}"}, status=409).says("conteo")
    assert not db.session.query(TranslatedText).count()


def test_a_translation_into_what_became_the_original_s_language_is_not_offered(visitor: Visitor, letter: Letter) -> None:
    translate(visitor, letter)
    content = text_to_facts(replace(factories.TEXT, language="es"))
    factories.save(
        Revision(letter_id=letter.id, number=2, content=content, sha256=fingerprint(content), change="typo", created_at=now())
    )
    page = visitor.open(f"/letters/{letter.slug}/es")
    assert page.path == f"/letters/{letter.slug}"
    page.says("We, the").never_says("original")
    edit = visitor.visit("translations.edit", coalition=HOME, slug=letter.slug, language="es")
    edit.submit("Publish this translation", status=409).says("The original is in this language by now")


def test_a_reviewer_reads_translations_and_changes_nothing(visitor: Visitor, letter: Letter) -> None:
    translate(visitor, letter)
    factories.staff(cast.SAM)
    sam = Visitor(visitor.app, visitor.base_url)
    sam.sign_in(cast.SAM)
    sam.visit("translations.index", coalition=HOME, slug=letter.slug).never_says("Add translation").follow("Español").says(
        "Readers see this translation of the current text."
    ).never_says("Publish this translation", "Take it off")


def test_a_letter_in_several_languages_asks_one_thing_more(visitor: Visitor, letter: Letter) -> None:
    translate(visitor, letter)
    reader = Visitor(visitor.app, visitor.base_url)
    for path in (f"/letters/{letter.slug}", f"/letters/{letter.slug}/es"):
        reader.ask(path)
        with record_statements() as statements:
            assert reader.ask(path).status_code == 200
        assert len(statements) <= 3, statements


def test_the_sitemap_names_the_page_in_each_language(visitor: Visitor, letter: Letter) -> None:
    translate(visitor, letter)
    sitemap = etree.fromstring(visitor.ask("/sitemap.xml").data)
    pages = {url[0].text.partition("/letters/")[2]: [one.get("hreflang") for one in url[1:]] for url in sitemap}
    assert pages[letter.slug] == pages[f"{letter.slug}/es"] == ["en", "es"]
