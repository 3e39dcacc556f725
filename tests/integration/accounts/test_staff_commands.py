"""Staff commands of an operator: a coalition, its first owner, a lost second factor."""

from dataclasses import replace

from flask import Flask

from letterhub.config import Settings
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import AuditEntry, Coalition, Membership, OutboxMessage, Staff
from tests.support import factories
from tests.support.cast import COALITION, OLIVE, STRANGER
from tests.support.servers.command_line import run_letterhub

RIVERS = "coalition-for-clean-rivers"


def test_a_coalition_is_created_at_an_address_made_of_its_name(app: Flask, settings: Settings) -> None:
    ended = run_letterhub(settings, "coalition", "create", f" {COALITION} ")
    assert (ended.exit_code, ended.stdout) == (0, f"{RIVERS}\n")
    again = run_letterhub(settings, "coalition", "create", COALITION)
    assert (again.exit_code, again.stdout) == (1, "")
    assert "There is already a coalition at the address coalition-for-clean-rivers." in again.stderr
    assert run_letterhub(settings, "coalition", "create", COALITION, "--slug", "rivers").stdout == "rivers\n"
    assert [one.slug for one in db.session.query(Coalition).order_by(Coalition.id)] == [RIVERS, "rivers"]


def test_a_coalition_needs_a_name(app: Flask, settings: Settings) -> None:
    ended = run_letterhub(settings, "coalition", "create", " \u200b")
    assert ended.exit_code == 2
    assert "enter the name that letters are sent under" in ended.stderr


def test_its_first_owner_is_invited_by_mail(app: Flask, settings: Settings) -> None:
    factories.coalition()
    ended = run_letterhub(settings, "staff", "invite", RIVERS, OLIVE.email)
    assert (ended.exit_code, ended.output) == (0, "")
    assert db.session.query(Membership).one().role == "owner"
    assert db.session.query(OutboxMessage).one().recipient == OLIVE.email
    assert db.session.query(AuditEntry).one().actor == "operator"


def test_an_invitation_that_cannot_be_sent_says_why(app: Flask, settings: Settings) -> None:
    factories.staff(OLIVE)
    answers = {
        ("no-such-place", OLIVE.email): "There is no coalition at the address no-such-place.",
        (RIVERS, OLIVE.email): "olive@rivers.example is already on the team.",
        (RIVERS, "olive"): "We can’t send email to this address.",
    }
    for words, sentence in answers.items():
        ended = run_letterhub(settings, "staff", "invite", *words)
        assert (ended.exit_code, ended.stdout) == (1, "")
        assert sentence in ended.stderr


def test_a_lost_second_step_is_turned_off_and_every_session_ends(app: Flask, settings: Settings) -> None:
    staff = factories.staff(OLIVE)
    staff.tf_primary_method, staff.tf_totp_secret, staff.mf_recovery_codes = "authenticator", "{}", ["one"]
    session = factories.save(staff).fs_uniquifier
    assert run_letterhub(settings, "staff", "reset-two-factor", "Olive@rivers.example").exit_code == 0
    end_read_transaction()
    staff = db.session.query(Staff).one()
    assert (staff.tf_primary_method, staff.tf_totp_secret, staff.mf_recovery_codes) == (None, None, None)
    assert staff.fs_uniquifier != session
    factories.staff(replace(STRANGER, email="ana@xn--bcher-kva.example"))
    assert run_letterhub(settings, "staff", "reset-two-factor", "ana@b\u00fccher.example").exit_code == 0
    ended = run_letterhub(settings, "staff", "reset-two-factor", "nobody@rivers.example")
    assert "Nobody on this site signs in as nobody@rivers.example." in ended.stderr
