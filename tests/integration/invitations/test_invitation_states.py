"""The outcome of an invitation is the same in the list, its counts, reminders, files, emails and the form behind its link."""

import datetime as dt

import pytest
import time_machine

from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.organizations.directory import merge_organizations
from letterhub.config import Settings
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import queue_mail
from letterhub.models import Invitation, Letter, Organization, OutboxMessage, Signature
from letterhub.queries.accounts import staff_contexts_of
from tests.support import cast, factories
from tests.support.imports import look_at_list
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import signatures
from tests.support.text_changes import COALITION_SLUG
from tests.support.visitor import Page, Visitor

DAYS = dt.timedelta(days=3)
OTTERS = {"organization": "Otter Order", "website": "otter.example", "signer_name": "Ola Example", "email": "ola@otter.example"}
FILE = "Organization,Website,Email\nOtter Order,otter.example,ola@otter.example\n"
NOBODY = "Nobody in this file would be invited."


def letter_path(otto: Visitor, letter: Letter) -> Page:
    return otto.visit("invitations.index", coalition=COALITION_SLUG, slug=letter.slug)


def invite(otto: Visitor, letter: Letter, **changes: str) -> Page:
    return letter_path(otto, letter).submit("Send invitation", **OTTERS | changes)


def signed(letter: Letter, name: str, email: str, state: SignatureState, website: str = "", **facts: object) -> Signature:
    """Add a signature by the public form, or from a file; its mailbox was sent a link."""
    row = factories.signature(
        letter, cast.HIRO, SignatureState.CONFIRMED, organization_name=name, email=email, website=website, **facts
    )
    row.organization_id = factories.organization(name, letter.coalition_id, website).id
    moves = {SignatureState.WITHDRAWN: SignatureMove.WITHDRAW, SignatureState.DECLINED: SignatureMove.DECLINE}
    if state is not SignatureState.CONFIRMED:
        row.move(moves.get(state, SignatureMove.PUBLISH), now())
    if state is SignatureState.OUTDATED:
        row.move(SignatureMove.OUTDATE, now())
    if email:
        queue_mail(MailKind.CONFIRM, email, at=now(), letter_id=letter.id, signature_id=row.id)
    db.session.commit()
    return row


CAME = {
    SignatureState.PUBLISHED: "signed",
    SignatureState.CONFIRMED: "signed, waiting for review",
    SignatureState.OUTDATED: "signed an earlier text",
    SignatureState.WITHDRAWN: "signed and withdrew",
    SignatureState.DECLINED: "declined by staff",
}
STANDING = (SignatureState.PUBLISHED, SignatureState.CONFIRMED, SignatureState.OUTDATED)
WAYS = [
    ("Otter Order", "fred@otter.example", "https://otter.example"),  # a colleague
    ("The OTTER order", "fred@gmail.com", ""),  # another spelling, at a free host, without a website
    ("Otter Order, Inc.", "fred@gmail.com", "https://otter.example"),  # with its legal form
    ("Otter Order", "", "https://www.otter.example/about"),  # from a file without an address
    ("Society of Otters", "Ola+letters@otter.example", ""),  # another name, from the invited mailbox
]


@pytest.mark.parametrize("state", STANDING)
@pytest.mark.parametrize(("name", "email", "website"), WAYS)
def test_who_stands_on_the_letter_in_whatever_way_is_shown_so_and_asked_no_more(
    otto: Visitor, letter: Letter, clock: time_machine.Traveller, state: SignatureState, name: str, email: str, website: str
) -> None:
    invite(otto, letter)
    clock.shift(DAYS)
    letter_path(otto, letter).says("no answer yet", "One organization has not answered for three days or more.")
    signed(letter, name, email, state, website, source=Source.FORM if email else Source.IMPORT)
    letter_path(otto, letter).says(f"1 {CAME[state]}").never_says("no answer yet", "Send one reminder", "has not answered")
    look_at_list(otto, FILE.encode()).says(NOBODY, "On the letter 1")


