"""A flood is grouped by its origin, declined in bulk with the count shown before, and undone without a trace."""

import datetime as dt
import re
from collections.abc import Callable
from typing import NoReturn

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from letterhub.clock import now
from letterhub.commands.abuse.bulk_decline import decline_in_bulk, undo_bulk_decline
from letterhub.commands.signatures.confirm import confirm_signature
from letterhub.commands.signatures.ownership_inquiries import answer_inquiry
from letterhub.commands.signatures.review import ReviewSelection, decline_signatures, publish_signatures, return_signatures
from letterhub.commands.signatures.sign import sign_letter
from letterhub.domain.abuse.bulk_decline import AlreadyUndone, ExpectedMatches, MatchesChanged, SubmissionPattern
from letterhub.domain.abuse.submission_limits import Sender
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailState
from letterhub.domain.signatures.ownership_inquiries import Answer
from letterhub.domain.signatures.review import line_version
from letterhub.domain.signatures.signing import SigningRequest
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import BulkDecline, Inquiry, Letter, OutboxMessage, Signature
from letterhub.queries.operations.health import audit_log_problems
from tests.support import cast, factories
from tests.support.database_statements import record_statements
from tests.support.signing_steps import audit_actions, confirm_link, signatures
from tests.support.text_changes import NEW_BODY, SUBSTANTIVE_CHANGE, publish_body
from tests.support.visitor import Visitor

CRANE, ELSEWHERE, MINUTE = "203.0.113.7", "198.51.100.7", dt.timedelta(minutes=1)
PENDING, CONFIRMED, PUBLISHED = SignatureState.PENDING, SignatureState.CONFIRMED, SignatureState.PUBLISHED
DECLINED = SignatureState.DECLINED
Sign = Callable[..., int]


@pytest.fixture
def sign(letter: Letter) -> Sign:
    """Submit the form from an address, for an organization of its own."""

    def signed(number: int, address: str = CRANE, domain: str = "crane.example") -> int:
        line = Signatory(f"Alliance {number}", "Nia Example", "Director", website=f"https://a{number}.example", section="local")
        return sign_letter(
            letter.id, SigningRequest(line, EmailAddress(f"n{number}@{domain}"), 1), at=now(), sender=Sender(address)
        )

    return signed


@pytest.fixture
def sam(visitor: Visitor, letter: Letter) -> Visitor:
    """Sam, a reviewer, signed in."""
    factories.staff(cast.SAM)
    visitor.sign_in(cast.SAM)
    return visitor


@pytest.fixture
def flood(sign: Sign) -> list[int]:
    """Four forms from one network, the first confirmed, the second confirmed and published; and one from elsewhere."""
    numbers = [sign(number) for number in range(4)] + [sign(9, ELSEWHERE, "house.example")]
    for number in numbers[:2]:
        confirm_signature(number, revision=1, at=now())
    row = signatures()[1]
    row.move(factories.SignatureMove.PUBLISH, now())
    db.session.commit()
    return numbers


def floods(letter: Letter) -> str:
    return f"/staff/coalition-for-clean-rivers/letters/{letter.slug}/sources"


def states() -> list[SignatureState]:
    return [row.state for row in signatures()]


def mails() -> list[MailState]:
    db.session.expire_all()
    lines = select(OutboxMessage).where(OutboxMessage.kind == "confirm").order_by(OutboxMessage.signature_id)
    return [line.state for line in db.session.scalars(lines)]


def test_staff_see_the_count_decline_a_place_and_restore_it(sam: Visitor, letter: Letter, flood: list[int]) -> None:
    page = sam.open(floods(letter)).says("By network", "By email domain", "Past 24 hours, by hour")
    assert CRANE not in page.html
    page = page.follow("addresses at crane.example").says(
        "4 submissions: 2 not confirmed, 1 waiting for review, 1 published, 0 declined."
    )
    page.submit("Decline 3 names", status=422).says("Enter a reason.")
    page = page.submit("Decline 3 names", reason="A machine").says("3 names were declined.", "A machine", "Sam Reviewer")
    assert states() == [DECLINED, PUBLISHED, DECLINED, DECLINED, PENDING]
    held, due = MailState.CANCELLED, MailState.WAITING
    assert mails() == [held, due, held, held, due]
    sam.open(confirm_link(signatures()[2])).says("This signature was not accepted")
    page.submit("Restore 3 names").says("3 names were restored.", "Restored on")
    assert states() == [CONFIRMED, PUBLISHED, PENDING, PENDING, PENDING]
    assert set(mails()) == {MailState.WAITING}
    assert audit_actions()[-2:] == ["bulk declined", "bulk decline undone"]
    sam.open(f"/staff/coalition-for-clean-rivers/letters/{letter.slug}/activity").says(
        "Sam Reviewer declined many names from one source.", "Sam Reviewer restored names that were declined in bulk."
    )


