"""Names and addresses of persons in the columns of a table: parts joined, names that are none, addresses in brackets."""

import re
from collections.abc import Mapping

_ANONYMOUS = frozenset({"anonymous", "anonymous user", "anonym", "anonyme", "anónimo", "anônimo", "anonimo"})
_ADDRESS = re.compile(r"(?:[^<>@]*<\s*)?(?:mailto:)?([^\s<>,;]+@[^\s<>,;]+?)(?:\s*>)?", re.IGNORECASE)
_FAMILY_NAME_FIRST = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # kana, Han and Hangul
_SUFFIXES_WITHOUT_COMMA = frozenset({"jr", "sr", "ii", "iii", "iv", "v"})


def is_anonymous(name: str) -> bool:
    """Return whether a name stands for a respondent whom a form does not name, as in tables of Microsoft Forms."""
    return name.casefold() in _ANONYMOUS


def address_in_cell(cell: str) -> str:
    """Return the email address of a cell that has one as mail programs write it, "Ada Example <ada@willow.example>" or
    "mailto:ada@willow.example"; any other cell as it is."""
    match = _ADDRESS.fullmatch(cell)
    return match[1] if match else cell


def joined_name(values: Mapping[str, str]) -> str:
    """Return the signer of a row: first, middle and last name, in Chinese, Japanese and Korean the family name first; or else
    the whole name, with what goes before and after it."""
    keys = ("first_name", "middle_name", "last_name")
    if _FAMILY_NAME_FIRST.match(values.get("last_name", "")):
        keys = ("last_name", "first_name", "middle_name")
    parts = (values.get(key, "") for key in keys)
    has_parts = values.get("first_name") or values.get("last_name")
    name = " ".join(filter(None, parts)) if has_parts else values.get("signer_name", "")
    prefix, suffix = values.get("prefix", ""), values.get("suffix", "")
    if not name:
        return ""
    name = f"{prefix} {name}" if prefix and not name.startswith(f"{prefix} ") else name
    if not suffix or name.endswith(f" {suffix}"):
        return name
    return f"{name} {suffix}" if suffix.casefold().rstrip(".") in _SUFFIXES_WITHOUT_COMMA else f"{name}, {suffix}"
