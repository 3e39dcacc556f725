"""Owners manage the team of their coalition: people are invited, join, change roles and leave."""

import datetime as dt

import pytest
import time_machine
from flask import Flask

from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import Purpose
from letterhub.models import AuditEntry, Membership, OutboxMessage, Staff
from tests.support import factories
from tests.support.cast import COALITION, OLIVE, OTTO, SAM, STRANGER
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Page, Visitor

RIVERS = "coalition-for-clean-rivers"
NEW = "nadia@rivers.example"
PASSWORD = "a password that is new"


@pytest.fixture
def team(visitor: Visitor) -> Page:
    """The team page, as Olive the owner sees it beside Sam the reviewer."""
    factories.staff(OLIVE)
    factories.staff(SAM)
    visitor.sign_in(OLIVE)
    return visitor.visit("team.index", coalition=RIVERS)


def invite(team: Page, email: str = NEW, role: str = "organizer") -> Page:
    return team.submit("Send invitation", email=email, role=role)


def member(email: str) -> Membership:
    return db.session.query(Membership).join(Staff).filter(Staff.email == email).one()


def join_address(app: Flask, email: str = NEW) -> str:
    one = member(email)
    return f"/join/{app.extensions['links'].token(Purpose.JOIN, one.id, one.staff_id)}"


def record() -> list[tuple[str, str, str, dict[str, str], dict[str, str]]]:
    return [
        (entry.actor, entry.action, entry.subject, entry.before, entry.after)
        for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)
    ]


@pytest.mark.shows("S16")
def test_everyone_on_the_staff_sees_the_team_and_owners_alone_may_change_it(app: Flask, team: Page) -> None:
    team.says("Olive Owner", "Sam Reviewer", SAM.email, "Invite someone")
    visitor = Visitor(app, SITE)
    visitor.sign_in(SAM)
    page = visitor.visit("team.index", coalition=RIVERS).says("Olive Owner", "Owners can invite people")
    page.never_says("Invite someone", "/remove")
    visitor.visit("team.edit", coalition=RIVERS, membership_id=member(OLIVE.email).id, status=403)


def test_an_invitation_is_mailed_and_recorded(team: Page) -> None:
    invite(team).says("An invitation to nadia@rivers.example is on its way.", "hasn’t joined yet")
    line = db.session.query(OutboxMessage).one()
    assert (line.kind, line.recipient, line.parameters) == ("join", NEW, {"membership_id": member(NEW).id, "language": "en"})
    olive, nadia = member(OLIVE.email).staff_id, member(NEW).staff_id
    assert record() == [(f"staff-{olive}", "invited", f"staff-{nadia}", {}, {"role": "organizer"})]


def test_an_address_is_kept_in_lower_case_so_that_one_mailbox_has_one_account(app: Flask, team: Page) -> None:
    invite(team, "Nadia@Rivers.example").says("An invitation to Nadia@Rivers.example is on its way.", NEW)
    Visitor(app, SITE).open(join_address(app)).says(f"You’ll sign in as {NEW}.")


@pytest.mark.parametrize(
    ("email", "status", "sentence"),
    [
        ("", 422, "Enter the address to send the invitation to."),
        ("not an address", 409, "We can’t send email to this address."),
        (SAM.email.upper(), 409, "is already on the team"),
        (f"{NEW}\r\nBcc: all@rivers.example", 409, "We can’t send email to this address."),
    ],
    ids=["nothing", "no address", "on the team", "two lines"],
)
def test_an_invitation_that_cannot_be_sent_is_refused_at_its_field(team: Page, email: str, status: int, sentence: str) -> None:
    team.submit("Send invitation", status=status, email=email).says(sentence)
    assert db.session.query(OutboxMessage).count() == 0


