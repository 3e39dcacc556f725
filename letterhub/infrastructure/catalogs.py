"""Message catalogs, read from `translations/<language>/*.po` when a language is first spoken.

There are no compiled files beside them, which could be missing on a fresh machine or older than their source: reading one
takes about a tenth of a second, once per process. See docs/languages.md.
"""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from letterhub.domain.interface_languages import DEFAULT_LANGUAGE
from letterhub.paths import ROOT

TRANSLATIONS = ROOT / "translations"


@cache
def translations_into(language: str) -> NullTranslations:
    """Return the translations into a language, with those of staff's pages if it has them; none into English, whose
    sentences are the keys."""
    if language == DEFAULT_LANGUAGE:
        return NullTranslations()
    public = _read(TRANSLATIONS / language / "public.po", language)
    if (staff := TRANSLATIONS / language / "staff.po").exists():
        public.add_fallback(_read(staff, language))
    return public


def _read(path: Path, language: str) -> GNUTranslations:
    """Return the translations of one catalog."""
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)
