"""Words, initials and look-alike keys of names and lines, the same as when they were last looked at.

Where they change, match keys that are stored need another `KEYS_VERSION`.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.organizations.job_titles import is_job_title
from letterhub.domain.organizations.matching import NameAndSite, lookup_keys, stored_keys
from letterhub.domain.organizations.name_keys import name_key, sort_name, spelling_key, wording_key
from letterhub.domain.organizations.name_parts import parse_name, word_tokens
from letterhub.domain.organizations.names_in_line import LineIndex, index_line
from letterhub.domain.organizations.organization_words_in_line import reads_like_organization
from tests.support.references import changed_lines
from tests.unit.organizations import test_matching as matching

FOLDER = Path(__file__).parent
EXTRA = (
    "Example A", "A Example B", "Ex a mple", "B C Example Inc", "Example B C",
    "A", "The", "And", "AB", "ABC", "A.B.C.", "A B C D E", "E x a m p l e League", "ExampleAlliance", "Ex4mple", "3xample",
    "Exampl3", "EXAMPLE RELIEF FUND (ERF)", "EXAMPLE RELIEF FUND (FER)", "Example Relief Fund (erf)",
    "Example Relief Fund ERF", "ERF Example Relief Fund", "ERF – Example Relief Fund", "ERF: Example Relief Fund",
    "Example (US)", "Example [Relief] Fund", "Example | Relief", "A|liance Example (AE)", "Fund ERF", "ER Example Relief",
    "Inc", "Inc. Example", "Example and Company", "Example & Co. KG", "and", "and and", "S.A.", "Verein Beispiel e.V.",
    "example.org", "example.org ", "Example.Rivers.org", "Example.nowhere", "350", "350.org", "Local 12", "1. Example",
    "Example’s Rivers", "Example Rivers (ERABCDEFGHIJ)", "Rivers Example (R I)", "United States of America Example",
    "Beispiel in den Vereinigten Staaten", "Пример рек", "ЕХАМРLЕ", "例示市民会議", "か", "★", "", " ", "Aérö Ünïon",
    "Mother & Child + Rivers", "isation", "Organisation of Theatre",
)  # fmt: skip
LINES = (
    Signatory("Example League", "Nia Example", "Director of the Sierra Club", "Portland"),
    Signatory("Friends of Sierra", "Club Nia", "", "Sierra Club"),
    Signatory("SierraClubRivers", "Nia", "PhD, MD, U.N. observer"),
    Signatory("Rivers", "", "CHAIR OF THE UN", "Ohio"),
    Signatory("Sierra", "", "", "Club"),
    Signatory("Sierra Great Club", "Nia", "a b c d e f g h i j k l m n", "x"),
    Signatory("The Arc (TA)", "Nia", "Arc ARC, TA"),
    Signatory("one " * 30), Signatory("one " * 31), Signatory("x" * 61), Signatory("x" * 60), Signatory("Пример рек"),
    Signatory("★"), Signatory(),
)  # fmt: skip
KNOWN = (
    "Sierra Club", "Siera Club", "Sierra Culb", "Club Sierra", "Example League", "Arc", "TA", "UN", "United Nations",
    "Rivers", "Portland", "Ohio", "Sierra Great Club", "Пример рек", "Coalition", "Director", "Sierra Klub", "Sierre Club",
    "Friend of Sierra", "xxxxxxxx", "Sierra Nia Club", "",
)  # fmt: skip


TEXTS = (
    "OHIO", "OHIO, USA", "Ohio USA", "SPRINGFIELD, ABC", "SPRINGFIELD, ABCDE", "SPRINGFIELD, ABCDEF",
    "SPRINGFIELD, ABCDEFG", "AB", "ABC", "Springfield, AB", "Springfield, ABC", "Springfield (Ohio)",
    "Springfield & Portland", "x@y", "Ohio Chapter", "Germany", "St. Louis, MO", "RiverTown", "Washington DC", "NYC", "Nia",
    "Nia Example", "Nia Example, PhD", "Nia Example, Rivers", "NIA EXAMPLE", "Nia EXAMPLE", "Nia Example IV",
    "Nia Example III", "Nia Example RN", "Nia and Ada Example", "Nia & Ada", "Nia 2 Example", "Nia M. J. van den Example",
    "one two three four five six", "one two three four five six seven", "one two three four five six seven eight",
    "Ада Пример", "Ада", "…", "Nia Germany", "Nia Council", "Nia Rivers", "Nia World", "Director", "Executive Director",
    "Director of Rivers", "Director, Rivers Council", "President & CEO", "Council member", "Council", "Office of Rivers",
    "for the Example League", "on behalf of Rivers", "Pastor", "Poet", "Professor of Rivers", "Member of the Board",
    "Chair, Sierra Club", "CEO", "ceo and founder", "Rivers and Lakes Alliance", "MD, MPH", "Dr.",
)  # fmt: skip


def names() -> list[str]:
    pairs = (*matching.LEGAL_FORMS, *matching.ACRONYMS, *matching.LOOKS, *matching.WEB_NAMES)
    return [*dict.fromkeys((*(name for pair in pairs for name in pair[:2]), *EXTRA))]


def shown(value: object) -> str:
    """Return a value with its sets in order."""
    return " ".join(sorted(map(repr, value))) if isinstance(value, frozenset) else repr(value)


def digest(keys: frozenset[int]) -> str:
    return hashlib.sha256(repr(sorted(keys)).encode()).hexdigest()[:12]


def name_lines(name: str) -> Iterator[str]:
    parts = parse_name(name)
    yield f"{name!r}: {word_tokens(name)} {' '.join(f'{one.name} {shown(getattr(parts, one.name))}' for one in fields(parts))}"
    sites = NameAndSite(name, "example.org"), NameAndSite(name, "gmail.com")
    digests = [digest(keys(site)) for keys in (stored_keys, lookup_keys) for site in sites]
    yield f"  {tuple(key(name) for key in (name_key, sort_name, spelling_key, wording_key))} {digests}"


def line_lines(line: Signatory, index: LineIndex) -> Iterator[str]:
    yield f"{line.organization[:40]!r} {line.signer_name!r} {line.signer_title!r} {line.location!r}, own {shown(index.own)}"
    yield f"  {len(index.windows)} {index.joined_keys} {shown(index.segments)} {shown(index.acronyms)} {digest(index.keys())}"
    found = [name for name in KNOWN if index.contains(name)]
    yield f"  holds {found}, as a place only {[name for name in found if index.is_place_only(name)]}"


def text_line(text: str) -> str:
    """Return what a text is taken for in each field of a line: "organization" where it reads like one."""
    person = SignatoryKind.INDIVIDUAL
    lines = {
        "signer": Signatory("Berry Farms", text),
        "own name": Signatory(text, text),
        "title": Signatory("Berry Farms", "Nia Example", text),
        "own title": Signatory(f"Berry Farms {text}", "Nia Example", text),
        "place": Signatory("Berry Farms", "Nia Example", location=text),
        "person": Signatory("", text, kind=person),
        "person's title": Signatory("", "Nia Example", text, kind=person),
        "affiliation": Signatory("", "Nia Example", kind=person, affiliation=text),
    }
    organizations = [name for name, line in lines.items() if reads_like_organization(line)]
    return f"{text!r} reads like an organization as {', '.join(organizations)}; job title: {is_job_title(text)}"


def test_texts_that_read_like_organizations_do_as_they_did() -> None:
    assert changed_lines(FOLDER / "derived_texts.txt", map(text_line, ("", *TEXTS, *KNOWN))) == []


def test_what_is_derived_from_a_name_is_as_it_was() -> None:
    assert changed_lines(FOLDER / "derived_names.txt", [text for name in names() for text in name_lines(name)]) == []


def test_what_is_found_in_a_line_is_as_it_was() -> None:
    lines = [
        text for line in LINES for reviewed in (False, True) for text in line_lines(line, index_line(line, reviewed=reviewed))
    ]
    assert changed_lines(FOLDER / "derived_lines.txt", lines) == []
