"""A frozen edition is restored whole, and its fingerprint covers exactly what was signed."""

import datetime as dt
import json
from dataclasses import fields, replace

import pytest

from letterhub.domain.letters.letter_document import (
    Addressee,
    Figures,
    LetterDocument,
    Letterhead,
    LetterText,
    Logo,
    Margins,
    PaperSize,
    Signatory,
    SignatoryKind,
    SignatoryOrder,
    SignatoryStyle,
    SignatureBlocks,
    TextSize,
    Theme,
    Typeface,
)  # fmt: skip
from letterhub.domain.letters.note_choices import LinkStyle, NotePlacement
from letterhub.domain.letters.pictures import Picture
from letterhub.domain.letters.serialization import (
    document_from_facts,
    document_to_facts,
    fingerprint,
    text_from_facts,
    text_to_facts,
)

TEXT = LetterText(
    title="Tïtle", body="Body {{count}}", date=dt.date(2026, 1, 7), via="Via electronic mail",
    addressees=(Addressee("The President", ("The White House",)),), re="Rivers", salutation="Dear:", closing="Respectfully,",
    cc=("The Press",), language="fr", paper=PaperSize.A4, order=SignatoryOrder.SECTIONS, shown=SignatoryStyle.LOCATION,
    letterhead=Letterhead(
        "Coalition", ("12 River Street",), Logo("image/png", b"\x89PNG", "A river"), (Logo("image/png", b"2", "A bridge"),)
    ),
    theme=Theme.PLAIN, face=Typeface.SANS, accent="#7a1f2b", window=True, date_words="Spring 2026",
    margins=Margins.NARROW, size=TextSize.ELEVEN, figures=Figures.LINING, justify=True, short_subject="Rivers",
    blocks=SignatureBlocks.ALL, signature_lines=True,
    notes=NotePlacement.END, links=LinkStyle.LIST,
    enclosures=("Budget tables",), pictures=(Picture("chart.png", "image/png", b"3"),),
)  # fmt: skip
DOCUMENT = LetterDocument(
    TEXT,
    (Signatory("The Arc", "A", "B", "C", SignatoryKind.ORGANIZATION, "https://x.example", section="state", lead=True),),
    revision_hash="ab",
)


def test_a_text_comes_back_from_json_as_it_was() -> None:
    assert text_from_facts(json.loads(json.dumps(text_to_facts(TEXT)))) == TEXT


def test_a_document_comes_back_from_json_as_it_was() -> None:
    assert document_from_facts(json.loads(json.dumps(document_to_facts(DOCUMENT)))) == DOCUMENT


def test_a_signatory_keeps_its_logo_and_without_one_says_nothing_of_it() -> None:
    shown = replace(DOCUMENT, signatories=(replace(DOCUMENT.signatories[0], logo=Logo("image/png", b"3", "")),))
    assert document_from_facts(json.loads(json.dumps(document_to_facts(shown)))) == shown
    assert "logo" not in document_to_facts(DOCUMENT)["signatories"][0]


@pytest.mark.parametrize("name", [one.name for one in fields(LetterText)])
def test_every_part_of_a_text_is_in_its_fingerprint(name: str) -> None:
    blank = LetterText("", "")
    changed = replace(TEXT, **{name: getattr(blank, name)})
    assert fingerprint(text_to_facts(changed)) != fingerprint(text_to_facts(TEXT))


def test_a_fingerprint_is_the_same_on_every_machine_and_in_every_version() -> None:
    assert (
        fingerprint({"b": "é", "a": [1]})
        == fingerprint({"a": [1], "b": "é"})
        == "04f34bc0940adae4d1055943965f4f1a5617be528e5e463451aa03f0ecff81f3"
    )


def test_parts_that_letters_did_not_always_have_leave_the_fingerprints_of_older_letters_alone() -> None:
    facts = text_to_facts(LetterText("Title", "Body", letterhead=Letterhead("Coalition")))
    assert {"theme", "face", "accent", "window", "margins", "size", "figures", "justify", "short_subject"} & set(facts) == set()
    assert set(facts["letterhead"]) == {"name", "lines", "logo"}
