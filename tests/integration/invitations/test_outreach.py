"""Staff work on invitations: the list is filtered, counted, acted on and exported by one truth, and nobody's change is lost."""

import csv
import io
from urllib.parse import urlencode

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.signatures.erasure_request import erase_on_request
from letterhub.config import Settings
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Contact, ContactEntry, ContactPerson, Invitation, Letter
from letterhub.queries.signatures.data_export import signatory_data
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import audit_actions, signatures
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
OTTERS = {"organization": "Otter Order", "website": "otter.example", "signer_name": "Ola Example", "email": "ola@otter.example"}
WILLOW = {"organization": "Willow Watch", "website": "", "signer_name": "Ada Example", "email": "ada@willow.example"}


@pytest.fixture
def invited(otto: Visitor, letter: Letter) -> Letter:
    """The letter, with two organizations that were invited."""
    for line in (OTTERS, WILLOW):
        index(otto, letter).submit("Send invitation", **line)
    return letter


@pytest.fixture
def olive(app: Flask, otto: Visitor) -> Visitor:
    """The coalition's owner, in another browser."""
    factories.staff(cast.OLIVE)
    visitor = Visitor(app, otto.base_url)
    visitor.sign_in(cast.OLIVE)
    return visitor


def index(otto: Visitor, letter: Letter, **query: str) -> Page:
    return otto.visit("invitations.index", coalition=HOME, slug=letter.slug, **query)


def contact_of(name: str) -> Contact:
    return db.session.query(Contact).filter_by(name=name).one()


def row_value(name: str, outcome: str = "waiting") -> str:
    """Return the value of a row's checkbox."""
    contact = contact_of(name)
    invitation = db.session.query(Invitation).filter_by(contact_id=contact.id).one()
    return f"{invitation.id}.{contact.version}.{outcome}"


def test_whoever_is_invited_is_a_contact_once(otto: Visitor, invited: Letter) -> None:
    other = factories.open_letter(factories.replace(factories.TEXT, title="Quiet rivers"), deadline_at=None)
    index(otto, other).submit("Send invitation", **OTTERS | {"website": ""})
    assert db.session.query(Contact).count() == 2
    assert [one.contact_id for one in db.session.query(Invitation)] == [1, 2, 1]
    otto.visit("contacts.index", coalition=HOME).says("Otter Order", "Ola Example", "ola@otter.example", "Willow Watch")


def test_a_promise_takes_one_click_and_ends_reminders(otto: Visitor, invited: Letter, clock: time_machine.Traveller) -> None:
    clock.shift(3 * 24 * 3600)
    page = index(otto, invited).says("2 asked", "2 no answer yet", "2 organizations have not answered")
    page = page.submit("Promised: Otter Order")
    page.says("One contact was changed.", "1 promised to sign", "1 no answer yet", "One organization has not answered")
    assert audit_actions()[-1] == "answer recorded"
    db.session.rollback()
    row = db.session.query(Invitation).filter_by(name_key="otter order").one()
    assert (row.answer, row.answered_by_id is not None) == ("promised", True)


def test_a_no_needs_its_reason_and_stands_in_the_history(otto: Visitor, invited: Letter) -> None:
    number = contact_of("Otter Order").id
    page = otto.visit("contacts.detail", coalition=HOME, contact_id=number, letter=invited.slug)
    page = page.submit("Said no", status=422, letter=invited.slug).says("Enter the reason they gave")
    page = page.submit("Said no", letter=invited.slug, reason="Board meets in March")
    page.says("said no", "Board meets in March", "Otto Organizer")
    index(otto, invited, outcome="refused").says("1 said no", "Board meets in March").never_says("Willow Watch")
    index(otto, invited).submit("Send invitation", status=422, **OTTERS | {"email": "fred@otter.example"})


def test_no_answer_is_asked_for_while_the_letter_has_a_signature(otto: Visitor, invited: Letter) -> None:
    number = contact_of("Otter Order").id
    row = factories.signature(invited, cast.HIRO, organization_name="Otter Order", email="ola@otter.example")
    for state in (SignatureState.PUBLISHED, SignatureState.CONFIRMED, SignatureState.OUTDATED):
        row.state = state
        factories.save(row)
        otto.visit("contacts.detail", coalition=HOME, contact_id=number).never_says("Promised to sign")


