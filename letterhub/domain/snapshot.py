"""A text and a document as plain JSON and back, and the fingerprint of what was signed or delivered."""

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from letterhub.domain.document import (
    Addressee,
    EditionMark,
    Kind,
    LetterDocument,
    Letterhead,
    LetterText,
    Logo,
    Order,
    Paper,
    Shown,
    Signatory,
)  # fmt: skip

Facts = Mapping[str, Any]


def fingerprint(facts: Facts) -> str:
    """The SHA-256, in hex, of facts as canonical JSON: the same for the same text on every machine."""
    plain = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def facts_of_text(text: LetterText) -> dict[str, Any]:
    """A text as plain JSON values."""
    facts = asdict(text)
    facts["date"] = text.date.isoformat() if text.date else None
    facts["addressees"] = [{"name": one.name, "lines": list(one.lines)} for one in text.addressees]
    facts["cc"] = list(text.cc)
    logo = text.letterhead.logo
    facts["letterhead"] = {
        "name": text.letterhead.name,
        "lines": list(text.letterhead.lines),
        "logo": logo
        and {"media_type": logo.media_type, "data": base64.b64encode(logo.data).decode(), "description": logo.description},
    }
    return {name: str(value) if isinstance(value, (Paper, Order, Shown)) else value for name, value in facts.items()}


def _facts_of_logo(logo: Logo) -> dict[str, str]:
    return {
        "media_type": logo.media_type,
        "data": base64.b64encode(logo.data).decode(),
        "description": logo.description,
    }


def text_from_facts(facts: Facts) -> LetterText:
    """The text that `facts_of_text` took apart. What later versions do not know is left out."""
    head = facts["letterhead"]
    logo = head.get("logo")
    return LetterText(
        title=facts["title"],
        body=facts["body"],
        date=dt.date.fromisoformat(facts["date"]) if facts["date"] else None,
        via=facts["via"],
        addressees=tuple(Addressee(one["name"], tuple(one["lines"])) for one in facts["addressees"]),
        re=facts["re"],
        salutation=facts["salutation"],
        closing=facts["closing"],
        cc=tuple(facts["cc"]),
        language=facts["language"],
        paper=Paper(facts["paper"]),
        order=Order(facts["order"]),
        shown=Shown(facts["shown"]),
        letterhead=Letterhead(
            head["name"],
            tuple(head["lines"]),
            Logo(logo["media_type"], base64.b64decode(logo["data"]), logo["description"]) if logo else None,
        ),
    )


def facts_of_document(document: LetterDocument) -> dict[str, Any]:
    """A document as plain JSON values: what an edition keeps. Its own mark is left out, as it is made of the hash."""
    return {
        "text": facts_of_text(document.text),
        "signatories": [{**asdict(one), "kind": str(one.kind)} for one in document.signatories],
        "revision_hash": document.revision_hash,
    }


def document_from_facts(facts: Facts, edition: EditionMark | None = None) -> LetterDocument:
    """The document that `facts_of_document` took apart, its signatories in the order they were frozen in."""
    return LetterDocument(
        text=text_from_facts(facts["text"]),
        signatories=tuple(Signatory(**{**one, "kind": Kind(one["kind"])}) for one in facts["signatories"]),
        edition=edition,
        revision_hash=facts["revision_hash"],
    )
