"""Signers of earlier letters are offered for invitation: the latest of each organization, once, however many there are."""

import datetime as dt

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.invitations.invitations import InvitationContext, invite_past_signatories
from letterhub.commands.organizations.directory import merge_organizations
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Invitation, Letter
from letterhub.queries.accounts import StaffContext, staff_contexts_of
from letterhub.queries.invitations.past_signatories import PastSignatory, past_signatories_to_invite
from tests.support import cast, factories
from tests.support.database_statements import record_statements


@pytest.fixture
def earlier(app: Flask) -> Letter:
    """A letter that organizations signed before."""
    return factories.open_letter(factories.replace(factories.TEXT, title="Quiet rivers"))


@pytest.fixture
def letter(earlier: Letter) -> Letter:
    """The letter that is open now."""
    return factories.open_letter(deadline_at=None)


@pytest.fixture
def desk(app: Flask) -> StaffContext:
    """The dashboard of Otto, an organizer."""
    return staff_contexts_of(factories.staff(cast.OTTO).id)[0]


def offered(letter: Letter, most: int = 500) -> tuple[PastSignatory, ...]:
    end_read_transaction()
    return past_signatories_to_invite(letter.coalition_id, letter.id, most)


def invite(desk: StaffContext, letter: Letter, *numbers: int) -> int:
    return invite_past_signatories(InvitationContext(letter.id, desk.staff_id, desk.actor, now()), numbers)


def signed(email: str, hours: int) -> int:
    """Sign a letter of its own for Willow Watch, published some hours ago; return the signature's number."""
    title = f"A letter of {hours} hours ago"
    letter = factories.open_letter(factories.replace(factories.TEXT, title=title))
    row = factories.signature(letter, organization_name="Willow Watch", website="", email=email)
    row.published_at, number = now() - dt.timedelta(hours=hours), row.id
    db.session.commit()
    return number


def test_of_each_organization_the_one_who_signed_last_is_offered(earlier: Letter, letter: Letter) -> None:
    for hours, email in ((9, "old@willow.example"), (1, "new@willow.example"), (5, "mid@willow.example")):
        signed(email, hours)
    factories.signature(earlier, organization_name="Crane Society", email="a@crane.example")
    assert [(one.organization, one.email, one.title) for one in offered(letter)] == [
        ("Crane Society", "a@crane.example", "Quiet rivers"),
        ("Willow Watch", "new@willow.example", "A letter of 1 hours ago"),
    ]
    assert [one.organization for one in offered(letter, most=1)] == ["Crane Society"]


def test_an_organization_that_was_merged_is_not_offered_again(earlier: Letter, letter: Letter, desk: StaffContext) -> None:
    signed = factories.signature(earlier, organization_name="EAR", email="a@ear.example")
    root = factories.organization("Example Alliance for Rivers", letter.coalition_id).id
    number = signed.id
    merge_organizations(desk, root, signed.organization_id or 0, now())
    assert invite(desk, letter, number) == 1
    assert offered(letter) == ()


def test_an_organization_that_is_merged_after_its_invitation_is_not_offered_again(
    earlier: Letter, letter: Letter, desk: StaffContext
) -> None:
    signed = factories.signature(earlier, organization_name="EAR", email="a@ear.example")
    own = signed.organization_id or 0
    assert invite(desk, letter, signed.id) == 1
    root = factories.organization("Example Alliance for Rivers", letter.coalition_id).id
    merge_organizations(desk, root, own, now())
    assert offered(letter) == ()


def test_who_is_no_contact_is_not_invited_whatever_is_chosen(letter: Letter, desk: StaffContext) -> None:
    old, new = signed("old@willow.example", 9), signed("new@willow.example", 1)
    assert invite(desk, letter, old, 999) == 0
    assert invite(desk, letter, new, old) == 1
    assert [one.email for one in db.session.query(Invitation)] == ["new@willow.example"]


def test_many_are_offered_by_as_many_questions_as_few(earlier: Letter, letter: Letter) -> None:
    counts = []
    for names in (range(2), range(2, 30)):
        for number in names:
            factories.signature(earlier, organization_name=f"Group {number}", email=f"a@group{number}.example")
        with record_statements() as statements:
            offered(letter)
        counts.append(len([one for one in statements if one.lstrip().upper().startswith("SELECT")]))
    assert counts[1] <= counts[0] <= 13  # a few addresses are looked up by their words first
