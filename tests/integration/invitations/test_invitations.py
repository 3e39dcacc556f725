"""Organizations are invited to sign: the form is prefilled, opening it signs nothing, and review shows who invited whom."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.operations.purge import purge_expired_data
from letterhub.config import Settings
from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.domain.operations.retention import ErasableData
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import LetterMove, SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.infrastructure.signed_links import LinkSigner, Purpose
from letterhub.models import Invitation, Letter, OutboxMessage
from letterhub.queries.invitations.invitees import Invitee, SignatureOnLetter, signatures_of_invitees
from letterhub.queries.operations.retention import due_erasures
from tests.support import cast, factories
from tests.support.servers.database_copies import SECRET_KEY, SITE
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import audit_actions, confirm_link, newest_link, signatures
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
NEW = {"organization": "Willow Watch", "website": "willow.example", "signer_name": "Ada Example", "email": "ada@willow.example"}


@pytest.fixture
def earlier(app: Flask) -> Letter:
    """A letter that Clara and Fred signed for their organizations."""
    letter = factories.open_letter(factories.replace(factories.TEXT, title="Quiet rivers"))
    for by in (cast.CLARA, cast.FREE_MAIL_SIGNER):
        factories.signature(letter, by)
    return letter


@pytest.fixture
def letter(earlier: Letter) -> Letter:
    """The letter that is open now, and publishes nothing automatically."""
    return factories.open_letter(deadline_at=None)


def letter_path(otto: Visitor, letter: Letter) -> Page:
    return otto.visit("invitations.index", coalition=HOME, slug=letter.slug)


def invited_link(settings: Settings, postbox: Inbox, address: str) -> str:
    """Return the link in the newest invitation to an address."""
    send_due_mail(settings)
    text = postbox.to(address)[-1].text
    return urlsplit(next(word for word in text.split() if "/invited/" in word)).path


def invite_clara(otto: Visitor, letter: Letter) -> None:
    page = letter_path(otto, letter).says("Example Alliance", "clara@alliance.example", "signed “Quiet rivers”")
    clara = next(one.id for one in signatures() if one.email == cast.CLARA.email)
    page.submit("Invite selected", chosen=str(clara)).says("One organization is being invited by email.", "no answer yet")


def queue(otto: Visitor, letter: Letter, **query: str) -> Page:
    return otto.visit("review.index", coalition=HOME, slug=letter.slug, **query)


def test_who_signed_before_finds_the_form_filled_in_and_review_knows_her(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    organization = factories.organization(cast.CLARA.organization, letter.coalition_id)
    otto.visit("organizations.detail", coalition=HOME, organization_id=organization.id).says(
        "Contacts", cast.CLARA.email
    ).submit("Mark as verified", why="We met them in May")
    invite_clara(otto, letter)
    form = visitor.open(invited_link(settings, postbox, cast.CLARA.email)).says("invited you to sign")
    form = form.follow("Not your address? Sign with your own").says("invited you to sign")
    form.submit("Send me the link", authorized=True).says("Check your email")
    visitor.open(newest_link(settings, postbox)).submit("Sign for our organization", authorized=True)
    made = signatures()[-1]
    assert (made.signatory.organization, made.signatory.signer_name, made.section) == (
        "Example Alliance",
        "Clara Example",
        "national",
    )
    waiting = queue(otto, letter).says("mailbox ✓", "domain ✓", "known contact ✓", "invited by name ✓")
    waiting.says(
        "This mailbox signed for the organization before: “Quiet rivers”.",
        "Otto Organizer invited this signer by name, at this mailbox.",
    )
    queue(otto, letter, pick="known-contact").says("Example Alliance").submit("Publish Example Alliance")
    queue(otto, letter, pick="invited").says("No waiting name")
    letter_path(otto, letter).says("signed").never_says("clara@alliance.example · signed")


def test_a_known_contact_counts_as_long_as_staff_vouch_for_its_organization(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    organization = factories.organization(cast.CLARA.organization, letter.coalition_id).id
    visitor.visit("signing.new", slug=letter.slug).submit("Send me the link", **cast.CLARA.form, authorized=True)
    visitor.open(newest_link(settings, postbox)).submit("Sign for our organization", authorized=True)
    queue(otto, letter).says("This mailbox signed for the organization before").never_says("known contact ✓")
    page = otto.visit("organizations.detail", coalition=HOME, organization_id=organization).submit(
        "Mark as verified", why="We met them"
    )
    queue(otto, letter).says("known contact ✓")
    page.submit("Remove verification")
    queue(otto, letter).never_says("known contact ✓")


def test_an_organization_is_invited_by_name_once_a_mailbox(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    page = letter_path(otto, letter).submit("Send invitation", **NEW).says("Willow Watch is being invited by email.")
    page.submit("Send invitation", status=422, **NEW | {"email": "Ada@willow.example"}).says(
        "has already been invited to this letter"
    )
    page.submit("Send invitation", status=422, **NEW | {"email": "nobody"}).says("We can’t send email to this address.")
    link = invited_link(settings, postbox, NEW["email"])
    text = postbox.to(NEW["email"])[-1].text
    assert "Otto Organizer of Coalition for Clean Rivers invited you by name" in " ".join(text.split())
    form = visitor.open(f"{link}/form")
    form.submit("Send me the link", authorized=True, signer_title="Chair", section="local").says("Check your email")
    visitor.open(confirm_link(signatures()[-1])).submit("Sign for our organization", authorized=True)
    queue(otto, letter).says("invited by name ✓").never_says("known contact ✓")
    assert "invited to sign" in audit_actions()


def test_an_invitation_speaks_for_no_other_name_and_no_other_mailbox(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    letter_path(otto, letter).submit("Send invitation", **NEW)
    link = invited_link(settings, postbox, NEW["email"])
    typed = {"authorized": True, "signer_title": "Chair", "section": "local"}
    for changes in ({"organization": "Another Alliance"}, {"email": "else@willow.example"}):
        visitor.open(f"{link}/form").submit("Send me the link", **typed | changes).says("Check your email")
        visitor.open(confirm_link(signatures()[-1])).submit("Sign for our organization", authorized=True)
    queue(otto, letter).says("Another Alliance", "Willow Watch").never_says("invited by name ✓")


@pytest.mark.shows("S6")
def test_s6_looking_at_an_invitation_and_pressing_everything_untouched_does_nothing(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    letter_path(otto, letter).submit("Send invitation", **NEW)
    link = invited_link(settings, postbox, NEW["email"])
    before = (len(signatures()), audit_actions())
    assert visitor.ask(link, method="HEAD").status_code == 200
    visitor.open(f"{link}/form").submit("Send me the link", status=422)
    visitor.open(link).submit("We sign", status=422)
    visitor.open(link).submit("Stop invitations", status=422)
    assert (len(signatures()), audit_actions()) == before
    answer = visitor.ask(link)
    assert (answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]) == ("no-referrer", "no-store")


def test_who_wants_no_invitation_gets_none(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    letter_path(otto, letter).submit("Send invitation", **NEW)
    link = invited_link(settings, postbox, NEW["email"])
    visitor.open(link).submit("Stop invitations", sure=True).says("You won’t be invited again")
    visitor.open(link).says("You won’t be invited again")
    letter_path(otto, letter).says("asked not to be invited").submit("Send invitation", status=422, **NEW).says("already")


def test_who_said_this_was_not_us_is_not_invited(otto: Visitor, visitor: Visitor, letter: Letter) -> None:
    pending = factories.signature(letter, cast.CLARA, SignatureState.PENDING)
    visitor.open(confirm_link(pending)).submit("Cancel this request", sure=True)
    clara = next(one.id for one in signatures() if one.email == cast.CLARA.email)
    page = letter_path(otto, letter).submit("Invite selected", chosen=str(clara)).says("0 organizations are being invited")
    typed = NEW | {"email": cast.CLARA.email}
    page.submit("Send invitation", status=422, **typed).says("We no longer send invitations to this mailbox")


def test_a_closed_letter_invites_nobody_and_its_invitations_say_so(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    page = letter_path(otto, letter).submit("Send invitation", **NEW)
    link = invited_link(settings, postbox, NEW["email"])
    page.submit("Send invitation", **NEW | {"email": "late@willow.example"})
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    visitor.open(link, status=409).says("This letter is closed")
    send_due_mail(settings)
    assert postbox.to("late@willow.example") == []
    page.submit("Send invitation", **NEW | {"email": "later@willow.example"}).says("This letter is closed")


def test_whoever_was_invited_is_forgotten_with_the_signatories(
    otto: Visitor, letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    letter_path(otto, letter).submit("Send invitation", **NEW)
    link = invited_link(settings, postbox, NEW["email"])
    letter.withdrawn_at = now()
    db.session.commit()
    clock.shift(dt.timedelta(days=364))
    assert [
        due.data_kind for due in due_erasures(now()) if due.letter_id == letter.id and due.data_kind is ErasableData.INVITATIONS
    ] == []
    clock.shift(dt.timedelta(days=2))
    assert [due.count for due in due_erasures(now()) if due.data_kind is ErasableData.INVITATIONS] == [1]
    assert purge_expired_data(letter.id, ErasableData.INVITATIONS, now()) == 1
    end_read_transaction()
    invitation = db.session.query(Invitation).one()
    assert (invitation.email, invitation.line) == ("", {})
    assert db.session.scalars(select(OutboxMessage.recipient).where(OutboxMessage.kind == "invite")).all() == [""]
    visitor.open(link, status=404)
    assert purge_expired_data(letter.id, ErasableData.INVITATIONS, now()) == 0


def test_who_erases_her_data_erases_her_invitation_too(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    invite_clara(otto, letter)
    form = visitor.open(f"{invited_link(settings, postbox, cast.CLARA.email)}/form")
    form.submit("Send me the link", authorized=True)
    visitor.open(newest_link(settings, postbox)).submit("Sign for our organization", authorized=True)
    manage = "/signatures/" + LinkSigner((SECRET_KEY,)).token(Purpose.MANAGE, signatures()[-1].id)
    visitor.open(manage).submit("Erase my data", sure=True)
    end_read_transaction()
    assert [one.email for one in db.session.query(Invitation)] == [""]


def test_a_reviewer_sees_invitations_and_sends_none(app: Flask, letter: Letter) -> None:
    factories.staff(cast.SAM)
    sam = Visitor(app, SITE)
    sam.sign_in(cast.SAM)
    letter_path(sam, letter).says("Example Alliance").never_says("Send invitation")


def test_a_known_contact_of_a_rule_that_publishes_appears_at_once(visitor: Visitor, letter: Letter, otto: Visitor) -> None:
    letter.publish_rule = PublishRule.REVIEWED
    db.session.commit()
    visitor.visit("signing.new", slug=letter.slug).submit(
        "Send me the link", **cast.CLARA.form | {"website": ""}, authorized=True
    )
    visitor.open(confirm_link(signatures()[-1])).submit("Sign for our organization", authorized=True)
    assert signatures()[-1].state is SignatureState.CONFIRMED  # there is no website to compare its mailbox with


def test_staff_see_an_invitation_among_their_mail(otto: Visitor, letter: Letter) -> None:
    letter_path(otto, letter).submit("Send invitation", **NEW)
    otto.visit("outbox.index", coalition=HOME).says("Invitation to sign", NEW["email"])


def test_ones_own_data_tells_of_the_invitation(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    invite_clara(otto, letter)
    visitor.open(f"{invited_link(settings, postbox, cast.CLARA.email)}/form").submit("Send me the link", authorized=True)
    manage = "/signatures/" + LinkSigner((SECRET_KEY,)).token(Purpose.MANAGE, signatures()[-1].id)
    data = visitor.ask(f"{manage}/data").get_json()
    assert (data["invitation"]["at"], data["invitation"]["line"]["organization"]) == (now().isoformat(), "Example Alliance")


def test_a_long_list_of_invitations_has_pages(otto: Visitor, letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("letterhub.queries.invitations.outreach.PAGE_SIZE", 2)
    for number in range(1, 4):
        letter_path(otto, letter).submit(
            "Send invitation", **NEW | {"organization": f"Willow {number}", "email": f"ada{number}@willow.example"}
        )
    page = letter_path(otto, letter).says("3 asked", "3 no answer yet", "Willow 3", "Page 1, 3 invitations")
    page.follow("Next").says("3 no answer yet", "Willow 1").never_says("Willow 2").follow("Previous").says("Willow 2")


def test_an_imported_address_is_known_in_any_case(letter: Letter) -> None:
    factories.signature(letter, cast.CLARA, source=Source.IMPORT, email="Clara.Doe@Other.example")
    known, unknown = (Invitee("Someone Else", "", email) for email in ("clara.doe@other.example", "clara@other.example"))
    (signature,) = signatures_of_invitees(letter.id, [known])
    assert signature == SignatureOnLetter(SignatureState.PUBLISHED, cast.CLARA.organization)
    assert signatures_of_invitees(letter.id, [unknown]) == (None,)
    others = [Invitee("Someone Else", "", f"nobody{number}@other.example") for number in range(11)]
    assert signatures_of_invitees(letter.id, [*others, known])[-1] == signature  # so many are not searched for