def test_an_organization_that_was_never_mailed_says_no_by_phone(otto: Visitor, letter: Letter) -> None:
    page = otto.visit("contacts.create", coalition=HOME)
    page = page.submit(
        "Add contact", name="Heron House", tags="Labor, midwest, labor", person_name="Hal", person_phone="555 0100"
    )
    page.says("Heron House was added", "labor", "midwest", "555 0100", "not asked")
    page.submit("Said no", letter=letter.slug, reason="Not their issue").says("said no", "Not their issue")
    index(otto, letter).says("1 asked", "1 said no", "Heron House")
    row = db.session.query(Invitation).one()
    assert (row.email, row.mailbox_hash) == ("", None)
    assert [(one.name, one.email) for one in db.session.query(ContactPerson)] == [("Hal", "")]


def test_what_changed_meanwhile_is_not_overwritten(otto: Visitor, olive: Visitor, invited: Letter) -> None:
    old, chosen = index(otto, invited), row_value("Otter Order")
    number = contact_of("Otter Order").id
    page = olive.visit("contacts.detail", coalition=HOME, contact_id=number)
    page.submit("Said no", letter=invited.slug, reason="Not this year")
    old.submit("Assign", chosen=chosen, owner_id="0").says("Not changed, because", "Look at them again: Otter Order.")
    old.submit("Promised: Otter Order").says("Not changed, because", "Look at them again: Otter Order.")
    assert [one.answer for one in db.session.query(Invitation).order_by(Invitation.id)] == ["refused", None]


def test_an_edit_of_a_page_that_is_old_loses_nothing_typed(otto: Visitor, olive: Visitor, invited: Letter) -> None:
    number = contact_of("Otter Order").id
    old = otto.visit("contacts.edit", coalition=HOME, contact_id=number)
    olive.visit("contacts.edit", coalition=HOME, contact_id=number).submit("Save", tags="labor")
    page = old.submit("Save", status=422, tags="midwest").says("Someone changed Otter Order in the meantime.")
    page.submit("Save").says("midwest").never_says("labor")


def test_a_next_step_that_someone_else_set_meanwhile_is_shown(otto: Visitor, olive: Visitor, invited: Letter) -> None:
    number = contact_of("Otter Order").id
    old = otto.visit("contacts.detail", coalition=HOME, contact_id=number)
    olive.visit("contacts.detail", coalition=HOME, contact_id=number).submit("Save next step", step="Call Ola", on="2022-01-10")
    page = old.submit("Save next step", status=422, step="Write", on="").says("Saved now: Call Ola · January 10, 2022")
    page.submit("Save next step").says("Saved.").never_says("Call Ola")


