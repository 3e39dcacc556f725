"""Alphabets of languages: letters that sort elsewhere than in Unicode's default order, after the rules of CLDR."""

import re
from collections.abc import Mapping
from functools import cache

_RULES: Mapping[str, str] = {
    "ar": "ت=ة ي=ى",
    "az": "c<ç e<ə g<ğ h<x<ı k<q o<ö s<ş u<ü",
    "bn": "",
    "ckb": "ک=ك و<ۆ<ه<ە ی=ي=ى",
    "cs": "c<č h<ch r<ř s<š z<ž",
    "cy": "c<ch d<dd f<ff g<ng l<ll p<ph r<rh t<th",
    "da": "y=ü z<æ=ä<ø=ö<å=aa",
    "eo": "c<ĉ g<ĝ h<ĥ j<ĵ s<ŝ u<ŭ",
    "es": "n<ñ",
    "et": "s<š<z<ž w<õ<ä<ö<ü",
    "fa": "ء<آ ا=ٱ<ء=أ=إ=ؤ=ئ ک=ك=ڪ و<ه=ہ=ھ=ە=ة=ۀ ی=ي=ى=ے",
    "fi": "y=ü z<å<ä=æ<ö=ø",
    "fo": "a<á d<ð i<í o<ó u<ú y<ý z<æ=ä<ø=ö<å",
    "hi": "",
    "hr": "c<č<ć d<dž<đ l<lj n<nj s<š z<ž",
    "hu": "c<cs d<dz<dzs g<gy l<ly n<ny o<ö=ő s<sz t<ty u<ü=ű z<zs",
    "is": "a<á d<ð e<é i<í o<ó u<ú y<ý z<þ<æ=ä<ö=ø<å",
    "lt": "c<č i=y s<š z<ž",
    "lv": "c<č g<ģ i=y k<ķ l<ļ n<ņ r<ŗ s<š z<ž",
    "mt": "c<ċ g<ġ<għ h<ħ z<ż",
    "my": "",
    "pl": "a<ą c<ć e<ę l<ł n<ń o<ó s<ś z<ź<ż",
    "ro": "a<ă<â i<î s<ș=ş t<ț=ţ",
    "sk": "a<ä c<č h<ch o<ô s<š z<ž",
    "sl": "c<č<ć d<đ s<š z<ž",
    "sq": "c<ç d<dh e<ë g<gj l<ll n<nj r<rr s<sh t<th x<xh z<zh",
    "sv": "y=ü z<å<ä=æ<ö=ø",
    "th": "",
    "tr": "c<ç g<ğ h<ı o<ö s<ş u<ü",
    "uk": "г<ґ",
    "ur": "ا=ٱ<أ=إ<آ ک=ك و<ؤ<ہ=ه=ە=ۀ=ۂ<ھ<ة=ۃ<ء=ئ ی=ي=ى",
}
"""Letters that stand elsewhere in a language than in Unicode's default order: they follow another one as letters of their own
("<"), or are sorted as it is ("="). Languages without such letters are here for their digits."""

_SAME_AS = {
    "nb": "da", "nn": "da", "no": "da", "kl": "da", "se": "sv", "bs": "hr", "sr": "hr", "eu": "es", "fil": "es", "gl": "es",
    "prs": "fa", "mr": "hi", "ne": "hi",
}  # fmt: skip
_AFTER = "\u05ea"  # Hebrew, so that it sorts after all Latin, Greek and Cyrillic letters
_AFTER_ARABIC = "\u0e2e"  # Thai, likewise after all Arabic letters
_FIRST_ARABIC = "\u0600"


def alphabet_of(language: str) -> str:
    """Return the name of the alphabet that sorts texts in a language (a BCP 47 tag): "sv"; "" for Unicode's default order."""
    primary = language.casefold().replace("_", "-").partition("-")[0]
    name = _SAME_AS.get(primary, primary)
    return name if name in _RULES else ""


def spell_out(text: str, alphabet: str) -> str:
    """Return a text in NFC whose letters that an alphabet sorts elsewhere are spelled as the letter before them with a mark, so
    that Unicode's default order puts them there."""
    letters, spellings = _spellings(alphabet)
    return letters.sub(lambda letter: spellings[letter[0]], text)


@cache
def _spellings(alphabet: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """Return the pattern of an alphabet's letters, longest first, and the spelling of each, small and capital."""
    spellings: dict[str, str] = {}
    for rule in _RULES[alphabet].split():
        spelling = first = rule[0]
        after = _AFTER if first < _FIRST_ARABIC else _AFTER_ARABIC
        for sign, letter in re.findall("([<=])([^<=]+)", rule):
            if sign == "<":
                spelling = f"{first}{after}{int(spelling[2:] or 0) + 1}"
            spellings |= {letter: spelling, letter.upper(): spelling.upper(), letter.capitalize(): spelling.upper()}
    longest_first = sorted(spellings, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)"), spellings