@pytest.mark.parametrize("state", STANDING)
@pytest.mark.parametrize(("name", "email", "website"), WAYS)
def test_who_stands_on_the_letter_is_not_invited_by_name_or_file(
    otto: Visitor, letter: Letter, state: SignatureState, name: str, email: str, website: str
) -> None:
    signed(letter, name, email, state, website)
    reasons = {"published": "is already on this letter", "confirmed": "is waiting for review", "outdated": "an earlier text"}
    letter_path(otto, letter).submit("Send invitation", status=422, **OTTERS).says(reasons[state])
    look_at_list(otto, FILE.encode()).says(NOBODY, "On the letter 1")
    assert db.session.query(Invitation).count() == 0


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (SignatureState.PUBLISHED, "Otter Order is already on this letter."),
        (SignatureState.CONFIRMED, "Someone has already signed for Otter Order"),
        (SignatureState.OUTDATED, "Otter Order signed an earlier text"),
    ],
)
def test_the_form_behind_the_link_says_that_the_organization_signed_and_stays_open_to_her(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, state: SignatureState, sentence: str
) -> None:
    invite(otto, letter)
    send_due_mail(settings)
    link = next(word for word in postbox.to("ola@otter.example")[-1].text.split() if "/invited/" in word)
    visitor.open(link).says("invited you to sign").never_says("already")
    signed(letter, "Otter Order", "fred@gmail.com", state)
    visitor.open(link).says(sentence).never_says("invited you to sign", "fred@")
    form = visitor.open(f"{link}/form").says(sentence).never_says("invited you to sign", "fred@")
    form.submit("Send me the link", authorized=True, signer_title="Chair", section="local").says("Check your email")


@pytest.mark.shows("S33")
@pytest.mark.parametrize("ended", [None, SignatureMove.EXPIRE, SignatureMove.WITHDRAW, SignatureMove.DECLINE])
@pytest.mark.parametrize(("name", "email"), [("Otter Order", "mallory@gmail.com"), ("Mallory", "ola@otter.example")])
def test_s33_a_strangers_unconfirmed_form_changes_nothing(
    otto: Visitor, letter: Letter, clock: time_machine.Traveller, ended: SignatureMove | None, name: str, email: str
) -> None:
    invite(otto, letter)
    clock.shift(DAYS)
    row = factories.signature(letter, cast.HIRO, SignatureState.PENDING, organization_name=name, email=email, website="")
    queue_mail(MailKind.CONFIRM, email, at=now(), letter_id=letter.id, signature_id=row.id)
    if ended:
        row.move(ended, now())
    db.session.commit()
    page = letter_path(otto, letter).says("1 no answer yet", "One organization has not answered for three days or more.")
    page.submit("Send one reminder").says("One organization is being reminded by email.", "reminded, no answer yet")


@pytest.mark.shows("S33")
def test_s33_a_strangers_unconfirmed_form_keeps_nobody_from_being_invited(otto: Visitor, letter: Letter) -> None:
    factories.signature(letter, cast.HIRO, SignatureState.PENDING, organization_name="Otter Order", email="m@gmail.com")
    page = look_at_list(otto, FILE.encode())
    page.says("would be invited by email").never_says(NOBODY)
    invite(otto, letter).says("Otter Order is being invited by email.")


@pytest.mark.parametrize("state", [SignatureState.WITHDRAWN, SignatureState.DECLINED])
@pytest.mark.parametrize(
    ("email", "counts"),
    [("fred@otter.example", True), ("ola@otter.example", True), ("fred@gmail.com", False), ("m@mallory.example", False)],
)
def test_who_ended_a_signature_elsewhere_ends_no_invitation(
    otto: Visitor, letter: Letter, clock: time_machine.Traveller, state: SignatureState, email: str, counts: bool
) -> None:
    invite(otto, letter)
    clock.shift(DAYS)
    signed(letter, "Otter Order", email, state)
    page = letter_path(otto, letter)
    if counts:
        page.says(f"1 {CAME[state]}").never_says("Send one reminder")
    else:
        page.says("1 no answer yet", "Send one reminder")


