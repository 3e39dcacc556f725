"""Personal data is erased when a letter has promised it, or on request; what was printed and delivered stays."""

import datetime as dt
import json

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from letterhub.clock import now
from letterhub.commands.operations.purge import purge_expired_data
from letterhub.commands.signatures.review import ReviewSelection, decline_signatures, return_signatures
from letterhub.commands.signatures.sign import sign_letter
from letterhub.commands.signatures.vouching import vouch_for_signature
from letterhub.config import Settings
from letterhub.domain.abuse.blocklist import BlockReason
from letterhub.domain.abuse.submission_limits import Sender
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.operations.retention import ErasableData
from letterhub.domain.signatures.evidence import Fact, FactKind, hash_line
from letterhub.domain.signatures.review import SignatureTarget, line_version
from letterhub.domain.signatures.signing import SigningRequest
from letterhub.domain.states import LetterMove, SignatureMove, SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import (
    BlocklistEntry,
    Letter,
    OutboxMessage,
    Signature,
    SubmissionOrigin,
    add_evidence,
    append_audit_entry,
)
from letterhub.queries.operations.retention import due_erasures
from letterhub.queries.signatures.data_export import EXPORTED_FACTS, signatory_data
from tests.support import cast, editions, factories
from tests.support.servers.command_line import run_letterhub
from tests.support.servers.database_copies import SITE
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import audit_actions, fill_in, manage_link, only_signature, sign_and_confirm
from tests.support.visitor import Visitor

DAY = dt.timedelta(days=1)


@pytest.fixture
def signed(letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox) -> Signature:
    return sign_and_confirm(visitor, letter, settings, postbox)


def personal_data() -> str:
    """Return all text of people in the tables, as one string."""
    end_read_transaction()
    tables = (Signature, OutboxMessage, SubmissionOrigin)
    rows = [row for table in tables for row in db.session.execute(select(table.__table__)).all()]
    return repr(rows)


def test_the_form_tells_what_the_settings_say(visitor: Visitor, letter: Letter) -> None:
    page = visitor.visit("signing.new", slug=letter.slug)
    page.says(
        "We erase your email address 12 months after the letter is delivered.",
        "after 21 days",
        "For 30 days, we keep a fingerprint",
    )
    factories.staff(cast.OLIVE)
    visitor.sign_in(cast.OLIVE)
    terms = visitor.open(f"/staff/coalition-for-clean-rivers/letters/{letter.slug}/settings")
    terms.submit("Save deadline and rules", network_days="0", status=422)
    terms.submit("Save deadline and rules", network_days="7", contact_months="1").says("Saved.")
    visitor.visit("signing.new", slug=letter.slug).says("one month after the letter is delivered", "For 7 days")
    assert audit_actions() == ["sign-up changed"]


def test_where_forms_came_from_is_forgotten_after_thirty_days(letter: Letter, clock: time_machine.Traveller) -> None:
    line = Signatory("Example Alliance", "Clara Example", "Director", section="national")
    sign_letter(letter.id, SigningRequest(line, EmailAddress(cast.CLARA.email), 1), at=now(), sender=Sender("203.0.113.7"))
    clock.shift(29 * DAY)
    assert purge_expired_data(letter.id, ErasableData.NETWORKS, now()) == 0
    clock.shift(DAY)
    assert [purge_expired_data(letter.id, ErasableData.NETWORKS, now()) for _ in range(2)] == [1, 0]
    end_read_transaction()
    origin = db.session.scalars(select(SubmissionOrigin)).one()
    assert (origin.network_hash, origin.mail_domain) == ("", "alliance.example")


@pytest.mark.parametrize("kind", list(SignatoryKind))
def test_addresses_go_twelve_months_after_delivery_and_names_stay(
    signed: Signature, letter: Letter, visitor: Visitor, clock: time_machine.Traveller, kind: SignatoryKind
) -> None:
    signed.kind = kind
    signed.take_place()
    place = signed.place_key
    db.session.commit()
    for move in (LetterMove.CLOSE, LetterMove.DELIVER):
        letter.move(move, now())
    db.session.commit()
    clock.move_to(dt.datetime(2023, 1, 4, 17, tzinfo=dt.UTC))
    assert purge_expired_data(letter.id, ErasableData.CONTACTS, now()) == 0
    clock.shift(DAY)
    assert "clara@" in personal_data()
    assert purge_expired_data(letter.id, ErasableData.CONTACTS, now()) == 1
    assert "clara@" not in personal_data()
    signature = only_signature()
    assert (signature.organization_name, signature.state, signature.email) == ("Example Alliance", SignatureState.CONFIRMED, "")
    assert (signature.place_key == place) is (kind is SignatoryKind.ORGANIZATION)
    visitor.open(manage_link(signature)).says("Your data was erased on")


