"""S6, S7: signatories asked to reconfirm, after a text change or for an old consent, decide by a checkbox and a button."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.signatures.reconfirmation import reconfirm_signature
from letterhub.config import Settings
from letterhub.domain.errors import UserFacingError
from letterhub.domain.signatures.evidence import FactKind
from letterhub.domain.signatures.signing import AlreadyConfirmed, TextChanged
from letterhub.domain.states import LetterMove, SignatureMove
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.infrastructure.signed_links import Purpose
from letterhub.models import AuditEntry, Letter, Signature, evidence_facts
from tests.conftest import NOON
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import audit_actions, email_count, manage_link, newest_link
from tests.support.text_changes import (
    COALITION_SLUG,
    NEW_BODY,
    SUBSTANTIVE_CHANGE,
    TYPO,
    add_signatures,
    make_signers,
    publish_body,
    reconfirm_link,
    sign_in_otto,
    signature_states,
)
from tests.support.visitor import Visitor

SURE = {"authorized": True}
MONTH = dt.timedelta(days=31)


@pytest.fixture
def letter(app: Flask) -> Letter:
    return factories.open_letter(deadline_at=NOON + dt.timedelta(days=400))


@pytest.fixture
def signed(letter: Letter) -> Signature:
    return add_signatures(letter, 1)[0]


@pytest.mark.shows("S6")
def test_s6_looking_and_pressing_untouched_confirms_and_ends_nothing(
    visitor: Visitor, letter: Letter, signed: Signature
) -> None:
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    before = audit_actions()
    visitor.ask(reconfirm_link(signed), method="HEAD")
    page = visitor.open(reconfirm_link(signed))
    for button in ("Sign the new text", "Correct and sign", "Withdraw the signature"):
        page.submit(button, status=422)
    assert (signature_states(letter), audit_actions()) == (["outdated"], before)


@pytest.mark.parametrize("link", [manage_link, reconfirm_link])
def test_every_link_of_a_signatory_leads_to_the_same_choices(
    visitor: Visitor, letter: Letter, signed: Signature, link: object
) -> None:
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    page = visitor.open(link(signed)).says("The letter you signed has changed", "removed: , now")  # type: ignore[operator]
    page.submit("Sign the new text", **SURE).says("Your signature is confirmed")
    assert signature_states(letter) == ["published"]


def test_a_second_click_says_that_it_stands(visitor: Visitor, letter: Letter, signed: Signature) -> None:
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    page = visitor.open(reconfirm_link(signed))
    page.submit("Sign the new text", **SURE)
    mails = email_count()
    page.submit("Sign the new text", **SURE).says("Your signature is confirmed")
    assert (audit_actions().count("confirmed again"), email_count()) == (1, mails)


def test_a_line_that_says_something_new_is_reviewed_again(visitor: Visitor, letter: Letter, signed: Signature) -> None:
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    page = visitor.open(reconfirm_link(signed)).submit("Correct and sign", organization="Alliance of Liars", **SURE)
    page.says("will review it")
    assert signature_states(letter) == ["confirmed"]
    assert db.session.query(Signature).one().published_at is None


def test_a_text_that_changes_while_one_reads_is_read_again(visitor: Visitor, letter: Letter, signed: Signature) -> None:
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    page = visitor.open(reconfirm_link(signed))
    publish_body(letter, TYPO, NEW_BODY.replace("2030", "2031"))
    page = page.submit("Sign the new text", status=422, **SURE).says("changed while you had this page open", "added: by 2031")
    page.submit("Sign the new text", **SURE).says("Your signature is confirmed")


def test_who_signed_anew_in_the_meantime_stands_once(visitor: Visitor, letter: Letter, signed: Signature) -> None:
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    page = visitor.open(reconfirm_link(signed))
    add_signatures(letter, 1)
    page.submit("Sign the new text", status=422, **SURE).says("from this mailbox. If that’s right")
    assert signature_states(letter) == ["outdated", "published"]


def test_after_the_end_it_can_only_be_withdrawn(
    visitor: Visitor, letter: Letter, signed: Signature, clock: time_machine.Traveller
) -> None:
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    page = visitor.open(reconfirm_link(signed))
    letter.move(LetterMove.CLOSE, NOON)
    db.session.commit()
    clock.shift(dt.timedelta(days=3, minutes=1))
    page.submit("Sign the new text", status=409, **SURE).says("This letter is closed").never_says("What you entered")
    typed = page.submit("Correct and sign", status=409, organization="Alliance, Inc.", **SURE)
    typed.says("This letter is closed", "What you entered", "Alliance, Inc.")
    visitor.open(page.path).says("it wasn’t confirmed again in time")
    visitor.open(manage_link(signed)).says("Not on the letter").submit("Withdraw the signature", sure=True).says("Withdrawn")
    assert signature_states(letter) == ["withdrawn"]


def test_s7_an_old_link_offers_a_new_one(
    visitor: Visitor, letter: Letter, signed: Signature, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    link = newest_link(settings, postbox, signed.email)
    clock.shift(MONTH)
    page = visitor.open(link, status=410).says("This link has expired")
    page.submit("Send me a new link", email="other@one.example").says("If that’s the address")
    assert email_count() == 1
    page.submit("Send me a new link", email=signed.email).says("If that’s the address")
    visitor.open(newest_link(settings, postbox, signed.email)).submit("Sign the new text", **SURE)
    assert signature_states(letter) == ["published"]


@pytest.mark.parametrize("purpose", [Purpose.RECONFIRM, Purpose.RENEW_CONSENT])
def test_s7_a_link_for_another_purpose_opens_nothing(visitor: Visitor, signed: Signature, purpose: Purpose) -> None:
    visitor.open(f"/{purpose}/{manage_link(signed).rpartition('/')[2]}", status=404).says("This link doesn’t work")


def confirm_concurrently(app: Flask, numbers: list[int]) -> list[str]:
    def confirmed(number: int) -> str:
        with app.app_context():
            try:
                reconfirm_signature(number, revision=2, at=NOON)
            except UserFacingError as refusal:
                return type(refusal).__name__
        return ""

    with ThreadPoolExecutor(8) as crowd:
        return sorted(crowd.map(confirmed, numbers))


def test_of_eight_clicks_on_one_link_one_confirms(app: Flask, letter: Letter, signed: Signature) -> None:
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    assert confirm_concurrently(app, [signed.id] * 8) == ["", *[AlreadyConfirmed.__name__] * 7]
    end_read_transaction()
    assert (signature_states(letter), audit_actions().count("confirmed again")) == (["published"], 1)


def test_of_two_who_confirm_one_organization_at_once_one_holds_its_place(app: Flask, letter: Letter, signed: Signature) -> None:
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    other = factories.signature(letter, replace(make_signers(1)[0], email="zoe@a1.example"))
    other.move(SignatureMove.OUTDATE, NOON)
    db.session.commit()
    assert confirm_concurrently(app, [signed.id, other.id]) == ["", ""]
    end_read_transaction()
    assert sorted(signature_states(letter)) == ["confirmed", "published"]


def test_who_confirms_while_the_text_changes_holds_one_text_or_is_asked(app: Flask, letter: Letter) -> None:
    numbers = [one.id for one in add_signatures(letter, 6)]
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)

    def changed() -> None:
        with app.app_context():
            publish_body(db.session.get_one(Letter, letter_id), SUBSTANTIVE_CHANGE, NEW_BODY + "\n\nAnd more.")

    letter_id = letter.id
    sign_in_otto(app)
    with ThreadPoolExecutor(1) as writer:
        publishing = writer.submit(changed)
        refused = confirm_concurrently(app, numbers)
        publishing.result()
    end_read_transaction()
    assert set(refused) <= {"", TextChanged.__name__}
    assert (
        signature_states(letter) == ["outdated"] * 6
    )  # whoever was in time confirmed the second text, and is asked about the third
    held = {one.id: one.revision_id for one in db.session.query(Signature)}
    signed_second = {entry.subject for entry in db.session.query(AuditEntry).filter_by(action="confirmed again")}
    second = factories.revision_of(letter).id - 1
    assert {f"signature-{number}" for number, revision in held.items() if revision == second} == signed_second


def test_old_consent_is_shown_before_freezing_and_asked_about(
    app: Flask, visitor: Visitor, letter: Letter, signed: Signature, settings: Settings, postbox: Inbox,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    clock.shift(MONTH)
    factories.signature(letter, cast.HIRO)
    page = sign_in_otto(app).visit("editions.preview", coalition=COALITION_SLUG, slug=letter.slug)
    page = page.says("One signatory confirmed more than 30 days ago.").follow("Ask if they still stand by the letter")
    page = page.submit("Ask one signatory").says("One signatory is being asked by email.").never_says("Ask one signatory<")
    link = newest_link(settings, postbox, signed.email)
    renewal = visitor.open(link).says("Do you still stand by this letter?").never_says("What changed since you signed")
    for button in ("Yes, we still stand by it", "Correct and sign", "Withdraw the signature"):
        renewal.submit(button, status=422)
    assert audit_actions() == ["asked again"]
    clock.shift(60)
    visitor.open(link).submit("Yes, we still stand by it", **SURE).says("Your signature is confirmed")
    visitor.open(link).says("Your signature is confirmed")
    assert (signature_states(letter), audit_actions()[-1]) == (["published", "published"], "renewed")
    page.visitor.open(page.path).says("Nobody needs to be asked.")


def test_a_line_renewed_into_anothers_name_waits_beside_it(
    visitor: Visitor, letter: Letter, clock: time_machine.Traveller
) -> None:
    first, second = add_signatures(letter, 2)
    clock.shift(MONTH)
    page = visitor.open(reconfirm_link(second, Purpose.RENEW_CONSENT))
    into = {"organization": first.organization_name, "website": first.website}
    page.submit("Correct and sign", **into, **SURE)
    db.session.expire_all()
    assert signature_states(letter) == ["published", "confirmed"]
    assert [one.place_key is not None for one in (first, second)] == [True, False]


@pytest.mark.parametrize("purpose", [Purpose.RECONFIRM, Purpose.RENEW_CONSENT])
def test_a_website_is_completed_as_in_every_form(
    visitor: Visitor, letter: Letter, signed: Signature, clock: time_machine.Traveller, purpose: Purpose
) -> None:
    if purpose is Purpose.RECONFIRM:
        publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    clock.shift(60)
    page = visitor.open(reconfirm_link(signed, purpose)).submit("Correct and sign", website="a1.example/about", **SURE)
    page.says("Your signature is confirmed")
    db.session.expire_all()
    assert db.session.query(Signature).one().website == "https://a1.example/about"


def test_what_was_corrected_is_told_where_the_letter_was_withdrawn_meanwhile(
    visitor: Visitor, letter: Letter, signed: Signature, clock: time_machine.Traveller
) -> None:
    clock.shift(60)
    page = visitor.open(reconfirm_link(signed, Purpose.RENEW_CONSENT))
    letter.move(LetterMove.WITHDRAW, NOON)
    db.session.commit()
    page = page.submit("Correct and sign", status=409, organization="Alliance, Inc.", **SURE)
    page.says("This letter is withdrawn", "What you entered", "Alliance, Inc.")


def test_a_mailbox_is_no_known_contact_of_the_organization_that_a_correction_names(
    visitor: Visitor, letter: Letter, signed: Signature, clock: time_machine.Traveller
) -> None:
    add_signatures(factories.open_letter(replace(factories.TEXT, title="Quiet skies"), deadline_at=None), 1)
    clock.shift(MONTH)
    page = visitor.open(reconfirm_link(signed, Purpose.RENEW_CONSENT))
    another = {"organization": "Heron Society", "website": "https://heron.example"}
    page.submit("Correct and sign", **another, **SURE).says("Your signature is confirmed")
    found = evidence_facts(db.session(), [signed.id])[signed.id]
    assert FactKind.MAILBOX in {one.kind for one in found}
    assert FactKind.KNOWN_CONTACT not in {one.kind for one in found}


def test_nobody_is_asked_twice_within_a_week(
    app: Flask, letter: Letter, signed: Signature, settings: Settings, clock: time_machine.Traveller
) -> None:
    clock.shift(MONTH)
    page = sign_in_otto(app).visit("consent_renewal.index", coalition=COALITION_SLUG, slug=letter.slug)
    page.submit("Ask one signatory").says("One signatory is being asked by email.")
    page.submit("Ask one signatory").says("was asked within the last week")
    assert (send_due_mail(settings), email_count()) == (1, 1)
    clock.shift(dt.timedelta(days=8))
    page.submit("Ask one signatory").says("One signatory is being asked by email.")


def test_staff_say_from_when_on_consent_is_old(
    app: Flask, letter: Letter, signed: Signature, clock: time_machine.Traveller
) -> None:
    clock.shift(MONTH)
    page = sign_in_otto(app).visit("consent_renewal.index", coalition=COALITION_SLUG, slug=letter.slug)
    page.submit("Save", status=422, days="0")
    page.submit("Save", days="60").says("Saved.", "Nobody needs to be asked.")
    entry = db.session.query(AuditEntry).one()
    assert (entry.before, entry.after) == ({"consent_days": 30}, {"consent_days": 60})


def test_who_asked_of_a_withdrawn_letter_gets_no_answer(
    app: Flask, letter: Letter, signed: Signature, clock: time_machine.Traveller
) -> None:
    clock.shift(MONTH)
    page = sign_in_otto(app).visit("consent_renewal.index", coalition=COALITION_SLUG, slug=letter.slug)
    letter.move(LetterMove.WITHDRAW, NOON)
    db.session.commit()
    page.submit("Ask one signatory").says("nobody is asked about it anymore")
