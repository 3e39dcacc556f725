"""JSON serialization of letter texts and documents, and their fingerprints."""

import base64
import datetime as dt
import enum
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from letterhub.domain.letters.letter_document import (
    Addressee,
    EditionInfo,
    Figures,
    LetterDocument,
    Letterhead,
    LetterText,
    Logo,
    Margins,
    PaperSize,
    Signatory,
    SignatoryKind,
    SignatoryOrder,
    SignatoryStyle,
    SignatureBlocks,
    TextSize,
    Theme,
    Typeface,
)  # fmt: skip
from letterhub.domain.letters.note_choices import LinkStyle, NotePlacement
from letterhub.domain.letters.pictures import Picture

Facts = Mapping[str, Any]

_LATER_DEFAULTS: Facts = {
    field.name: field.default
    for field in fields(LetterText)
    if field.name
    in "theme face accent window date_words margins size figures justify short_subject pictures enclosures blocks"
    " signature_lines notes links".split()
}
"""Fields added later, with their defaults: omitted at the default, so that old fingerprints stay valid."""
_PICTURE_FIELDS = ("logo", "signature_picture")
_LINE_FIELDS = tuple(field.name for field in fields(Signatory) if field.name not in (*_PICTURE_FIELDS, "lead_order"))


def canonical_json(value: Any) -> str:
    """Return a value as canonical JSON: the same text for equal values."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def fingerprint(facts: Facts) -> str:
    """Return the SHA-256, in hex, of facts as canonical JSON."""
    return hashlib.sha256(canonical_json(facts).encode()).hexdigest()


def text_to_facts(text: LetterText) -> dict[str, Any]:
    """Serialize a text to JSON values, by field. Fields that were added later are left out at their defaults."""
    head, facts = text.letterhead, asdict(text)
    facts["date"] = text.date.isoformat() if text.date else None
    facts["addressees"] = [{"name": addressee.name, "lines": list(addressee.lines)} for addressee in text.addressees]
    facts["cc"] = list(text.cc)
    logo = _logo_to_facts(head.logo) if head.logo else None
    facts["letterhead"] = {"name": head.name, "lines": list(head.lines), "logo": logo}
    if head.more_logos:
        facts["letterhead"]["more_logos"] = [_logo_to_facts(logo) for logo in head.more_logos]
    facts["enclosures"] = list(text.enclosures) or ()
    facts["pictures"] = [_picture_to_facts(picture) for picture in text.pictures] or ()  # as left out by default
    plain = {name: str(value) if isinstance(value, enum.StrEnum) else value for name, value in facts.items()}
    return {name: value for name, value in plain.items() if name not in _LATER_DEFAULTS or value != _LATER_DEFAULTS[name]}


def _logo_to_facts(logo: Logo) -> dict[str, str]:
    """Serialize a logo, its bytes in base64."""
    return {
        "media_type": logo.media_type,
        "data": base64.b64encode(logo.data).decode(),
        "description": logo.description,
    }


def _picture_to_facts(picture: Picture) -> dict[str, str]:
    return {
        "name": picture.name,
        "media_type": picture.media_type,
        "data": base64.b64encode(picture.data).decode(),
    }


def text_from_facts(facts: Facts) -> LetterText:
    """Deserialize a text from `text_to_facts`. Unknown keys are ignored."""
    head = facts["letterhead"]
    logo = _logo_from_facts(head["logo"]) if head.get("logo") else None
    more_logos = tuple(map(_logo_from_facts, head.get("more_logos", ())))
    return LetterText(
        title=facts["title"],
        body=facts["body"],
        date=dt.date.fromisoformat(facts["date"]) if facts["date"] else None,
        via=facts["via"],
        addressees=tuple(Addressee(addressee["name"], tuple(addressee["lines"])) for addressee in facts["addressees"]),
        re=facts["re"],
        salutation=facts["salutation"],
        closing=facts["closing"],
        cc=tuple(facts["cc"]),
        language=facts["language"],
        paper=PaperSize(facts["paper"]),
        order=SignatoryOrder(facts["order"]),
        shown=SignatoryStyle(facts["shown"]),
        letterhead=Letterhead(head["name"], tuple(head["lines"]), logo, more_logos),
        theme=Theme(facts.get("theme", _LATER_DEFAULTS["theme"])),
        face=Typeface(facts.get("face", _LATER_DEFAULTS["face"])),
        accent=facts.get("accent", _LATER_DEFAULTS["accent"]),
        window=facts.get("window", _LATER_DEFAULTS["window"]),
        blocks=SignatureBlocks(facts.get("blocks", _LATER_DEFAULTS["blocks"])),
        signature_lines=facts.get("signature_lines", _LATER_DEFAULTS["signature_lines"]),
        date_words=facts.get("date_words", _LATER_DEFAULTS["date_words"]),
        margins=Margins(facts.get("margins", _LATER_DEFAULTS["margins"])),
        size=TextSize(facts.get("size", _LATER_DEFAULTS["size"])),
        figures=Figures(facts.get("figures", _LATER_DEFAULTS["figures"])),
        justify=facts.get("justify", _LATER_DEFAULTS["justify"]),
        short_subject=facts.get("short_subject", _LATER_DEFAULTS["short_subject"]),
        notes=NotePlacement(facts.get("notes", _LATER_DEFAULTS["notes"])),
        links=LinkStyle(facts.get("links", _LATER_DEFAULTS["links"])),
        enclosures=tuple(facts.get("enclosures", ())),
        pictures=tuple(
            Picture(picture["name"], picture["media_type"], base64.b64decode(picture["data"]))
            for picture in facts.get("pictures", ())
        ),
    )


def _logo_from_facts(facts: Facts) -> Logo:
    return Logo(facts["media_type"], base64.b64decode(facts["data"]), facts["description"])


def document_to_facts(document: LetterDocument) -> dict[str, Any]:
    """Serialize a document to JSON values, as an edition stores it. The edition's number and id are left out, as the id is made
    from the hash of these values; so is the first layout version, which older editions do not name."""
    facts = {
        "text": text_to_facts(document.text),
        "signatories": [signatory_to_facts(signatory) for signatory in document.signatories],
        "revision_hash": document.revision_hash,
    }
    return facts | ({"layout": document.layout} if document.layout > 1 else {})


def signatory_to_facts(signatory: Signatory) -> dict[str, Any]:
    """Serialize a signatory. The keys of its pictures and its place among the leads are omitted without one, so that older
    fingerprints stay valid."""
    plain = {name: getattr(signatory, name) for name in _LINE_FIELDS} | {"kind": str(signatory.kind)}
    order = {"lead_order": signatory.lead_order} if signatory.lead_order else {}
    pictures = {name: getattr(signatory, name) for name in _PICTURE_FIELDS}
    return plain | order | {name: _logo_to_facts(picture) for name, picture in pictures.items() if picture}


def document_from_facts(facts: Facts, edition: EditionInfo | None = None) -> LetterDocument:
    """Deserialize a document from `document_to_facts`, its signatories in the stored order."""
    return LetterDocument(
        text=text_from_facts(facts["text"]),
        signatories=tuple(map(signatory_from_facts, facts["signatories"])),
        edition=edition,
        revision_hash=facts["revision_hash"],
        layout=facts.get("layout", 1),
    )


def signatory_from_facts(facts: Facts) -> Signatory:
    """Deserialize a signatory from `signatory_to_facts`."""
    pictures = {name: _logo_from_facts(facts[name]) for name in _PICTURE_FIELDS if facts.get(name)}
    return Signatory(**{**facts, **pictures, "kind": SignatoryKind(facts["kind"])})


MAX_LINES_BYTES = 2**26
"""Bytes of uncompressed lines: a hundred of them with logos have far fewer, and a forged row must not fill the memory."""


def compress_lines(lines: Sequence[Facts]) -> bytes:
    """Return serialized signatories as compressed JSON: a tenth of the size, in a table of many."""
    return zlib.compress(canonical_json(lines).encode(), level=1)


def decompress_lines(content: bytes) -> list[dict[str, Any]]:
    """Return the serialized signatories of `compress_lines`. Raises ValueError for anything else."""
    try:
        lines: list[dict[str, Any]] = json.loads(zlib.decompressobj().decompress(content, MAX_LINES_BYTES))
    except zlib.error as error:
        raise ValueError("these are no compressed lines") from error
    return lines
