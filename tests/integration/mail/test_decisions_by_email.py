"""A signatory hears when the name is published, declined with what staff chose to tell, or withdrawn."""

import datetime as dt

import time_machine

from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.signatures.review import ReviewSelection, decline_signatures, publish_signatures, return_signatures
from letterhub.config import Settings
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.review import line_version
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Letter, OutboxMessage
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import manage_link, signatures
from tests.support.visitor import Visitor

HOME = "coalition-for-clean-rivers"
CONFIRMED, PUBLISHED = SignatureState.CONFIRMED, SignatureState.PUBLISHED
LATER = dt.timedelta(minutes=10)


def chosen(letter: Letter, *ids: int) -> ReviewSelection:
    versions = {one.id: line_version(one.signatory) for one in signatures() if one.id in ids}
    end_read_transaction()
    return ReviewSelection(letter.coalition_id, letter.id, ids, "staff-1", now(), versions)


def sent_to(postbox: Inbox, settings: Settings) -> list[str]:
    """Send what is due, and return all subjects that Clara got."""
    end_read_transaction()
    send_due_mail(settings)
    return [str(mail.message["Subject"]).partition(":")[0] for mail in postbox.to(cast.CLARA.email)]


def test_a_letter_may_tell_nobody_of_publishing_and_tells_of_declines_all_the_same(
    letter: Letter, otto: Visitor, clock: time_machine.Traveller, settings: Settings, postbox: Inbox
) -> None:
    page = otto.visit("signing_settings.edit", coalition=HOME, slug=letter.slug)
    page.submit("Save deadline and rules", skips_published_email=True).says("Saved.")
    one = factories.signature(letter, cast.CLARA, CONFIRMED).id
    publish_signatures(chosen(letter, one))
    clock.shift(LATER)
    assert sent_to(postbox, settings) == []
    return_signatures(chosen(letter, one), PUBLISHED)
    decline_signatures(chosen(letter, one), "")
    clock.shift(LATER)
    assert sent_to(postbox, settings) == ["Your signature wasn’t added"]


def test_publishing_is_told_once_and_only_if_it_was_not_taken_back(
    letter: Letter, clock: time_machine.Traveller, settings: Settings, postbox: Inbox
) -> None:
    one = factories.signature(letter, cast.CLARA, CONFIRMED).id
    publish_signatures(chosen(letter, one))
    assert sent_to(postbox, settings) == []
    return_signatures(chosen(letter, one), PUBLISHED)
    clock.shift(LATER)
    assert sent_to(postbox, settings) == []
    publish_signatures(chosen(letter, one))
    clock.shift(LATER)
    assert sent_to(postbox, settings) == ["Your signature is on the letter"]
    return_signatures(chosen(letter, one), PUBLISHED)
    publish_signatures(chosen(letter, one))
    clock.shift(LATER)
    assert sent_to(postbox, settings) == ["Your signature is on the letter"]
    [mail] = postbox.to(cast.CLARA.email)
    assert "/signatures/" in mail.text
    assert mail.message["List-Unsubscribe-Post"]


def test_a_decline_tells_what_staff_chose_to_tell_and_not_the_reason_of_the_log(
    letter: Letter, clock: time_machine.Traveller, settings: Settings, postbox: Inbox, sam: Visitor
) -> None:
    factories.signature(letter, cast.CLARA, CONFIRMED)
    page = sam.visit("review.index", coalition=HOME, slug=letter.slug).submit("Decline Example Alliance")
    page.submit("Decline one name", reason="Their director phoned", explanation="Please sign\nfrom your own domain.")
    clock.shift(LATER)
    assert sent_to(postbox, settings) == ["Your signature wasn’t added"]
    [mail] = postbox.to(cast.CLARA.email)
    assert "Please sign\nfrom your own domain." in mail.text
    assert "Please sign\nfrom your own domain." in mail.html
    assert "phoned" not in mail.text
    assert mail.message["List-Unsubscribe"] is None


def test_a_decline_without_words_is_told_plainly_and_one_that_is_taken_back_is_not(
    letter: Letter, clock: time_machine.Traveller, settings: Settings, postbox: Inbox
) -> None:
    one = factories.signature(letter, cast.CLARA, CONFIRMED).id
    decline_signatures(chosen(letter, one), "no")
    return_signatures(chosen(letter, one), SignatureState.DECLINED)
    clock.shift(LATER)
    assert sent_to(postbox, settings) == []
    decline_signatures(chosen(letter, one), "no")
    clock.shift(LATER)
    assert sent_to(postbox, settings) == ["Your signature wasn’t added"]
    assert "writes:" not in postbox.to(cast.CLARA.email)[0].text


def test_a_withdrawal_is_confirmed_at_once(letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox) -> None:
    signature = factories.signature(letter, cast.CLARA, PUBLISHED)
    visitor.open(manage_link(signature)).submit("Withdraw the signature", sure=True)
    assert sent_to(postbox, settings) == ["Your signature is withdrawn"]
    assert "was withdrawn with your link" in postbox.to(cast.CLARA.email)[0].text
    assert signatures()[0].state is SignatureState.WITHDRAWN


def test_who_was_imported_or_has_no_address_hears_of_no_decision(letter: Letter) -> None:
    imported = factories.signature(letter, cast.CLARA, CONFIRMED, source=Source.IMPORT)
    silent = factories.signature(letter, cast.HIRO, CONFIRMED, email="")
    publish_signatures(chosen(letter, imported.id, silent.id))
    assert db.session.query(OutboxMessage).filter_by(kind=MailKind.PUBLISHED).count() == 0
