"""Copies of letters: what a copy takes over, and what stays with the original."""

import datetime as dt
from dataclasses import replace

import pytest

from letterhub.clock import now
from letterhub.commands.archive.deleted_drafts import delete_draft
from letterhub.commands.invitations.invitations import InvitationContext, invite_by_name
from letterhub.commands.letters.letter_copies import NOT_COPIED, copy_letter
from letterhub.commands.letters.lifecycle import close_letter
from letterhub.commands.mail.unsubscriptions import unsubscribe
from letterhub.domain.archive import DraftIsDeleted
from letterhub.domain.invitations.invitation import InviteeAnswer
from letterhub.domain.letters.letter_copies import CopiedInvitees
from letterhub.domain.letters.letter_document import Letterhead, LetterText, Logo, Signatory
from letterhub.domain.letters.pictures import Picture
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.domain.letters.signing_settings import PublishRule, WhoMaySign
from letterhub.domain.mail.mail_words import WordedMail
from letterhub.domain.questions.question import Question, QuestionKind, question_facts, questions_from_facts
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import (
    Draft,
    Invitation,
    Letter,
    LetterRecipientProfile,
    MailWording,
    OutboxMessage,
    ScheduledOpening,
    Signature,
)
from tests.support import cast, factories
from tests.support.visitor import Visitor

HOME = "coalition-for-clean-rivers"
MEMBERS = Question(4, "How many members?", QuestionKind.SHORT_TEXT, help="Roughly.", is_required=True)


def copy_of(letter: Letter) -> Letter:
    """Return the copy of a letter, as the database has it now."""
    db.session.expire_all()
    return db.session.query(Letter).filter_by(copied_from_id=letter.id).one()


def copied(letter: Letter, invitees: CopiedInvitees = CopiedInvitees.NOBODY, title: str = "Second round") -> Letter:
    """Copy a letter and return the copy."""
    copy_letter(letter.id, title, invitees, actor="staff-1", staff_id=1, at=now(), form_token="")
    return copy_of(letter)


def test_a_copy_has_text_pictures_settings_and_words_of_emails_and_no_life_of_its_own(otto: Visitor) -> None:
    logo = Logo("image/png", b"logo", "A river")
    text = replace(
        factories.TEXT, letterhead=Letterhead(name="Rivers", lines=("Dover",), logo=logo), date_words="June 2022",
        pictures=(Picture("map.png", "image/png", b"map"),), accent="#7a1f2b",
    )  # fmt: skip
    letter = factories.open_letter(
        text, who_may_sign=WhoMaySign.BOTH, optional_fields=[], publish_rule=PublishRule.REVIEWED, grace_hours=5,
        deadline_zone="Europe/Berlin", requires_proof_of_work=True, consent_days=99, organizations_by_rule=True,
        questions=question_facts((MEMBERS, replace(MEMBERS, id=1, label="How old?", ended_at=now()))),
        news_text="News, please.", news_version=2,
    )  # fmt: skip
    factories.signature(letter, cast.CLARA)
    factories.save(LetterRecipientProfile(letter_id=letter.id, profile="member-of-congress"))
    factories.save(MailWording(letter_id=letter.id, mail=WordedMail.MESSAGE, subject="Thanks", text="We won."))
    factories.save(
        MailWording(letter_id=letter.id, mail=WordedMail.INVITATION, subject="Please", text="Sign.", sender_name="Ada")
    )
    close_letter(letter.id, actor="staff-1", at=now())
    page = otto.visit("dashboard.index", coalition=HOME).follow("Copy Clean rivers for everyone")
    page = page.submit("Create copy", title="Clean rivers, again")
    page.says("This is the copy, a draft.", "Copy of Clean rivers for everyone", "Clean rivers, again")
    page.never_says("will be invited")
    copy = copy_of(letter)
    assert (copy.state, copy.deadline_at, copy.opened_at, copy.closed_at) == (LetterState.DRAFT, None, None, None)
    assert (copy.who_may_sign, copy.optional_fields, copy.publish_rule) == (WhoMaySign.BOTH, [], PublishRule.REVIEWED)
    assert (copy.grace_hours, copy.deadline_zone, copy.consent_days) == (5, "Europe/Berlin", 99)
    assert copy.requires_proof_of_work
    assert questions_from_facts(copy.questions) == (MEMBERS,)
    assert (copy.news_text, copy.news_version) == ("News, please.", 2)
    profile = db.session.query(LetterRecipientProfile).filter_by(letter_id=copy.id).one()
    assert profile.profile == "member-of-congress"
    assert not copy.organizations_by_rule
    assert copy.slug != letter.slug
    assert db.session.query(Signature).filter_by(letter_id=copy.id).count() == 0
    copied_text = text_from_facts(db.session.get_one(Draft, copy.id).text)
    assert copied_text == replace(text, title="Clean rivers, again", date=None, date_words="")
    wording = db.session.query(MailWording).filter_by(letter_id=copy.id).one()
    assert (wording.mail, wording.subject, wording.text, wording.sender_name) == (
        WordedMail.INVITATION, "Please", "Sign.", "Ada",
    )  # fmt: skip
    otto.visit("audit_log.letter", coalition=HOME, slug=letter.slug).says(
        "Otto Organizer copied the letter to “Clean rivers, again”."
    )
    otto.visit("audit_log.letter", coalition=HOME, slug=copy.slug).says(
        "Otto Organizer created “Clean rivers, again”.", "Copy of", letter.slug
    )


