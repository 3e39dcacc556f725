"""Look-alike letters: the skeleton of a name, equal for names that look the same, and suspicious characters.

See docs/design/organizations.md.
"""

import itertools
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from letterhub.domain.line_validation import count_scriptless_marks
from letterhub.domain.unicode import DEFAULT_IGNORABLE, REMOVE_INVISIBLE, normalize_unicode

_DATA = Path(__file__).with_name("confusables.txt")
_LOOKS = """
    а:a в:b е:e к:k м:m н:h о:o р:p с:c т:t у:y х:x ѕ:s і:i ї:i ј:j ԁ:d ԛ:q ԝ:w ӏ:l ь:b ѵ:v ґ:r г:r п:n ո:n ё:e ћ:h ғ:f
    α:a β:b γ:y ε:e ζ:z η:n ι:i κ:k μ:u ν:v ο:o ρ:p τ:t υ:u χ:x ω:w ϲ:c ϳ:j
    օ:o ս:u հ:h ց:g զ:q ռ:n յ:j ք:p տ:s
    ᴀ:a ʙ:b ᴄ:c ᴅ:d ᴇ:e ɢ:g ʜ:h ɪ:i ᴊ:j ᴋ:k ʟ:l ᴍ:m ɴ:n ᴏ:o ᴘ:p ʀ:r ᴛ:t ᴜ:u ᴠ:v ᴡ:w ʏ:y ᴢ:z
    ɑ:a ɡ:g ɩ:i ı:i ɫ:l ƅ:b ƒ:f ꞵ:b ℓ:l ɒ:a
    Ꭰ:d Ꭱ:r Ꭲ:t Ꭺ:a Ꭻ:j Ꭼ:e Ꮃ:w Ꮇ:m Ꮋ:h Ꮐ:g Ꮓ:z Ꮪ:s Ꮮ:l Ꮯ:c Ꮲ:p Ꮶ:k Ꮩ:v
    є:e ԑ:e ɛ:e ꞓ:e ǝ:e ɘ:e
    ⲁ:a ⲃ:b ⲅ:r ⲉ:e ⲍ:z ⲏ:h ⲓ:i ⲕ:k ⲙ:m ⲛ:n ⲟ:o ⲣ:p ⲥ:c ⲧ:t ⲩ:y ⲭ:x ⲱ:w
    𐐨:e 𐐩:a 𐐪:a 𐐫:o 𐐭:u 𐐮:l 𐐯:e 𐐰:a 𐐱:o 𐐲:u 𐐳:w 𐐴:a 𐐵:o 𐐶:w 𐐷:y 𐐸:h 𐐹:p 𐐺:b 𐐻:t 𐐼:d 𐐿:k 𐑀:g 𐑁:f 𐑂:v 𐑅:s 𐑆:z 𐑉:r 𐑊:l 𐑋:m 𐑌:n
    ᗩ:a ᑕ:c ᗴ:e ᙓ:e ᘜ:g ᑎ:n ᔕ:s ᗯ:w ᘔ:z
    0:o 1:l |:l !:l $:s 5:s"""
_OVERRIDES = {pair.partition(":")[0]: pair.partition(":")[2] for pair in _LOOKS.split()}
"""Overrides of UTS #39 for small letters and those without case: a closer match within a name, or that of the capital."""

_SAME_LOOK = {ord("i"): "l", ord("0"): "o", ord("1"): "l", ord("5"): "s"}
_CIRCLED = {start + at: chr(ord("a") + at) for start in (0x1F150, 0x1F170, 0x1F1E6) for at in range(26)}
_PLAIN = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th", "ĸ": "k", "ŋ": "n"}
BASE_LETTERS = {ord(letter): plain for letter, plain in _PLAIN.items()}
"""Base letters of those with a stroke or ligatures, which Unicode does not decompose."""

_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_CIRCLED_NUMBERS = "⓪①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳⓿⓵⓶⓷⓸⓹⓺⓻⓼⓽⓾❶❷❸❹❺❻❼❽❾❿➀➁➂➃➄➅➆➇➈➉➊➋➌➍➎➏➐➑➒➓"
_ANNOTATIONS = re.compile(f"[™℠🅪🅫🅬{_SUPERSCRIPTS}{_CIRCLED_NUMBERS}]|ᵀᴹ|ˢᴹ|ᵗᵐ|ˢᵐ|ᴿ(?!\\w)")
"""Characters beside a name that are not part of it: trademark signs and footnote numbers."""

_LATIN_LETTER_NAME = re.compile(
    r"LATIN (?:SMALL |CAPITAL )?LETTER (?:DOTLESS |SCRIPT |INSULAR |OPEN |SMALL CAPITAL )?([A-Z])(?: (?:WITH|BAR|ROTUNDA).*)?"
)
_LATIN_RANGES = ((0x180, 0x2B0), (0x1D00, 0x1DC0), (0x1E00, 0x1F00), (0x2C60, 0x2C80), (0xA720, 0xAB70), (0x1DF00, 0x1DF30))

_UMLAUTS = {ord(letter): both for letter, both in {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}.items()}
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_BARS = re.compile(r"(?<=[^\W_])[|!$]+(?=[^\W_])|\|+(?=[^\W_])|(?<=[^\W_])\|+")


