"""Coalitions are founded by invitation: the operator invites a mailbox, whose owner names the address and signs in."""

import datetime as dt

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.operations.coalition_invitations import purge_coalition_invitations
from letterhub.config import Settings
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.infrastructure.signed_links import Purpose
from letterhub.models import AuditEntry, Coalition, CoalitionInvitation, LoginSession, Membership, OutboxMessage, Staff
from letterhub.queries.audit.consistency import missing_chains
from tests.support import cast, factories
from tests.support.servers.command_line import run_letterhub
from tests.support.servers.database_copies import SITE
from tests.support.servers.mail_server import Inbox
from tests.support.visitor import Page, Visitor

NEW = "nadia@meadows.example"
NAME = "Friends of Wet Meadows"
PASSWORD = "a password that is new"


@pytest.fixture
def page(app: Flask, visitor: Visitor) -> Page:
    """The page of invitations, as Olive the operator sees it."""
    factories.staff(cast.OLIVE)
    db.session.query(Staff).one().is_operator = True
    db.session.commit()
    visitor.sign_in(cast.OLIVE)
    return visitor.visit("coalition_invitations.index").says("No invitations in the past 90 days.")


def invite(page: Page, name: str = NAME, email: str = NEW) -> Page:
    return page.submit("Send invitation", name=name, email=email)


def founding_address(app: Flask) -> str:
    invitation = db.session.query(CoalitionInvitation).order_by(CoalitionInvitation.id.desc()).first()
    assert invitation is not None
    return f"/founding/{app.extensions['links'].token(Purpose.FOUNDING, invitation.id, since=invitation.created_at)}"


def open_link(app: Flask, **kwargs: int) -> Page:
    return Visitor(app, SITE).open(founding_address(app), **kwargs)


def site_log() -> list[tuple[str, dict[str, object]]]:
    entries = db.session.query(AuditEntry).order_by(AuditEntry.id)
    return [(entry.action, entry.after) for entry in entries]


def test_an_owner_founds_a_coalition_by_the_mailed_link_and_signs_in(
    app: Flask, settings: Settings, page: Page, postbox: Inbox
) -> None:
    invite(page).says(f"An invitation to {NEW} is on its way.", NAME, NEW, "waiting", "by Olive Owner")
    send_due_mail(settings)
    [mail] = postbox.to(NEW)
    assert mail.message["Subject"] == "Set up your coalition at letters.example.org"
    [link] = [row for row in mail.text.splitlines() if "/founding/" in row]
    form = Visitor(app, SITE).open(link)
    form.says(f"Set up {NAME}", f"You’ll sign in as {NEW}", "/c/friends-of-wet-meadows")
    given = {"name": "Nadia New", "password": PASSWORD, "password_again": PASSWORD, "slug": "wet-meadows"}
    done = form.submit("Set up the coalition", **given).says(f"{NAME} is set up. Sign in to write its first letter.")
    done = done.submit("Sign in", email=NEW, password=PASSWORD)
    assert done.path == "/staff/wet-meadows/"
    done.follow("Write a letter").submit("Create draft", title="Keep the meadows wet").says("Keep the meadows wet")
    member = db.session.query(Membership).join(Coalition).filter(Coalition.slug == "wet-meadows").one()
    assert (member.role, member.joined_at is not None) == ("owner", True)
    page.visitor.visit("coalition_invitations.index").says("set up").follow(NAME).says("Nadia New", "Letters 1")
    page.visitor.visit("site.activity").says(f"Nadia New set up the coalition “{NAME}” by invitation.", "Log intact")
    assert list(missing_chains()) == ["coalition-1"]  # of the factories


def test_the_address_alone_is_mailed_and_no_personal_data_is_logged(page: Page) -> None:
    invite(page, email="Nadia@Meadows.example")
    mail = db.session.query(OutboxMessage).one()
    assert (mail.kind, mail.recipient, list(mail.parameters)) == ("founding", NEW, ["coalition_invitation_id", "language"])
    assert site_log() == [("coalition invited", {"name": NAME})]


@pytest.mark.parametrize(
    ("name", "email", "status", "sentence"),
    [
        (" \u200b ", NEW, 422, "Enter the name that its letters are sent under."),
        ("x" * 201, NEW, 422, "longer than 200 characters"),
        (NAME, "", 422, "Enter the address to send the invitation to."),
        (NAME, "nadia", 409, "We can’t send email to this address."),
        (NAME, f"{NEW}\r\nBcc: all@rivers.example", 409, "We can’t send email to this address."),
    ],
    ids=["blank name", "long name", "no address", "bad address", "two lines"],
)
def test_an_invitation_that_cannot_be_sent_is_refused_at_its_field(
    page: Page, name: str, email: str, status: int, sentence: str
) -> None:
    page.submit("Send invitation", status=status, name=name, email=email).says(sentence)
    assert db.session.query(OutboxMessage).count() == db.session.query(CoalitionInvitation).count() == 0


@pytest.mark.shows("S22")
def test_a_mailbox_is_invited_once_sent_again_and_five_times_a_day_at_most(page: Page, clock: time_machine.Traveller) -> None:
    page = invite(page)
    page.submit("Send invitation", status=409, name=NAME, email=NEW).says("has already been invited")
    page.submit(f"Send again {NAME}").says("You asked for it less than a minute ago.")
    for _again in range(4):
        clock.shift(dt.timedelta(minutes=2))
        page = page.submit(f"Send again {NAME}").says(f"The invitation to {NEW} is on its way again.")
    clock.shift(dt.timedelta(minutes=2))
    page.submit(f"Send again {NAME}").says("You asked for this email several times today.")
    assert db.session.query(OutboxMessage).count() == 5