def test_every_column_of_a_letter_is_a_setting_or_belongs_to_its_life() -> None:
    columns = set(Letter.__table__.columns.keys())
    assert columns >= NOT_COPIED
    assert columns - NOT_COPIED >= {"coalition_id", "who_may_sign", "publish_rule", "deadline_zone", "consent_days"}
    counters = {name for name in columns if name.endswith(("_count", "_at", "_version", "slug"))}
    assert counters - {"news_version"} <= NOT_COPIED  # it numbers the words of the offer of news, which are copied


def test_the_same_organizations_are_asked_again_but_those_who_said_no_or_unsubscribed(otto: Visitor) -> None:
    letter = factories.open_letter()
    context = InvitationContext(letter.id, 1, "staff-1", now())
    for name in ("Willow Watch", "Elm Trust", "Oak League", "Ash Union", "Fir Council"):
        invite_by_name(
            context, Signatory(organization=name, signer_name="Ada Example"), f"ada@{name.split()[0].lower()}.example"
        )
    invitations = {one.email: one for one in db.session.query(Invitation)}
    invitations["ada@elm.example"].declined_at = now()
    invitations["ada@oak.example"].answer = InviteeAnswer.REFUSED
    invitations["ada@fir.example"].erase()
    db.session.commit()
    unsubscribe(letter.coalition_id, invitations["ada@ash.example"].recipient_hash or "", now())
    mails = db.session.query(OutboxMessage).count()
    page = otto.visit("letter_copies.create", coalition=HOME, slug=letter.slug).says("2 organizations invited to this letter")
    page.submit("Create copy", title="Next", invitees="same").says(
        "One organization will be invited by email when the letter opens."
    )
    (prepared,) = db.session.query(Invitation).filter_by(letter_id=copy_of(letter).id)
    assert (prepared.email, prepared.contact_id) == ("ada@willow.example", invitations["ada@willow.example"].contact_id)
    assert prepared.line["signer_name"] == "Ada Example"
    assert prepared.mailbox_hash != invitations["ada@willow.example"].mailbox_hash
    assert db.session.query(OutboxMessage).count() == mails


def test_a_form_that_is_sent_twice_makes_one_copy(otto: Visitor) -> None:
    letter = factories.draft()
    page = otto.visit("letter_copies.create", coalition=HOME, slug=letter.slug)
    assert page.submit("Create copy").path == page.submit("Create copy").path
    copy_of(letter)


def test_a_title_is_needed_and_nothing_that_mails_is_chosen_before(otto: Visitor) -> None:
    letter = factories.draft()
    invite_by_name(InvitationContext(letter.id, 1, "staff-1", now()), Signatory(organization="Elm"), "ada@elm.example")
    page = otto.visit("letter_copies.create", coalition=HOME, slug=letter.slug)
    chosen = [
        box.get("value") for box in page.tree.iter("input") if box.get("name") == "invitees" and box.get("checked") is not None
    ]
    assert chosen == ["nobody"]
    page.submit("Create copy", status=422, title=" ").says("Enter a title.")
    assert db.session.query(Letter).count() == 1


def test_a_draft_is_copied_as_it_is_written_and_its_scheduled_opening_is_not(otto: Visitor) -> None:
    letter = factories.draft(LetterText(title="Only begun", body=""))
    factories.save(ScheduledOpening(letter_id=letter.id, opens_at=now() + dt.timedelta(days=1), slug="begun"))
    assert db.session.get(ScheduledOpening, copied(letter).id) is None


def test_a_copy_names_its_original_until_that_is_deleted(otto: Visitor) -> None:
    letter = factories.draft()
    copy = copied(letter)
    otto.visit("editor.edit", coalition=HOME, slug=copy.slug).says("Copy of Clean rivers for everyone")
    delete_draft(letter.id, actor="staff-1", staff_id=1, at=now())
    otto.visit("editor.edit", coalition=HOME, slug=copy.slug).never_says("Copy of Clean")
    with pytest.raises(DraftIsDeleted):
        copied(letter)
