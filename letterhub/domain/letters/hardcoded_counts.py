"""Lint for counts of signatories that were typed into a letter: they go stale as signatures come and go."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from letterhub.domain.letters.count_placeholder import COUNT_PLACEHOLDER
from letterhub.domain.number_formatting import number_in_words

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
        """Return whether the letter has so many signatories."""
        typed = self.number.casefold().replace(" and ", " ").replace(",", "")
        return typed.replace("-", " ") in (str(count), number_in_words(count).replace("-", " "))


def find_hardcoded_counts(body: str) -> tuple[HardcodedCount, ...]:
    """Find the counts of signatories in an English Markdown text that are not placeholders, each phrase once.

    Only unambiguous ones: a number right before “undersigned” or “signatories”, and a number of organizations in a sentence
    that has “undersigned”, or after “We,” or “on behalf of”.
    """
    counts = (count for words in _sentences(body) for count in _find_in_sentence(words))
    return tuple({count.phrase.casefold(): count for count in counts}.values())


def _sentences(body: str) -> Iterator[list[str]]:
    bare = _MARKUP.sub("", _LINK.sub(r"\1", COUNT_PLACEHOLDER.sub("such", body)))
    return (sentence.split() for sentence in _SENTENCE.split(bare))


def _find_in_sentence(words: Sequence[str]) -> Iterable[HardcodedCount]:
    """Find the counts of one sentence; one with two such nouns after it, "15 undersigned organizations", goes up to the
    last."""
    plain = [word.strip("(“”\"',.;:!?)").casefold() for word in words]
    has_undersigned = "undersigned" in plain
    counts = {}
    for index, noun in enumerate(plain):
        if noun not in SIGNER_NOUNS | GROUP_NOUNS or (span := _number_before(words, plain, index)) is None:
            continue
        start, end = span
        before = " ".join(words[max(start - 4, 0) : start]).casefold().removesuffix(" the")
        elsewhere = noun in SIGNER_NOUNS and plain[index + 1 : index + 2] in (["to"], ["of"])
        if (
            (noun in SIGNER_NOUNS and not elsewhere)
            or has_undersigned
            or before == "we,"
            or before.endswith((" we,", "on behalf of"))
        ):
            counts[start] = HardcodedCount(_join_words(words[start:end]), _join_words(words[start : index + 1]))
    return counts.values()


def _number_before(words: Sequence[str], plain: Sequence[str], at: int) -> tuple[int, int] | None:
    """Return the span of the number that counts the noun at `at`, with only descriptive words between; None if there is
    none."""
    for end in range(at, max(at - MAX_WORDS_BETWEEN - 1, 0), -1):
        if _FIGURE.fullmatch(plain[end - 1]):
            return None if _YEAR.fullmatch(plain[end - 1]) else (end - 1, end)
        if _is_number(plain[end - 1]):
            start = _start_of_number(plain, end - 1)
            return None if plain[start:end] == ["one"] else (start, end)
        if plain[end - 1] in SEPARATOR_WORDS or not words[end - 1].rstrip(",").replace("-", "").replace("’", "").isalpha():
            return None
    return None


def _start_of_number(plain: Sequence[str], last: int) -> int:
    """Return the index of the first word of a number: of "one" in "one hundred and forty-seven"."""
    start = last
    while start and (_is_number(plain[start - 1]) or (plain[start - 1] == "and" and plain[max(start - 2, 0)] in NUMBER_WORDS)):
        start -= 1
    return start


def _is_number(word: str) -> bool:
    return all(part in NUMBER_WORDS for part in word.split("-"))


def _join_words(words: Sequence[str]) -> str:
    return " ".join(words).strip("(“”\"',.;:!?)")
