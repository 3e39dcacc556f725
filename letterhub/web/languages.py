"""Language of each response: that of the letter it is about, else the reader's choice, else what the browser asks for.

Staff's pages speak the language that a member of staff chose on the account page, else what the browser asks for. A public
page without a letter says in its address which language the reader chose (`?lang=es`); where the address says nothing,
`Accept-Language` decides and the response varies by it. See docs/languages.md.
"""

from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, request
from flask_babel import refresh
from flask_security import current_user
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from werkzeug.routing import BaseConverter

from letterhub.domain.interface_languages import (
    DEFAULT_LANGUAGE,
    PUBLIC_LANGUAGES,
    STAFF_LANGUAGES,
    direction_of,
    own_name,
    primary_subtag,
    public_language,
    speak,
    spoken_language,
)

PARAMETER = "lang"
ENGLISH_BLUEPRINTS = frozenset({"help_pages", "webhooks"})
"""Pages that are English only: help, as its documents, and staff's pages that nobody has translated yet."""
SIGN_IN_BLUEPRINTS = frozenset({"security", "passkey_sign_in", "provider_sign_in"})
"""Pages on which staff sign in."""
VARY_BY_LANGUAGE = "Accept-Language"
READER_ENDPOINTS = frozenset(
    {
        "home.index",
        "coalition.detail",
        "check_page.index",
        "check_page.check_any_file",
        "feeds.site",
        "feeds.coalition",
        "site_pages.privacy",
        "site_pages.accessibility",
    }
)
"""Public pages and feeds without a letter. Their links and forms carry the reader's choice on."""


class LanguageConverter(BaseConverter):
    """Part of an address that is a language tag: "es", "pt-BR"."""

    regex = "[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*"


def init_app(app: Flask) -> None:
    """Choose the language before each request, announce it after, and end it; give templates what they need."""
    app.before_request(_choose_language)
    app.after_request(_announce_language)
    app.teardown_request(_speak_english)
    app.url_defaults(_carry_choice)
    app.jinja_env.globals.update(
        page_language=spoken_language,
        page_direction=_page_direction,
        language_links=language_links,
        reader_path=reader_path,
        chosen_language=_choice,
    )


def _choose_language() -> None:
    """Speak the reader's language on a public page, until its view says that a letter decides, and staff's on their pages."""
    speak(_readers_language() if _is_public() else _staff_language() if _is_for_staff() else DEFAULT_LANGUAGE)


def _speak_english(_error: BaseException | None) -> None:
    """End the choice of a request: what its thread does next is not for its reader."""
    speak(DEFAULT_LANGUAGE)


def _is_public() -> bool:
    """Return whether the requested page is one of signatories and readers; an unknown address is."""
    return not request.endpoint or (
        request.blueprint not in ENGLISH_BLUEPRINTS | SIGN_IN_BLUEPRINTS
        and current_app.view_functions[request.endpoint].__module__.startswith("letterhub.web.public.")
    )


def _is_for_staff() -> bool:
    """Return whether the requested page is one of staff, or one on which they sign in."""
    return request.blueprint not in ENGLISH_BLUEPRINTS and (
        request.blueprint in SIGN_IN_BLUEPRINTS
        or current_app.view_functions[request.endpoint or ""].__module__.startswith("letterhub.web.staff.")
    )


def _staff_language() -> str:
    """Return the language that the current user chose, else what the browser asks for."""
    chosen = current_user.language if current_user.is_authenticated else ""
    accepted = request.headers.get("Accept-Language", "")
    return chosen if chosen in STAFF_LANGUAGES else negotiated_language(accepted, STAFF_LANGUAGES)


def _readers_language() -> str:
    return _choice() or negotiated_language(request.headers.get("Accept-Language", ""))


def _choice() -> str:
    """Return the language that the address of a page without a letter names; "" if it names none that we speak."""
    if request.endpoint not in READER_ENDPOINTS:
        return ""
    chosen = request.args.get(PARAMETER, "")
    return chosen if chosen in PUBLIC_LANGUAGES else ""


@lru_cache(maxsize=256)
def negotiated_language(accept_language: str, offered: tuple[str, ...] | None = None) -> str:
    """Return the language that a browser's header prefers among those offered, by default those of public pages."""
    offered = offered or PUBLIC_LANGUAGES
    accepted = parse_accept_header(accept_language, LanguageAccept)  # best first
    languages = (primary_subtag(tag) for tag, quality in accepted if quality > 0)
    return next((language for language in languages if language in offered), DEFAULT_LANGUAGE)


def speak_of(tag: str) -> None:
    """Speak the language of the letter that this response is about."""
    g.letter_decides = True
    speak(public_language(tag))
    refresh()


def speak_from_now_on(language: str) -> None:
    """Speak the language that a member of staff just chose; "" for what the browser asks for."""
    speak(language or negotiated_language(request.headers.get("Accept-Language", ""), STAFF_LANGUAGES))
    refresh()


def _announce_language(response: Response) -> Response:
    """Set Content-Language, and Vary where the browser's header decided."""
    if response.mimetype in ("text/html", "application/atom+xml"):
        response.headers.setdefault("Content-Language", spoken_language())
        if _is_public() and "letter_decides" not in g and not _choice():
            response.vary.add(VARY_BY_LANGUAGE)
    return response


def _carry_choice(endpoint: str, values: dict[str, Any]) -> None:
    """Add the reader's choice to links between pages without a letter."""
    if endpoint in READER_ENDPOINTS and (choice := _choice()):
        values.setdefault(PARAMETER, choice)


def reader_path(path: str) -> str:
    """Return the path of a page without a letter, with the reader's choice, also where no URL can be built."""
    choice = _choice()
    return f"{path}?{PARAMETER}={choice}" if choice else path


def _page_direction() -> str:
    return direction_of(spoken_language())


def language_links() -> tuple[tuple[str, str, str], ...]:
    """Return the languages that this page can be read in, each with its own name and the page's address in it; empty if
    there is nothing to choose."""
    if len(PUBLIC_LANGUAGES) == 1:
        return ()
    others = {name: value for name, value in request.args.items() if name != PARAMETER}
    return tuple((language, own_name(language), _address(language, others)) for language in PUBLIC_LANGUAGES)


def _address(language: str, others: dict[str, str]) -> str:
    return f"{request.path}?{urlencode({PARAMETER: language, **others})}"