def test_someone_is_invited_once_and_the_invitation_can_be_sent_again(team: Page, clock: time_machine.Traveller) -> None:
    page = invite(team)
    page.submit("Send invitation", status=409, email=NEW).says("has already been invited")
    clock.shift(dt.timedelta(minutes=1))
    page = page.visitor.visit("team.edit", coalition=RIVERS, membership_id=member(NEW).id)
    page.submit("Resend invitation").says("is on its way again")
    assert db.session.query(OutboxMessage).count() == 2


@pytest.mark.shows("S22")
def test_s22_a_mailbox_is_invited_once_a_minute_and_five_times_a_day_though_it_was_removed(
    app: Flask, team: Page, clock: time_machine.Traveller
) -> None:
    page = invite(team)
    page = page.visitor.visit("team.edit", coalition=RIVERS, membership_id=member(NEW).id)
    page.submit("Resend invitation").says("You asked for it less than a minute ago.")
    for _again in range(4):
        clock.shift(dt.timedelta(minutes=2))
        page.submit("Resend invitation").says("is on its way again")
    clock.shift(dt.timedelta(minutes=2))
    page.submit("Resend invitation").says("You asked for this email several times today.")
    team.visitor.visit("team.remove", coalition=RIVERS, membership_id=member(NEW).id).submit(f"Remove {NEW}")
    team.submit("Send invitation", status=409, email=NEW.title(), role="reviewer").says("several times today")
    assert db.session.query(OutboxMessage).count() == 5


def test_whoever_is_invited_joins_with_a_name_and_a_password_of_her_own(app: Flask, team: Page) -> None:
    invite(team)
    nadia = Visitor(app, SITE)
    page = nadia.open(join_address(app)).says(f"Join {COALITION}", "You’ll sign in as nadia@rivers.example")
    page = page.submit("Join the team", name=" Nadia  New ", password=PASSWORD, password_again=PASSWORD)
    page = page.says("You’re on the Coalition for Clean Rivers team.").submit("Sign in", email=NEW, password=PASSWORD)
    nadia.visit("team.index", coalition=RIVERS).says("Nadia New", "(you)")
    assert record()[-1][1:] == ("joined", f"staff-{member(NEW).staff_id}", {}, {"role": "organizer"})


@pytest.mark.parametrize(
    "password",
    ["Grüße an alle Flüsse", "wait for it \u2026", "twelve\u00a0blanks", "\uff46\uff55\uff4c\uff4c width of signs"],
    ids=["accents", "an ellipsis", "a blank that does not break", "full width"],
)
def test_whatever_password_was_chosen_when_joining_signs_in(app: Flask, team: Page, password: str) -> None:
    invite(team)
    page = Visitor(app, SITE).open(join_address(app))
    page = page.submit("Join the team", name="Nadia New", password=password, password_again=password)
    page.submit("Sign in", email=NEW, password=password).visitor.visit("team.index", coalition=RIVERS).says("Nadia New")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": " \u200b "}, "Enter the name that colleagues know you by."),
        ({"password": "too short", "password_again": "too short"}, "at least 12 characters"),
        ({"password": "\u00a0" * 12, "password_again": "\u00a0" * 12}, "Enter a password."),
        (
            {"password": "\ufdfa" * 300, "password_again": "\ufdfa" * 300},
            "This password is too long. It can have at most 1,000",
        ),
        ({"password_again": "something else entirely"}, "The passwords don’t match."),
    ],
    ids=["no name", "short password", "blank password", "long password", "two passwords"],
)
def test_joining_is_refused_at_the_field(app: Flask, team: Page, changes: dict[str, str], sentence: str) -> None:
    invite(team)
    page = Visitor(app, SITE).open(join_address(app))
    typed = {"name": "Nadia New", "password": PASSWORD, "password_again": PASSWORD} | changes
    page.submit("Join the team", status=422, **typed).says(sentence)
    assert member(NEW).joined_at is None


