"""S19: a signature belongs to the text that was signed. A typo does not affect it, a substantive change asks again."""

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.signatures.reconfirmation import reconfirm_signature
from letterhub.config import Settings
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.revisions import CannotRevertChange, ChangeNotDescribed, SameText
from letterhub.domain.states import LetterMove, SignatureMove
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Letter, Revision, Signature
from tests.support import cast, editions, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import audit_actions, email_count, manage_link, newest_link
from tests.support.text_changes import (
    COALITION_SLUG,
    NEW_BODY,
    OLD_BODY,
    SUBSTANTIVE_CHANGE,
    TYPO,
    TYPO_BODY,
    add_signatures,
    publish_body,
    reconfirm_link,
    save_draft_body,
    sign_in_otto,
    undo_change,
)
from tests.support.text_changes import signature_states as states_of
from tests.support.visitor import Visitor

pytestmark = pytest.mark.shows("S19")
SURE = {"authorized": True}
DEADLINE_DAY = "2022-01-07"


@pytest.fixture
def letter(app: Flask) -> Letter:
    """The open letter."""
    return factories.open_letter()


def test_s19_of_twenty_twelve_sign_the_new_text_three_withdraw_and_the_edition_prints_twelve(
    app: Flask, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    signed = add_signatures(letter, 20)
    first = factories.revision_of(letter)
    desk = sign_in_otto(app)
    save_draft_body(letter, NEW_BODY)
    page = desk.visit("editor.edit", coalition=COALITION_SLUG, slug=letter.slug).follow("Compare and publish")
    page.says("removed: , now", "added: by 2030", "All 20 names come off the letter at the deadline unless")
    page = page.submit("Publish the change", status=422).says("Choose whether this corrects a typo", "Enter the reason.")
    page = page.submit("Publish the change", status=422, kind="substance", reason="The agency set a date.")
    page.says("Choose what happens to signatories who don’t reply.", "Choose the last day on which signatories can reply.")
    page = page.submit("Publish the change", rule="confirm", deadline_date=DEADLINE_DAY)
    page.says("20 signatories are asked to reply by", "Waiting for a reply")
    page.follow("See what changed").says("Take back the change")
    assert states_of(letter) == ["outdated"] * 20
    visitor.visit("letters.detail", slug=letter.slug).says(
        "20 signed an earlier version; none have confirmed this one yet.",
        "No signatures under the new version yet",
        "Signed version 1, asked to confirm version 2 by",
        "Alliance 07",
    )

    for one in signed[:12]:
        link = newest_link(settings, postbox, one.email)
        visitor.open(link).says("The letter you signed has changed", "The agency set a date.").submit(
            "Sign the new text", **SURE
        ).says("Your signature is confirmed", "Your signature is on the letter.")
    for one in signed[12:15]:
        page = visitor.open(newest_link(settings, postbox, one.email)).submit("Withdraw the signature", sure=True)
        page.says("was withdrawn")
    assert states_of(letter) == ["published"] * 12 + ["withdrawn"] * 3 + ["outdated"] * 5
    page = visitor.visit("letters.detail", slug=letter.slug)
    page.says("12 organizations have signed", "20 signed an earlier version; 12 have confirmed this one.", "Changed on")
    page.follow("What changed").says("Substance changed", "The agency set a date.", "removed: , now")

    desk.visit("editions.preview", coalition=COALITION_SLUG, slug=letter.slug).says(
        "Version 2 keeps only those who confirm by", "prints only those who have confirmed."
    ).submit("Freeze this edition with 12 names")
    edition = db.session.query(editions.Edition).one()
    assert (edition.count, edition.revision_id) == (12, factories.revision_of(letter).id)
    assert db.session.get_one(Signature, signed[19].id).revision_id == first.id
    entries = db.session.query(AuditEntry).filter_by(action="confirmed again").all()
    assert {entry.after["sha256"] for entry in entries} == {factories.revision_of(letter).sha256} != {first.sha256}


def test_a_typo_leaves_signatures_and_tells_their_signatories_who_may_withdraw(
    app: Flask, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    signed = add_signatures(letter, 3)
    first, desk = factories.revision_of(letter), sign_in_otto(app)
    save_draft_body(letter, TYPO_BODY)
    desk.visit("revisions.compare", coalition=COALITION_SLUG, slug=letter.slug).submit(
        "Publish the change", kind="typo", reason="A name is written large."
    ).says("The correction is published")
    assert states_of(letter) == ["published"] * 3
    assert {one.revision_id for one in db.session.query(Signature)} == {first.id}
    send_due_mail(settings)
    (mail,) = postbox.to(signed[0].email)
    assert "A name is written large." in mail.text
    assert "protect our Rivers." in mail.text
    assert "<del" in mail.message.as_string()
    visitor.open(newest_link(settings, postbox, signed[0].email)).submit("Withdraw the signature", sure=True).says("Withdrawn")
    page = visitor.visit("letters.detail", slug=letter.slug).says("2 organizations have signed", "Corrected on")
    page.follow("What changed").says("Corrected", "A name is written large.", "removed: rivers", "added: Rivers")


def test_what_stands_under_which_correction_is_in_the_record(letter: Letter) -> None:
    add_signatures(letter, 2)
    publish_body(letter, TYPO, TYPO_BODY, "A slip.")
    entry = db.session.query(AuditEntry).filter_by(action="typo corrected").one()
    first, second = db.session.query(Revision).order_by(Revision.number)
    assert entry.before == {"revision": 1, "sha256": first.sha256}
    assert entry.after == {"revision": 2, "sha256": second.sha256, "reason": "A slip.", "signatures": 2}
    assert (second.counts_from, second.change) == (1, TYPO)


def test_a_correction_after_a_change_asks_nobody_twice_and_brings_nobody_back(letter: Letter) -> None:
    add_signatures(letter, 2)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    mails = email_count()
    publish_body(letter, TYPO, NEW_BODY.replace("2030", "2031"))
    assert states_of(letter) == ["outdated"] * 2
    assert (email_count(), factories.revision_of(letter).counts_from) == (mails, 2)


def test_a_change_is_taken_back_with_its_signatures_while_nobody_has_confirmed_it(
    app: Flask, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    signed = add_signatures(letter, 2)
    waiting = factories.signature(letter, cast.HIRO, factories.SignatureState.CONFIRMED)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    link = newest_link(settings, postbox, signed[0].email)
    desk = sign_in_otto(app)
    desk.visit("revisions.index", coalition=COALITION_SLUG, slug=letter.slug).submit("Take back the change").says(
        "The change was taken back.", "A change was taken back"
    ).never_says("Take back the change<")
    assert states_of(letter) == ["published", "published", "confirmed"]
    first, _changed, back = db.session.query(Revision).order_by(Revision.number)
    assert (back.sha256, back.content, back.counts_from) == (first.sha256, first.content, 1)
    visitor.open(link).says("Your signature is confirmed").never_says("Sign for our organization")
    visitor.visit("letters.detail", slug=letter.slug).says("2 organizations have signed", "A change was reverted on")
    send_due_mail(settings)
    assert "has exactly the words you signed" in " ".join(postbox.to(signed[0].email)[-1].text.split())
    assert db.session.get_one(Signature, waiting.id).published_at is None
    assert audit_actions()[-1] == "change taken back"


def test_who_was_never_told_of_a_change_is_not_told_that_it_was_taken_back(letter: Letter, settings: Settings) -> None:
    add_signatures(letter, 1)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    undo_change(letter)
    assert send_due_mail(settings) == 0


@pytest.mark.parametrize("somebody", ["confirms", "signs"])
def test_a_change_under_which_a_reviewed_name_stands_stays(visitor: Visitor, letter: Letter, somebody: str) -> None:
    (signed,) = add_signatures(letter, 1)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    if somebody == "signs":
        factories.signature(letter, cast.HIRO)
    else:
        visitor.open(reconfirm_link(signed)).submit("Sign the new text", **SURE)
    with pytest.raises(CannotRevertChange, match="A name reviewed by staff already stands under the new text"):
        undo_change(letter)


def test_whoever_confirmed_a_change_and_withdrew_does_not_hold_it_up(visitor: Visitor, letter: Letter) -> None:
    (signed,) = add_signatures(letter, 1)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    visitor.open(reconfirm_link(signed)).submit("Sign the new text", **SURE)
    visitor.open(manage_link(signed)).submit("Withdraw the signature", sure=True)
    undo_change(letter)
    assert states_of(letter) == ["withdrawn"]


def test_of_two_changes_the_last_is_taken_back_to_those_who_confirmed_the_first(
    visitor: Visitor, letter: Letter, clock: time_machine.Traveller
) -> None:
    confirmed, _silent = add_signatures(letter, 2)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    visitor.open(reconfirm_link(confirmed)).submit("Sign the new text", **SURE)
    clock.shift(60)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY + "\n\nAnd more.")
    visitor.visit("letters.detail", slug=letter.slug).says("2 signed an earlier version; none have confirmed")
    undo_change(letter)
    assert states_of(letter) == ["published", "outdated"]
    visitor.visit("letters.detail", slug=letter.slug).says("2 signed an earlier version; one has confirmed this one.")


def test_a_text_without_substance_in_it_is_not_taken_back(letter: Letter) -> None:
    add_signatures(letter, 1)
    publish_body(letter, TYPO, TYPO_BODY)
    with pytest.raises(CannotRevertChange, match="nothing to take back"):
        undo_change(letter)


def test_nothing_is_published_without_a_change_or_without_a_reason(letter: Letter) -> None:
    add_signatures(letter, 1)
    with pytest.raises(SameText):
        publish_body(letter, TYPO, OLD_BODY)
    with pytest.raises(ChangeNotDescribed):
        publish_body(letter, TYPO, TYPO_BODY, " ")
    assert factories.revision_of(letter).number == 1


def test_of_two_organizers_who_compare_one_publishes(app: Flask, letter: Letter) -> None:
    add_signatures(letter, 1)
    save_draft_body(letter, NEW_BODY)
    page = sign_in_otto(app).visit("revisions.compare", coalition=COALITION_SLUG, slug=letter.slug)
    publish_body(letter, TYPO, TYPO_BODY)
    terms = {"kind": "substance", "rule": "keep", "deadline_date": DEADLINE_DAY}
    page.submit("Publish the change", status=409, reason="Mine.", **terms).says("saved this letter after you")
    assert factories.revision_of(letter).number == 2


def test_a_declined_name_returns_to_those_who_need_to_confirm_again(app: Flask, letter: Letter) -> None:
    (signed,) = add_signatures(letter, 1)
    signed.move(SignatureMove.DECLINE, now())
    db.session.commit()
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    sign_in_otto(app).visit("signatures.detail", coalition=COALITION_SLUG, slug=letter.slug, signature_id=signed.id).submit(
        "Back to the queue"
    )
    assert states_of(letter) == ["outdated"]


def test_an_edition_from_before_a_change_is_delivered_knowingly_and_says_who_has_not_confirmed_the_changed_text(
    app: Flask, visitor: Visitor, letter: Letter
) -> None:
    signed, _other = add_signatures(letter, 2)
    frozen = editions.freeze_edition(letter)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    page = sign_in_otto(app).visit("deliveries.new", coalition=COALITION_SLUG, slug=letter.slug, number=1)
    page.says("The text has changed in substance since this edition was frozen", "2 names in this edition are no longer")
    delivery = {"method": "hand", "day": "2022-01-05", "time": "12:00"}
    page.submit("Continue", **delivery, status=422).says("Parts of this edition no longer hold.")
    page.submit("Continue", **delivery, errata_version=True).submit("Record the delivery").says("was recorded.")
    visitor.visit("check_page.detail", public_id=frozen.public_id).never_says("withdrew from the letter")
    visitor.open(manage_link(signed)).submit("Withdraw the signature", sure=True)
    for page in (
        visitor.visit("check_page.detail", public_id=frozen.public_id),
        visitor.visit("letters.detail", slug=letter.slug),
    ):
        page.says("Alliance 01 withdrew from the letter.", "January 5, 2022: Alliance 02 hasn’t confirmed the changed text.")
    assert states_of(letter) == ["withdrawn", "outdated"]


def test_where_all_confirmed_again_an_edition_of_the_earlier_text_still_asks_to_be_known(app: Flask, letter: Letter) -> None:
    (signed,) = add_signatures(letter, 1)
    editions.freeze_edition(letter)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    reconfirm_signature(signed.id, revision=2, at=now())
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    assert states_of(letter) == ["published"]
    page = sign_in_otto(app).visit("deliveries.new", coalition=COALITION_SLUG, slug=letter.slug, number=1)
    page.says("The text has changed in substance").never_says("are no longer on the letter:", "is no longer on the letter:")
    delivery = {"method": "hand", "day": "2022-01-05", "time": "12:00", "copies": []}
    page.submit("Continue", **delivery, status=422).says("Parts of this edition no longer hold.")


def test_after_a_typo_and_after_a_change_that_was_taken_back_nothing_is_asked(app: Flask, letter: Letter) -> None:
    add_signatures(letter, 1)
    editions.freeze_edition(letter)
    publish_body(letter, TYPO, TYPO_BODY)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    undo_change(letter)
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    page = sign_in_otto(app).visit("deliveries.new", coalition=COALITION_SLUG, slug=letter.slug, number=1)
    page.never_says("changed in substance", "is no longer on the letter:", 'name="errata_version"')


def test_a_closed_letter_keeps_its_text(letter: Letter) -> None:
    add_signatures(letter, 1)
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    with pytest.raises(UserFacingError, match="closed"):
        publish_body(letter, TYPO, TYPO_BODY)
