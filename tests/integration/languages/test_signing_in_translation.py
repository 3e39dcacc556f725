"""Signing a letter in the language in which it was read: form, pages, emails, and what the evidence says."""

from dataclasses import replace
from typing import Any

import pytest

from letterhub.clock import now
from letterhub.commands.letters.drafts import save_draft
from letterhub.commands.letters.revisions import publish_text_change, publish_unsigned_text
from letterhub.commands.letters.translations import (
    add_translation,
    publish_translation,
    save_translation,
    unpublish_translation,
)
from letterhub.commands.mail.mail_words import save_mail_words
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.press.signatory_messages import send_message
from letterhub.config import Settings
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.revisions import ChangeKind, TextChange
from letterhub.domain.mail.mail_words import MailWords, WordedMail
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Consent, Draft, Letter, MailWording, Signature, Staff, TranslatedText
from tests.support import cast, factories
from tests.support.database_statements import record_statements
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import newest_link, only_signature
from tests.support.text_changes import terms
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
SPANISH = LetterText(
    title="Ríos limpios para todos", body="Pedimos ríos limpios.", salutation="Estimado presidente:", language="es"
)


@pytest.fixture
def letter(visitor: Visitor) -> Letter:
    """An open letter with a Spanish translation, whose organizer is signed in."""
    factories.staff(cast.OTTO)
    visitor.sign_in(cast.OTTO)
    letter = factories.open_letter()
    add_translation(letter.id, SPANISH, actor="Otto", staff_id=staff_id(), at=now())
    publish(letter)
    return letter


def staff_id() -> int:
    """Return the id of the only member of staff."""
    return int(db.session.query(Staff.id).scalar())


def publish(letter: Letter, version: int = 1) -> None:
    """Publish the translation as that of the current text."""
    publish_translation(letter.id, "es", version, actor="Otto", staff_id=staff_id(), at=now())


def change_text(letter: Letter) -> None:
    """Publish another text of the letter, so that its translation is of an earlier one."""
    text, draft = replace(factories.TEXT, body=f"{factories.TEXT.body} At once."), db.session.query(Draft).one()
    by: dict[str, Any] = {"actor": "Otto", "staff_id": staff_id(), "at": now()}
    version = save_draft(letter.id, text, draft.version, staff_id=staff_id(), at=now()).version
    if db.session.query(Signature).count():
        publish_text_change(letter.id, version, 1, TextChange(ChangeKind.SUBSTANCE, "A demand.", terms()), **by)
    else:
        publish_unsigned_text(letter.id, version, **by)


def read_and_sign(visitor: Visitor, letter: Letter) -> Page:
    """Follow the button on the translation's page, and send the form."""
    page = visitor.open(f"/letters/{letter.slug}/es").follow("Firmar por su organización")
    return page.submit("Enviarme el enlace", **cast.CLARA.form, authorized=True)


