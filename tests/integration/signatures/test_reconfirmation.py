"""A text is published while someone signs: no signature is created under the replaced one."""

from concurrent.futures import Future, ThreadPoolExecutor, wait

import pytest
from flask import Flask

from letterhub.commands.signatures.sign import sign_letter
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.signatures.signing import SigningRequest, TextChanged
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Letter, Revision
from tests.conftest import NOON
from tests.support import factories

REQUEST = SigningRequest(Signatory("Example Alliance", "Clara Example", "Director"), EmailAddress("clara@alliance.example"), 1)
Outcome = Future[type[UserFacingError] | None]


@pytest.mark.shows("S19")
def test_who_signs_while_a_new_text_is_published_is_shown_it_first(app: Flask) -> None:
    letter_id = factories.open_letter().id

    def signed() -> type[UserFacingError] | None:
        with app.app_context():
            try:
                sign_letter(letter_id, REQUEST, at=NOON)
            except UserFacingError as refusal:
                return type(refusal)
        return None

    @one_transaction
    def publish_while_signing(signer: ThreadPoolExecutor) -> Outcome:
        """Yield a publisher of a new revision, under the lock of its letter; the signer comes before the commit."""
        letter = db.session.get_one(Letter, letter_id, with_for_update=True)
        content = factories.revision_of(letter).content
        db.session.add(Revision(letter_id=letter_id, number=2, content=content, sha256="2" * 64, created_at=NOON))
        outcome = signer.submit(signed)
        wait([outcome], timeout=1)
        return outcome

    with ThreadPoolExecutor(1) as signer:
        assert publish_while_signing(signer).result() is TextChanged