def fold_letters(text: str) -> str:
    """Return the text in small letters without accents, width, strokes and invisible characters: "wroclaw" of "WROCŁAW".

    Vowel signs stay.
    """
    if text.isascii():
        return text.casefold()
    decomposed = (
        normalize_unicode("NFKD", strip_annotations(text)).translate(REMOVE_INVISIBLE).casefold().translate(BASE_LETTERS)
    )
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter) or unicodedata.category(letter) == "Mc")


def strip_annotations(text: str) -> str:
    """Return "Example" of "Example™" and "Example¹": without trademark signs and footnote numbers, if more is left."""
    bare = text if text.isascii() else _ANNOTATIONS.sub("", text)
    return bare if any(map(str.isalnum, bare)) else text


def _load_look_alikes() -> dict[int, str]:
    """Return the look-alike of each letter and digit in plain small letters, by code point.

    They come from our overrides, the data of UTS #39 beside this file, and the names of Latin letters that do not decompose:
    "r" of ᵲ, "LETTER R WITH MIDDLE TILDE".
    """
    rules = (line.split() for line in _DATA.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    unicode_looks = {int(code, 16): "".join(chr(int(part, 16)) for part in look) for code, *look in rules}
    by_unicode = {
        code: _look_alike(chr(code), look) for code, look in unicode_looks.items() if not fold_letters(chr(code)).isascii()
    }
    by_hand = {ord(code): look for code, look in _OVERRIDES.items()}
    by_name: dict[int, str] = {}
    for code in itertools.chain.from_iterable(range(*span) for span in _LATIN_RANGES):
        match = _LATIN_LETTER_NAME.fullmatch(unicodedata.name(chr(code), ""))
        if match and not fold_letters(chr(code)).isascii():
            by_name[code] = match[1].lower()
    merged = by_name | by_unicode | _CIRCLED | by_hand  # the later prevail
    return {code: look.translate(_SAME_LOOK) for code, look in merged.items() if look} | _SAME_LOOK


def _look_alike(letter: str, unicode_look: str) -> str:
    """Return the look-alike of a letter: `unicode_look`, which UTS #39 gives, or our own. Ours counts only for a small letter,
    or for a capital that looks like no Latin letter."""
    small, plain = letter.casefold(), fold_letters(unicode_look)
    is_like_latin_capital = small != letter and plain.isascii()
    if small in _OVERRIDES and not is_like_latin_capital:
        return _OVERRIDES[small]
    return "".join(_OVERRIDES.get(part, part) for part in plain if part.isalnum())


def latinize(text: str) -> str:
    """Return a text with letters of other scripts replaced by the Latin ones they look like, so that no word hides behind them.

    The signs "|", "!" and "$" within a word are replaced too, and "|" also beside one.
    """
    barred = _BARS.sub(lambda match: match[0].translate(LOOK_ALIKES), text)
    return barred if barred.isascii() else normalize_unicode("NFKD", barred).translate(_NON_ASCII_LOOK_ALIKES)


def expand_umlauts(text: str) -> str:
    """Spell umlauts as two letters: "Universitaet" of "Universität"."""
    return normalize_unicode("NFC", text).translate(_UMLAUTS)


def skeleton(text: str) -> str:
    """Return the look-alike key of a text, without spaces, marks and invisible characters: equal for texts that look alike."""
    looks = fold_letters(text).translate(LOOK_ALIKES)
    return look_alike_key(
        "".join(letter for letter in looks if letter.isalnum() or unicodedata.category(letter) in ("Mc", "Mn"))
    )


def look_alike_key(letters: str) -> str:
    """Return the look-alike key of plain letters and digits without spaces: equal for texts that look alike, such as "rn" and
    "m"."""
    bare = letters.translate(LOOK_ALIKES)
    for pair, look in _PAIRS:
        bare = bare.replace(pair, look)
    return bare if bare.isascii() else bare.translate(LOOK_ALIKES)  # some look like a letter that looks like another


LOOK_ALIKES = _load_look_alikes()
"""Look-alikes of letters and digits, by code point; capital I, small l and digit 1 are one."""

_NON_ASCII_LOOK_ALIKES = {letter: look for letter, look in LOOK_ALIKES.items() if letter > 0x7F}


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
    """Return whether a text has letters, symbols, marks or mixtures of scripts that disguise what it says."""
    if text.isascii():
        return False
    composed = normalize_unicode("NFC", text)
    if count_scriptless_marks(composed) or any(map(_is_suspicious, composed)) or _has_needless_invisible_characters(composed):
        return True
    for word in _WORD.findall(composed):
        scripts = {_script(letter) for letter in word} - {"modifier", "width"}
        if len(scripts) > 1 and not any(scripts <= mixable for mixable in _MIXABLE_SCRIPTS):
            return True
    return False


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
    """Return whether a letter belongs to no living script, or is a styled form of another one, such as a Fraktur "A"."""
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
    """Return the script of a letter in small letters, by its Unicode name: "latin", "cjk"; "modifier" for a modifier letter,
    and "width" for the wide or narrow form of a letter."""
    name = unicodedata.name(letter, "").lower()
    if name.startswith(("fullwidth", "halfwidth")):
        return "width"
    return "katakana" if name.startswith("katakana-hiragana") else name.partition(" ")[0]


def _has_needless_invisible_characters(text: str) -> bool:
    """Return whether a text has invisible characters although all its letters are of scripts that need none, such as Latin."""
    if not any(ord(letter) in DEFAULT_IGNORABLE for letter in text):
        return False
    return {_script(letter) for letter in text if letter.isalpha()} <= {"latin", "greek", "cyrillic", "modifier", "width"}