@pytest.mark.parametrize(
    ("delivered", "until"), [("2022-01-31T12:00", "2022-02-28T12:00"), ("2024-08-31T12:00", "2024-09-30T12:00")]
)
def test_addresses_go_in_time_where_the_month_of_their_end_is_shorter(
    letter: Letter, clock: time_machine.Traveller, delivered: str, until: str
) -> None:
    factories.signature(letter, state=SignatureState.PUBLISHED, email="clara@alliance.example")
    letter.contact_months = 1
    clock.move_to(dt.datetime.fromisoformat(delivered).replace(tzinfo=dt.UTC))
    for move in (LetterMove.CLOSE, LetterMove.DELIVER):
        letter.move(move, now())
    db.session.commit()
    last = dt.datetime.fromisoformat(until).replace(tzinfo=dt.UTC)
    clock.move_to(last - dt.timedelta(seconds=1))
    assert purge_expired_data(letter.id, ErasableData.CONTACTS, now()) == 0
    clock.move_to(last)
    assert purge_expired_data(letter.id, ErasableData.CONTACTS, now()) == 1


def test_the_operator_sees_what_would_go_before_it_goes(
    app: Flask, signed: Signature, letter: Letter, settings: Settings, clock: time_machine.Traveller
) -> None:
    fill_in(Visitor(app, SITE), letter, organization="Another Alliance")
    clock.shift(21 * DAY)
    before = personal_data()
    result = run_letterhub(settings, "purge", "--dry-run")
    assert (result.exit_code, result.stdout) == (0, f"{letter.slug}\tunconfirmed entries\t1\n")
    assert "Nothing was erased" in result.stderr
    assert personal_data() == before
    assert run_letterhub(settings, "purge").stdout == result.stdout
    assert "Another Alliance" not in personal_data()
    assert "Nothing is due" in run_letterhub(settings, "purge").stderr


def test_a_signatory_has_its_data_as_a_file(signed: Signature, visitor: Visitor) -> None:
    page = visitor.open(manage_link(signed)).says("Your data")
    answer = visitor.ask(f"{page.path}/data")
    assert answer.headers["Content-Disposition"] == "attachment; filename=signature.json"
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    data = json.loads(answer.get_data(as_text=True))
    assert data["signature"]["email"] == cast.CLARA.email
    assert [mail["kind"] for mail in data["emails"]] == ["confirm", "signed"]
    assert [act["act"] for act in data["record"]] == ["confirmed"]
    assert data["kept"]["address_months_after_delivery"] == 12
    assert visitor.ask(f"{page.path[:-1]}/data").status_code == 404


@pytest.mark.shows("S20")
def test_what_staff_wrote_for_each_other_is_not_in_ones_own_data(signed: Signature, letter: Letter) -> None:
    signature_target = SignatureTarget(letter.coalition_id, signed.id, line_version(signed.signatory), "staff-1", now())
    vouch_for_signature(signature_target, "Pat of the aunt’s, 555-0100")
    chosen = ReviewSelection(
        letter.coalition_id, letter.id, (signed.id,), "staff-1", now(), {signed.id: signature_target.expected_version}
    )
    decline_signatures(chosen, "Pat says no, 555-0100")
    data = signatory_data(signed.id)
    assert {"vouched", "declined"} <= {act["act"] for act in data["record"]}
    assert "555" not in json.dumps(data)
    assert "why staff declined it" in data["left_out"]


