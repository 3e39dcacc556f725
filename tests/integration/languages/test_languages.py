"""Pages and emails speak the language of their letter, else the reader's; caches never mix them."""

import datetime as dt
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from letterhub.app import create_app
from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.interface_languages import PUBLIC_LANGUAGES, direction_of, own_name
from letterhub.infrastructure.db import db
from letterhub.models import Consent, Letter
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import confirm_link
from tests.support.visitor import Page, Visitor

SPANISH = replace(factories.TEXT, title="Ríos limpios para todos", body="Pedimos ríos limpios.", language="es")


def letter_in(language: str) -> Letter:
    """Return an open letter in a language, with a deadline in the afternoon of Washington."""
    return factories.open_letter(
        replace(SPANISH, title=f"Clean rivers {language}", language=language), deadline_zone="America/New_York"
    )


def open_in(visitor: Visitor, address: str, accept: str, status: int = 200) -> Page:
    """Open a page with a browser that asks for a language."""
    return visitor.open(address, status=status, headers={"Accept-Language": accept})


def spoken(page: Page) -> tuple[str | None, str | None]:
    """Return the language and the direction of a page."""
    return page.tree.get("lang"), page.tree.get("dir")


@pytest.mark.parametrize("language", PUBLIC_LANGUAGES)
def test_a_letter_s_page_speaks_its_language_whatever_the_browser_asks_for(visitor: Visitor, language: str) -> None:
    letter = letter_in(f"{language}-XX" if language == "pt" else language)
    for accept in ("en", "es", "ja;q=0.5"):
        page = open_in(visitor, f"/letters/{letter.slug}", accept)
        assert spoken(page) == (language, direction_of(language))
        assert page.response.headers["Content-Language"] == language
        assert "Accept-Language" not in page.response.headers.get("Vary", "")
        assert spoken(open_in(visitor, f"/letters/{letter.slug}/sign", accept)) == (language, direction_of(language))


def test_a_letter_without_translations_has_english_around_it(visitor: Visitor) -> None:
    assert spoken(visitor.visit("letters.detail", slug=letter_in("sv").slug).says("Sign for your organization")) == (
        "en",
        "ltr",
    )


def test_the_front_page_speaks_what_the_browser_asks_for(visitor: Visitor) -> None:
    page = open_in(visitor, "/", "fr-CA, de;q=0.5").says("Lettres ouvertes")
    assert spoken(page) == ("fr", "ltr")
    assert page.response.headers["Vary"] == "Accept-Language"
    open_in(visitor, "/", "sv, xx").says("Open letters")
    open_in(visitor, "/no-such-page", "es", status=404).says("Página no encontrada")


def test_a_choice_is_in_the_address_and_goes_along(visitor: Visitor) -> None:
    factories.coalition()
    letter_in("es")
    page = open_in(visitor, "/", "fr").follow(own_name("es")).says("Cartas abiertas")
    assert "Accept-Language" not in page.response.headers.get("Vary", "")
    page.follow(cast.COALITION).says("Abiertas a firmas").follow("Comprobar un archivo").says("Elija")
    open_in(visitor, "/?lang=xx", "fr").says("Lettres ouvertes")


def test_a_search_stays_in_the_chosen_language(visitor: Visitor) -> None:
    letter_in("es")
    page = visitor.open("/c/coalition-for-clean-rivers?lang=es&q=rivers").says("Buscar")
    assert spoken(page.submit("Buscar", q="nothing like it").says("Ninguna carta tiene")) == ("es", "ltr")


def test_errors_of_a_form_speak_the_letter_s_language(visitor: Visitor) -> None:
    letter = letter_in("es")
    for _ in range(2):  # the second time its settings are known, and the letter is not read first
        page = visitor.visit("signing.new", slug=letter.slug).submit("Enviarme el enlace", status=422)
        page.says("Escriba el nombre de su organización.", "Escriba su dirección de correo electrónico.")
    page.never_says("Enter your")


def test_an_error_of_a_command_speaks_the_letter_s_language(visitor: Visitor) -> None:
    letter = letter_in("es")
    visitor.visit("signing.new", slug=letter.slug)
    letter.deadline_at = now() - dt.timedelta(minutes=1)
    db.session.commit()
    open_in(visitor, f"/letters/{letter.slug}/sign", "en", status=409).says("Esta carta está cerrada", "Ya no admite firmas.")


def test_dates_are_those_of_the_language_and_no_english_hour_is_left(visitor: Visitor) -> None:
    page = visitor.visit("letters.detail", slug=letter_in("es").slug)
    page.says("Abierta hasta el viernes, 7 de enero de 2022, 12:00 (hora oriental)", "dentro de 2 días")
    page.never_says("p.m.", "Eastern")
    visitor.visit("letters.detail", slug=letter_in("de").slug).says("Freitag, 7. Januar 2022, 12:00", "in 2 Tagen")
    visitor.visit("letters.detail", slug=letter_in("en").slug).says("Friday, January 7, 2022, 12:00 p.m. Eastern", "in 2 days")


