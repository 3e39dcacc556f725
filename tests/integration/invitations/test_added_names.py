"""Staff add names by hand, with how each said yes: in drafts too, with what shows it for staff alone, and told by email."""

import datetime as dt
import json

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.operations.purge import purge_expired_data
from letterhub.config import Settings
from letterhub.domain.alphabets import alphabet_of
from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.operations.retention import ErasableData
from letterhub.domain.signatures.added_names import MAX_DOCUMENT_BYTES
from letterhub.domain.signatures.evidence import FactKind
from letterhub.domain.states import LetterMove, LetterState, SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.intake.errors import FileRefused
from letterhub.intake.evidence_files import read_evidence_file
from letterhub.models import EvidenceDocument, EvidenceFact, Letter, OutboxMessage
from letterhub.queries.audit.consistency import inconsistencies
from tests.support import cast, factories
from tests.support.servers.database_copies import SITE
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import audit_actions, manage_link, newest_link, only_signature, signatures
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
YES = {
    "organization": "Willow Watch", "signer_name": "Ada Example", "signer_title": "Chair", "method": "email",
    "agreed_on": "2022-01-03",
}  # fmt: skip
EMAIL = b"From: Ada <ada@willow.example>\r\nDate: Mon, 3 Jan 2022 10:00:00 +0000\r\nSubject: Yes\r\n\r\nWe sign.\r\n"


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter."""
    return factories.open_letter()


@pytest.fixture
def draft(app: Flask) -> Letter:
    """A letter that is written."""
    return factories.draft(deadline_at=None)


def form_page(visitor: Visitor, letter: Letter) -> Page:
    return visitor.visit("added_names.create", coalition=HOME, slug=letter.slug)


def add(visitor: Visitor, letter: Letter, status: int = 200, **changes: object) -> Page:
    return form_page(visitor, letter).submit("Add this name", status=status, **YES | changes)


def test_five_fields_add_a_name_that_waits_for_review_with_its_evidence(otto: Visitor, letter: Letter) -> None:
    page = add(otto, letter).says("Willow Watch was added and waits for review.", "added by staff, not confirmed by email")
    page.says("Said yes by email on January 3, 2022, entered by Otto Organizer. Not confirmed by email.")
    page.says("There is no address to tell the signatory at.", "Otto Organizer added Willow Watch by hand.", "no email")
    signature = only_signature()
    assert (signature.state, signature.place_key) == (SignatureState.CONFIRMED, "organization|willow watch|")
    page.submit("Publish").says("Published")
    assert only_signature().state is SignatureState.PUBLISHED
    assert list(inconsistencies()) == []
    otto.visit("letters.detail", slug=letter.slug).says("Willow Watch", "Ada Example, Chair")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"organization": ""}, "Enter the name of the organization."),
        ({"signer_name": ""}, "Enter the name of the signer."),
        ({"method": ""}, "Choose how they said yes."),
        ({"agreed_on": ""}, "Enter the day they said yes."),
        ({"agreed_on": "2022-02-01"}, "This day is still to come."),
        ({"email": "nobody"}, "We can’t send email to this address."),
        ({"website": "not a site"}, "website"),
        ({"file": (b"MZ\0\0", "yes.exe")}, "yes.exe: this isn’t an email (.eml), text, PDF, PNG, JPEG or WebP file."),
        ({"file": (b"", "empty.txt")}, "empty.txt: this file is empty."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    otto: Visitor, letter: Letter, changes: dict[str, object], sentence: str
) -> None:
    page = add(otto, letter, 422, **{"note": "Called back", **changes}).says(sentence)
    assert "Called back" in page.html
    assert signatures() == []


def test_who_is_on_the_letter_is_not_added_twice(otto: Visitor, letter: Letter) -> None:
    add(otto, letter)
    add(otto, letter, 422).says("Already on this letter.")
    add(otto, letter, 422, organization="WILLOW WATCH").says("Already on this letter.")
    signature = only_signature()
    otto.visit("signatures.detail", coalition=HOME, slug=letter.slug, signature_id=signature.id).submit(
        "Decline this name", reason="No"
    )
    add(otto, letter, 422).says("declined before")


def test_another_name_begins_with_how_and_when_of_the_last(otto: Visitor, letter: Letter) -> None:
    page = form_page(otto, letter).submit("Add and enter another", **YES | {"method": "phone"})
    page.submit("Add this name", organization="Heron House", signer_name="Hal Example")
    assert [one.organization_name for one in signatures()] == ["Willow Watch", "Heron House"]
    facts = [one.facts for one in db.session.query(EvidenceFact).filter_by(kind=FactKind.ADDED)]
    assert [(one["method"], one["agreed_on"]) for one in facts] == [("phone", "2022-01-03")] * 2


def test_individuals_are_added_where_the_letter_takes_them(otto: Visitor, app: Flask) -> None:
    letter = factories.open_letter(who_may_sign="both")
    add(otto, letter, kind="individual", affiliation="River College").says("Ada Example")
    assert (only_signature().kind, only_signature().organization_name) == (SignatoryKind.INDIVIDUAL, "")


def test_what_shows_it_is_for_staff_alone_and_is_saved_never_shown(
    app: Flask, otto: Visitor, visitor: Visitor, letter: Letter
) -> None:
    page = add(otto, letter, note="Ada called on <Monday>", file=(EMAIL, "yes.eml")).says("Ada called on <Monday>")
    document = db.session.query(EvidenceDocument).one()
    assert (document.media_type, document.content) == ("message/rfc822", EMAIL)
    address = next(link.get("href", "") for link in page.tree.iter("a") if link.get("download") is not None)
    answer = otto.ask(address)
    assert (answer.data, answer.mimetype) == (EMAIL, "application/octet-stream")
    assert answer.headers["Content-Disposition"] == "attachment; filename=yes.eml"
    assert (answer.headers["Cache-Control"], answer.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert visitor.ask(address).status_code == 302
    stranger = Visitor(app, SITE)
    factories.staff(cast.STRANGER, factories.coalition(cast.OTHER_COALITION))
    stranger.sign_in(cast.STRANGER)
    assert stranger.ask(address).status_code == 404
    other = factories.signature(letter, cast.HIRO)
    wrong = address.replace(f"/signatures/{document.signature_id}/", f"/signatures/{other.id}/")
    assert otto.ask(wrong).status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (b"%PDF-1.7\n", "scan.pdf", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n0", "scan.png", "image/png"),
        (b"\xff\xd8\xff\xe0", "scan.jpg", "image/jpeg"),
        (b"RIFF\0\0\0\0WEBP", "scan.webp", "image/webp"),
        ("Gespräch am Montag".encode(), "note.html", "text/plain"),
    ],
)
def test_the_content_tells_the_type_of_a_file(
    otto: Visitor, letter: Letter, content: bytes, name: str, media_type: str
) -> None:
    add(otto, letter, file=(content, name))
    assert (db.session.query(EvidenceDocument).one().media_type, only_signature().state) == (media_type, "confirmed")


def test_a_large_file_is_refused() -> None:
    with pytest.raises(FileRefused, match="larger than 3"):
        read_evidence_file(b"x" * (MAX_DOCUMENT_BYTES + 1), "big.txt")


def test_it_is_in_her_own_data_and_erased_with_it(otto: Visitor, visitor: Visitor, letter: Letter) -> None:
    add(otto, letter, email="ada@willow.example", note="Ada called", file=(EMAIL, "yes.eml"))
    data = json.loads(visitor.ask(f"{manage_link(only_signature())}/data").data)
    (document,) = data["added_with"]
    assert (document["note"], document["file_name"], document["file"][:26]) == (
        "Ada called", "yes.eml", "data:message/rfc822;base64",
    )  # fmt: skip
    assert data["evidence"][0] | {"at": ""} == {
        "kind": "added", "at": "", "method": "email", "agreed_on": "2022-01-03", "notified": "yes",
    }  # fmt: skip
    visitor.open(manage_link(only_signature())).submit("Erase my data", sure=True)
    end_read_transaction()
    assert db.session.query(EvidenceDocument).count() == 0
    assert "ada" not in "".join(str(one.facts) for one in db.session.query(EvidenceFact)).casefold()


@pytest.mark.parametrize("email", ["", "ada@willow.example"])
def test_it_is_purged_after_the_retention_period_with_or_without_an_address(
    otto: Visitor, letter: Letter, clock: time_machine.Traveller, email: str
) -> None:
    add(otto, letter, email=email, note="Ada called", file=(EMAIL, "yes.eml"))
    letter.withdrawn_at = now()
    db.session.commit()
    clock.shift(dt.timedelta(days=366))
    while purge_expired_data(letter.id, ErasableData.CONTACTS, now()):
        pass
    end_read_transaction()
    assert (db.session.query(EvidenceDocument).count(), only_signature().email) == (0, "")


def test_she_is_notified_and_confirms_corrects_or_objects(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    add(otto, letter, email="ada@willow.example").says("The signatory is told by email that the name was added.")
    clock.shift(60)
    link = newest_link(settings, postbox, "ada@willow.example")
    mail = postbox.to("ada@willow.example")[-1]
    assert mail.message["Subject"] == "You were added to this letter: Willow Watch"
    assert link.startswith("/renew-consent/")
    page = visitor.open(link).says("You were added to this letter", "Coalition for Clean Rivers added this signature.")
    page.submit("Correct and sign", authorized=True, signer_title="Treasurer", section="local").says("confirmed")
    assert only_signature().signer_title == "Treasurer"
    otto.visit("signatures.detail", coalition=HOME, slug=letter.slug, signature_id=only_signature().id).says(
        "Someone with a mailbox at willow.example confirmed by the link we emailed there."
    )


def test_she_objects(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    add(otto, letter, email="ada@willow.example")
    clock.shift(60)
    visitor.open(newest_link(settings, postbox, "ada@willow.example")).submit("Withdraw the signature", sure=True)
    assert only_signature().state is SignatureState.WITHDRAWN


def test_she_is_not_told_where_staff_say_so(otto: Visitor, letter: Letter) -> None:
    add(otto, letter, email="ada@willow.example", skips_email=True).says("Staff chose not to email the signatory about it.")
    assert db.session.query(OutboxMessage).count() == 0


def test_a_draft_takes_names_that_day_one_shows(
    otto: Visitor, visitor: Visitor, draft: Letter, settings: Settings, postbox: Inbox
) -> None:
    page = add(otto, draft, email="ada@willow.example").never_says("Ask the organization")
    page.submit("Publish").says("Published")
    add(otto, draft, organization="Heron House")
    otto.visit("signatory_import.create", coalition=HOME, slug=draft.slug).submit(
        "Preview", file=(b"Organization,Name\nOtter Order,Ola Example\n", "names.csv")
    ).says("Otter Order")
    send_due_mail(settings)
    assert [one.revision_id for one in signatures()] == [None, None]
    assert (postbox.mails, db.session.query(OutboxMessage).count()) == ([], 0)
    visitor.open(f"/letters/{draft.slug}", status=404)
    otto.visit("dashboard.index", coalition=HOME).says("1 name waits for review")
    open_by_hand(otto, draft)
    visitor.visit("letters.detail", slug="clean-rivers-for-everyone").says("Willow Watch").never_says("Heron House")
    assert {one.revision_id for one in signatures()} == {factories.revision_of(draft).id}
    send_due_mail(settings)
    assert [one.message["Subject"] for one in postbox.mails] == ["You were added to this letter: Willow Watch"]
    assert list(inconsistencies()) == []


def open_by_hand(otto: Visitor, draft: Letter) -> None:
    page = otto.visit("signing_settings.edit", coalition=HOME, slug=draft.slug).submit("Open the letter")
    page.submit("Open now", slug="clean-rivers-for-everyone").says("The letter is open.")


def test_names_of_a_draft_are_corrected_returned_and_declined(otto: Visitor, draft: Letter) -> None:
    page = add(otto, draft).submit("Publish")
    page = page.submit("Save the correction", organization="Willow Watchers").says("Corrected.", "Willow Watchers")
    page = (
        page.submit("Back to the queue").says("Waiting for review").submit("Decline this name", reason="They said no after all")
    )
    assert only_signature().state is SignatureState.DECLINED
    open_by_hand(otto, draft)
    assert list(inconsistencies()) == []


def test_names_of_a_draft_are_nobodys_contacts_and_asked_nothing(otto: Visitor, draft: Letter) -> None:
    add(otto, draft, email="ada@willow.example").submit("Publish")
    other = factories.open_letter(factories.replace(factories.TEXT, title="Quiet rivers"))
    otto.visit("invitations.index", coalition=HOME, slug=other.slug).never_says("ada@willow.example")
    address = f"/staff/{HOME}/letters/{draft.slug}/signatures/{only_signature().id}/ask-organization"
    page = otto.open(address).submit(
        "Send the question", status=422, address="info@willow.example", address_source="Their site"
    )
    page.says("Open the letter first.")


def test_names_of_a_draft_sort_by_the_language_that_it_opens_with(otto: Visitor, app: Flask) -> None:
    draft = factories.draft(factories.replace(factories.TEXT, language="sv"), deadline_at=None)
    add(otto, draft, organization="Ångermanland")
    open_by_hand(otto, draft)
    assert only_signature().alphabet == alphabet_of("sv") != ""


@pytest.mark.parametrize("state", [LetterState.CLOSED, LetterState.DELIVERED, LetterState.WITHDRAWN])
def test_late_names_are_added_until_a_letter_is_withdrawn(otto: Visitor, letter: Letter, state: LetterState) -> None:
    moves = {
        LetterState.CLOSED: (LetterMove.CLOSE,), LetterState.DELIVERED: (LetterMove.CLOSE, LetterMove.DELIVER),
        LetterState.WITHDRAWN: (LetterMove.WITHDRAW,),
    }  # fmt: skip
    for move in moves[state]:
        letter.move(move, now())
    db.session.commit()
    if state is LetterState.WITHDRAWN:
        add(otto, letter, 422).says("It takes no more names.")
    else:
        add(otto, letter).says("was added")
    assert "added by hand" in audit_actions() or state is LetterState.WITHDRAWN
