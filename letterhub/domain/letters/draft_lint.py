"""Lint of a draft: placeholders left over, such as "[INSERT COUNT]", and counts of signatories that were typed by hand."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from letterhub.domain.i18n import COUNT_PLACEHOLDER, number_in_words
from letterhub.domain.letters.letter_document import LetterText

SIGNER_NOUNS = frozenset("undersigned signatories signers cosigners".split())
GROUP_NOUNS = frozenset("organizations organisations groups nonprofits coalitions institutions associations".split())
NUMBER_WORDS = frozenset(part for count in (*range(1, 20), *range(20, 100,
10)) for part in number_in_words(count).split("-")) | {
    "hundred", "thousand",
}  # fmt: skip
SEPARATOR_WORDS = frozenset(
    """we the our us their its these those of in on to for by with from at that this which who is are was were have has
    year years month months day days million billion percent people states members countries""".split()
)
"""Words between a number and a noun that show that the number counts something else."""
MAX_WORDS_BETWEEN = 6

_FIGURE = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,6}")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n\s*\n")
_LINK = re.compile(r"\[([^\[\]]{0,300})\]\([^()\s]{0,2000}\)")
_MARKUP = re.compile(r"[*_`#>]")


@dataclass(frozen=True, slots=True)
class HardcodedCount:
    """Typed count, and the phrase from it to the noun that it counts."""

    number: str
    phrase: str

    def is_current(self, count: int) -> bool:
        """Return whether the typed number, in digits or words, is `count`."""
        typed = self.number.casefold().replace(" and ", " ").replace(",", "")
        return typed.replace("-", " ") in (str(count), number_in_words(count).replace("-", " "))


def find_hardcoded_counts(body: str) -> tuple[HardcodedCount, ...]:
    """Find the counts of signatories in an English Markdown text that are not placeholders, each phrase once.

    Only unambiguous ones: a number right before “undersigned” or “signatories”, and a number of organizations in a sentence
    that has “undersigned”, or after “We,” or “on behalf of”.
    """
    bare = _MARKUP.sub("", _LINK.sub(r"\1", COUNT_PLACEHOLDER.sub("such", body)))
    counts = (count for sentence in _SENTENCE.split(bare) for count in _find_in_sentence(sentence.split()))
    return tuple({count.phrase.casefold(): count for count in counts}.values())


def _find_in_sentence(words: Sequence[str]) -> Iterable[HardcodedCount]:
    """Return the typed counts of signatories in one sentence, given as words.

    If two nouns follow one number, as in "15 undersigned organizations", the phrase ends with the last.
    """
    plain = [word.strip("(“”\"',.;:!?)").casefold() for word in words]
    has_undersigned = "undersigned" in plain
    counts = {}
    for index, noun in enumerate(plain):
        if noun not in SIGNER_NOUNS | GROUP_NOUNS:
            continue
        span = _number_before(words, plain, index)
        if span is None:
            continue
        start, end = span
        before = " ".join(words[max(start - 4, 0) : start]).casefold().removesuffix(" the")
        follows_we = before == "we," or before.endswith((" we,", "on behalf of"))
        signs_something_else = plain[index + 1 : index + 2] in (["to"], ["of"])  # "12 signatories to the treaty"
        is_of_this_letter = noun in SIGNER_NOUNS and not signs_something_else
        if is_of_this_letter or has_undersigned or follows_we:
            counts[start] = HardcodedCount(_join_words(words[start:end]), _join_words(words[start : index + 1]))
    return counts.values()


def _number_before(words: Sequence[str], plain: Sequence[str], at: int) -> tuple[int, int] | None:
    """Return the start and end (exclusive) among the words of the number that counts the noun at index `at`, with only
    descriptive words between. None if there is none; years and "one" do not count.

    `plain` are the same `words` in small letters without punctuation.
    """
    for end in range(at, max(at - MAX_WORDS_BETWEEN - 1, 0), -1):
        word = plain[end - 1]
        if _FIGURE.fullmatch(word):
            return None if _YEAR.fullmatch(word) else (end - 1, end)
        if _is_number(word):
            start = _start_of_number(plain, end - 1)
            return None if plain[start:end] == ["one"] else (start, end)
        is_descriptive = words[end - 1].rstrip(",").replace("-", "").replace("’", "").isalpha()
        if word in SEPARATOR_WORDS or not is_descriptive:
            return None
    return None


def _start_of_number(plain: Sequence[str], last: int) -> int:
    """Return the index of the first word of a number whose last is at `last`: of "one" in "one hundred and forty-seven"."""
    start = last
    while start:
        is_and_within = plain[start - 1] == "and" and plain[max(start - 2, 0)] in NUMBER_WORDS
        if not is_and_within and not _is_number(plain[start - 1]):
            break
        start -= 1
    return start


def _is_number(word: str) -> bool:
    return all(part in NUMBER_WORDS for part in word.split("-"))


def _join_words(words: Sequence[str]) -> str:
    return " ".join(words).strip("(“”\"',.;:!?)")


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
_EDITORIAL_REMARK = re.compile(
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
    return tuple(dict.fromkeys(phrase for _field, phrase in placeholders_by_field(text)))[:MAX_FOUND]


def placeholders_by_field(text: LetterText) -> tuple[tuple[str, str], ...]:
    """Return the placeholders of each part of a letter, as (field of the editor, phrase), without duplicates."""
    parts = (*_parts_by_field(text), ("body", text.body))
    found = ((field, phrase[:MAX_PHRASE_LENGTH]) for field, part in parts for phrase in placeholders_in(part))
    return tuple(dict.fromkeys(found))


def plain_parts(text: LetterText) -> tuple[str, ...]:
    """Return the parts of a letter beside its text: title, subject, addresses and so on, in which nothing is markup."""
    return tuple(part for _field, part in _parts_by_field(text))


def _parts_by_field(text: LetterText) -> tuple[tuple[str, str], ...]:
    """Return the plain parts of a letter, each with its field in the editor."""
    lines = {
        "cc": text.cc, "enclosures": text.enclosures, "letterhead_name": (text.letterhead.name, *text.letterhead.lines),
        "addressees": tuple(line for addressee in text.addressees for line in (addressee.name, *addressee.lines)),
    }  # fmt: skip
    single = ("title", "date_words", "via", "re", "short_subject", "salutation", "closing")
    return (
        *((name, getattr(text, name)) for name in single),
        *((name, line) for name, part in lines.items() for line in part),
    )


def placeholders_in(part: str) -> list[str]:
    """Return the placeholders of one part of a letter, in order: text in brackets, then "XX" and the like, then "TK" and "TBD"
    unless they are explained or part of a name. Of overlapping ones the first is returned."""
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
    """Return whether bracketed text, a match of _BRACKETS, is a note to the authors: an order such as "insert date", or a bare
    noun such as "name", but no editor's remark on a quotation."""
    inside = next(filter(None, match.groups())).strip()
    plain = " ".join(inside.casefold().split())
    if _ORDER.match(plain):
        return True
    if _EDITORIAL_REMARK.search(inside):
        return False
    is_noun_in_capitals = inside == inside.upper() and (_NOUN.search(inside) or _ALONE_IN_CAPITALS.fullmatch(inside))
    return bool(_ALONE.fullmatch(plain) or is_noun_in_capitals)


def _is_part_of_name(match: re.Match[str], text: str) -> bool:
    """Return whether a matched "TK" is no placeholder, but someone's initials or part of a term, as in "TK inhibitor"."""
    before = text[max(match.start() - 40, 0) : match.start()]
    return bool(_BESIDE_TK.match(text, match.end()) or _NAME_BEFORE.search(before))
