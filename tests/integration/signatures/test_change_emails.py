"""S19: recipients and texts of emails about a change; an imported mailbox has confirmed nothing."""

import pytest
from flask import Flask

from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.letters.revisions import ChangeKind
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, OutboxMessage
from tests.support import factories
from tests.support.cast import SAM
from tests.support.servers.database_copies import SITE
from tests.support.servers.mail_server import Inbox
from tests.support.text_changes import NEW_BODY, TYPO_BODY, add_signatures, make_signers, publish_body, undo_change
from tests.support.visitor import Visitor

pytestmark = pytest.mark.shows("S19")


@pytest.fixture
def letter(app: Flask) -> Letter:
    """The open letter."""
    return factories.open_letter()


def test_only_who_read_a_mail_of_ours_is_sent_a_correction_and_each_is_told_where_the_signature_is(
    letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    states = (SignatureState.PUBLISHED, SignatureState.CONFIRMED, SignatureState.CONFIRMED, SignatureState.PUBLISHED)
    signed = [factories.signature(letter, one, state) for one, state in zip(make_signers(4), states, strict=True)]
    for row in signed[2:]:
        row.source = Source.IMPORT
    db.session.commit()
    publish_body(letter, ChangeKind.TYPO, TYPO_BODY)
    send_due_mail(settings)
    texts = [[" ".join(mail.text.split()) for mail in postbox.to(one.email)] for one in signed]
    assert [len(mails) for mails in texts] == [1, 1, 0, 0]
    assert "Your signature stays on the letter." in texts[0][0]
    assert "the staff will review it before it appears on the letter." in texts[1][0]


def test_who_confirmed_by_no_mail_is_not_told_so(letter: Letter, settings: Settings, postbox: Inbox) -> None:
    signed = add_signatures(letter, 2)
    signed[1].source = Source.IMPORT
    db.session.commit()
    publish_body(letter, ChangeKind.SUBSTANCE, NEW_BODY)
    send_due_mail(settings)
    undo_change(letter)
    send_due_mail(settings)
    hers, its = ([mail.text for mail in postbox.to(one.email)] for one in signed)
    assert ["because you confirmed a signature" in text for text in (*hers, *its)] == [True, True, False, False]
    assert [f"{SITE}/signatures/" in text for text in (*hers, *its)] == [False, True, False, False]


def test_a_name_without_an_address_is_corrected_without_a_mail(letter: Letter, visitor: Visitor) -> None:
    factories.staff(SAM)
    visitor.sign_in(SAM)
    name = factories.signature(letter, email="")
    page = visitor.visit("signatures.detail", coalition="coalition-for-clean-rivers", slug=letter.slug, signature_id=name.id)
    page.says("The signatory’s address was erased, so no email is sent.").never_says("This name was imported")
    page.submit("Save the correction", signer_title="President").says("Corrected.")
    assert db.session.query(OutboxMessage).filter_by(kind="corrected").count() == 0
