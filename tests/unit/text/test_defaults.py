"""Optional parts of values and optional arguments: empty where they are not given, but for those listed here."""

import dataclasses
import enum
import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import letterhub.commands
import letterhub.domain
import letterhub.rendering
from letterhub.domain.digits import LATIN
from letterhub.domain.letters.letter_document import LAYOUT_VERSION

NOT_EMPTY = {
    "OdtBuilder.table.style": "TableGrid",
    "OfficeBuilder.table.style": "TableGrid",
    "line_error.most": 300,
    "assign_place.may_have_rivals": True,
    "AddedName.is_notified": True,
    "import_file.is_notified": True,
    "DocxBuilder.table.style": "TableGrid",
    "Figure.width": 100,
    "LabelStyle.after": ".",
    "LabelStyle.numerals": "1",
    "_Run.delimiter": ")",
    "bulk_mail_delay.size": 20_000,
    "CoverEmail.mail_limit": 10_000_000,
    "FittingFacts.prints_people": True,
    "number_in_digits.language": "en",
    "mailbox_facts.may_be_invited": True,
    "LetterText.language": "en",
    "SigningSettings.network_days": 30,
    "SigningSettings.contact_months": 12,
    "StyleFormat.size": 11,
    "StyleFormat.after": 8,
    "StyleFormat.line": 1.15,
    "letter_html.level": 2,
    "markdown_html.level": 2,
    "letter_view.level": 1,
    "DocumentWriter.inline.place": "paragraph",
    "write_markdown.typed_labels": True,
    "Limits.cpu_seconds": 120,
    "Limits.wall_seconds": 300,
    "Limits.memory_bytes": 2 * 2**30,
    "EmbeddedFile.relationship": "Data",
    "PaintRecorder._paint.scale": 1,
    "ListJob.level": 3,
    "ListJob.continued": "{heading} (continued)",
    "ShapedWord.is_extractable": True,
    "EvidenceSentence.is_in_force": True,
    "plain_text.width": 72,
    "body_text.width": 72,
    "annex_texts.width": 72,
    **dict.fromkeys(("ListJob.digits", "fill_counts.digits", "parse_letter_markdown.digits"), LATIN),
    **dict.fromkeys(
        (
            "LetterDocument.layout",
            "ListJob.layout",
            "list_style.layout",
            "normalize_headings.layout",
            "clean_markdown.layout",
            "document_locale.layout",
            "letter_parser.layout",
            "line.layout",
            "make_conforming.layout",
            "NoteStyle.layout",
            "markdown_html.layout",
            "without_invisible_characters.layout",
            "parse_letter_markdown.layout",
            "partial_signatory_list.layout",
            "printed_date.layout",
            "SignatoryCounts.fill.layout",
        ),
        LAYOUT_VERSION,
    ),
}
WORDING = "letterhub.rendering.letter.document_strings"


def defined_values() -> Iterator[tuple[str, object]]:
    """Yield the functions and classes of domain, commands and rendering, and the methods of those, with their names."""
    for package in (letterhub.domain, letterhub.commands, letterhub.rendering):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for name, value in vars(importlib.import_module(info.name)).items():
                if getattr(value, "__module__", "") == info.name != WORDING:
                    yield name, value
                    if isinstance(value, type):
                        yield from ((f"{name}.{key}", one) for key, one in vars(value).items() if key != "__init__")


def defaults() -> Iterator[tuple[str, object]]:
    """Yield each default that is a text, a number or a truth, with its name."""
    for name, value in defined_values():
        if isinstance(value, type) and dataclasses.is_dataclass(value):
            found = [(field.name, field.default) for field in dataclasses.fields(value)]
        elif inspect.isfunction(function := inspect.unwrap(value)):  # type: ignore[arg-type]
            found = [(key, one.default) for key, one in inspect.signature(function).parameters.items()]
        else:
            continue
        yield from (
            (f"{name}.{key}", one)
            for key, one in found
            if isinstance(one, str | int | float) and not isinstance(one, enum.Enum)
        )


def test_what_is_not_given_is_empty() -> None:
    found = list(defaults())
    assert len(found) > 150
    assert {name: value for name, value in found if value} == NOT_EMPTY
