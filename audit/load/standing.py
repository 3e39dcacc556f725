"""Test data of a run: a letter with signatures, unconfirmed signatures, unanswered inquiries.

A process of its own; prints the URLs and links of all that can be sent, as JSON.
"""

import json
import sys

from letterhub.app import site_context
from letterhub.clock import now
from letterhub.config import settings_from_environment
from letterhub.domain.signatures.review import line_version
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import Purpose, current_link_signer
from letterhub.models import Inquiry, Letter, Signature
from tests.support import factories
from tests.support.cast import OLIVE, Signer

SIGNATURE_COUNT = 300


def main(forms: int) -> None:
    """Insert the rows and print what was made of them: so many forms of each kind."""
    with site_context(settings_from_environment()):
        letter = factories.open_letter(deadline_at=None)
        factories.staff(OLIVE)
        for one in range(SIGNATURE_COUNT):
            signer = Signer(f"Alliance {one}", f"https://a{one}.example", "Nia Example", "Chair", f"n@a{one}.example")
            factories.signature(letter, signer)
        links = current_link_signer()
        print(
            json.dumps(
                {
                    "slug": letter.slug,
                    "member": OLIVE.email,
                    "confirm": _unconfirmed_signatures(letter, forms),
                    "answer": _open_inquiries(letter, forms),
                    "stamps": [links.token(Purpose.FORM, letter.id, one + 1) for one in range(forms)],
                }
            )
        )


def _unconfirmed_signatures(letter: Letter, count: int) -> list[dict[str, str]]:
    """Return the links and mailboxes of unconfirmed signatures."""
    revision = factories.revision_of(letter)
    rows = [
        Signature(
            letter_id=letter.id, revision_id=revision.id, created_at=now(), state=SignatureState.PENDING,
            organization_name=f"Council of Waiting {one}", website=f"https://w{one}.example", signer_name="Nia Example",
            signer_title="Director", email=f"n@w{one}.example", location="Springfield, IL", section="national",
        )
        for one in range(count)
    ]  # fmt: skip
    for row in rows:
        row.update_keys()
    db.session.add_all(rows)
    db.session.commit()
    return [
        {"token": current_link_signer().token(Purpose.CONFIRM, row.id, revision.id, since=row.created_at), "email": row.email}
        for row in rows
    ]


def _open_inquiries(letter: Letter, count: int) -> list[dict[str, str]]:
    """Return the links of unanswered inquiries, and the version of the line that each shows."""
    published = db.session.query(Signature).filter_by(letter_id=letter.id, state=SignatureState.PUBLISHED).all()
    published_lines = [(published[one % SIGNATURE_COUNT], one) for one in range(count)]
    rows = [Inquiry(signature_id=line.id, address=f"q{one}@a.example", asked_at=now()) for line, one in published_lines]
    db.session.add_all(rows)
    db.session.commit()
    versions = [line_version(line.signatory) for line, _ in published_lines]
    tokens = [current_link_signer().token(Purpose.ANSWER, row.id, since=row.asked_at) for row in rows]
    return [{"token": token, "expected_version": version} for token, version in zip(tokens, versions, strict=True)]


if __name__ == "__main__":
    main(int(sys.argv[1]))
