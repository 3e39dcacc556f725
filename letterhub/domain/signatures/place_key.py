"""Place key of a signatory: of the signatures under a letter, one at a time holds each place."""

import hashlib
from collections.abc import Sequence

from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.organizations.name_keys import name_key


def place_key(kind: SignatoryKind, match_key: str, domain: str, email: str, details: Sequence[str] = ()) -> str:
    """Return the place key of a signatory under a letter: an organization's name and domain, or a person's mailbox, without
    one the name, by its match key, and the `details` beside it."""
    if kind is not SignatoryKind.INDIVIDUAL:
        return f"organization|{match_key}|{domain}"
    if email:
        return f"person|{EmailAddress(email).canonical}"
    if not any(details):
        return f"person|{match_key}"
    return f"person|{match_key}|{hashlib.sha256('|'.join(map(name_key, details)).encode()).hexdigest()[:16]}"
