"""When two names are one organization, whether an address belongs to its site, and how a name sorts."""

import re
import unicodedata
from functools import cache, lru_cache
from urllib.parse import urlsplit

import idna
from publicsuffixlist import PublicSuffixList

from letterhub.domain.collation import Collation
from letterhub.domain.normalizing import normalized
from letterhub.domain.refusals import Refused

_ARTICLE = re.compile(r"^(?:the|a|an)\s+(?=\S)", re.IGNORECASE)
_WEBSITE = re.compile(r"https?://[^\s/?#@\\\"<>]+([/?#][^\s\"<>]*)?", re.IGNORECASE)
_JOINS = re.compile(r"(?<=[^\s.,'’–—-])(?:[.,'’–—-]|\s[–—-](?=\s))")
_PLAIN_WEIGHTS = (0x20, 0x02)  # of letters without accents, and of small letters
KEY_LENGTH = 300
WEBSITE_LENGTH = 300
LONGEST_HOST, LONGEST_LABEL = 253, 63
ACCENT = 200  # combining classes from here on stand above, below or beside a letter, not through it


def name_key(name: str) -> str:
    """What two spellings of one name share: case, accents, width, "The", "&" and punctuation set aside. At most 300 signs.

    Vowel signs, which are letters in the scripts of India, stay: without them different words would be one.
    """
    plain = normalized("NFKD", name).casefold().replace("&", " and ")
    letters = (letter for letter in plain if not unicodedata.combining(letter))
    words = "".join(letter if letter.isalnum() or unicodedata.category(letter) in ("Mc", "Mn") else " " for letter in letters)
    bare = _ARTICLE.sub("", " ".join(words.split())) or "".join(plain.split())
    return bare[:KEY_LENGTH]


def wording_key(text: str) -> str:
    """What a reader would call the same wording: case, accents, "The", spaces and punctuation set aside, and nothing else.

    It is as long as the text, and signs such as emoji count. A mark that strikes a letter through is no accent.
    """
    plain = normalized("NFKD", text).casefold().replace("&", " and ")
    letters = (letter for letter in plain if not _is_accent(letter))
    words = "".join(" " if unicodedata.category(letter)[0] in "PZ" else letter for letter in letters)
    return _ARTICLE.sub("", " ".join(words.split())) or "".join(plain.split())


def spelling_key(text: str) -> str:
    """What may be spelled in several ways without a reader seeing another thing in it: of the wording, "X" is none of "(X)".

    Case, accents, "The", spaces, "&" and what ends or joins words (. , ' - –) are set aside; quotes, brackets, "?" and "!", and
    letters drawn in another way, such as those of Fraktur, are not.
    """
    plain = normalized("NFD", text).casefold().replace("&", " and ")
    bare = "".join(letter for letter in plain if not _is_accent(letter))
    return _ARTICLE.sub("", " ".join(_JOINS.sub(" ", " ".join(bare.split())).split()))


def _is_accent(letter: str) -> bool:
    return "\u0300" <= letter <= "\u036f" and unicodedata.combining(letter) >= ACCENT


def sort_name(name: str) -> str:
    """The name as it is looked up in a list: "The Arc" under A, quotes and signs before the first letter set aside."""
    bare = normalized("NFC", name).strip()
    start = next((at for at, letter in enumerate(bare) if letter.isalnum()), 0)
    bare = bare[start:]
    return _ARTICLE.sub("", bare) or bare


@lru_cache(maxsize=16_384)
def sort_key(name: str) -> str:
    """A text that sorts as readers expect, the same on every database: the Unicode collation weights of the sort name in hex.

    Accents and case only decide between names that are otherwise equal: their levels end where only plain letters follow, whose
    weights are the least there are. At most 1,200 signs, so that a database can index it.
    """
    levels, level = list[list[int]](), list[int]()
    for weight in _collator().sort_key(sort_name(name)[:80]):
        if weight:
            level.append(weight)
        else:
            levels.append(level)
            level = []
    for level, plain in zip(levels[1:], _PLAIN_WEIGHTS, strict=False):
        while level and level[-1] == plain:
            level.pop()
    return "".join("".join(f"{weight:04x}" for weight in level) + "0000" for level in levels)[:1200]


@cache
def _collator() -> Collation:
    return Collation()


class NotAWebsite(Refused):
    """What was typed is no address of a website."""

    field = "website"


_LOOKS_LIKE = "This is not a website address. It should look like example.org. Leave the field empty if there is none."
_NO_HOST = (
    "This address holds a sign that names of websites do not take. Please copy it from your browser, or leave the field empty."
)


def website_of(typed: str) -> str:
    """A website as people type it, with its scheme: "https://example.org" of "example.org". Raises NotAWebsite."""
    address = typed.strip()
    if not address:
        return ""
    if "://" not in address:
        address = f"https://{address}"
    if len(address) > WEBSITE_LENGTH or not _WEBSITE.fullmatch(address):
        raise NotAWebsite(_LOOKS_LIKE)
    if not domain_of_website(address):
        raise NotAWebsite(_LOOKS_LIKE if address.isascii() else _NO_HOST)
    return address


@lru_cache(maxsize=16_384)
def domain_of_website(website: str) -> str:
    """The registrable domain of an organization's site: "example.org" of "https://www.example.org/paz"; "" without one."""
    address = website.strip()
    if not address or len(address) > WEBSITE_LENGTH:
        return ""
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""
    return registrable(host)


def domain_of_email(email: str) -> str:
    """The registrable domain of a mailbox; "" where there is none."""
    return registrable(email.rpartition("@")[2])


@lru_cache(maxsize=16_384)
def registrable(host: str) -> str:
    """The part of a host name that somebody registered: "example.co.uk" of "mail.example.co.uk"; "" where there is none."""
    plain = _in_ascii(host.strip())
    if plain.rpartition(".")[2].isdigit() or ":" in plain:
        return ""
    return _suffixes().privatesuffix(plain) or ""


def _in_ascii(host: str) -> str:
    """A host name as browsers and mail servers ask for it; "" for what is none. "faß.de" is not "fass.de"."""
    try:
        plain = (host if host.isascii() else idna.encode(host, uts46=True).decode()).lower().rstrip(".")
    except UnicodeError:
        return ""
    return plain if len(plain) <= LONGEST_HOST and all(0 < len(label) <= LONGEST_LABEL for label in plain.split(".")) else ""


def is_registered(host: str) -> bool:
    """Whether a host's ending is one under which domains are registered: "change.org", and not "st.mary"."""
    return bool(_suffixes().privatesuffix(host.casefold(), accept_unknown=False))


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def is_government(domain: str) -> bool:
    """Whether a domain is of a US government or military body, which may be barred from signing."""
    return domain.endswith((".gov", ".mil")) or domain in {"gov", "mil"}
