"""Message catalogs: finds the sentences of pages and emails, and compares them with their translations.

`translations/<language>/public.po` has those that signatories and readers may see; a second catalog beside it, those that only
staff see. `make messages` updates both: new sentences are added with an empty translation, gone ones are dropped, and what is
missing in each language is counted. `make messages ARGS=es` lists what is missing in Spanish. A new language begins with an
empty catalog.

See docs/languages.md.
"""

import enum
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
    "parts/_draft_comments.html", "parts/_draft_copies.html", "parts/_draft_suggestions.html",
    "parts/_files.html", "parts/_forms.html", "parts/_languages.html", "parts/_letter.html", "parts/_lists.html",
    "parts/_notices.html", "parts/_replies.html", "parts/_signatories.html",
)  # fmt: skip
STAFF_TEMPLATES = (
    "public/accounts/", "email/_notice_items.txt", "email/account-changed/", "email/digest/", "email/founding/", "email/join/",
    "email/notice/", "email/opening/", "email/reset/", "email/webhook-paused/",
)  # fmt: skip
"""Templates among the public patterns whose readers are staff."""
ENGLISH_FILES: tuple[str, ...] = (
    "templates/public/help/", "templates/export/report.html", "letterhub/cli/", "letterhub/rendering/verification_report.py",
    "letterhub/commands/operations/restore.py", "letterhub/commands/operations/_pg_tools.py",
    "letterhub/web/public/help/",
)  # fmt: skip
"""Files and folders that stay English: help, as the documents that it shows, verification reports, the command line."""
NOT_YET_TRANSLATED: tuple[str, ...] = (
    "letterhub/commands/webhooks/", "letterhub/domain/webhooks/",
    "letterhub/web/staff/webhooks/", "templates/email/webhook-paused/", "templates/staff/webhooks/",
)  # fmt: skip
"""New files of staff's pages whose sentences nobody has translated yet. Their blueprints are among ENGLISH_BLUEPRINTS of
letterhub/web/languages.py, so that these pages are English as a whole. Files whose sentences are translated leave the list."""
PUBLIC_MODULES = (
    "web/public/**/*.py", "web/answer_fields.py", "web/drafting/*.py", "web/concurrency_limits.py",
    "web/dates.py", "web/error_pages.py",
    "web/forms.py", "web/request_security.py", "web/templates.py", "commands/abuse/_submission_limiter.py",
    "commands/abuse/file_reading_limit.py", "commands/drafting/_link_use.py", "commands/drafting/comments.py",
    "commands/drafting/suggestions.py",
    "commands/signatures/_place_assignment.py", "commands/signatures/_shared_steps.py",
    "commands/signatures/confirm.py", "commands/signatures/erasure_request.py", "commands/signatures/reconfirmation.py",
    "commands/signatures/second_confirmation.py", "commands/signatures/sign.py", "domain/abuse/rate_limits.py",
    "domain/abuse/submission_limits.py", "domain/drafting/comments.py", "domain/drafting/sign_offs.py",
    "domain/drafting/suggestions.py", "rendering/editor/text_blocks.py",
    "domain/line_validation.py", "domain/organizations/websites.py",
    "domain/questions/answers.py", "domain/questions/news.py", "domain/signatures/line_fields.py",
    "domain/signatures/signing.py", "domain/states.py", "infrastructure/signed_links.py", "mail/outbox.py",
    "models/abuse.py", "queries/abuse/submission_limits.py", "queries/editions/file_comparison.py",
    "queries/letters/posters.py", "queries/invitations/received_invitations.py", "queries/press/press_pages.py",
    "queries/questions/news_subscribers.py", "rendering/charts/*.py",
)  # fmt: skip
"""Modules of the package whose sentences signatories and readers may see."""
OPTIONS = {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true"}
HEADER = r"""# {title}.
msgid ""
msgstr ""
"Language: {language}\n"
"Plural-Forms: {plural_forms}\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""

Sentence = str | tuple[str, str]


class Part(enum.StrEnum):
    """Part of the sentences, with a catalog of its own."""

    PUBLIC = "public"
    STAFF = "staff"


TITLES = {Part.PUBLIC: "Pages and emails for signatories and readers", Part.STAFF: "Pages and emails for staff"}


def public_files() -> Iterator[tuple[Path, str]]:
    """Yield each file with sentences for signatories and readers, and how Babel extracts them."""
    templates = ROOT / "templates"
    for path in _matching(templates, PUBLIC_TEMPLATES):
        if not path.relative_to(templates).as_posix().startswith(STAFF_TEMPLATES) and not _is_in(path, ENGLISH_FILES):
            yield path, "jinja2"
    for path in _matching(ROOT / "letterhub", PUBLIC_MODULES):
        if "web/public/accounts/" not in path.as_posix():
            yield path, "python"


def staff_files() -> Iterator[tuple[Path, str]]:
    """Yield each file with sentences that staff may see, and how Babel extracts them: all but those that stay English."""
    for path, method in files_in(""):
        if not _is_in(path, ENGLISH_FILES + NOT_YET_TRANSLATED):
            yield path, method


def files_in(place: str) -> Iterator[tuple[Path, str]]:
    """Yield each template and module at a path or in a folder of the repository, and how Babel extracts it."""
    for path in _matching(ROOT, ("templates/**/*", "letterhub/**/*.py")):
        if _is_in(path, (place,)):
            yield path, "python" if path.suffix == ".py" else "jinja2"


def _is_in(path: Path, places: tuple[str, ...]) -> bool:
    return path.relative_to(ROOT).as_posix().startswith(places)


def _matching(folder: Path, patterns: Iterable[str]) -> list[Path]:
    return sorted({path for pattern in patterns for path in folder.glob(pattern) if path.is_file()})


@cache
def catalog_of(part: Part) -> Catalog:
    """Return the sentences of a part, each with the files that it is from; staff's are those that the public does not see."""
    catalog = Catalog(project="Letterhub", charset="utf-8")
    for path, method in public_files() if part is Part.PUBLIC else staff_files():
        for message in sentences_in(path, method):
            if part is Part.PUBLIC or message not in catalog_of(Part.PUBLIC):
                catalog.add(message, None, [(path.relative_to(ROOT).as_posix(), None)], flags=())
    return catalog


@cache
def sentences_in(path: Path, method: str) -> tuple[Sentence, ...]:
    """Return the sentences of a file."""
    return tuple(message for _line, message, *_rest in extract_from_file(method, path, KEYWORDS, options=OPTIONS))


def catalog_path(language: str, part: Part) -> Path:
    """Return the path of a language's catalog."""
    return TRANSLATIONS / language / f"{part}.po"


def started_catalogs() -> list[tuple[str, Part]]:
    """Return the languages and parts that have a catalog, complete or not."""
    return [(path.parent.name, part) for part in Part for path in sorted(TRANSLATIONS.glob(f"*/{part}.po"))]


@cache
def translated_catalog(language: str, part: Part) -> Catalog:
    """Return the catalog of a language as it is stored."""
    with catalog_path(language, part).open("rb") as file:
        return read_po(file, locale=language)


def forms_of(message: Message) -> list[str]:
    """Return the translations of a message: one, or one for each plural form; "" for a missing one."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


def missing_sentences(language: str, part: Part) -> list[Sentence]:
    """Return the sentences that a language has no translation of, or not in each plural form."""
    translated = translated_catalog(language, part)
    found = []
    for message in catalog_of(part):
        if not message.id:
            continue
        translation = translated.get(message.id)
        forms = forms_of(translation) if translation is not None else []
        expected = translated.num_plurals if isinstance(message.id, tuple) else 1
        if translation is None or translation.fuzzy or len(forms) != expected or not all(forms):
            found.append(message.id)
    return found


def update_catalog(language: str, part: Part) -> None:
    """Write a catalog of a language anew: today's sentences, with the translations that it has in either catalog."""
    olds = [translated_catalog(language, one) for one in sorted(Part, key=part.__ne__) if catalog_path(language, one).exists()]
    new = Catalog(locale=language, charset="utf-8", fuzzy=False)
    for message in catalog_of(part):
        if message.id:
            before = next((found for old in olds if (found := old.get(message.id)) is not None and not found.fuzzy), None)
            new.add(message.id, before.string if before is not None else None, message.locations)
    entries = BytesIO()
    write_po(entries, new, width=120, sort_by_file=True, omit_header=True, include_lineno=False)
    header = HEADER.format(title=TITLES[part], language=language, plural_forms=new.plural_forms)
    catalog_path(language, part).write_text(f"{header}{entries.getvalue().decode()}", encoding="utf-8")


def main(languages: list[str]) -> int:
    """Update all catalogs, or list what is missing in the languages named."""
    for language, part in started_catalogs():
        if language in languages:
            for sentence in missing_sentences(language, part):
                sys.stdout.write(f"{sentence if isinstance(sentence, str) else ' | '.join(sentence)}\n")
    for language, part in () if languages else started_catalogs():
        update_catalog(language, part)
    translated_catalog.cache_clear()
    for language, part in () if languages else started_catalogs():
        missing, total = len(missing_sentences(language, part)), len(catalog_of(part))
        sys.stdout.write(f"{language}, {part}: {missing} of {total} sentences are missing\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
