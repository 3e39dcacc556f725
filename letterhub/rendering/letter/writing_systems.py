"""Writing systems: the direction of a text, and the language that its script implies."""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi"})

_LANGUAGE_BY_SCRIPT: Mapping[str, str] = {
    "ARABIC": "und-Arab",
    "ARMENIAN": "hy",
    "BENGALI": "und-Beng",
    "CJK": "zh",
    "CYRILLIC": "und-Cyrl",
    "DEVANAGARI": "und-Deva",
    "ETHIOPIC": "und-Ethi",
    "GEORGIAN": "ka",
    "GREEK": "el",
    "HANGUL": "ko",
    "HEBREW": "und-Hebr",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "THAI": "th",
}


def text_direction(text: str) -> str:
    """Return "rtl" or "ltr" by the first letter that has a direction: what `dir=auto` does, computed where paper cannot."""
    if text.isascii():
        return "ltr"
    for letter in text:
        match unicodedata.bidirectional(letter):
            case "L":
                return "ltr"
            case "R" | "AL":
                return "rtl"
    return "ltr"


def opposite_direction(text: str, direction: str) -> str:
    """Return "rtl" or "ltr" if most words of a sentence run against the letter around it, else "".

    By most and not by the first, as a sentence often begins with a foreign name.
    """
    if direction == "ltr" and text.isascii():
        return ""
    words = [word for word in text.split() if any(map(str.isalpha, word))]
    against = sum(text_direction(word) != direction for word in words)
    return ("rtl" if direction == "ltr" else "ltr") if against * 2 > len(words) else ""


@lru_cache(maxsize=16_384)
def language_of_script(text: str) -> str:
    """Return the language tag that a script implies: "ja" with any kana, "und-Cyrl" for Cyrillic, "" if Latin or mixed."""
    if text.isascii():
        return ""
    languages = {
        _LANGUAGE_BY_SCRIPT.get(unicodedata.name(letter, "").partition(" ")[0], "") for letter in text if letter.isalpha()
    }
    if {"ja"} <= languages <= {"ja", "zh"}:
        return "ja"
    return languages.pop() if len(languages) == 1 else ""
