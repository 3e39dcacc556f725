"""Detection of placeholders left in a letter: "[INSERT COUNT]", "January XX", "TK organizations", "TBD", lorem ipsum."""

import re

from letterhub.domain.letters.document import LetterText

MAX_FOUND = 8
MAX_PHRASE_LENGTH = 60

_BRACKETS = re.compile(
    r"\[([^\[\]\n]{1,80})\](?![(\[])|<<([^<>\n]{1,80})>>|<((?:insert|add|enter|your) [^<>\n]{1,80})>"
    r"|(?<!\{)\{([^{}\n]{1,80})\}(?!\})",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"(?:insert|fill[ -]in|your|add|enter|todo|tb[acd]|tk|tktk|placeholder"
    r"|to be (?:added|confirmed|determined|filled|inserted))\b"
)
_ALONE = re.compile(
    r"(?:today.s )?date|(?:(?:organi[sz]ation|member|bill|first|last|full)(?: |.s )?)?(?:name|number)"
    r"|(?:name|number|date) of .+|count|amount|recipient|addressee|link|url|x+|x{1,3},xxx|#+|\?{2,}|_+|●|•"
)
_ALONE_IN_CAPITALS = re.compile(
    r"(?:TITLE|ADDRESS|CITY|STATE|ZIP|SENATOR|REPRESENTATIVE|MONTH|DAY|YEAR|BILL|QUOTE|CITATION|CITE|ORGANI[SZ]ATIONS?|COALITION)"
    r"(?:,? (?:CITY|STATE|ZIP|MONTH|DAY|YEAR|NAME))*"
)
_NOUN = re.compile(r"\b(?:INSERT|DATE|NAMES?|NUMBER|ORG|PHONE|E-?MAIL|LINK|URL|LOGO|ZIP|HERE|XX+|TBD|TBC|TBA|TK|TKTK|TODO)\b")
_SAID_OF_A_TEXT = re.compile(
    r"\b(?:withheld|redacted|omitted|illegible|unknown|sic|removed|deleted|unclear|added)\b", re.IGNORECASE
)
"""Editor's remark on a quotation, as in "[name withheld]" and "[emphasis added]"."""

_COUNTED = (
    r"(?:undersigned|signator(?:y|ies)|signers|cosigners|organi[sz]ations|groups|nonprofits|coalitions|institutions"
    r"|associations|members|people|persons|households|families|voters|residents|workers|students|children|patients|jobs|states"
    r"|counties|countries|cities|communities|days|weeks|months|years|hours|acres|miles|dollars|percent|million|billion"
    r"|thousand|times)"
)
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_FIGURES = (
    re.compile(r"(?<!\w)[xX]{2,3}(?: [a-z-]+)?(?= " + _COUNTED + r"\b)"),  # "XX national organizations", and no "XX century"
    re.compile(rf"\b{_MONTH} [xX]{{2}}(?:th|st)?\b|\b[xX]{{2}} {_MONTH}\b"),
    re.compile(r"[$€£]\s?[xX]{1,3}\b|\b[xX]{2,3}\s?%|\b(?:H\.\s?R\.|HR|S\.) ?X{2,3}\b"),
    re.compile(r"\b(?:X{1,3},)+XXX\b|\b(?:19|20)XX\b|\bX{4,}\b|\bXX?:XX\b|\b[xX]{2}/[xX]{2}(?:/\w{2,4})?\b"),
    re.compile(r"\bTODO:|\bFIXME\b|(?<!\S)\?{3,}(?!\S)|\bTK(?:TK)+\b"),
    re.compile(r"(?<![_\\\w])_{4,}(?!_)"),
    re.compile(r"(?<![“\"'‘])\blorem ipsum\b", re.IGNORECASE),
)
_NUMBERED = re.compile(
    r"\b(?:Title|Chapter|District|Article|Section|Part|Region|Class|Bowl|Local|Phase|Type|Group|Amendment|Division|Unit"
    r"|Volume) $"
)
"""Words before a Roman numeral: "Title XX states" has no placeholder."""
_SHORT = re.compile(r"(?<![\w.&/’'-])(?:TK|TBD|TBA|tbd)(?!\w|[.&/’'-]\w)")
_BESIDE_TK = re.compile(r"\s+(?:[A-Z\d]|(?:protein|kinase|inhibitor|gene|cell|activity|antibod)\w*)")
_NAME_BEFORE = re.compile(r"[a-z,] [A-Z][\w’-]+,? $|^[A-Z][a-z’-]+,? $")
_BULLET_BOX = re.compile(r"^(\s*(?:[-*+]|\d+[.)])\s+)\[[ xX]\]", re.MULTILINE)
_RULE = re.compile(r"^[\s_*-]+$", re.MULTILINE)
_FOOTNOTE = re.compile(r"\[\^[^\]\n]{0,200}\]")
_ESCAPE = re.compile(r"\\([\\\[\]<>_?#$])")


