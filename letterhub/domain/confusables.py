"""Letters that look like others: what a name looks like to a hurried reader."""

import unicodedata

_LOOKS = """
    а:a в:b е:e к:k м:m н:h о:o р:p с:c т:t у:y х:x ѕ:s і:i ї:i ј:j ԁ:d ԛ:q ԝ:w ӏ:l ь:b ѵ:v ґ:r г:r п:n ո:n ё:e ћ:h ғ:f
    α:a β:b γ:y ε:e ζ:z η:n ι:i κ:k μ:u ν:v ο:o ρ:p τ:t υ:u χ:x ω:w ϲ:c ϳ:j
    օ:o ս:u հ:h ց:g զ:q ռ:n յ:j ք:p տ:s
    ᴀ:a ʙ:b ᴄ:c ᴅ:d ᴇ:e ɢ:g ʜ:h ɪ:i ᴊ:j ᴋ:k ʟ:l ᴍ:m ɴ:n ᴏ:o ᴘ:p ʀ:r ᴛ:t ᴜ:u ᴠ:v ᴡ:w ʏ:y ᴢ:z
    ɑ:a ɡ:g ɩ:i ı:i ɫ:l ƅ:b ƒ:f ꞵ:b ℓ:l ɒ:a
    Ꭰ:d Ꭱ:r Ꭲ:t Ꭺ:a Ꭻ:j Ꭼ:e Ꮃ:w Ꮇ:m Ꮋ:h Ꮐ:g Ꮓ:z Ꮪ:s Ꮮ:l Ꮯ:c Ꮲ:p Ꮶ:k Ꮩ:v
    0:o 1:l |:l !:l $:s 5:s"""
LOOKS = {ord(pair.partition(":")[0]): pair.partition(":")[2] for pair in _LOOKS.split()} | {ord("i"): "l"}
"""What a letter or figure is taken for; an upper-case I, a small l and a figure 1 are one."""

_PLAIN = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th", "ĸ": "k", "ŋ": "n"}
PLAIN = {ord(letter): plain for letter, plain in _PLAIN.items()}
"""Letters with a stroke or joined, which Unicode does not take apart, as people without them on their keys write them."""

_UMLAUTS = {ord(letter): both for letter, both in {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}.items()}
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))


def plain_letters(text: str) -> str:
    """Small letters without accents, width and strokes: "wroclaw" of "WROCŁAW". Vowel signs stay."""
    apart = unicodedata.normalize("NFKD", text).casefold().translate(PLAIN)
    return "".join(letter for letter in apart if not unicodedata.combining(letter) or unicodedata.category(letter) == "Mc")


def in_latin(text: str) -> str:
    """The text with its letters of other scripts as the Latin ones that they look like, so that no word hides behind one."""
    return "".join(LOOKS.get(ord(letter), letter) if letter.isalpha() and not letter.isascii() else letter for letter in text)


def spelled_out(text: str) -> str:
    """The text with its umlauts as two letters: "Universitaet" of "Universität"."""
    return unicodedata.normalize("NFC", text).translate(_UMLAUTS)


def skeleton(text: str) -> str:
    """What two texts share that a hurried reader takes for each other; without spaces, marks and invisible signs."""
    looks = plain_letters(text).translate(LOOKS)
    bare = "".join(letter for letter in looks if letter.isalnum() or unicodedata.category(letter) in ("Mc", "Mn"))
    for pair, look in _PAIRS:
        bare = bare.replace(pair, look)
    return bare.translate(LOOKS)
