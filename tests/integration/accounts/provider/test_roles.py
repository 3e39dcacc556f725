"""Roles from the provider's claims, and accounts that they create."""

from typing import Any

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.accounts.staff import change_slug
from letterhub.domain.accounts.roles import Role
from letterhub.infrastructure.db import db
from letterhub.models import Membership, OutboxMessage, Staff
from tests.support import factories
from tests.support.cast import OLIVE, OTHER_COALITION, OTTO
from tests.support.database.stored_rows import recorded, rows
from tests.support.servers.database_copies import SITE
from tests.support.servers.issuer import Issuer
from tests.support.servers.provider_steps import GROUP_ROLES, OLIVE_THERE, RIVERS, roles_of, sign_in_by
from tests.support.visitor import Visitor

ROLES = GROUP_ROLES


@pytest.mark.shows("S20", "S30")
def test_a_group_gives_roles_and_an_account_and_each_change_is_recorded(app: Flask, issuer: Issuer) -> None:
    rivers, skies = factories.coalition(), factories.coalition(OTHER_COALITION)
    visitor = Visitor(app, SITE)
    sign_in_by(visitor, issuer).says("Olive at the provider", "Your account has no password.")
    assert roles_of(OLIVE.email) == {str(rivers.id): "organizer", str(skies.id): "reviewer"}
    issuer.person["groups"] = ["writers", "bosses"]
    other = Visitor(app, SITE)
    sign_in_by(other, issuer)
    assert roles_of(OLIVE.email)[str(rivers.id)] == "owner"
    assert visitor.open("/account").path == "/sign-in"  # a session never gains rights
    other.visit("team.index", coalition=RIVERS).says("by a group at the sign-in provider")
    assert recorded()[-1] == (
        "worker", "role changed by provider", {"role": "organizer"}, {"role": "owner", "group": "bosses"},
    )  # fmt: skip
    other.visit("audit_log.coalition", coalition=RIVERS).says(
        "Olive at the provider joined the team: the sign-in provider gives the role.",
        "The sign-in provider changed the role of Olive at the provider.",
    )


@pytest.mark.shows("S30")
def test_a_role_goes_with_its_group_at_the_next_sign_in_and_its_owner_is_told(app: Flask, issuer: Issuer) -> None:
    factories.staff(OTTO)
    factories.coalition(OTHER_COALITION)
    sign_in_by(Visitor(app, SITE), issuer)
    issuer.person["groups"] = ["reviewers"]
    visitor = Visitor(app, SITE)
    sign_in_by(visitor, issuer)
    assert list(roles_of(OLIVE.email).values()) == ["reviewer"]
    issuer.person["groups"] = []
    sign_in_by(visitor, issuer).says("You’re not on any coalition’s staff.")
    assert roles_of(OLIVE.email) == {}
    events = [(line.recipient, line.parameters["event"]) for line in rows(OutboxMessage)]
    assert events == [(OLIVE.email, "role-changed"), (OLIVE.email, "role-removed"), (OLIVE.email, "role-removed")]
    assert recorded()[-1][:2] == ("worker", "removed by provider")


def test_the_last_owner_stays_and_everyone_can_read_why(app: Flask, issuer: Issuer) -> None:
    factories.coalition()
    issuer.person["groups"] = ["bosses"]
    sign_in_by(Visitor(app, SITE), issuer)
    issuer.person["groups"] = []
    visitor = Visitor(app, SITE)
    for _sign_in in range(2):
        sign_in_by(visitor, issuer)
    assert list(roles_of(OLIVE.email).values()) == ["owner"]
    assert [entry[1] for entry in recorded()] == ["joined by provider", "owner retained"]
    assert [line.parameters["event"] for line in rows(OutboxMessage)] == ["owner-retained"]
    visitor.visit("audit_log.coalition", coalition=RIVERS).says("There is no other owner, so the role stays")


def test_a_role_given_by_hand_is_neither_changed_nor_taken_by_groups(olive: Visitor, issuer: Issuer) -> None:
    issuer.person["groups"] = ["reviewers"]
    sign_in_by(olive, issuer)
    assert list(roles_of(OLIVE.email).values()) == ["owner"]


def test_a_role_that_an_owner_changes_here_stays_as_she_set_it(app: Flask, olive: Visitor, issuer: Issuer) -> None:
    issuer.person = {"sub": "person-2", "email": OTTO.email, "email_verified": True, "groups": ["reviewers"]}
    sign_in_by(Visitor(app, SITE), issuer)
    otto = db.session.query(Membership).join(Staff).filter(Staff.email == OTTO.email).one()
    page = olive.visit("team.edit", coalition=RIVERS, membership_id=otto.id).says("follows from a group")
    page.submit("Change role", role=str(Role.ORGANIZER))
    issuer.person["groups"] = []
    sign_in_by(Visitor(app, SITE), issuer)
    assert list(roles_of(OTTO.email).values()) == ["organizer"]


