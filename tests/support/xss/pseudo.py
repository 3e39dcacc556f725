"""The site of attacks, with harmless Greek words in place of them, in the pseudo-locale."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from flask import Flask

from letterhub.web.languages import ENGLISH_BLUEPRINTS, SIGN_IN_BLUEPRINTS
from tests.support.languages.messages import Part
from tests.support.languages.pseudo_locale import speak_pseudo
from tests.support.xss import emails, site
from tests.support.xss.addresses import addresses, links
from tests.support.xss.site import XssSite, make_xss_site

GREEK = "Ποτάμι"


def make_site_in(language: str, monkeypatch: pytest.MonkeyPatch, parts: Iterable[Part] = (Part.PUBLIC,)) -> XssSite:
    """Return the site with letters in a language that has the pseudo-locale's sentences until the test ends."""
    speak_pseudo(monkeypatch, language, parts)
    for module in (site, emails):
        monkeypatch.setattr(module, "ATTACK", GREEK)
    monkeypatch.setattr(site, "MARKDOWN", GREEK)
    text, harmless = site.text, {"title": GREEK, "body": GREEK}
    monkeypatch.setattr(site, "text", lambda **parts: replace(text(**harmless | parts), language=language))
    return make_xss_site()


def public_addresses(app: Flask, xss_site: XssSite) -> list[str]:
    """Return the addresses of all pages of signatories and readers: public ones, and those of mailed links."""
    modules = {endpoint: view.__module__ for endpoint, view in app.view_functions.items()}
    others = ENGLISH_BLUEPRINTS | SIGN_IN_BLUEPRINTS
    shown = {endpoint: address for endpoint, address in addresses(app) if endpoint.partition(".")[0] not in others}
    public = [address for endpoint, address in shown.items() if modules[endpoint].startswith("letterhub.web.public.")]
    of_letter = [one.replace("/evil", "/evil-open") for one in public if one.startswith("/letters/evil")]
    mailed = [one for one in links(app, xss_site) if not one.startswith(("/join/", "/founding/"))]
    return [*public, *of_letter, *mailed, "/no-such-page"]


def staff_addresses(app: Flask) -> list[str]:
    """Return the addresses of all pages of staff, but for those that stay English."""
    modules = {endpoint: view.__module__ for endpoint, view in app.view_functions.items()}
    return [
        address
        for endpoint, address in addresses(app)
        if modules[endpoint].startswith("letterhub.web.staff.") and endpoint.partition(".")[0] not in ENGLISH_BLUEPRINTS
    ]
