"""A letter as structured data (JSON-LD with the terms of schema.org), for programs that read its HTML file."""

import json
from typing import Any

from markupsafe import Markup

from letterhub.domain.letters.document import LetterDocument, SignatoryKind

TYPES = {SignatoryKind.ORGANIZATION: "Organization", SignatoryKind.INDIVIDUAL: "Person"}


def structured_data(document: LetterDocument) -> Markup:
    """Return the letter, its sender, its addressees and its signatories' names in printing order as JSON for a script element.

    It says nothing that the letter does not print. "<" is escaped, so that no text ends the element.
    """
    text, edition = document.text, document.edition
    facts: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Message",
        "name": text.title,
        "inLanguage": text.language,
        "dateSent": text.date.isoformat() if text.date else text.date_words,
        "sender": {"@type": "Organization", "name": text.letterhead.name} if text.letterhead.name else None,
        "toRecipient": [{"@type": "Audience", "name": addressee.name} for addressee in text.addressees],
        "contributor": [{"@type": TYPES[one.kind], "name": one.name} for one in document.signatories],
        "version": edition.number if edition else None,
        "url": edition.check_url if edition else "",
    }
    content = json.dumps({key: value for key, value in facts.items() if value}, ensure_ascii=False)
    return Markup(content.replace("<", "\\u003c"))  # noqa: S704 - has no "<"
