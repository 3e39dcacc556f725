"""Message catalogs: finds the sentences of pages and emails for signatories and readers, and compares them with translations.

`make messages` updates `translations/<language>/public.po`: new sentences are added with an empty translation, gone ones are
dropped, and what is missing in each language is counted. `make messages ARGS=es` lists what is missing in Spanish. A new
language begins with an empty `translations/<language>/public.po`.

See docs/languages.md.
"""

import sys
from collections.abc import Iterable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from letterhub.infrastructure.catalogs import TRANSLATIONS
from letterhub.paths import ROOT

KEYWORDS = {
    "_": None, "_l": None, "_later": None, "gettext": None, "lazy_gettext": None, "translate": None, "ngettext": (1, 2),
}  # fmt: skip
PUBLIC_TEMPLATES = (
    "public/**/*", "errors/*", "email/**/*", "frames/page.html", "frames/public.html", "parts/_answers.html",
    "parts/_changes.html", "parts/_charts.html", "parts/_compared.html", "parts/_contact.html", "parts/_counts.html",
    "parts/_files.html", "parts/_forms.html", "parts/_languages.html", "parts/_letter.html", "parts/_lists.html",
    "parts/_notices.html", "parts/_replies.html", "parts/_signatories.html",
)  # fmt: skip
ENGLISH_TEMPLATES = ("public/help/", "public/accounts/", "email/account-changed/")
"""Help is English, as the documents that it shows, and so are pages and emails about accounts of staff."""
STAFF_MAILS = (
    "email/_notice_items.txt",
    "email/digest/",
    "email/founding/",
    "email/join/",
    "email/notice/",
    "email/opening/",
    "email/reset/",
    "email/webhook-paused/",
)
PUBLIC_MODULES = (
    "web/public/**/*.py", "web/answer_fields.py", "web/concurrency_limits.py", "web/dates.py", "web/error_pages.py",
    "web/forms.py", "web/request_security.py", "web/templates.py", "commands/abuse/_submission_limiter.py",
    "commands/abuse/file_reading_limit.py", "commands/signatures/_place_assignment.py", "commands/signatures/_shared_steps.py",
    "commands/signatures/confirm.py", "commands/signatures/erasure_request.py", "commands/signatures/reconfirmation.py",
    "commands/signatures/second_confirmation.py", "commands/signatures/sign.py", "domain/abuse/rate_limits.py",
    "domain/abuse/submission_limits.py", "domain/line_validation.py", "domain/organizations/names_and_websites.py",
    "domain/questions/answers.py", "domain/questions/news.py", "domain/signatures/line_fields.py",
    "domain/signatures/signing.py", "domain/states.py", "infrastructure/signed_links.py", "mail/outbox.py",
    "models/abuse.py", "queries/abuse/submission_limits.py", "queries/editions/copies.py",
    "queries/invitations/received_invitations.py", "queries/press/press_pages.py",
    "queries/questions/news_subscribers.py", "rendering/charts/*.py",
)  # fmt: skip
"""Modules of the package whose sentences signatories and readers may see."""
OPTIONS = {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true"}
HEADER = r"""# Pages and emails for signatories and readers.
msgid ""
msgstr ""
"Language: {language}\n"
"Plural-Forms: {plural_forms}\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""

Sentence = str | tuple[str, str]


def public_files() -> Iterator[tuple[Path, str]]:
    """Yield each file with sentences for signatories and readers, and how Babel extracts them."""
    templates = ROOT / "templates"
    for path in _matching(templates, PUBLIC_TEMPLATES):
        if not path.relative_to(templates).as_posix().startswith((*STAFF_MAILS, *ENGLISH_TEMPLATES)):
            yield path, "jinja2"
    for path in _matching(ROOT / "letterhub", PUBLIC_MODULES):
        if "web/public/accounts/" not in path.as_posix():
            yield path, "python"


def _matching(folder: Path, patterns: Iterable[str]) -> list[Path]:
    return sorted({path for pattern in patterns for path in folder.glob(pattern) if path.is_file()})


@cache
def public_catalog() -> Catalog:
    """Return the sentences of all those files, each with the files that it is from."""
    catalog = Catalog(project="Letterhub", charset="utf-8")
    for path, method in public_files():
        place = path.relative_to(ROOT).as_posix()
        for _line, message, _comments, _context in extract_from_file(method, path, KEYWORDS, options=OPTIONS):
            catalog.add(message, None, [(place, None)], flags=())
    return catalog


def catalog_path(language: str) -> Path:
    """Return the path of a language's catalog."""
    return TRANSLATIONS / language / "public.po"


def started_languages() -> list[str]:
    """Return the languages that have a catalog, complete or not."""
    return sorted(path.parent.name for path in TRANSLATIONS.glob("*/public.po"))


@cache
def translated_catalog(language: str) -> Catalog:
    """Return the catalog of a language as it is stored."""
    with catalog_path(language).open("rb") as file:
        return read_po(file, locale=language)


def forms_of(message: Message) -> list[str]:
    """Return the translations of a message: one, or one for each plural form; "" for a missing one."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


def missing_sentences(language: str) -> list[Sentence]:
    """Return the sentences that a language has no translation of, or not in each plural form."""
    translated = translated_catalog(language)
    found = []
    for message in public_catalog():
        if not message.id:
            continue
        translation = translated.get(message.id)
        forms = forms_of(translation) if translation is not None else []
        expected = translated.num_plurals if isinstance(message.id, tuple) else 1
        if translation is None or translation.fuzzy or len(forms) != expected or not all(forms):
            found.append(message.id)
    return found


def update_catalog(language: str) -> None:
    """Write the catalog of a language anew: today's sentences, with the translations that it has."""
    old = translated_catalog(language)
    new = Catalog(locale=language, charset="utf-8", fuzzy=False)
    for message in public_catalog():
        if message.id:
            before = old.get(message.id)
            translation = before.string if before is not None and not before.fuzzy else None
            new.add(message.id, translation, message.locations)
    entries = BytesIO()
    write_po(entries, new, width=120, sort_by_file=True, omit_header=True, include_lineno=False)
    header = HEADER.format(language=language, plural_forms=new.plural_forms)
    catalog_path(language).write_text(f"{header}{entries.getvalue().decode()}", encoding="utf-8")


def main(languages: list[str]) -> int:
    """Update all catalogs, or list what is missing in the languages named."""
    for language in languages:
        for sentence in missing_sentences(language):
            sys.stdout.write(f"{sentence if isinstance(sentence, str) else ' | '.join(sentence)}\n")
    for language in () if languages else started_languages():
        update_catalog(language)
        translated_catalog.cache_clear()
        missing, total = len(missing_sentences(language)), len(public_catalog())
        sys.stdout.write(f"{language}: {missing} of {total} sentences are missing\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