@pytest.mark.shows("S19")
def test_who_read_a_translation_signs_in_its_language(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    page = visitor.open(f"/letters/{letter.slug}/es").follow("Firmar por su organización")
    page.says("Ríos limpios para todos", "Pedimos ríos limpios.", "Esta es una traducción.")
    assert (page.path, page.tree.get("lang")) == (f"/letters/{letter.slug}/es/sign", "es")
    page = page.submit("Enviarme el enlace", status=422)
    assert page.tree.get("lang") == "es"
    page = page.submit("Enviarme el enlace", **cast.CLARA.form, authorized=True)
    assert (page.path, page.tree.get("lang")) == (f"/letters/{letter.slug}/es/check-your-email", "es")

    confirm = visitor.open(newest_link(settings, postbox)).says("Pedimos ríos limpios.", "Esta es una traducción.")
    assert f"/letters/{letter.slug}/es" in confirm.html
    confirm.submit("Firmar por nuestra organización", status=422)
    thanks = confirm.submit("Firmar por nuestra organización", authorized=True)
    assert (thanks.tree.get("lang"), only_signature().state) == ("es", SignatureState.CONFIRMED)
    manage = visitor.open(newest_link(settings, postbox))
    assert manage.tree.get("lang") == "es"
    assert all("Ríos limpios para todos" in mail.text for mail in postbox.to(cast.CLARA.email))

    text, consent = db.session.query(TranslatedText).one(), db.session.query(Consent).one().content
    read = {"language": "es", "sha256": text.sha256}
    assert (only_signature().language, only_signature().translation_id) == ("es", text.id)
    assert (consent["translation"], consent["language"]) == (read, "es")
    assert consent["text_sha256"] == factories.revision_of(letter).sha256
    (entry,) = db.session.query(AuditEntry).filter_by(action="confirmed")
    assert (entry.after["translation"], entry.after["translation_sha256"]) == ("es", text.sha256)
    assert visitor.ask(f"{manage.path}/data").json["translation_read"] == read
    values = {"coalition": HOME, "slug": letter.slug, "signature_id": only_signature().id}
    visitor.visit("signatures.detail", **values).says("Español", text.sha256)
    visitor.visit("evidence.consent", **values).says(f"es, with the fingerprint {text.sha256}")
    visitor.visit("audit_log.letter", coalition=HOME, slug=letter.slug).says("Fingerprint of the translation")


def test_a_translation_of_an_earlier_text_is_not_what_is_signed(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    form = visitor.open(f"/letters/{letter.slug}/es").follow("Firmar por su organización")
    change_text(letter)
    form.submit("Enviarme el enlace", **cast.CLARA.form, authorized=True, status=422).says(
        "El texto de esta carta cambió", "La carta cambió después de traducirse.", "At once."
    ).submit("Enviarme el enlace")
    assert (only_signature().language, only_signature().translation_id) == ("es", None)
    page = visitor.open(newest_link(settings, postbox)).says("La carta cambió después de traducirse.", "At once.")
    publish(letter)
    page = page.submit("Firmar por nuestra organización", authorized=True, status=422).says(
        "El texto de esta carta cambió", "Pedimos ríos limpios."
    )
    assert only_signature().state is SignatureState.PENDING
    page.submit("Firmar por nuestra organización", authorized=True)
    assert only_signature().translation_id == db.session.query(TranslatedText.id).order_by(TranslatedText.id.desc()).first()[0]


def test_a_translation_that_was_published_anew_is_read_again(visitor: Visitor, letter: Letter) -> None:
    form = visitor.open(f"/letters/{letter.slug}/es").follow("Firmar por su organización")
    version = save_translation(letter.id, replace(SPANISH, body="Pedimos agua limpia."), 1, staff_id=staff_id(), at=now())
    publish(letter, version)
    refused = form.submit("Enviarme el enlace", **cast.CLARA.form, authorized=True, status=422)
    refused.says("El texto de esta carta cambió", "Pedimos agua limpia.").submit("Enviarme el enlace")
    newest = db.session.query(TranslatedText.id).order_by(TranslatedText.id.desc()).limit(1).scalar()
    assert only_signature().translation_id == newest


def test_a_translation_that_is_gone_leads_to_the_original(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    form = visitor.open(f"/letters/{letter.slug}/es").follow("Firmar por su organización")
    unpublish_translation(letter.id, "es", actor="Otto", at=now())
    refused = form.submit("Enviarme el enlace", **cast.CLARA.form, authorized=True, status=422)
    refused.says("El texto de esta carta cambió", "We, the").submit("Enviarme el enlace").says("Check your email")
    assert (only_signature().language, only_signature().translation_id) == ("", None)
    assert "We, the" not in newest_link(settings, postbox)
    for language in ("es", "en", "ja"):
        page = visitor.open(f"/letters/{letter.slug}/{language}/sign?via=partner")
        assert (page.path, page.tree.get("lang")) == (f"/letters/{letter.slug}/sign", "en")
        assert 'value="partner"' in page.html


def test_a_translation_that_is_gone_before_confirming_gives_way_to_the_original(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    read_and_sign(visitor, letter)
    unpublish_translation(letter.id, "es", actor="Otto", at=now())
    page = visitor.open(newest_link(settings, postbox)).says("La traducción ya no está disponible.", "We, the")
    assert f"/letters/{letter.slug}/es" not in page.html
    assert f"/letters/{letter.slug}/es" not in postbox.to(cast.CLARA.email)[-1].text
    page.submit("Firmar por nuestra organización", authorized=True)
    assert (only_signature().language, only_signature().translation_id) == ("es", None)


def test_a_changed_text_is_confirmed_again_in_the_language_that_was_read(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    read_and_sign(visitor, letter)
    visitor.open(newest_link(settings, postbox)).submit("Firmar por nuestra organización", authorized=True)
    change_text(letter)
    page = visitor.open(newest_link(settings, postbox)).says("La carta cambió después de traducirse.", "At once.")
    assert "Estos pasajes son del original" in page.html
    assert "Estos pasajes son del original" in postbox.to(cast.CLARA.email)[-1].text
    page.submit("Firmar el nuevo texto", authorized=True)
    assert (only_signature().language, only_signature().translation_id) == ("es", None)
    first, second = (row.content for row in db.session.query(Consent).order_by(Consent.id))
    assert "translation" in first
    assert (second["language"], "translation" in second) == ("es", False)


def test_own_words_of_an_email_are_for_those_who_read_the_letter_in_their_language(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    factories.save(MailWording(letter_id=letter.id, mail=WordedMail.THANKS, subject="Thanks", text="We are glad. {{link}}"))
    read_and_sign(visitor, letter)
    visitor.open(newest_link(settings, postbox)).submit("Firmar por nuestra organización", authorized=True)
    newest_link(settings, postbox)
    assert "We are glad" not in postbox.to(cast.CLARA.email)[-1].text


def test_a_message_of_staff_is_filled_in_the_letters_language(letter: Letter, settings: Settings, postbox: Inbox) -> None:
    factories.signature(letter, cast.CLARA, language="es")
    save_mail_words(letter.id, WordedMail.MESSAGE, MailWords("News of {{title}}", "Good news."), 0, actor="Otto", at=now())
    send_message(letter.id, 1, staff_id=staff_id(), actor="Otto", at=now())
    send_due_mail(settings)
    (mail,) = postbox.to(cast.CLARA.email)
    assert mail.message["Subject"] == "News of Clean rivers for everyone"
    assert "Ríos limpios para todos" in mail.text


def test_signing_in_a_translation_asks_one_thing_more(visitor: Visitor, letter: Letter) -> None:
    counts = []
    for path in (f"/letters/{letter.slug}/sign", f"/letters/{letter.slug}/es/sign"):
        visitor.ask(path)
        with record_statements() as statements:
            assert visitor.ask(path).status_code == 200
        counts.append(len(statements))
    assert counts[1] <= counts[0] + 1