def find_placeholders(text: LetterText) -> tuple[str, ...]:
    """Return phrases that look like notes to the letter's authors, without duplicates, the first eight at most.

    Only unambiguous ones: “XX” before what is counted or in a date, not a century, law or chromosome; “TK” in the place of
    words, not initials; in brackets an order or a bare noun, not an editor's remark.
    """
    parts = (
        text.title, text.via, text.re, text.salutation, text.closing, *text.cc, text.letterhead.name, *text.letterhead.lines,
        *(line for addressee in text.addressees for line in (addressee.name, *addressee.lines)), text.body,
    )  # fmt: skip
    return tuple(dict.fromkeys(phrase[:MAX_PHRASE_LENGTH] for part in parts for phrase in _find_in_part(part)))[:MAX_FOUND]


def _find_in_part(part: str) -> list[str]:
    """Return the placeholders of one part, in order."""
    bare = _ESCAPE.sub(r"\1", _RULE.sub("", _FOOTNOTE.sub("", _BULLET_BOX.sub(r"\1", part))))
    spans = [match.span() for match in _BRACKETS.finditer(bare) if _is_note_to_authors(match) and not _is_link(match[0], bare)]
    plain = _BRACKETS.sub(lambda match: " " * len(match[0]), bare)
    figures = (match.span() for pattern in _FIGURES for match in pattern.finditer(plain))
    spans += [(start, end) for start, end in figures if not _NUMBERED.search(plain, max(start - 12, 0), start)]
    explained = {word for word in ("TK", "TBD", "TBA") if f"({word})" in plain}
    abbreviations = (match for match in _SHORT.finditer(plain) if match[0].upper() not in explained)
    spans += [match.span() for match in abbreviations if match[0] != "TK" or not _is_part_of_name(match, plain)]
    phrases, end_of_last = list[str](), 0
    for start, end in sorted(spans):
        if start >= end_of_last:  # skip "XX million" within "$XX million"
            phrases.append(bare[start:end])
            end_of_last = end
    return phrases


def _is_link(typed: str, text: str) -> bool:
    """Return whether "[Date]" is a reference link, whose address is defined elsewhere."""
    return typed.startswith("[") and f"\n{typed}:" in f"\n{text}"


def _is_note_to_authors(match: re.Match[str]) -> bool:
    """Return whether bracketed text is a note to the authors."""
    inside = next(filter(None, match.groups())).strip()
    plain = " ".join(inside.casefold().split())
    if _SAID_OF_A_TEXT.search(inside) and not _ORDER.match(plain):
        return False
    in_capitals = inside == inside.upper() and (_NOUN.search(inside) or _ALONE_IN_CAPITALS.fullmatch(inside))
    return bool(_ORDER.match(plain) or _ALONE.fullmatch(plain) or in_capitals)


def _is_part_of_name(match: re.Match[str], text: str) -> bool:
    """Return whether "TK" is someone's initials, or belongs to a term that is explained elsewhere."""
    before = text[max(match.start() - 40, 0) : match.start()]
    return bool(_BESIDE_TK.match(text, match.end()) or _NAME_BEFORE.search(before))
