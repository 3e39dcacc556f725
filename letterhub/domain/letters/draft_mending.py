"""Mending of a draft: a count that was typed by hand becomes a placeholder, a note to the authors is taken out."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from letterhub.domain.letters.draft_lint import (
    GROUP_NOUNS,
    MAX_PHRASE_LENGTH,
    SIGNER_NOUNS,
    HardcodedCount,
    find_hardcoded_counts,
    placeholders_in,
)

_EXCERPT = 40  # characters on each side
_GAP = r"[\s*_`#>\[\]]+"
_NOUNS = "|".join(sorted(SIGNER_NOUNS | GROUP_NOUNS))
_COUNT_WANTED = re.compile(
    r"(?:(?:insert|add|enter|fill[ -]in) )?(?:the )?"
    rf"(?:(?:final |total )?(?:count|number)(?: of (?:the )?(?P<noun>{_NOUNS}))?|x+|#+|●)",
    re.IGNORECASE,
)
_BEFORE_NOUN = rf"(?=(?:\s+[A-Za-z-]+,?){{0,3}}\s+(?P<noun>{_NOUNS})\b)"
_BARE_FIGURE = re.compile(r"(?:XX|xx)[Xx]?\b")
_REMARK = re.compile(r"(?:insert|fill[ -]in|add|todo|tb[acd]|tk|tktk|placeholder|to be )\b", re.IGNORECASE)
_LIST_MARK = r"[ \t]*(?:(?:[-*+>]|#{1,6}|\d{1,9}[.)])[ \t]+)?"


@dataclass(frozen=True, slots=True)
class Mend:
    """Change of a body by which a remark on it goes away: what is replaced, by what ("" takes it out), and the body afterward.

    `excerpt` is how the changed place reads then, on one line.
    """

    passage: str
    replacement: str
    body: str
    excerpt: str


def mend_count(body: str, count: HardcodedCount, *, both_kinds: bool) -> Mend | None:
    """Return the change that puts a placeholder where a count was typed; None where the phrase does not stand like that in the
    source. `both_kinds`: organizations and individuals sign, so that a number of organizations is theirs alone."""
    phrase, rest = count.phrase.casefold(), count.phrase.removeprefix(count.number)
    replacement = _placeholder(count.phrase.split()[-1], count.number, both_kinds=both_kinds)
    typed, following = (_GAP.join(map(re.escape, part.split())) for part in (count.number, rest))
    gap = _GAP if rest[:1].isspace() else ""
    pattern = re.compile(rf"(?<![\w.,$€£/-]){typed}(?={gap}{following}(?!\w))", re.IGNORECASE)
    return _changed(
        body, pattern, count.number, replacement,
        lambda mended: phrase not in {one.phrase.casefold() for one in find_hardcoded_counts(mended)},
    )  # fmt: skip


def mend_placeholder(body: str, phrase: str, *, both_kinds: bool) -> Mend | None:
    """Return the change that puts a count where a note asks for one, or takes a remark to the authors out of the text.

    None where only an author knows what belongs there, as in “on [DATE]”.
    """

    def is_gone(mended: str) -> bool:
        return phrase not in placeholders_in(mended)

    if figure := _BARE_FIGURE.match(phrase):
        pattern = re.compile(rf"(?<!\w){figure[0]}{_BEFORE_NOUN}")
        replacement = _placeholder(found["noun"], "1", both_kinds=both_kinds) if (found := pattern.search(body)) else ""
        return _changed(body, pattern, figure[0], replacement, is_gone)
    inside = " ".join(phrase.strip("[]<>{}").split())
    if len(phrase) >= MAX_PHRASE_LENGTH or inside == phrase:  # it may go on; it has no end of its own
        return None
    source = "".join(rf"\\?{re.escape(character)}" for character in phrase) + r"(?!\\?[(\[:])"
    if wanted := _COUNT_WANTED.fullmatch(inside):
        pattern = re.compile(source + ("" if wanted["noun"] else _BEFORE_NOUN))
        if found := pattern.search(body):
            noun = wanted["noun"] or found["noun"]
            return _changed(body, pattern, phrase, _placeholder(noun, "1", both_kinds=both_kinds), is_gone)
    line = rf"{_LIST_MARK}{source}[ \t.]*"
    patterns = [rf"(?m)(?:(?<=\n\n)|\A){line}(?:\n+|\Z)", rf"(?m)^{line}(?:\n|\Z)"]  # a paragraph of its own, or a line
    if _REMARK.match(inside):
        patterns.append(rf"{source}[ \t]+|[ \t]{{0,8}}{source}(?=[.,;:!?)\n]|\Z)|{source}")
    changes = (_changed(body, re.compile(pattern), phrase, "", is_gone) for pattern in patterns)
    return next(filter(None, changes), None)


def _placeholder(noun: str, typed: str, *, both_kinds: bool) -> str:
    """Return the placeholder for the number of what the noun counts, in words if the number was typed in words."""
    name = "organizations" if both_kinds and noun.casefold() in GROUP_NOUNS else "count"
    return "{{" + name + ("" if typed[0].isdecimal() else "_in_words") + "}}"


def _changed(
    body: str, pattern: re.Pattern[str], passage: str, replacement: str, is_mended: Callable[[str], bool]
) -> Mend | None:
    """Return the body with each match replaced; None if there is no match, or the remark would remain."""
    first = pattern.search(body)
    if first is None:
        return None
    mended = pattern.sub(lambda _match: replacement, body)
    if not is_mended(mended):
        return None
    end = first.start() + len(replacement)
    start = max(first.start() - _EXCERPT, 0)
    before = mended[start : first.start()]
    after = mended[end : end + _EXCERPT]
    before = "…" + before.partition(" ")[2] if start else before
    after = after.rpartition(" ")[0] + "…" if end + _EXCERPT < len(mended) else after
    return Mend(passage, replacement, mended, " ".join((before + replacement + after).split()))
