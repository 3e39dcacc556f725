"""Detection of suspicious characters in names: look-alikes, letters as symbols, mixed scripts, invisible characters.

See docs/design/organizations.md.
"""

import re
import unicodedata
from functools import lru_cache

from letterhub.domain.invisible_characters import DEFAULT_IGNORABLE
from letterhub.domain.line_validation import count_scriptless_marks
from letterhub.domain.unicode_normalization import normalize_unicode

_SCRIPTS = """
    latin greek cyrillic armenian hebrew arabic syriac thaana devanagari bengali gurmukhi gujarati oriya tamil telugu kannada
    malayalam sinhala thai lao tibetan myanmar georgian hangul ethiopic cherokee canadian khmer mongolian hiragana katakana
    bopomofo cjk yi tifinagh nko"""
SCRIPTS = frozenset(_SCRIPTS.split())
"""Scripts of living languages, as the Unicode names of their letters begin."""

_MIXABLE_SCRIPTS = (
    frozenset({"cjk", "hiragana", "katakana", "katakana-hiragana"}),
    frozenset({"cjk", "bopomofo"}),
    frozenset({"cjk", "hangul"}),
)
"""Sets of scripts that one word may mix."""

_LATIN = frozenset("ƏəŋŊɓƁɔƆɖƉɗƊɛƐɣƔɩƖʋƲƙƘɲƝƒƑıĸþÞðÐßẞøØłŁđĐħĦŧŦæÆœŒ")
"""Latin letters of living languages that do not decompose."""

_SIGNS = frozenset("&+#%*@$€£¥§¶°|~^=<>`©®™℠№ªº")
"""Symbols that occur in titles and names besides punctuation."""

_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=4_096)
def has_suspicious_characters(text: str) -> bool:
    """Return whether a text has letters, symbols or marks that disguise what it says."""
    if text.isascii():
        return False
    composed = normalize_unicode("NFC", text)
    if count_scriptless_marks(composed) or any(map(_is_suspicious, composed)) or _has_needless_invisible_characters(composed):
        return True
    return any(_mixes_scripts(word) for word in _WORD.findall(composed))


def _is_suspicious(letter: str) -> bool:
    """Return whether nobody writes names with a character: a letter in disguise, an odd symbol, or a styled digit."""
    if letter.isascii():
        return False
    match unicodedata.category(letter):
        case "Ll" | "Lu" | "Lt" | "Lo" | "Lm":
            return _is_suspicious_letter(letter)
        case "So" | "Sm" | "Sk" | "Sc" | "No" | "Nl" | "Co" | "Cn" | "Me":
            return letter not in _SIGNS
        case "Nd":  # styled digits, such as bold ones
            return unicodedata.name(letter, "").startswith("MATHEMATICAL")
    return False


def _is_suspicious_letter(letter: str) -> bool:
    """Return whether a letter belongs to no living script, or looks like another one."""
    script = _script(letter)
    if script == "modifier":
        return normalize_unicode("NFKD", letter) != letter  # ʻ and ʼ are letters of Hawaiian and Ukrainian, ᴱ is a symbol
    if script not in SCRIPTS:
        return letter not in _SIGNS
    if script == "latin":
        return letter not in _LATIN and not normalize_unicode("NFD", letter)[0].isascii()
    return script not in ("cjk", "hangul", "arabic", "katakana") and normalize_unicode("NFKD", letter)[0].isascii()


@lru_cache(maxsize=4_096)
def _script(letter: str) -> str:
    """Return the script of a letter, as its Unicode name begins; "modifier" and "width" for forms of letters."""
    name = unicodedata.name(letter, "").lower()
    if name.startswith(("fullwidth", "halfwidth")):
        return "width"
    return "katakana" if name.startswith("katakana-hiragana") else name.partition(" ")[0]


def _mixes_scripts(word: str) -> bool:
    scripts = {_script(letter) for letter in word} - {"modifier", "width"}
    return len(scripts) > 1 and not any(scripts <= mixable for mixable in _MIXABLE_SCRIPTS)


def _has_needless_invisible_characters(text: str) -> bool:
    """Return whether a text has invisible characters that its scripts do not need."""
    if not any(ord(letter) in DEFAULT_IGNORABLE for letter in text):
        return False
    return {_script(letter) for letter in text if letter.isalpha()} <= {"latin", "greek", "cyrillic", "modifier", "width"}
