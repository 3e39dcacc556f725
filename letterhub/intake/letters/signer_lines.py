"""Lines of names below a letter: who signs, with which title, for which organization.

Each becomes "organization; signer; title", the form in which staff check them. What the shape does not say is asked.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from letterhub.domain.i18n import _
from letterhub.domain.organizations.job_titles import DEGREES, is_job_title
from letterhub.domain.organizations.name_parts import word_tokens
from letterhub.domain.organizations.organization_words_in_line import CAUSES, COUNTRIES, NOUNS
from letterhub.domain.organizations.vocabulary import GENERIC_WORDS, LEGAL_FORMS, REGION_WORDS
from letterhub.intake.letters.part_words import TITLE_WORDS

MAX_QUOTED_LINES = 8
MAX_PERSON_WORDS = 4
_MORE_NOUNS = frozenset(
    """clinic clinics center centre academy school practice chamber office department ministry bank asociacion fundacion
    universidad clinica federacion coalicion sindicato colectivo universite collectif syndicat fondation verein verband bund
    stiftung universitat associacao fundacao universidade""".split()
)
_ORGANIZATION_WORDS = (NOUNS | CAUSES | GENERIC_WORDS | _MORE_NOUNS) - {"partner", "men", "women"}
_HONORIFIC = re.compile(
    r"(?:the )?(?:dra?|prof(?:essor(?:a|in)?)?|rev(?:d|erend)?|rabbi|imam|pastor|bishop|fr|sr|sra|sister|brother"
    r"|mr|mrs|ms|mx|miss|hon(?:ou?rable)?|sen(?:ator)?|rep|lic|ing|herr|frau|mme|mlle|don|doña)\.?\s+(?:dr\.?\s+|prof\.?\s+)*[^\W\d_].*",
    re.IGNORECASE,
)
_TITLE_OF = re.compile(r"(.+?)\s+(?:at(?: the)?|of the|for the|du|del|des)\s+(.+)", re.IGNORECASE)
_DASH = re.compile(r"(.+?)\s+[–—|-]\s+(.+)")
_BRACKETS = re.compile(r"([^()]+?)\s*\(([^()]+)\)")
_STATE = re.compile(r"[A-Z]{2}(?: \d{5}(?:-\d{4})?)?")


class SignerLine(NamedTuple):
    """One line: "organization; signer; title", or the line as it is. `asked`: the shape does not say which it is."""

    text: str
    asked: bool


def read_group(lines: Sequence[str]) -> Iterator[SignerLine]:
    """Yield the signatories of lines that stand together: one over several lines, persons above organizations, or one each."""
    if len(lines) > 1 and TITLE_WORDS.search(lines[1]) and not _names_organization(lines[1]):
        organization = lines[2] if len(lines) > 2 else ""
        title = ", ".join((lines[1], *lines[3:]))
        yield SignerLine(f"{organization}; {lines[0]}; {title}", asked=False)
        return
    pairs = list(zip(lines[::2], lines[1::2], strict=False))
    if len(lines) % 2 == 0 and all(_is_person(above) and _names_organization(below) for above, below in pairs):
        yield from (SignerLine(f"{below}; {above}", asked=False) for above, below in pairs)
        return
    yield from map(read_line, lines)


def read_line(line: str) -> SignerLine:
    """Return what a line says: "Dr. Nia Example, Northfield Clinic" is a person and an organization.

    An organization's name may have commas, too: two parts are a person and an organization only if one of them has words of
    organizations, and the other reads like a person's name.
    """
    if ";" in line:
        return SignerLine(line, asked=True)
    first, *rest = _parts(line)
    while rest and _is_degree(rest[0]):
        first = f"{first}, {rest.pop(0)}"
    if not rest:
        is_asked = not _names_organization(first) and not _is_person(first) and _may_be_person(first)
        return SignerLine(f"; {first}" if _is_person(first) else line, asked=is_asked)
    if _names_organization(first) and not _is_person(first):
        return _organization_first(line, first, rest)
    return _person_first(line, first, rest)


def asked_note(asked: Sequence[str]) -> str:
    """Return a sentence on the lines that staff should look at; "" for none."""
    quoted = [f"“{text}”" for text in asked[:MAX_QUOTED_LINES]]
    if len(asked) > MAX_QUOTED_LINES:
        quoted.append(_("%(count)s more", count=len(asked) - MAX_QUOTED_LINES))
    if not asked:
        return ""
    return str(
        _(
            "Check these names below the letter; we could not tell people from organizations: %(names)s. "
            "Write a person without one as “; Nia Example”.",
            names="; ".join(quoted),
        )
    )


def _parts(line: str) -> list[str]:
    """Return the parts of a line between commas; a dash or brackets after a person are commas, too."""
    for pattern in (_DASH, _BRACKETS):
        match = pattern.fullmatch(line)
        if match and (_is_person(match[1]) or _names_organization(match[1]) is not _names_organization(match[2])):
            is_acronym = match[2].isupper() and " " not in match[2]
            if not is_acronym:
                line = f"{match[1]}, {match[2]}"
    return re.split(r",\s+", line)


def _person_first(line: str, first: str, rest: list[str]) -> SignerLine:
    """Return what a line says that begins with a person, or may."""
    has_title = [_is_title(part) and not _ends_as_organization(part) for part in rest]
    if has_title[0]:
        title, organization = rest[0], ", ".join(rest[1:])
        if not organization and (match := _TITLE_OF.fullmatch(title)) and _ends_as_organization(match[2]):
            title, organization = match[1], match[2]
        return SignerLine(f"{organization}; {first}; {title}", asked=not organization and _names_organization(title))
    names_organization = _names_organization(rest[0])
    if _is_person(first) or (names_organization and _may_be_person(first) and not re.search(r"\band\b|&", rest[0])):
        if len(rest) > 1 and has_title[-1]:
            return SignerLine(f"{', '.join(rest[:-1])}; {first}; {rest[-1]}", asked=False)
        return SignerLine(f"{', '.join(rest)}; {first}", asked=not names_organization)
    is_legal_form = bool(set(word_tokens(rest[-1])) & LEGAL_FORMS)
    return SignerLine(line, asked=not is_legal_form and not _is_place(rest[-1]))


def _organization_first(line: str, first: str, rest: list[str]) -> SignerLine:
    """Return what a line says that begins with an organization: a person or a place follows."""
    if _is_person(rest[0]) or (len(rest) > 1 and _is_title(rest[1]) and _may_be_person(rest[0])):
        return SignerLine("; ".join(filter(None, (first, rest[0], ", ".join(rest[1:])))), asked=False)
    is_asked = not _names_organization(rest[0]) and _may_be_person(rest[0]) and not _is_place(rest[-1])
    return SignerLine(line, asked=is_asked)


def _names_organization(text: str) -> bool:
    """Return whether a text has a word that organizations' names have, and persons' names do not."""
    return bool(set(word_tokens(text)) & _ORGANIZATION_WORDS)


def _ends_as_organization(text: str) -> bool:
    """Return whether the last word of a text is one of organizations: "Head Start Association", not "Director of Services"."""
    words = word_tokens(re.split(r"\s+(?:of|for)\s+", text)[0])
    return bool(words) and words[-1] in _ORGANIZATION_WORDS and not TITLE_WORDS.fullmatch(text)


def _is_person(text: str) -> bool:
    """Return whether a text says that it is a person: by "Dr." and the like, or by a degree."""
    name, *degrees = re.split(r",\s+", text)
    if _ends_as_organization(name):
        return False
    return bool(_HONORIFIC.fullmatch(name)) or (bool(degrees) and all(map(_is_degree, degrees)))


def _is_title(text: str) -> bool:
    return bool(TITLE_WORDS.search(text)) or is_job_title(text)


def _is_degree(text: str) -> bool:
    words = word_tokens(text.replace(".", ""))
    return bool(words) and all(word in DEGREES for word in words)


def _may_be_person(text: str) -> bool:
    """Return whether a text has two to four words in capital letters, or a title alone, and no word of organizations."""
    words = text.split()
    is_named = 1 < len(words) <= MAX_PERSON_WORDS and all(word[0].isupper() or not word[0].isascii() for word in words)
    return (is_named or bool(TITLE_WORDS.search(text))) and not re.search(r"\d|&|\b(?:and|of|for|the)\b", text)


def _is_place(text: str) -> bool:
    return bool(_STATE.fullmatch(text)) or bool(set(word_tokens(text)) & (REGION_WORDS | COUNTRIES))
