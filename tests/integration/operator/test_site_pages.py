"""The operator's pages: who may open them, what they show, and what they never show."""

import datetime as dt

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.config import Settings
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.operations.readiness import HeartbeatKind
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import queue_mail
from letterhub.models import AuditEntry, Coalition, Heartbeat, Letter, Preview, Staff
from letterhub.queries.operations.migrations import newest_migration
from tests.support import cast, factories
from tests.support.servers.command_line import run_letterhub
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Visitor


@pytest.fixture
def operator(app: Flask, visitor: Visitor) -> Visitor:
    """Olive, an operator of the site and owner of the coalition for rivers; the Quiet Skies Network has other staff."""
    other = factories.coalition(cast.OTHER_COALITION)
    factories.staff(cast.OLIVE)
    factories.staff(cast.STRANGER, of=other)
    db.session.query(Staff).filter_by(email=cast.OLIVE.email).one().is_operator = True
    db.session.commit()
    visitor.sign_in(cast.OLIVE)
    return visitor


@pytest.fixture
def letter_elsewhere(operator: Visitor) -> Letter:
    """A letter of the other coalition, with a published signature and a failed email."""
    other = db.session.query(Coalition).filter_by(name=cast.OTHER_COALITION).one()
    letter = factories.open_letter(of=other)
    signature = factories.signature(letter, state=SignatureState.PUBLISHED)
    mail = queue_mail(
        MailKind.SIGNED, signature.email, at=now(), coalition_id=other.id, letter_id=letter.id, signature_id=signature.id
    )
    mail.fail(now(), f"550 no mailbox {signature.email}")
    factories.save(mail)
    return letter


def test_state_of_the_site_is_shown_in_figures(operator: Visitor, letter_elsewhere: Letter) -> None:
    page = operator.visit("site.index")
    page.says("Coalitions 2", "Letters 1", "Open letters 1", "Published signatures 1", "Staff 2", "Without a second factor 2")
    page.says("Failed 1", "One email failed.", f"{cast.OTHER_COALITION} 1", "The background worker isn’t running")
    page.says("Letterhub", "Python 3.", f"Migration {newest_migration()}, the newest", "Free", "Database")


def test_nothing_of_a_letter_or_its_signatories_is_on_any_page_of_the_operator(
    operator: Visitor, letter_elsewhere: Letter
) -> None:
    other = letter_elsewhere.coalition_id
    for endpoint, values in [
        ("site.index", {}), ("site.staff", {}), ("site.activity", {}), ("site_coalitions.index", {}),
        ("site_coalitions.detail", {"coalition_id": other}), ("coalition_invitations.index", {}),
    ]:  # fmt: skip
        page = operator.visit(endpoint, **values)
        page.never_says(letter_elsewhere.slug, factories.TEXT.title, cast.CLARA.organization, cast.CLARA.name, cast.CLARA.email)
        page.says("As an operator, you see figures and states.")


@pytest.mark.shows("S16")
def test_being_operator_opens_no_coalition(operator: Visitor, letter_elsewhere: Letter) -> None:
    operator.visit("dashboard.index", coalition="quiet-skies-network", status=404)
    operator.visit("editor.edit", coalition="quiet-skies-network", slug=letter_elsewhere.slug, status=404)
    page = operator.visit("site_coalitions.detail", coalition_id=letter_elsewhere.coalition_id)
    page.never_says("/staff/quiet-skies-network")
    own = db.session.query(Coalition).filter_by(name=cast.COALITION).one()
    operator.visit("site_coalitions.detail", coalition_id=own.id).follow("You’re on its staff: open its letters")


@pytest.mark.shows("S16")
def test_site_pages_do_not_exist_for_an_owner_who_is_no_operator(app: Flask, operator: Visitor) -> None:
    visitor = Visitor(app, SITE)
    visitor.open_account(cast.STRANGER).never_says('"/site"')
    visitor.visit("site.index", status=404)
    visitor.visit("coalition_invitations.index", status=404)


def test_coalitions_are_searched_by_name_and_address_and_paged(operator: Visitor) -> None:
    factories.save(Coalition(slug="moor", name="Ümlaut Moorland", letterhead_lines=[], created_at=now()))
    page = operator.visit("site_coalitions.index", q="ümlaut").says("Ümlaut Moorland", "never").never_says(cast.COALITION)
    operator.visit("site_coalitions.index", q="moo").says("Ümlaut Moorland")
    operator.visit("site_coalitions.index", q="nothing").says("No coalition has “nothing” in its name or address.")
    db.session.add_all(
        Coalition(slug=f"group-{number}", name=f"Group {number:03}", letterhead_lines=[], created_at=now())
        for number in range(60)
    )
    db.session.commit()
    page = operator.visit("site_coalitions.index").says("Page 1, 63 coalitions", "Group 047").never_says("Ümlaut Moorland")
    page.follow("Next").says("Group 059", "Ümlaut Moorland", cast.OTHER_COALITION).never_says("Group 047")


def test_figures_of_a_coalition_are_its_own(operator: Visitor, letter_elsewhere: Letter) -> None:
    page = operator.visit("site_coalitions.index").follow(cast.OTHER_COALITION)
    page.says("Letters 1", "Published signatures 1", "Open 1", "Failed 1", cast.STRANGER.name, cast.STRANGER.email, "Owner")
    page.says("Address quiet-skies-network", "Last activity")


