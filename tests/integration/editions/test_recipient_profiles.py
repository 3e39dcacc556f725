"""Otto checks a letter against what its recipients take, before freezing and delivering, and writes new rules."""

from typing import Any

import pytest
from flask import Flask

from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Edition, Letter, LetterRecipientProfile, OwnRecipientProfile, Signature
from tests.support import cast, editions, factories
from tests.support.servers.database_copies import SITE
from tests.support.servers.mail_server import Inbox
from tests.support.visitor import Page, Visitor

COALITION = {"coalition": "coalition-for-clean-rivers"}
LETTER_VALUES = COALITION | {"slug": "clean-rivers-for-everyone"}
OWN: dict[str, Any] = {
    "name": "The Mayor", "paper": "a4", "most_files": "1", "file_limit": "0.1", "total_limit": "2", "text_limit": "100",
    "formats": ["docx"], "needs_person": True, "name_length": "24", "plain_names": True, "names_sender": True,
    "note": "By email", "source": "Her office", "checked_on": "2022-01-04",
}  # fmt: skip


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A closed letter that two organizations have signed."""
    return factories.closed_letter()


@pytest.fixture
def otto(app: Flask, letter: Letter) -> Visitor:
    factories.staff(cast.OTTO)
    visitor = Visitor(app, SITE)
    visitor.sign_in(cast.OTTO)
    return visitor


def freeze_page(otto: Visitor) -> Page:
    return otto.visit("editions.preview", **LETTER_VALUES)


def write_own(otto: Visitor, **changes: Any) -> Page:
    page = otto.visit("recipient_profiles.index", **COALITION).follow("Write a profile")
    return page.submit("Save the profile", **OWN | changes)


def test_a_letter_is_checked_before_it_is_frozen_and_before_it_is_delivered(otto: Visitor) -> None:
    signature = db.session.query(Signature).filter_by(email=cast.CLARA.email).one()
    signature.signer_title = ""
    db.session.commit()
    chosen = ["eu-have-your-say", "congressional-committee", "company"]
    page = freeze_page(otto).submit("Check", profiles=chosen).says("Fits A company")
    page.says(
        "Doesn’t fit EU Commission: Have your say These limits are not confirmed: check with the recipient.",
        "The letter isn’t on paper of size A4",
    )
    page.says("Doesn’t fit A congressional committee", "One organization has no named person with a title")
    entry = db.session.query(AuditEntry).filter_by(action="recipients chosen").one()
    assert entry.after["recipients"] == ["A company", "A congressional committee", "EU Commission: Have your say"]
    page.submit("Freeze this edition with 2 names")
    assert db.session.query(Edition).one().unnamed == 1
    editions.freeze_edition(db.session.query(Letter).one())
    for page in ("delivery_emails.new", "deliveries.new"):
        otto.visit(page, number=2, **LETTER_VALUES).says("One organization has no named person with a title", "Fits A company")
    page = otto.visit("deliveries.new", number=2, **LETTER_VALUES).submit("Check", profiles=["company"])
    page.says("Record a delivery of edition 2", "Fits A company").never_says("Doesn’t fit")


def test_files_that_are_emailed_are_checked_and_named_as_recipients_take_them(
    settings: Settings, postbox: Inbox, otto: Visitor, letter: Letter
) -> None:
    editions.freeze_edition(letter)
    write_own(otto).says("The profile was saved.", "Each file up to 0.1 MB.", "checked on January 4, 2022")
    key = f"own-{db.session.query(OwnRecipientProfile).one().id}"
    form = otto.visit("delivery_emails.new", number=1, **LETTER_VALUES).submit("Check", profiles=[key])
    form.says("The letter isn’t on paper of size A4")
    recipient = {"recipients-0-name": "The Mayor", "recipients-0-address": "mayor@city.example", "copies": []}
    page = form.submit("Preview the email", **recipient, formats=["pdf", "docx"])
    page.says("PDF isn’t taken: choose DOCX instead.", "One file is taken and 2 are chosen", "coalition-edition-1.docx")
    page.submit("Send to one recipient")
    assert send_due_mail(settings) == 1
    names = [file.get_filename() for file in postbox.mails[0].message.iter_attachments()]
    assert names == ["coalition-edition-1.pdf", "coalition-edition-1.docx"]
    response = otto.ask(f"/staff/{COALITION['coalition']}/letters/{LETTER_VALUES['slug']}/editions/1/xlsx")
    assert response.headers["Content-Disposition"] == "attachment; filename=coalition-edition-1.xlsx"


def test_a_known_profile_is_copied_changed_and_deleted(otto: Visitor, letter: Letter) -> None:
    index = otto.visit("recipient_profiles.index", **COALITION)
    index.says("A docket on regulations.gov Paper: US Letter. At most 20 files.", "Not confirmed", "None yet.")
    copy = index.follow("Copy A docket on regulations.gov")
    saved = copy.submit("Save the profile", most_files="5").says("Copy of A docket on regulations.gov", "At most 5 files.")
    edit = saved.follow("Edit Copy of A docket on regulations.gov")
    again = saved.follow("Edit Copy of A docket on regulations.gov")
    edit.submit("Save the profile", name="Our docket").says("Our docket")
    refused = again.submit("Save the profile", name="My docket", status=422).says("Someone else changed this profile.")
    refused.submit("Save the profile").says("My docket")
    row = db.session.query(OwnRecipientProfile).one()
    freeze_page(otto).submit("Check", profiles=[f"own-{row.id}", "company"])
    otto.visit("recipient_profiles.edit", profile_id=row.id, **COALITION).submit("Delete the profile").says("None yet.")
    assert [one.profile for one in db.session.query(LetterRecipientProfile)] == ["company"]
    assert db.session.query(OwnRecipientProfile).count() == 0


def test_the_list_is_searched(otto: Visitor) -> None:
    write_own(otto)
    page = otto.visit("recipient_profiles.index", **COALITION).submit("Search", q="mayor")
    page.says("The Mayor").never_says("regulations.gov")
    page.submit("Search", q="nobody").says("No recipients match.")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Enter a name."),
        ({"most_files": "0"}, "Enter a number from 1 to 100."),
        ({"file_limit": "0"}, "Enter a number of MB from 0.1 to 1000."),
        ({"text_limit": "99"}, "Enter a number from 100 to 1000000."),
        ({"name_length": "5"}, "Enter a number from 12 to 255."),
        ({"note": "x" * 1001}, "Field cannot be longer than 1000 characters."),
    ],
)
def test_what_cannot_be_saved_is_told_beside_its_field(otto: Visitor, changes: dict[str, Any], sentence: str) -> None:
    page = otto.visit("recipient_profiles.new", **COALITION).submit("Save the profile", **OWN | changes, status=422)
    page.says(sentence)
    assert "Her office" in page.html
    assert db.session.query(OwnRecipientProfile).count() == 0


def test_a_name_stands_for_one_profile_and_another_coalitions_is_not_found(otto: Visitor, letter: Letter) -> None:
    write_own(otto)
    otto.visit("recipient_profiles.new", **COALITION).submit("Save the profile", **OWN, status=422).says(
        "You already have a profile of this name."
    )
    other = factories.coalition("Elsewhere")
    row = factories.save(OwnRecipientProfile(coalition_id=other.id, name="Theirs", formats=[]))
    otto.visit("recipient_profiles.edit", profile_id=row.id, status=404, **COALITION)
    token = freeze_page(otto).html.split('name="csrf_token" value="')[1].split('"')[0]
    otto.open(
        f"/staff/{COALITION['coalition']}/letters/{letter.slug}/editions/recipients",
        method="POST",
        data={"profiles": [f"own-{row.id}"], "csrf_token": token},
    ).says("There is no such recipient")
    assert db.session.query(LetterRecipientProfile).count() == 0
