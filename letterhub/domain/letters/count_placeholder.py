"""Placeholders for the number of signatories in a letter: as digits, in words, or as a mark before anyone has signed."""

import re

from letterhub.domain.i18n import number_in_digits, number_in_words

COUNT_PLACEHOLDER = re.compile(r"\{\{\s*(count|count_in_words)\s*\}\}")


def fill_count(markdown: str, count: int, language: str) -> str:
    """Replace `{{count}}` by digits and `{{count_in_words}}` by words, which are digits outside English.

    A count in words that opens a sentence is capitalized.
    """
    in_english = language.partition("-")[0].casefold() == "en"

    def filled(match: re.Match[str]) -> str:
        if match[1] == "count" or not in_english:
            return number_in_digits(count, language)
        words = number_in_words(count)
        return words[0].upper() + words[1:] if _opens_a_sentence(markdown[: match.start()]) else words

    return COUNT_PLACEHOLDER.sub(filled, markdown)


def mask_count(markdown: str, mark: str) -> str:
    """Replace the count placeholders by a mark, for a text that has no signatories yet."""
    return COUNT_PLACEHOLDER.sub(lambda _: mark, markdown)


def _opens_a_sentence(before: str) -> bool:
    bare = before.rstrip(" *_\"“'")
    return not bare or bare[-1] in ".!?#>" or bare.endswith("\n\n")