def test_the_worker_writes_in_the_language_of_the_letter(visitor: Visitor, settings: Settings, postbox: Inbox) -> None:
    letter = letter_in("es")
    visitor.visit("signing.new", slug=letter.slug).submit("Enviarme el enlace", **cast.CLARA.form, authorized=True)
    send_due_mail(settings)
    (mail,) = postbox.to(cast.CLARA.email)
    assert mail.message["Subject"] == "Confirme su firma: Clean rivers es"
    assert "Leer la carta y confirmar" in mail.html
    assert '<html lang="es" dir="ltr">' in mail.html
    assert "a.m." not in mail.text
    assert "Eastern" not in mail.text


def test_the_evidence_says_in_which_language_a_signatory_agreed(visitor: Visitor) -> None:
    signature = factories.signature(letter_in("es"), state="pending")
    visitor.open(confirm_link(signature)).submit("Firmar por nuestra organización", authorized=True)
    db.session.expire_all()
    consent = db.session.query(Consent).one().content
    assert (consent["language"], consent["button"]) == ("es", "Firmar por nuestra organización")
    assert consent["box"] == "Tengo autorización para firmar en nombre de Example Alliance."


def test_staff_pages_speak_what_the_browser_asks_for_until_their_reader_chooses(visitor: Visitor) -> None:
    factories.staff(cast.OTTO)
    assert spoken(open_in(visitor, "/sign-in", "fr-CA").says("Se connecter")) == ("fr", "ltr")
    assert spoken(open_in(visitor, "/sign-in", "de").says("Sign in")) == ("en", "ltr")  # complete for signatories only
    visitor.sign_in(cast.OTTO)
    address = f"/staff/coalition-for-clean-rivers/letters/{letter_in('de').slug}/settings"
    assert spoken(open_in(visitor, address, "es").says("Ajustes", "Guardar plazo y reglas")) == ("es", "ltr")
    account = visitor.open("/account").submit("Save language", language="fr").says("Votre langue a été modifiée.")
    assert spoken(account) == ("fr", "ltr")
    assert spoken(open_in(visitor, address, "es").says("Réglages")) == ("fr", "ltr")
    assert spoken(open_in(visitor, "/help", "fr").says("Help")) == ("en", "ltr")
    account.submit("Enregistrer la langue", language="").says("Your language was changed.")
    assert spoken(open_in(visitor, address, "en").says("Settings")) == ("en", "ltr")


def test_emails_to_staff_speak_the_language_of_their_account(visitor: Visitor, settings: Settings, postbox: Inbox) -> None:
    factories.staff(cast.OLIVE)
    visitor.sign_in(cast.OLIVE)
    visitor.open("/account").submit("Save language", language="es")
    visitor.open("/staff/coalition-for-clean-rivers/team").submit(
        "Enviar la invitación", email="nia@alliance.example", role="reviewer"
    )
    visitor.open("/staff/coalition-for-clean-rivers/team").says("nia@alliance.example")
    send_due_mail(settings)
    (mail,) = postbox.to("nia@alliance.example")
    assert mail.message["Subject"] == f"{cast.COALITION} le invita a unirse a su equipo"
    link = next(line for line in mail.text.splitlines() if "/join/" in line)
    guest = Visitor(visitor.app, visitor.base_url)
    page = guest.ask(link.partition(settings.public_url)[2], headers={"Accept-Language": "fr"})
    assert "Rejoindre" in page.text


@pytest.fixture
def cached_app(settings: Settings) -> Flask:
    """The app with a page cache that keeps a page for a minute."""
    return create_app(replace(settings, page_cache_seconds=60))


def get(app: Flask, address: str, **headers: str) -> TestResponse:
    """Return the response of an app to a browser without cookies."""
    return app.test_client(use_cookies=False).get(address, headers=headers, base_url="https://letters.example.org")


def test_the_page_cache_keeps_languages_apart(app: Flask, cached_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = letter_in("es")
    shown = {accept: get(cached_app, "/", **{"Accept-Language": accept}) for accept in ("en", "es", "fr-CA", "de")}
    assert len({response.headers["ETag"] for response in shown.values()}) == 4
    rendered: list[object] = []
    monkeypatch.setattr(cached_app, "full_dispatch_request", lambda *_: rendered.append(1))
    for accept, lang in (("en-GB", "en"), ("es-MX, en;q=0.8", "es"), ("fr", "fr"), ("de-AT", "de"), ("xx", "en")):
        again = get(cached_app, "/", **{"Accept-Language": accept})
        assert f'<html lang="{lang}"' in again.text
        assert again.headers["Vary"] == "Accept-Language, Accept-Encoding"
        known = get(cached_app, "/", **{"Accept-Language": accept, "If-None-Match": again.headers["ETag"]})
        assert known.status_code == 304
    assert rendered == []
    monkeypatch.undo()
    first = get(cached_app, f"/letters/{letter.slug}", **{"Accept-Language": "en"})
    monkeypatch.setattr(cached_app, "full_dispatch_request", lambda *_: rendered.append(1))
    again = get(cached_app, f"/letters/{letter.slug}", **{"Accept-Language": "fr"})  # one page for all
    assert (again.data, again.headers["Vary"], rendered) == (first.data, "Accept-Encoding", [])