def test_accounts_show_roles_last_sign_in_and_second_factor(operator: Visitor) -> None:
    stranger = db.session.query(Staff).filter_by(email=cast.STRANGER.email).one()
    stranger.set_two_factor("authenticator", "{}")
    db.session.commit()
    page = operator.visit("site.staff").says(
        "Olive Owner operator", cast.STRANGER.email, "not recorded on", "less than a minute ago off"
    )
    page.says(f"{cast.OTHER_COALITION} owner")
    operator.visit("site.staff", q="stella").says(cast.STRANGER.name).never_says(cast.OTTO.name)
    operator.visit("site.staff", q="nobody").says("Nobody has “nobody” in the name or address.")


def test_interrupted_jobs_and_a_broken_log_are_alarms(operator: Visitor, letter_elsewhere: Letter) -> None:
    job = Preview(
        letter_id=letter_elsewhere.id, text=factories.revision_of(letter_elsewhere).content, version=1, requested_at=now()
    )
    factories.save(job).start_attempt(now() - dt.timedelta(minutes=3))
    factories.save(
        Heartbeat(kind=HeartbeatKind.AUDIT_LOG_BROKEN, since=now(), at=now(), machine_id="", sender="", seconds_ahead=0)
    )
    page = operator.visit("site.index").says("One job was interrupted.", "A log was altered", "never checked")
    page.says("Previews 0 1 1 0")


def test_flooded_letters_are_named_by_their_coalition_alone(operator: Visitor, letter_elsewhere: Letter) -> None:
    flooding = factories.signature(letter_elsewhere, cast.HIRO, state=SignatureState.PENDING)
    flooding.from_flood = True
    db.session.commit()
    page = operator.visit("site.index")
    page.says("Quiet Skies Network: one letter got suspicious signatures in the past day.")
    page.never_says(letter_elsewhere.slug, factories.TEXT.title)


def test_check_tells_the_page_whether_every_log_is_intact(operator: Visitor, settings: Settings) -> None:
    assert run_letterhub(settings, "check").exit_code == 1  # the factories wrote no logs
    operator.visit("site.index").says("A log was altered, as the check found")
    assert db.session.query(Heartbeat).one().kind is HeartbeatKind.AUDIT_LOG_BROKEN


def test_closing_a_coalition_refuses_new_letters_and_nothing_else(app: Flask, operator: Visitor) -> None:
    other = db.session.query(Coalition).filter_by(name=cast.OTHER_COALITION).one()
    letter = factories.open_letter(of=other)
    page = operator.visit("site_coalitions.detail", coalition_id=other.id).follow("Close to new letters")
    page = page.submit("Close to new letters").says("can’t start new letters now", "Closed to new letters since")
    stella = Visitor(app, SITE)
    stella.sign_in(cast.STRANGER)
    form = stella.visit("dashboard.new_letter", coalition=other.slug)
    form.submit("Create draft", status=409, title="Quiet nights").says("has closed your coalition to new letters")
    copy = stella.visit("letter_copies.create", coalition=other.slug, slug=letter.slug)
    copy.submit("Create copy", status=409).says("has closed your coalition to new letters")
    stella.visit("audit_log.coalition", coalition=other.slug).says(
        "The operator of this site closed “Quiet Skies Network” to new letters."
    )
    assert db.session.query(Letter).count() == 1
    page.submit("Allow new letters").says("can start new letters again", "Its staff can start new letters.")
    form.submit("Create draft", title="Quiet nights").says("Quiet nights")


def test_what_operators_did_is_in_the_log_of_the_site(operator: Visitor) -> None:
    other = db.session.query(Coalition).filter_by(name=cast.OTHER_COALITION).one()
    operator.visit("site_coalitions.close", coalition_id=other.id).submit("Close to new letters")
    page = operator.visit("site.activity")
    page.says("Log intact: one entry, not altered.", "Olive Owner closed “Quiet Skies Network” to new letters.")
    entry = db.session.query(AuditEntry).filter_by(action="coalition closed").order_by(AuditEntry.id).first()
    assert entry is not None
    assert entry.after == {"name": cast.OTHER_COALITION}


def test_an_operator_is_made_and_unmade_on_the_server_alone(app: Flask, settings: Settings, visitor: Visitor) -> None:
    factories.staff(cast.OLIVE)
    visitor.sign_in(cast.OLIVE)
    assert run_letterhub(settings, "staff", "operator", "Olive@rivers.example").exit_code == 0
    assert visitor.ask("/account").status_code in (302, 303)  # a session never gains rights
    visitor.open_account(cast.OLIVE).follow("Open the site’s pages").says("Status")
    again = run_letterhub(settings, "staff", "operator", cast.OLIVE.email)
    assert (again.exit_code, "is an operator already" in again.stderr) == (0, True)
    assert run_letterhub(settings, "staff", "operator", cast.OLIVE.email, "--revoke").exit_code == 0
    visitor.sign_in(cast.OLIVE)
    visitor.visit("site.index", status=404)
    ended = run_letterhub(settings, "staff", "operator", "nobody@rivers.example")
    assert (ended.exit_code, "Nobody on this site signs in as nobody@rivers.example." in ended.stderr) == (1, True)
    actions = [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions == ["operator granted", "operator revoked"]


def test_an_owner_can_be_invited_as_an_operator(app: Flask, settings: Settings) -> None:
    factories.coalition()
    ended = run_letterhub(settings, "staff", "invite", "coalition-for-clean-rivers", cast.OTTO.email, "--operator")
    assert (ended.exit_code, ended.output) == (0, "")
    assert db.session.query(Staff).one().is_operator
