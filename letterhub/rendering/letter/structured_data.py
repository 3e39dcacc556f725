"""A letter as structured data (JSON-LD with the terms of schema.org), for programs that read its HTML file or its page."""

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from letterhub.domain.letters.letter_document import EditionInfo, LetterDocument, LetterText, SignatoryKind

TYPES = {SignatoryKind.ORGANIZATION: "Organization", SignatoryKind.INDIVIDUAL: "Person"}


def structured_data(document: LetterDocument) -> Markup:
    """Return the letter, its sender, its addressees and its signatories' names in printing order as JSON for a script element.

    It says nothing that the letter does not print.
    """
    edition = document.edition
    signatories = [{"@type": TYPES[one.kind], "name": one.name} for one in document.signatories]
    last = {"version": edition.number if edition else None, "url": edition.check_url if edition else ""}
    return _script_json({**_facts(document.text), "contributor": signatories, **last})


def page_data(text: LetterText, count: int, edition: EditionInfo | None, url: str, list_url: str) -> Markup:
    """Return the letter as JSON for a script element of its page, with the number of signatories and the URL of their list."""
    signatories = {"@type": "ItemList", "numberOfItems": count, "url": list_url} if count else None
    last = {"hasPart": signatories, "version": edition.number if edition else None, "url": url}
    return _script_json({**_facts(text), **last})


def _facts(text: LetterText) -> dict[str, Any]:
    """Return what both have in common."""
    return {
        "@context": "https://schema.org",
        "@type": "Message",
        "name": text.title,
        "inLanguage": text.language,
        "dateSent": text.date.isoformat() if text.date else text.date_words,
        "sender": {"@type": "Organization", "name": text.letterhead.name} if text.letterhead.name else None,
        "toRecipient": [{"@type": "Audience", "name": addressee.name} for addressee in text.addressees],
    }


def _script_json(facts: Mapping[str, Any]) -> Markup:
    """Return the facts that are known as JSON. "<" is escaped, so that no text ends the script element."""
    content = json.dumps({key: value for key, value in facts.items() if value}, ensure_ascii=False)
    return Markup(content.replace("<", "\\u003c"))  # noqa: S704 - has no "<"