def test_a_name_at_another_site_is_another_organization(otto: Visitor, letter: Letter, clock: time_machine.Traveller) -> None:
    invite(otto, letter)
    clock.shift(DAYS)
    signed(letter, "Otter Order", "m@mallory.example", SignatureState.CONFIRMED, "https://mallory.example")
    letter_path(otto, letter).says("1 no answer yet", "Send one reminder")


def test_an_entry_that_staff_merged_is_the_organization(otto: Visitor, letter: Letter) -> None:
    invite(otto, letter)
    row = signed(letter, "Lutra League", "m@lutra.example", SignatureState.PUBLISHED, "https://lutra.example")
    known = factories.organization("Otter Order", letter.coalition_id, "https://otter.example")
    letter_path(otto, letter).says("1 no answer yet")
    desk = staff_contexts_of(db.session.query(Invitation).one().invited_by_id or 0)[0]
    root = db.session.get_one(Organization, row.organization_id or 0).effective_root_id
    merge_organizations(desk, root, known.id, now())
    letter_path(otto, letter).says("1 signed", "as Lutra League").never_says("no answer yet")


def test_reminded_and_bounced_are_states(
    otto: Visitor, letter: Letter, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    invite(otto, letter)
    invite(otto, letter, organization="Willow Watch", website="", email="ada@willow.example")
    for line in db.session.query(OutboxMessage).filter_by(recipient="ada@willow.example"):
        line.fail(now(), "No such mailbox")
    db.session.commit()
    send_due_mail(settings)
    clock.shift(DAYS)
    page = letter_path(otto, letter).says("1 email could not be delivered", "1 no answer yet", "2 asked")
    page.submit("Send one reminder").says("1 reminded, no answer yet", "1 email could not be delivered").never_says(
        "1 no answer yet"
    )
    signed(letter, "Otter Order", "fred@otter.example", SignatureState.CONFIRMED)
    send_due_mail(settings)
    assert len(postbox.to("ola@otter.example")) == 1  # the reminder was no longer needed
    letter_path(otto, letter).says("1 signed, waiting for review").never_says("reminded")


def test_whose_form_expired_has_not_answered(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    invite(otto, letter)
    send_due_mail(settings)
    link = next(word for word in postbox.to("ola@otter.example")[-1].text.split() if "/invited/" in word)
    visitor.open(f"{link}/form").submit("Send me the link", authorized=True, signer_title="Chair", section="local")
    letter_path(otto, letter).says("1 filled in, not confirmed")
    clock.shift(DAYS)
    letter_path(otto, letter).never_says("Send one reminder")
    signatures()[-1].move(SignatureMove.EXPIRE, now())
    db.session.commit()
    letter_path(otto, letter).says("1 no answer yet", "Send one reminder")


def test_contacts_that_stand_or_were_invited_by_name_are_not_offered(otto: Visitor, letter: Letter) -> None:
    earlier = factories.open_letter(factories.replace(factories.TEXT, title="Quiet rivers"))
    for name, email in (
        ("Otter Order", "ola@otter.example"),
        ("Willow Watch", "ada@willow.example"),
        ("Heron House", "h@h.example"),
    ):
        factories.signature(earlier, organization_name=name, email=email, website="")
    letter_path(otto, letter).says("ada@willow.example", "ola@otter.example", "h@h.example")
    invite(otto, letter, email="fred@otter.example")
    signed(letter, "Willow Watch", "", SignatureState.CONFIRMED, "https://willow.example", source=Source.IMPORT)
    letter_path(otto, letter).says("h@h.example").never_says("ada@willow.example", "ola@otter.example")