@pytest.mark.shows("S31")
def test_ones_own_data_is_the_same_whatever_the_checks_found(signed: Signature, letter: Letter) -> None:
    plain = signatory_data(signed.id)
    origin = db.session.get_one(SubmissionOrigin, signed.id)
    signed.from_flood, signed.is_new_organization, origin.has_proof_of_work = (
        True,
        not signed.is_new_organization,
        not origin.has_proof_of_work,
    )
    for kind in set(FactKind) - set(EXPORTED_FACTS):
        add_evidence(
            db.session(), signed.id, Fact(kind, "inquiry-1", now(), hash_line(signed.signatory), {"address": "x@y.example"})
        )
    subject = ReferenceKind.SIGNATURE.reference(signed.id)
    for action in ("held", "said no", "asked a second address", "a check that is not built yet"):
        append_audit_entry(
            db.session(),
            ReferenceKind.LETTER.reference(letter.id),
            "worker",
            action,
            at=now(),
            subject=subject,
            after={"x": "y"},
        )
    db.session.add(
        BlocklistEntry(letter_id=letter.id, signature_id=signed.id, blocked_at=now(), key="f", reason=BlockReason.DECLINED)
    )
    db.session.commit()
    assert signatory_data(signed.id) == plain


def test_a_signatory_erases_itself_and_nothing_of_it_stays(signed: Signature, letter: Letter, visitor: Visitor) -> None:
    page = visitor.open(manage_link(signed))
    page.submit("Erase my data", status=422).says("Check the box if you’re sure.")
    page.submit("Erase my data", sure=True).says("Your data was erased on").never_says("Clara")
    known = personal_data()
    assert [word for word in ("Clara", "clara", "Example Alliance", "alliance.example") if word in known] == []
    assert audit_actions() == ["confirmed", "erased"]
    assert due_erasures(now() + 400 * DAY) == []
    visitor.open(f"{page.path}", method="POST", data={"choice": "erase", "sure": "y"}).says("Your data was erased on")
    assert audit_actions() == ["confirmed", "erased"]


def test_what_an_edition_printed_stays_with_its_reason(letter: Letter, visitor: Visitor) -> None:
    signature = factories.signature(letter)
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    editions.deliver_edition(letter)
    page = visitor.open(manage_link(signature)).says("Edition 1 includes your signature and keeps it")
    page = page.submit("Erase my data", sure=True).says("Example Alliance", "copies already shared can’t be recalled")
    signature = only_signature()
    assert (signature.organization_name, signature.email, signature.state) == ("Example Alliance", "", SignatureState.WITHDRAWN)
    page.follow("See that edition").says("Example Alliance")


@pytest.mark.parametrize("printed", [False, True])
def test_a_declined_name_that_erased_its_data_does_not_return_to_the_list(
    app: Flask, letter: Letter, visitor: Visitor, printed: bool
) -> None:
    signature = factories.signature(letter)
    if printed:
        editions.freeze_edition(letter)
    signature.move(SignatureMove.DECLINE, now())
    db.session.commit()
    factories.staff(cast.SAM)
    sam = Visitor(app, SITE)
    sam.sign_in(cast.SAM)
    letter_values = {"coalition": "coalition-for-clean-rivers", "slug": letter.slug}
    name = sam.visit("signatures.detail", signature_id=signature.id, **letter_values)
    visitor.open(manage_link(signature)).submit("Erase my data", sure=True)
    assert only_signature().state is SignatureState.WITHDRAWN
    name.submit("Back to the queue")
    assert only_signature().state is SignatureState.WITHDRAWN


@pytest.mark.parametrize("confirmed", [True, False])
def test_what_was_declined_and_erased_before_does_not_return_either(letter: Letter, confirmed: bool) -> None:
    state = SignatureState.CONFIRMED if confirmed else SignatureState.PENDING
    signature = factories.signature(letter, state=state)
    signature.move(SignatureMove.DECLINE, now())
    signature.clear_contact(now())
    db.session.commit()
    chosen = ReviewSelection(letter.coalition_id, letter.id, (signature.id,), "staff-1", now())
    outcome = return_signatures(chosen, SignatureState.DECLINED)
    assert outcome.errors == ("This signer’s data was erased, so the name can’t be restored.",)
    assert only_signature().state is SignatureState.DECLINED


def test_a_published_name_whose_address_went_in_time_is_still_for_staff_to_return(letter: Letter) -> None:
    signature = factories.signature(letter)
    signature.clear_contact(now())
    db.session.commit()
    chosen = ReviewSelection(letter.coalition_id, letter.id, (signature.id,), "staff-1", now())
    assert return_signatures(chosen, SignatureState.PUBLISHED).changed_ids == (signature.id,)