def test_a_revoked_invitation_opens_nothing(app: Flask, page: Page) -> None:
    form = (page := invite(page)) and open_link(app)
    asked = page.follow(f"Revoke {NAME}").says(f"Revoke the invitation to {NEW}?")
    asked.submit("Revoke invitation").says("no longer works", "revoked").never_says("Send again")
    open_link(app, status=409).says("This invitation was withdrawn.")
    given = {"name": "Nadia New", "password": PASSWORD, "password_again": PASSWORD}
    form.submit("Set up the coalition", status=409, **given).says("This invitation was withdrawn.")
    asked.submit("Revoke invitation").says("This invitation was withdrawn.")
    assert db.session.query(Coalition).count() == 1


@pytest.mark.shows("S7")
def test_a_link_works_for_fourteen_days_and_once(app: Flask, page: Page, clock: time_machine.Traveller) -> None:
    page = invite(page)
    address = founding_address(app)
    clock.shift(dt.timedelta(days=14, minutes=1))
    Visitor(app, SITE).open(address, status=409).says("This link has expired. Ask the site’s operator to send it again.")
    page = page.visitor.visit("coalition_invitations.index").says("expired")
    page.submit(f"Send again {NAME}").says("waiting")
    form = open_link(app)
    given = {"name": "Nadia New", "password": PASSWORD, "password_again": PASSWORD}
    form.submit("Set up the coalition", **given).says("is set up")
    form.submit("Set up the coalition", status=409, **given).says("This invitation was already used.")
    open_link(app, status=409).says("This invitation was already used.")


@pytest.mark.shows("S6")
def test_opening_the_link_founds_nothing(app: Flask, page: Page) -> None:
    invite(page)
    response = Visitor(app, SITE).ask(founding_address(app))
    assert (response.headers["Cache-Control"], response.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert db.session.query(Coalition).count() == 1


def test_what_was_typed_is_kept_when_a_field_is_wrong(app: Flask, page: Page) -> None:
    invite(page)
    form = open_link(app)
    given = {"name": "Nadia New", "coalition": "Wet Meadows", "password": PASSWORD, "password_again": PASSWORD}
    taken = form.submit("Set up the coalition", status=409, slug="coalition-for-clean-rivers", **given)
    taken.says("There is already a coalition at the address coalition-for-clean-rivers.")
    for slug in ("Wet Meadows", "new", "a--b"):
        again = form.submit("Set up the coalition", status=409, slug=slug, **given)
        again.says("Use lowercase letters, digits and single hyphens")
        assert 'value="Wet Meadows"' in again.html
    form.submit("Set up the coalition", status=422, slug="", coalition="").says(
        "Enter the last part of the coalition’s web address.", "Enter the name that your letters are sent under."
    )
    assert db.session.query(Staff).count() == 1


def test_who_has_an_account_founds_with_it_and_signs_in_anew(app: Flask, page: Page) -> None:
    page.visitor.visit("coalition_invitations.index")
    invite(page, email=cast.OLIVE.email)
    form = open_link(app).says("You already have an account for olive@rivers.example.").never_says('type="password"')
    form.submit("Set up the coalition").says("is set up")
    assert db.session.query(LoginSession).count() == 0
    page.visitor.open_account(cast.OLIVE).says(NAME)


def test_the_same_is_done_on_the_command_line(app: Flask, settings: Settings) -> None:
    ended = run_letterhub(settings, "coalition", "invite", NAME, NEW)
    assert (ended.exit_code, ended.output) == (0, "")
    end_read_transaction()
    assert site_log() == [("coalition invited", {"name": NAME})]
    assert run_letterhub(settings, "coalition", "invite", " ", NEW).exit_code == 2
    open_link(app).says(f"Set up {NAME}")
    factories.coalition()
    assert run_letterhub(settings, "coalition", "close", "coalition-for-clean-rivers").exit_code == 0
    assert "already" in run_letterhub(settings, "coalition", "close", "coalition-for-clean-rivers").stderr
    assert run_letterhub(settings, "coalition", "reopen", "coalition-for-clean-rivers").exit_code == 0
    missing = run_letterhub(settings, "coalition", "close", "nowhere")
    assert (missing.exit_code, "There is no coalition at the address nowhere." in missing.stderr) == (1, True)


def test_ended_invitations_are_erased_with_their_addresses(
    page: Page, settings: Settings, clock: time_machine.Traveller
) -> None:
    invite(page)
    assert "coalition invitations" not in run_letterhub(settings, "purge", "--dry-run").stdout
    clock.shift(dt.timedelta(days=90))
    assert purge_coalition_invitations(now()) == 1
    end_read_transaction()
    assert db.session.query(CoalitionInvitation).count() == 0
    mail = db.session.query(OutboxMessage).one()
    assert (mail.recipient, mail.canonical_recipient, mail.parameters) == ("", "", {})
    assert site_log()[-1] == ("erased", {"count": 1, "what": "coalition invitations"})
