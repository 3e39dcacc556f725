"""Alphabets of languages in which letters stand elsewhere than in Unicode's default order, after the rules of CLDR."""

import re
from collections.abc import Mapping
from functools import cache

from letterhub.domain.unicode import normalize_unicode

_RULES: Mapping[str, str] = {
    "az": "c<ç e<ə g<ğ h<x<ı k<q o<ö s<ş u<ü",
    "cs": "c<č h<ch r<ř s<š z<ž",
    "cy": "c<ch d<dd f<ff g<ng l<ll p<ph r<rh t<th",
    "da": "y=ü z<æ=ä<ø=ö<å=aa",
    "eo": "c<ĉ g<ĝ h<ĥ j<ĵ s<ŝ u<ŭ",
    "es": "n<ñ",
    "et": "s<š<z<ž w<õ<ä<ö<ü",
    "fi": "y=ü z<å<ä=æ<ö=ø",
    "fo": "a<á d<ð i<í o<ó u<ú y<ý z<æ=ä<ø=ö<å",
    "hr": "c<č<ć d<dž<đ l<lj n<nj s<š z<ž",
    "hu": "c<cs d<dz<dzs g<gy l<ly n<ny o<ö=ő s<sz t<ty u<ü=ű z<zs",
    "is": "a<á d<ð e<é i<í o<ó u<ú y<ý z<þ<æ=ä<ö=ø<å",
    "lt": "c<č i=y s<š z<ž",
    "lv": "c<č g<ģ i=y k<ķ l<ļ n<ņ r<ŗ s<š z<ž",
    "mt": "c<ċ g<ġ<għ h<ħ z<ż",
    "pl": "a<ą c<ć e<ę l<ł n<ń o<ó s<ś z<ź<ż",
    "ro": "a<ă<â i<î s<ș=ş t<ț=ţ",
    "sk": "a<ä c<č h<ch o<ô s<š z<ž",
    "sl": "c<č<ć d<đ s<š z<ž",
    "sq": "c<ç d<dh e<ë g<gj l<ll n<nj r<rr s<sh t<th x<xh z<zh",
    "sv": "y=ü z<å<ä=æ<ö=ø",
    "tr": "c<ç g<ğ h<ı o<ö s<ş u<ü",
    "uk": "г<ґ",
}
"""Letters that follow another one as letters of their own ("<"), or differ from it in accents only ("="), by language."""

_SAME_AS = {
    "nb": "da", "nn": "da", "no": "da", "kl": "da", "se": "sv", "bs": "hr", "sr": "hr", "eu": "es", "fil": "es", "gl": "es",
}  # fmt: skip
_AFTER = "\u05ea"  # Hebrew, so that it sorts after all Latin, Greek and Cyrillic letters


def alphabet_of(language: str) -> str:
    """Return the name of the alphabet that sorts texts in a language (a BCP 47 tag): "sv"; "" for Unicode's default order."""
    primary = language.casefold().replace("_", "-").partition("-")[0]
    name = _SAME_AS.get(primary, primary)
    return name if name in _RULES else ""


def spell_for_sorting(text: str, alphabet: str) -> str:
    """Return a text respelled so that Unicode's default order sorts it as the alphabet does: a letter of the alphabet's own
    becomes the letter before it with a mark."""
    if not alphabet:
        return text
    letters, spellings = _spellings(alphabet)
    return letters.sub(lambda letter: spellings[letter[0]], normalize_unicode("NFC", text))


@cache
def _spellings(alphabet: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """Return the pattern of an alphabet's letters, longest first, and the spelling of each, small and capital."""
    spellings: dict[str, str] = {}
    for rule in _RULES[alphabet].split():
        spelling = first = rule[0]
        for sign, letter in re.findall("([<=])([^<=]+)", rule):
            if sign == "<":
                spelling = f"{first}{_AFTER}{int(spelling[2:] or 0) + 1}"
            spellings |= {letter: spelling, letter.upper(): spelling.upper(), letter.capitalize(): spelling.upper()}
    longest_first = sorted(spellings, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), spellings
