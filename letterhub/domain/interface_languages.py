"""Languages of the interface: which are translated, the one that is spoken now, and the formats that CLDR gives it.

The one spoken now is a context variable: pages set it for each request, the worker for each email. See
docs/languages.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from babel import Locale, UnknownLocaleError

DEFAULT_LANGUAGE = "en"
PUBLIC_LANGUAGES: tuple[str, ...] = ("en", "es", "fr", "de", "pt", "ar", "he", "ja")
"""Languages in which the pages and emails of signatories and readers are complete."""
STAFF_LANGUAGES: tuple[str, ...] = ("en", "es", "fr")
"""Languages in which the pages and emails of staff are complete, too."""
RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi"})

_spoken: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)


def primary_subtag(tag: str) -> str:
    """Return the language of a BCP 47 tag: "pt" of "pt-BR"."""
    return tag.partition("-")[0].casefold()


def public_language(tag: str) -> str:
    """Return the language that signatories and readers of a letter in `tag` are spoken to in; English if there is none."""
    language = primary_subtag(tag)
    return language if language in PUBLIC_LANGUAGES else DEFAULT_LANGUAGE


def staff_language(tag: str) -> str:
    """Return the language of what is drafted for staff of a letter in `tag`; English if staff's pages have no such language."""
    language = primary_subtag(tag)
    return language if language in STAFF_LANGUAGES else DEFAULT_LANGUAGE


def spoken_language() -> str:
    """Return the language that is spoken now: "en" unless a request or an email has set another."""
    return _spoken.get()


def speak(language: str) -> None:
    """Speak a language of the interface from now on, in this context."""
    _spoken.set(language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language of the interface within a block."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def direction_of(tag: str) -> str:
    """Return "rtl" or "ltr", the direction in which a language is written."""
    return "rtl" if primary_subtag(tag) in RIGHT_TO_LEFT else "ltr"


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """Return the formats of a language of the interface."""
    return Locale.parse(language)


OWN_NAMES = {"ht": "Kreyòl ayisyen"}  # languages that CLDR does not name in themselves


@lru_cache(maxsize=64)
def own_name(tag: str) -> str:
    """Return the name of a language in itself, as a sentence would begin with it: "Español"; its tag if nobody knows one."""
    try:
        name = Locale.parse(tag, sep="-").get_display_name()
    except (ValueError, UnknownLocaleError):
        name = None
    name = name or OWN_NAMES.get(tag, tag)
    return name[0].upper() + name[1:]