def test_published_names_go_only_where_staff_say_so_and_come_back_published(
    sam: Visitor, letter: Letter, flood: list[int]
) -> None:
    page = sam.open(floods(letter)).follow("addresses at crane.example")
    page = page.submit("Decline 3 names", reason="A machine", published=True).says("4 names were declined.")
    assert states() == [DECLINED] * 4 + [PENDING]
    page.submit("Restore 4 names")
    assert states() == [CONFIRMED, PUBLISHED, PENDING, PENDING, PENDING]


def test_what_came_in_meanwhile_stops_the_decline_where_it_changes_what_was_seen(
    sam: Visitor, letter: Letter, sign: Sign, flood: list[int]
) -> None:
    page = sam.open(floods(letter)).follow("addresses at crane.example")
    sign(5)
    page.submit("Decline 3 names", reason="A machine").says("3 names were declined.")
    page = sam.open(floods(letter)).follow("addresses at crane.example")
    confirm_signature(flood[4], revision=1, at=now())
    undo_bulk_decline(letter.id, 1, actor="staff-1", at=now())
    page.submit("Decline one name", reason="A machine", status=422).says("The names changed", "Decline 4 names")
    assert states()[-1] is PENDING


def test_by_hour_and_by_network_too(sam: Visitor, letter: Letter, flood: list[int]) -> None:
    page = (
        sam.open(floods(letter))
        .follow("the hour starting Wednesday, January 5, 2022, 12:00 p.m. Eastern")
        .says("5 submissions")
    )
    sam.open(f"{floods(letter)}/signatures", status=404)
    for query in ("hour=noon", "hour=2022-13-01T00", "hour=", "network="):
        sam.open(f"{floods(letter)}/signatures?{query}", status=404)
    network = next(
        link.get("href", "") for link in sam.open(floods(letter)).tree.iter("a") if "network=" in link.get("href", "")
    )
    sam.open(network).says("4 submissions", "Alliance 0").never_says("Alliance 9")
    page.submit("Decline 4 names", reason="A machine")
    assert states() == [DECLINED, PUBLISHED, DECLINED, DECLINED, DECLINED]


def test_a_swept_name_that_nobody_confirmed_never_gets_into_the_queue(sam: Visitor, letter: Letter, flood: list[int]) -> None:
    decline_in_bulk(
        letter.id,
        SubmissionPattern(domain="crane.example"),
        ExpectedMatches(3, flood[3]),
        "A machine",
        actor="staff-1",
        at=now(),
    )
    page = sam.open(f"/staff/coalition-for-clean-rivers/letters/{letter.slug}/signatures/{flood[2]}").says("A machine")
    page.submit("Back to the queue")
    assert signatures()[2].state is PENDING


def test_whatever_lost_its_place_meanwhile_is_back_beside_the_other(sam: Visitor, letter: Letter, flood: list[int]) -> None:
    expected = ExpectedMatches(3, flood[3])
    decline_in_bulk(letter.id, SubmissionPattern(domain="crane.example"), expected, "A machine", actor="staff-1", at=now())
    factories.signature(letter, state=CONFIRMED, organization_name="Alliance 0", website="https://a0.example")
    assert undo_bulk_decline(letter.id, 1, actor="staff-1", at=now()).restored_count == 3
    assert sum(one.place_key == "organization|alliance 0|a0.example" for one in signatures()) == 1
    with pytest.raises(AlreadyUndone):
        undo_bulk_decline(letter.id, 1, actor="staff-1", at=now())


def decline_all(letter: Letter, flood: list[int]) -> None:
    """Decline the four forms from one network, the published one among them."""
    expected = ExpectedMatches(4, flood[3], published=True)
    decline_in_bulk(letter.id, SubmissionPattern(domain="crane.example"), expected, "A machine", actor="staff-1", at=now())


def chosen(number: int) -> ReviewSelection:
    """Return the form value of a name with its current version."""
    db.session.rollback()
    row = db.session.get_one(Signature, number, populate_existing=True)
    letter = db.session.get_one(Letter, row.letter_id)
    return ReviewSelection(letter.coalition_id, letter.id, (number,), "staff-1", now(), {number: line_version(row.signatory)})


@pytest.mark.shows("S19")
def test_s19_names_whose_text_changed_in_substance_come_back_to_wait_for_their_signatories(
    visitor: Visitor, letter: Letter, flood: list[int], clock: time_machine.Traveller
) -> None:
    factories.signature(letter, cast.HIRO)
    decline_all(letter, flood)
    clock.shift(MINUTE)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    assert undo_bulk_decline(letter.id, 1, actor="staff-1", at=now()).restored_count == 4
    outdated = SignatureState.OUTDATED
    assert states() == [outdated, outdated, PENDING, PENDING, PENDING, outdated]
    visitor.open(f"/letters/{letter.slug}").says("Clean water by 2030.").never_says("Alliance 1")