@pytest.mark.shows("S30")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email_verified": False}, "didn’t confirm an email address of yours"),
        ({"email_verified": "true"}, "didn’t confirm an email address of yours"),
        ({"email_verified": None}, "didn’t confirm an email address of yours"),
        ({"email": None}, "didn’t confirm an email address of yours"),
        ({"email": "no address"}, "didn’t confirm an email address of yours"),
        ({"email": [OLIVE.email]}, "didn’t confirm an email address of yours"),
        ({"groups": []}, "Nobody has given olive@rivers.example a role on this site."),
        ({"groups": "bosses of another place"}, "Nobody has given"),
        ({"groups": 7}, "Nobody has given"),
    ],
)
def test_without_a_verified_address_and_a_role_there_is_no_account(
    visitor: Visitor, issuer: Issuer, changes: dict[str, Any], sentence: str
) -> None:
    factories.coalition()
    issuer.person.update(changes)
    sign_in_by(visitor, issuer, status=403).says(sentence)
    assert rows(Staff) == []


@pytest.mark.shows("S30")
def test_a_coalition_may_let_people_join_by_invitation_only(app: Flask, olive: Visitor, issuer: Issuer) -> None:
    page = olive.visit("provider_only.edit", coalition=RIVERS)
    page.says("reviewers (reviewer), writers (organizer), bosses (owner).").submit("Save", joining="invitation")
    assert recorded()[-1][1:] == ("sign-in changed", {"invitation_only": False}, {"invitation_only": True})
    olive.visit("team.index", coalition=RIVERS).says("New people join by invitation only.")
    issuer.person = {"sub": "person-2", "email": OTTO.email, "email_verified": True, "groups": ["reviewers"]}
    otto = Visitor(app, SITE)
    sign_in_by(otto, issuer, status=403).says(f"Nobody has given {OTTO.email} a role on this site.")
    assert [one.email for one in rows(Staff)] == [OLIVE.email]
    olive.visit("provider_only.edit", coalition=RIVERS).submit("Save", joining="groups")
    olive.visit("team.index", coalition=RIVERS).says("New people join by their groups at Rivers SSO, or by invitation.")
    sign_in_by(otto, issuer)
    olive.visit("provider_only.edit", coalition=RIVERS).submit("Save", joining="invitation")
    issuer.person["groups"] = ["writers"]
    sign_in_by(otto, issuer)  # whoever is on the team still has the role of their group, and loses it with the group
    assert list(roles_of(OTTO.email).values()) == ["organizer"]
    issuer.person["groups"] = []
    sign_in_by(otto, issuer)
    issuer.person["groups"] = ["writers"]
    sign_in_by(otto, issuer).says("You’re not on any coalition’s staff.")


def test_the_table_of_roles_outlives_a_new_address_of_the_coalition(app: Flask, issuer: Issuer) -> None:
    rivers = factories.coalition()
    sign_in_by(Visitor(app, SITE), issuer)
    change_slug(rivers.id, "clean-rivers", actor="operator", at=now())
    sign_in_by(Visitor(app, SITE), issuer)
    assert roles_of(OLIVE.email) == {str(rivers.id): "organizer"}


def test_a_table_that_names_no_coalition_of_the_site_makes_no_account(visitor: Visitor, issuer: Issuer) -> None:
    sign_in_by(visitor, issuer, status=403).says("Nobody has given olive@rivers.example a role on this site.")
    assert rows(Staff) == []


def test_an_invited_person_is_sent_to_the_invitation(olive: Visitor, app: Flask, issuer: Issuer) -> None:
    olive.visit("team.index", coalition=RIVERS).submit("Send invitation", email=OTTO.email, role="reviewer")
    issuer.person = {"sub": "person-2", "email": OTTO.email.upper(), "email_verified": True, "groups": ["writers"]}
    sign_in_by(Visitor(app, SITE), issuer, status=403).says("You were invited to this site. Open the link in that email first")


def test_address_and_groups_may_come_from_the_userinfo_endpoint_of_the_same_person(visitor: Visitor, issuer: Issuer) -> None:
    factories.coalition()
    issuer.person, issuer.info = {"sub": "person-1"}, {**OLIVE_THERE, "groups": ["writers"], "sub": "person-2"}
    sign_in_by(visitor, issuer, status=403).says("We couldn’t verify the answer")
    issuer.info["sub"] = "person-1"
    assert sign_in_by(visitor, issuer).path == "/account"


@pytest.mark.shows("S30")
def test_an_address_in_the_token_is_not_verified_by_the_userinfo_endpoint(visitor: Visitor, issuer: Issuer) -> None:
    factories.coalition()
    issuer.person = {"sub": "person-1", "email": OTTO.email}
    issuer.info = {**OLIVE_THERE, "groups": ["writers"]}
    sign_in_by(visitor, issuer, status=403).says("didn’t confirm an email address of yours")
    assert rows(Staff) == []


def test_a_removal_says_that_the_group_gives_the_role_again(app: Flask, olive: Visitor, issuer: Issuer) -> None:
    issuer.person = {"sub": "person-2", "email": OTTO.email, "email_verified": True, "groups": ["reviewers"]}
    sign_in_by(Visitor(app, SITE), issuer)
    otto = db.session.query(Membership).join(Staff).filter(Staff.email == OTTO.email).one()
    page = olive.visit("team.remove", coalition=RIVERS, membership_id=otto.id)
    page.says("Remove them from the group as well, or they are on the team again when they next sign in there.")