@pytest.mark.shows("S6")
def test_opening_the_link_joins_nobody_and_joining_twice_is_refused(app: Flask, team: Page) -> None:
    invite(team)
    page = Visitor(app, SITE).open(join_address(app))
    assert member(NEW).joined_at is None
    page.submit("Join the team", name="Nadia New", password=PASSWORD, password_again=PASSWORD)
    page.submit("Join the team", status=409, name="Mallory", password=PASSWORD[::-1], password_again=PASSWORD[::-1])
    page.visitor.open(join_address(app), status=409).says("You’ve already joined.")
    assert member(NEW).joined_at is not None


def test_someone_with_an_account_joins_another_coalition_with_it(app: Flask, team: Page) -> None:
    skies = factories.coalition("Quiet Skies Network")
    stella = factories.staff(STRANGER, skies)
    invite(team, STRANGER.email).never_says("Stella")
    page = Visitor(app, SITE).open(join_address_of(app, stella)).says("You already have an account for stella@skies.example.")
    page.submit("Join the team").submit("Sign in", email=STRANGER.email, password=STRANGER.password)
    page.visitor.visit("team.index", coalition=RIVERS).says("Stella Stranger")
    page.visitor.visit("team.index", coalition=skies.slug).says("Stella Stranger").never_says("Olive")


def join_address_of(app: Flask, staff: Staff) -> str:
    one = db.session.query(Membership).filter_by(staff_id=staff.id, joined_at=None).one()
    return f"/join/{app.extensions['links'].token(Purpose.JOIN, one.id, staff.id)}"


@pytest.mark.shows("S7")
def test_the_link_of_one_invitation_opens_no_other_even_where_it_has_the_same_number(app: Flask, team: Page) -> None:
    page = invite(team)
    address, number = join_address(app), member(NEW).id
    page = page.visitor.visit("team.remove", coalition=RIVERS, membership_id=number).submit(f"Remove {NEW}")
    invite(page, "otto@rivers.example")
    db.session.query(Membership).filter(Membership.joined_at.is_(None)).update({"id": number})
    db.session.commit()
    Visitor(app, SITE).open(address, status=409).says("This invitation was withdrawn.")


def test_an_invitation_is_good_for_two_weeks(app: Flask, team: Page, clock: time_machine.Traveller) -> None:
    invite(team)
    address = join_address(app)
    clock.shift(dt.timedelta(days=15))
    Visitor(app, SITE).open(address, status=409).says("This link has expired.")
    olive = Visitor(app, SITE)
    olive.sign_in(OLIVE)
    olive.visit("team.index", coalition=RIVERS).says("invitation expired")


def test_a_role_is_changed_and_counts_at_once(app: Flask, team: Page) -> None:
    sam = Visitor(app, SITE)
    sam.sign_in(SAM)
    sam.visit("team.edit", coalition=RIVERS, membership_id=member(SAM.email).id, status=403)
    page = team.visitor.visit("team.edit", coalition=RIVERS, membership_id=member(SAM.email).id)
    page.submit("Change role", role="owner").says("Sam Reviewer now has the role owner and has to sign in again.")
    sam.sign_in(SAM)
    sam.visit("team.edit", coalition=RIVERS, membership_id=member(SAM.email).id)
    assert record()[-1][1:] == ("role changed", f"staff-{member(SAM.email).staff_id}", {"role": "reviewer"}, {"role": "owner"})


def test_a_role_that_is_hers_already_changes_nothing_and_says_so(app: Flask, team: Page) -> None:
    sam = Visitor(app, SITE)
    sam.sign_in(SAM)
    page = team.visitor.visit("team.edit", coalition=RIVERS, membership_id=member(SAM.email).id)
    page = page.submit("Change role").says("Sam Reviewer already has the role reviewer. Nothing was changed.")
    page.never_says("sign in again")
    assert sam.open("/account").path == "/account"
    assert record() == []


