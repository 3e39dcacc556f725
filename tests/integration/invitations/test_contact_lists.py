"""A list of contacts is imported from a table: new ones are added, others get what they lack, and nobody is invited."""

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.infrastructure.db import db
from letterhub.models import (
    AuditEntry,
    Contact,
    ContactEntry,
    ContactPerson,
    ContactTag,
    Invitation,
    OutboxMessage,
    RememberedColumns,
    Upload,
)
from tests.support import factories
from tests.support.signing_steps import audit_actions
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
LIST = """Organization,Contact name,Title,Email,Phone,Tags,Note,Website
Willow Watch,Ada Example,Chair,ada@willow.example,555 0101,"Water; north, #BIG",Call in May,willow.example
the otter order,Ola Example,Director,ola@otter.example,555 0102,water,Met at the fair,
Heron House,Hal Example,,,,,,
,Nora Nobody,,nora@example.org,,,,
Willow Watch,Wim Example,,not an address,,south,,
"""


@pytest.fixture(autouse=True)
def _otter(otto: Visitor) -> None:
    """Contacts that Otto has: Otter Order, with Ola, and Heron House."""
    factories.open_letter()
    add = otto.visit("contacts.create", coalition=HOME)
    add.submit("Add contact", name="Otter Order", tags="rivers", person_name="Ola Example", person_phone="555 9999")
    otto.visit("contacts.create", coalition=HOME).submit("Add contact", name="Heron House", person_name="Hal Example")


def upload(visitor: Visitor, text: str = LIST, status: int = 200) -> Page:
    page = visitor.visit("contacts.index", coalition=HOME).follow("Import a list")
    return page.submit("Preview", file=(text.encode(), "contacts.csv"), status=status)


def contact(name: str) -> Contact:
    return db.session.query(Contact).filter_by(name=name).one()


def facts(name: str) -> tuple[list[tuple[str, str, str, str]], set[str], list[str]]:
    """Return the people, tags and notes of a contact."""
    number = contact(name).id
    people = db.session.query(ContactPerson).filter_by(contact_id=number).order_by(ContactPerson.id)
    tags = {one.tag for one in db.session.query(ContactTag).filter_by(contact_id=number)}
    notes = [one.text for one in db.session.query(ContactEntry).filter_by(contact_id=number).order_by(ContactEntry.id)]
    return [(one.name, one.title, one.email, one.phone) for one in people], tags, notes


def test_the_preview_says_what_becomes_of_each_row_and_saves_nothing(otto: Visitor) -> None:
    page = upload(otto).says("3 of 5 rows add something to your contacts. Nothing has been saved yet.")
    page.says("New 1", "Added to 2", "Nothing new 1", "Can’t be used 1", "The row names no organization.")
    page.says("Your contact is called Otter Order.", "Adds what was missing about Ola Example.", "Stays as it is: 555 9999.")
    page.says("Same organization as on line 2.", "“not an address” is not an email address and was left out.", "Adds a person.")
    page.says("Phone: 555 0101", "Tags: water, north, big", "Note: Call in May").never_says(
        "Delete it if it only says whom to ask"
    )
    assert db.session.query(Contact).count() == 2


def test_new_contacts_are_added_and_known_ones_get_what_they_lack(otto: Visitor) -> None:
    version = contact("Heron House").version
    page = upload(otto).submit("Import 3 rows")
    page.says("One contact was added. One contact you had was added to.", "Willow Watch", "Ada Example")
    ada = ("Ada Example", "Chair", "ada@willow.example", "555 0101")
    assert facts("Willow Watch") == (
        [ada, ("Wim Example", "", "", "")], {"water", "north", "big", "south"}, ["Call in May"]
    )  # fmt: skip
    ola = ("Ola Example", "Director", "ola@otter.example", "555 9999")
    assert facts("Otter Order") == ([ola], {"rivers", "water"}, ["Met at the fair"])
    assert (contact("Heron House").version, contact("Willow Watch").website) == (version, "https://willow.example")
    assert (db.session.query(Invitation).count(), db.session.query(OutboxMessage).filter_by(kind="invite").count()) == (0, 0)
    entry = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert entry is not None
    assert (entry.action, entry.after, db.session.query(Upload).count()) == (
        "contacts imported", {"count": 2, "file": "contacts.csv"}, 0
    )  # fmt: skip
    upload(otto).says("Nothing in this file is new.").never_says("Import 3 rows")