def test_what_staff_decided_since_is_not_taken_back_with_a_sweep(
    letter: Letter, flood: list[int], clock: time_machine.Traveller
) -> None:
    decline_all(letter, flood)
    clock.shift(MINUTE)
    assert return_signatures(chosen(flood[1]), DECLINED).changed_ids == (flood[1],)
    clock.shift(MINUTE)
    assert decline_signatures(chosen(flood[1]), "Forged: their director phoned").changed_ids == (flood[1],)
    clock.shift(MINUTE)
    assert undo_bulk_decline(letter.id, 1, actor="staff-1", at=now()).restored_count == 3
    assert states()[:4] == [CONFIRMED, DECLINED, PENDING, PENDING]
    assert signatures()[1].decline_reason == "Forged: their director phoned"


@pytest.mark.parametrize("clocks_differ_by", [MINUTE, -MINUTE])
def test_what_was_denied_meanwhile_comes_back_to_staff(
    letter: Letter, flood: list[int], clock: time_machine.Traveller, clocks_differ_by: dt.timedelta
) -> None:
    return_signatures(chosen(flood[1]), PUBLISHED)
    publish_signatures(chosen(flood[1]))
    inquiry = factories.save(Inquiry(signature_id=flood[1], address="a@a1.example", published_where="x", asked_at=now()))
    decline_all(letter, flood)
    clock.shift(clocks_differ_by)
    answer_inquiry(inquiry.id, Answer.NO, expected_version=line_version(signatures()[1].signatory), at=now())
    undo_bulk_decline(letter.id, 1, actor="staff-1", at=now())
    assert states()[:2] == [CONFIRMED, CONFIRMED]
    assert ReferenceKind.LETTER.reference(letter.id) not in audit_log_problems()


def broken(*_given: object, **_named: object) -> NoReturn:
    raise IntegrityError("", {}, Exception("NOT NULL constraint failed: signature.state"))


def test_what_else_a_database_refuses_is_no_place_that_is_taken(
    letter: Letter, flood: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    decline_all(letter, flood)
    monkeypatch.setattr(Signature, "move", broken)
    with pytest.raises(IntegrityError):
        undo_bulk_decline(letter.id, 1, actor="staff-1", at=now())
    with pytest.raises(IntegrityError):
        return_signatures(chosen(flood[0]), DECLINED)
    assert states()[:4] == [DECLINED] * 4


def test_nothing_is_declined_without_a_pattern(letter: Letter, flood: list[int]) -> None:
    with pytest.raises(MatchesChanged):
        decline_in_bulk(letter.id, SubmissionPattern(), ExpectedMatches(4, flood[-1]), "A machine", actor="staff-1", at=now())


def test_this_was_not_us_is_told_on_the_desk_and_three_of_one_domain_are_an_alert(
    app: Flask, sam: Visitor, letter: Letter, sign: Sign
) -> None:
    numbers = [sign(number, ELSEWHERE, "alliance.example") for number in range(3)]
    for row in signatures():
        row.website = "https://alliance.example"
    db.session.commit()
    other = factories.coalition(cast.OTHER_COALITION)
    factories.staff(cast.STRANGER, of=other)
    for done, row in enumerate(signatures(), start=1):
        Visitor(app, sam.base_url).open(confirm_link(row)).submit("Cancel this request", sure=True)
        desk = sam.open("/staff/coalition-for-clean-rivers/").says("We didn’t send this form", f"Alliance {done - 1}")
        assert ("people who read email at alliance.example disowned 3 signatures" in desk.text) is (done == 3)
    desk.follow("Alliance 0").says("said that this signature is not theirs")
    stella = Visitor(app, sam.base_url)
    stella.sign_in(cast.STRANGER)
    stella.open("/staff/quiet-skies-network/").never_says("Alliance 0")
    desk.submit("Dismiss this warning").never_says("We didn’t send this form")
    sam.open("/staff/coalition-for-clean-rivers/activity").says("Sam Reviewer dismissed the warnings.")
    assert len(numbers) == 3


def max_parameters(letter: Letter, domain: str, count: int) -> int:
    """Return the most parameters of one statement while so many forms from a domain are declined and restored in bulk."""
    for number in range(count):
        line = Signatory(f"Alliance {number}", "Nia Example", "Director", website=f"https://a{number}.example", section="local")
        sign_letter(letter.id, SigningRequest(line, EmailAddress(f"n{number}@{domain}"), 1), at=now(), sender=Sender(CRANE))
    newest = max(row.id for row in signatures())
    with record_statements() as statements:
        decline_in_bulk(
            letter.id, SubmissionPattern(domain=domain), ExpectedMatches(count, newest), "A machine", actor="staff-1", at=now()
        )
        number = db.session.scalars(select(func.max(BulkDecline.id))).one()
        assert undo_bulk_decline(letter.id, number, actor="staff-1", at=now()).restored_count == count
    read = [one for one in statements if one.startswith(("SELECT", "DELETE"))]  # writes go row by row
    return max(len(re.findall(r"\?|%\(", one)) for one in read)


def test_a_flood_of_any_size_is_declined_and_taken_back_as_no_statement_grows_with_it(letter: Letter) -> None:
    assert max_parameters(letter, "crane.example", 2) == max_parameters(letter, "heron.example", 12)