@pytest.mark.shows("S14", "S16")
def test_a_role_that_waits_for_an_invitation_ends_nobodys_sessions(app: Flask, team: Page) -> None:
    stella = Visitor(app, SITE)
    factories.staff(STRANGER, factories.coalition("Quiet Skies Network"))
    stella.sign_in(STRANGER)
    page = invite(team, STRANGER.email)
    page = page.visitor.visit("team.edit", coalition=RIVERS, membership_id=member_of(STRANGER.email, joined=False).id)
    page.submit("Change role", role="reviewer").says(f"{STRANGER.email} will have the role reviewer once they join.")
    assert member_of(STRANGER.email, joined=False).role == "reviewer"
    stella.visit("team.index", coalition="quiet-skies-network").says("Stella Stranger")


def member_of(email: str, *, joined: bool) -> Membership:
    """Return the membership of someone who works for one coalition and is invited by another."""
    db.session.rollback()
    found = db.session.query(Membership).join(Staff).filter(Staff.email == email)
    return found.filter(Membership.joined_at.is_not(None) if joined else Membership.joined_at.is_(None)).one()


def test_whoever_is_removed_is_asked_about_first_and_out_at_once(app: Flask, team: Page) -> None:
    sam = Visitor(app, SITE)
    sam.sign_in(SAM)
    page = team.visitor.visit("team.edit", coalition=RIVERS, membership_id=member(SAM.email).id).follow("Remove from the team")
    page.says("Remove Sam Reviewer from the team?")
    sam.visit("team.index", coalition=RIVERS)
    page.submit("Remove Sam Reviewer").says("Sam Reviewer is no longer on the team.").never_says(SAM.email)
    sam.visit("team.index", coalition=RIVERS, status=404)


def test_the_last_owner_stays_owner_and_on_the_team(team: Page) -> None:
    number = member(OLIVE.email).id
    invite(team, "other-owner@rivers.example", "owner")
    page = team.visitor.visit("team.edit", coalition=RIVERS, membership_id=number)
    page.submit("Change role", status=409, role="reviewer").says("This is the only owner who has joined.")
    page = page.follow("Remove from the team").submit("Remove Olive Owner", status=409).says("the only owner")
    assert member(OLIVE.email).role == "owner"


def test_a_member_leaves_by_herself_and_the_last_owner_does_not(app: Flask, team: Page) -> None:
    sam = Visitor(app, SITE)
    sam.sign_in(SAM)
    who = f"staff-{member(SAM.email).staff_id}"
    page = (
        sam.visit("account.edit").follow("Leave Coalition for Clean Rivers").says("Leave the Coalition for Clean Rivers team?")
    )
    assert page.submit("Leave the team").says("You’re no longer on the").path == "/account"
    sam.visit("team.index", coalition=RIVERS, status=404)
    assert record()[-1] == (who, "removed", who, {"role": "reviewer"}, {})
    team.visitor.visit("team.leave", coalition=RIVERS).submit("Leave the team", status=409).says("the only owner")


def test_an_owner_leaves_to_another_owner(team: Page) -> None:
    factories.staff(OTTO)
    visitor = team.visitor
    visitor.visit("team.edit", coalition=RIVERS, membership_id=member(OTTO.email).id).submit("Change role", role="owner")
    page = visitor.visit("team.remove", coalition=RIVERS, membership_id=member(OLIVE.email).id).submit("Remove Olive Owner")
    assert page.says("You’re no longer on the").path == "/account"


@pytest.mark.shows("S16")
def test_no_one_reaches_into_the_team_of_another_coalition(app: Flask, team: Page) -> None:
    factories.staff(STRANGER, factories.coalition("Quiet Skies Network"))
    stella = Visitor(app, SITE)
    stella.sign_in(STRANGER)
    stella.visit("team.edit", coalition="quiet-skies-network", membership_id=member(SAM.email).id, status=404)
    stella.visit("team.remove", coalition="quiet-skies-network", membership_id=member(SAM.email).id, status=404)