def test_a_list_that_is_imported_twice_by_a_double_click_is_imported_once(otto: Visitor) -> None:
    page = upload(otto)
    page.submit("Import 3 rows")
    page.submit("Import 3 rows").says("This list has since been imported or discarded.", "Willow Watch")
    assert (db.session.query(Contact).count(), audit_actions().count("contacts imported")) == (3, 1)


def test_what_a_colleague_changed_meanwhile_is_looked_at_again(otto: Visitor) -> None:
    page = upload(otto)
    otto.visit("contacts.create", coalition=HOME).submit("Add contact", name="Willow Watch")
    page.submit("Import 3 rows").says("Your contacts changed while you were looking at the list.", "Added to 3")
    assert (db.session.query(Upload).count(), facts("Willow Watch")) == (1, ([], set(), []))


def test_names_at_other_websites_are_other_contacts_and_a_bare_name_that_fits_several_is_refused(otto: Visitor) -> None:
    table = "Organization,Website\nPeace,peace.example\nPeace,peace.test\nPeace,\nOtter Order,otter.example\n"
    upload(otto, table).says("Several of your contacts have this name.", "Adds the website.").submit("Import 3 rows")
    assert {one.domain for one in db.session.query(Contact)} == {"peace.example", "peace.test", "otter.example", ""}


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("Elm,Ada,,,{},,".format("5" * 61), "“Phone” is longer than 60 characters."),
        ("Elm,,Chair,,,,", "The row has a title, but no name"),
        ("Elm,,,,,{},".format("x" * 61), "A tag is longer than 60 characters."),
        ("Elm,,,,,{},".format(";".join(map(str, range(21)))), "The contact would have more than 20 tags."),
        ("Elm,,,,,,{}".format("n" * 2001), "“Note”: the text is longer than 2,000 characters."),
        ("{},,,,,,".format("e" * 301), "“Organization”: the text is longer than 300 characters."),
    ],
)
def test_a_row_that_is_too_long_says_what_is_wrong(otto: Visitor, row: str, sentence: str) -> None:
    upload(otto, f"Organization,Name,Title,Email,Phone,Tags,Note\n{row}\n").says(sentence, "Nothing in this file is new.")


@pytest.mark.parametrize(
    "row",
    ["Elm,,,,,{},".format("x" * 60), "Elm,,,,,{},".format(";".join(map(str, range(20)))), "Elm,,,,,,{}".format("n" * 2000)],
)
def test_a_row_that_is_as_long_as_may_be_is_new(otto: Visitor, row: str) -> None:
    upload(otto, f"Organization,Name,Title,Email,Phone,Tags,Note\n{row}\n").never_says("Nothing in this file is new.", "longer")


def test_unknown_columns_are_asked_and_remembered_and_a_list_is_discarded(otto: Visitor) -> None:
    table = "Gruppe X,Wer\nElm Elders,Ed Example\n"
    page = upload(otto, table).says("say what each column is")
    page.submit("Continue", status=422, **{"column-0": ""}).says("Choose “Organization” or “Person” for one.")
    page = page.submit("Continue", **{"column-0": "organization", "column-1": "signer_name"}).says("New 1")
    columns = page.follow("Change how the columns are read").says("Gruppe X")
    page.submit("Discard file").says("Your contacts are as they were.")
    for again in (page, columns):
        again.submit("Discard file").says("This file was imported or discarded already.").never_says("as they were")
    upload(otto, table).says("New 1", "Elm Elders")
    assert (db.session.query(Contact).count(), db.session.query(RememberedColumns).count()) == (2, 1)


def test_contacts_that_were_exported_come_in_again_with_nothing_new(otto: Visitor) -> None:
    token = otto.visit("contacts.index", coalition=HOME).html.split('name="csrf_token" value="')[1].split('"')[0]
    answer = otto.ask(f"/staff/{HOME}/contacts/export", method="POST", data={"csrf_token": token, "format": "csv"})
    upload(otto, answer.get_data().decode("utf-8-sig")).says("Nothing in this file is new.", "Nothing new 2")


def test_a_reviewer_and_another_coalition_see_no_list(app: Flask, otto: Visitor, sam: Visitor) -> None:
    address = upload(otto).path
    sam.visit("contacts.index", coalition=HOME).never_says("Import a list")
    assert sam.ask(address).status_code == 403
    number = db.session.query(Upload).one().id
    assert otto.ask(f"/staff/{HOME}/letters/clean-rivers-for-everyone/import/{number}").status_code == 404
    db.session.add(Upload(letter_id=1, file_name="names.csv", content=b"Organization\nElm\n", uploaded_at=now()))
    db.session.commit()
    assert otto.ask(f"/staff/{HOME}/contacts/file/{number + 1}/columns").status_code == 404