def test_filters_find_the_same_in_list_counts_and_export(otto: Visitor, invited: Letter) -> None:
    page = index(otto, invited).submit("Add tags", chosen=row_value("Willow Watch"), new_tags="Labor")
    page.says("One contact was changed.", "labor")
    for query, names in (
        ({"tag": "labor"}, ["Willow Watch"]), ({"q": "ola@"}, ["Otter Order"]), ({"q": "willow"}, ["Willow Watch"]),
        ({"owner": "0", "sort": "name"}, ["Otter Order", "Willow Watch"]), ({"outcome": "promised"}, []), ({"due": "1"}, []),
    ):  # fmt: skip
        page = index(otto, invited, **query)
        shown = [name for name in ("Otter Order", "Willow Watch") if f"Select {name}" in page.html]
        path = f"/staff/{HOME}/letters/{invited.slug}/invitations/export?{urlencode(query)}"
        answer = otto.ask(path, method="POST", data={"csrf_token": csrf_token(otto, invited), "format": "csv"})
        rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
        assert sorted(row["Organization"] for row in rows) == shown == names
    assert rows == []
    answer = otto.ask(path.partition("?")[0], method="POST", data={"csrf_token": csrf_token(otto, invited), "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [row["Invited"] for row in rows] == ["2022-01-05", "2022-01-05"]
    assert "invitations exported" in audit_actions()


def csrf_token(otto: Visitor, letter: Letter) -> str:
    html = index(otto, letter).html
    return html.split('name="csrf_token" value="')[1].split('"')[0]


def test_no_address_that_a_signatory_gave_is_exported(otto: Visitor, letter: Letter) -> None:
    earlier = factories.open_letter(factories.replace(factories.TEXT, title="Quiet rivers"))
    number = factories.signature(earlier, cast.CLARA).id
    index(otto, letter).submit("Invite selected", chosen=str(number))
    later = factories.open_letter(factories.replace(factories.TEXT, title="Loud rivers"), deadline_at=None)
    contact = contact_of(cast.CLARA.organization)
    page = otto.visit("contacts.index", coalition=HOME)
    page.submit("Invite by email", chosen=f"{contact.id}.{contact.version}", letter=later.slug).says(
        "One organization is being"
    )
    assert {one.copied_from_id for one in db.session.query(Invitation)} == {number}
    exports = [f"letters/{one.slug}/invitations/export" for one in (letter, later)]
    for path in (*exports, "contacts/export"):
        for file_format in ("csv", "xlsx"):
            data = {"csrf_token": csrf_token(otto, letter), "format": file_format}
            answer = otto.ask(f"/staff/{HOME}/{path}", method="POST", data=data)
            assert answer.status_code == 200
            if file_format == "csv":
                text = answer.get_data(as_text=True)
                assert cast.CLARA.organization in text
                assert cast.CLARA.email not in text


def test_contacts_are_invited_by_their_first_address(otto: Visitor, letter: Letter) -> None:
    for name, email in (("Heron House", "hal@heron.example"), ("Crane Society", "")):
        otto.visit("contacts.create", coalition=HOME).submit("Add contact", name=name, person_name="Hal", person_email=email)
    chosen = [f"{one.id}.{one.version}" for one in db.session.query(Contact)]
    page = otto.visit("contacts.index", coalition=HOME)
    page.submit("Invite by email", chosen=chosen[0], letter=letter.slug).says("One organization is being invited")
    page.submit("Invite by email", chosen=chosen[1], letter=letter.slug).says("One was left out")
    page.submit("Invite by email", chosen=chosen[0], letter=letter.slug).says("One was left out")
    assert [one.email for one in db.session.query(Invitation)] == ["hal@heron.example"]


def test_notes_people_and_next_steps_are_kept(otto: Visitor, invited: Letter) -> None:
    page = otto.visit("contacts.detail", coalition=HOME, contact_id=contact_of("Otter Order").id)
    page = page.submit("Add note", text="Spoke to Ola:\nshe asks her board", kind="call").says("Call:", "she asks her board")
    page = page.submit("Add", person_name="Fred Example", phone="+1 555 0101").says("Fred Example", "+1 555 0101")
    page.submit("Add note", status=422, text=" ").says("Write the note first.", "12:00 p.m. Eastern · Otto Organizer")
    assert db.session.query(ContactPerson).count() == 3


def test_a_deleted_contact_leaves_nothing_that_names_it(otto: Visitor, invited: Letter) -> None:
    page = otto.visit("contacts.delete", coalition=HOME, contact_id=contact_of("Otter Order").id)
    page.submit("Delete contact").says("Otter Order was deleted from your contacts.")
    index(otto, invited).says("2 asked", "an erased entry").never_says("ola@otter.example")
    index(otto, invited).submit("Send invitation", status=422, **OTTERS).says("has already been invited")


def test_who_erases_her_data_is_erased_from_contacts(otto: Visitor, invited: Letter, visitor: Visitor) -> None:
    number = contact_of("Otter Order").id
    page = otto.visit("contacts.detail", coalition=HOME, contact_id=number)
    page.submit("Add note", text="Ola is on leave", kind="note")
    row = factories.signature(
        invited, cast.HIRO, SignatureState.PUBLISHED, organization_name="Otter", email="Ola@otter.example"
    )
    (known,) = signatory_data(row.id)["contact"]
    assert (known["name"], known["history"][0]["text"]) == ("Ola Example", "Ola is on leave")
    erase_on_request(signatures()[-1].id, now())
    page = otto.visit("contacts.detail", coalition=HOME, contact_id=number)
    page.says("Otter Order", "(erased)").never_says("Ola", "ola@otter.example")
    assert [one.text for one in db.session.query(ContactEntry).filter_by(contact_id=number)] == [""]


def test_an_opened_link_is_a_weak_sign(
    otto: Visitor, invited: Letter, visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    send_due_mail(settings)
    link = next(word for word in postbox.to("ola@otter.example")[-1].text.split() if "/invited/" in word)
    visitor.ask(link)
    visitor.ask(link, method="HEAD", headers={"Sec-Fetch-Mode": "navigate"})
    index(otto, invited).says("2 no answer yet").never_says("opened the form")
    visitor.open(link, headers={"Sec-Fetch-Mode": "navigate"})
    index(otto, invited).says("1 opened the form, no answer yet", "1 no answer yet")
