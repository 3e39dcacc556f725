"""Deleted drafts: nobody finds them, organizers restore them for 30 days, and then they are erased with all they held."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from letterhub.clock import now
from letterhub.commands.archive.deleted_drafts import delete_draft, erase_deleted_draft, restore_draft
from letterhub.commands.invitations.invitations import InvitationContext, invite_by_name
from letterhub.commands.letters.drafts import save_draft
from letterhub.commands.letters.pdf_previews import request_preview
from letterhub.commands.links.secret_links import create_secret_link
from letterhub.config import Settings
from letterhub.domain.archive import CannotDelete, CannotRestore, DraftIsDeleted
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.links.secret_links import LinkKind, LinkLifetime
from letterhub.domain.mail.mail_words import WordedMail
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import Base, db
from letterhub.infrastructure.signed_links import LinkSigner, Purpose
from letterhub.models import Contact, ContactEntry, Invitation, Letter, MailWording, Partner, ScheduledOpening, Signature
from letterhub.queries.audit.consistency import inconsistencies, missing_chains
from letterhub.queries.audit.log import first_chain_problem
from tests.support import cast, factories
from tests.support.servers.command_line import run_letterhub
from tests.support.servers.database_copies import SECRET_KEY
from tests.support.visitor import Visitor

HOME = "coalition-for-clean-rivers"
LATER = dt.timedelta(days=30)


@pytest.fixture
def draft(otto: Visitor) -> Letter:
    """A draft with a scheduled opening."""
    letter = factories.draft()
    factories.save(ScheduledOpening(letter_id=letter.id, opens_at=now() + dt.timedelta(days=1), slug="rivers"))
    return letter


def deleted(letter: Letter) -> None:
    """Delete a draft as Otto does."""
    delete_draft(letter.id, actor="staff-1", staff_id=1, at=now())


def test_a_draft_is_deleted_and_restored(otto: Visitor, draft: Letter) -> None:
    page = otto.visit("signing_settings.edit", coalition=HOME, slug=draft.slug).follow("Delete this draft")
    page = page.says("Delete this draft?", "Its scheduled opening is canceled").submit("Delete the draft")
    page.says("“Clean rivers for everyone” is deleted. You can restore it for 30 days.", "Otto Organizer")
    for endpoint in (
        "editor.edit",
        "signing_settings.edit",
        "invitations.index",
        "deleted_drafts.delete",
        "letter_copies.create",
    ):
        otto.visit(endpoint, coalition=HOME, slug=draft.slug, status=404)
    dashboard = otto.visit("dashboard.index", coalition=HOME).says("Deleted drafts 1").never_says("Clean rivers for everyone")
    otto.visit("contacts.index", coalition=HOME).never_says("Clean rivers for everyone")
    page = dashboard.follow("Deleted drafts 1").submit("Restore Clean rivers for everyone").says("Restored.")
    assert page.path.endswith(f"/{draft.slug}/write")
    assert db.session.query(ScheduledOpening).count() == 0
    otto.visit("deleted_drafts.index", coalition=HOME).says("No deleted drafts.")
    otto.visit("audit_log.coalition", coalition=HOME).says(
        "Otto Organizer deleted the draft “Clean rivers for everyone”.",
        "Otto Organizer restored the draft “Clean rivers for everyone”.",
    )


def test_links_given_out_before_lead_nowhere_while_a_draft_is_deleted(visitor: Visitor, draft: Letter) -> None:
    partner = factories.save(Partner(letter_id=draft.id, name="River Keepers", source="rivers", created_at=now()))
    link = LinkKind.PROGRESS, "Board", LinkLifetime.YEAR
    paths = [
        f"/partner/{LinkSigner((SECRET_KEY,)).token(Purpose.PARTNER, partner.id, since=partner.created_at)}",
        f"/progress/{create_secret_link(draft.id, *link, staff_id=1, actor='staff-1', at=now())}",
    ]
    for path in paths:
        visitor.open(path).says("The letter isn’t open yet.")
    deleted(draft)
    for path in paths:
        visitor.open(path, status=404)
    restore_draft(draft.coalition_id, draft.id, actor="staff-1", at=now())
    for path in paths:
        visitor.open(path).says("The letter isn’t open yet.")


def test_a_letter_that_was_opened_cannot_be_deleted_and_staff_are_told_what_to_do(otto: Visitor) -> None:
    letter = factories.open_letter()
    otto.visit("deleted_drafts.delete", coalition=HOME, slug=letter.slug).says(
        "This letter can’t be deleted", "Close and archive it, or withdraw it."
    )
    for state in set(LetterState) - {LetterState.DRAFT}:
        letter.state = state
        db.session.commit()
        with pytest.raises(CannotDelete):
            deleted(letter)


def test_whoever_still_had_the_draft_open_saves_and_opens_nothing(draft: Letter) -> None:
    deleted(draft)
    with pytest.raises(DraftIsDeleted):
        save_draft(draft.id, factories.TEXT, 1, staff_id=1, at=now())
    deleted(draft)  # twice is once
    assert restore_draft(draft.coalition_id, draft.id, actor="staff-1", at=now()) == draft.slug
    with pytest.raises(CannotRestore):
        restore_draft(draft.coalition_id, draft.id, actor="staff-1", at=now())


@pytest.mark.shows("S16")
def test_reviewers_and_other_coalitions_restore_nothing(otto: Visitor, visitor: Visitor, draft: Letter) -> None:
    deleted(draft)
    factories.staff(cast.STRANGER, of=factories.coalition(cast.OTHER_COALITION))
    visitor.sign_in(cast.STRANGER)
    visitor.visit("deleted_drafts.index", coalition="quiet-skies-network").says("No deleted drafts.")
    with pytest.raises(CannotRestore):
        restore_draft(draft.coalition_id + 1, draft.id, actor="staff-9", at=now())


def references(letter_id: int) -> dict[str, int]:
    """Return how many rows of each table refer to a letter, directly or through a signature of it."""
    found: dict[str, int] = {}
    signatures = select(Base.metadata.tables["signature"].c.id).where(
        Base.metadata.tables["signature"].c.letter_id == letter_id
    )
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            of: dict[str, Any] = {"letter": key.parent == letter_id, "signature": key.parent.in_(signatures)}
            if key.column.table.name in of and key.column.name == "id":
                rows = db.session.execute(select(key.parent).where(of[key.column.table.name])).all()
                found[f"{table.name}.{key.parent.name}"] = len(rows)
    return {name: count for name, count in found.items() if count}


def fill(otto: Visitor, letter: Letter) -> None:
    """Fill a draft with all that staff may add before it opens."""
    context = InvitationContext(letter.id, 1, "staff-1", now())
    invite_by_name(context, Signatory(organization="Willow Watch"), "ada@willow.example")
    contact = db.session.query(Contact).one()
    factories.save(ContactEntry(contact_id=contact.id, letter_id=letter.id, kind="note", text="Called", at=now()))
    factories.save(MailWording(letter_id=letter.id, mail=WordedMail.INVITATION, subject="Please", text="Sign."))
    request_preview(letter.id, staff_id=1, at=now())
    line = {"organization": "Elm Trust", "signer_name": "Ada Example", "method": "email", "agreed_on": "2022-01-03"}
    otto.visit("added_names.create", coalition=HOME, slug=letter.slug).submit("Add this name", note="By email", **line)


def test_the_directory_shows_no_names_of_a_deleted_draft(otto: Visitor, draft: Letter) -> None:
    fill(otto, draft)
    organization_id = db.session.query(Signature.organization_id).filter_by(letter_id=draft.id).scalar()
    here = {"coalition": HOME, "organization_id": organization_id}
    otto.visit("organizations.detail", **here).says("Ada Example")
    deleted(draft)
    otto.visit("organizations.detail", **here).never_says("Ada Example")


def test_after_thirty_days_a_deleted_draft_is_erased_with_all_that_belongs_to_it(
    otto: Visitor, draft: Letter, settings: Settings, clock: time_machine.Traveller
) -> None:
    fill(otto, draft)
    other = factories.open_letter(replace(factories.TEXT, title="Another"))
    fact_counts = references(draft.id)
    assert {
        "draft.letter_id",
        "invitation.letter_id",
        "contact_entry.letter_id",
        "preview.letter_id",
        "signature.letter_id",
        "evidence_document.signature_id",
    } <= fact_counts.keys()
    deleted(draft)
    clock.shift(LATER - dt.timedelta(seconds=1))
    assert not erase_deleted_draft(draft.id, now())
    assert "deleted drafts" not in run_letterhub(settings, "purge", "--dry-run").stdout
    clock.shift(dt.timedelta(seconds=1))
    number = draft.id
    assert "\tdeleted drafts\t1\n" in run_letterhub(settings, "purge", "--dry-run").stdout
    assert "\tdeleted drafts\t1\n" in run_letterhub(settings, "purge").stdout
    assert not erase_deleted_draft(number, now())
    assert references(number) == {}
    assert db.session.query(Letter.id).all() == [(other.id,)]
    assert db.session.query(Invitation).count() == 0
    assert db.session.query(Contact).count() == 1
    assert first_chain_problem(f"letter-{number}") == ""
    assert list(inconsistencies()) == []
    assert f"letter-{number}" not in set(missing_chains())
    otto.sign_in(cast.OTTO)
    otto.visit("audit_log.coalition", coalition=HOME).says("A draft was erased 30 days after it was deleted.")
