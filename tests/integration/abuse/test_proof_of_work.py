"""Proof of work in forms, where a letter wants it or during a flood; without one, a name waits for staff."""

import datetime as dt
import json
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
import time_machine
from altcha import Challenge, Payload, solve_challenge
from flask import Flask
from sqlalchemy import select

from letterhub.app import create_app
from letterhub.clock import now
from letterhub.commands.abuse.sign_in_limits import purge_spent_challenges
from letterhub.commands.signatures.sign import sign_letter
from letterhub.config import Settings
from letterhub.domain.abuse.proof_of_work import CHALLENGE_LIFETIME
from letterhub.domain.abuse.submission_limits import LETTER_FLOOD_THRESHOLD, NETWORK_FLOOD_THRESHOLD, Sender
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.signatures.signing import SigningRequest
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.infrastructure.signed_links import LinkSigner, Purpose
from letterhub.models import Invitation, Letter, SpentChallenge, SubmissionOrigin
from tests.conftest import NOON
from tests.support import cast, factories
from tests.support.servers.database_copies import SECRET_KEY, SITE, settings_for
from tests.support.servers.processes import PROCESSES
from tests.support.signing_steps import confirm_link, fill_in, signatures
from tests.support.visitor import Page, Visitor

HERE = "203.0.113.7"
COUNT = 4
QUEUE = "/staff/coalition-for-clean-rivers/letters/{}/review"


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter that requires proofs, and publishes reviewed organizations at once."""
    factories.add_reviewed_names(cast.CLARA, ("Willow Watch", "willow.example"))
    return factories.open_letter(deadline_at=None, publish_rule=PublishRule.REVIEWED, requires_proof_of_work=True)


@pytest.fixture
def plain(app: Flask) -> Letter:
    """An open letter that requires none."""
    factories.add_reviewed_names(cast.CLARA, ("Willow Watch", "willow.example"))
    return factories.open_letter(deadline_at=None, publish_rule=PublishRule.REVIEWED)


def field_of(page: Page) -> Element:
    """Return the hidden field for a proof."""
    return next(field for field in page.tree.iter("input") if field.get("name") == "proof")


def proof_for(page: Page) -> str:
    """Return the proof that a browser computes while a form is typed."""
    challenge = Challenge.from_dict(json.loads(field_of(page).get("data-challenge", "")))
    found = solve_challenge(challenge)
    assert found is not None
    return Payload(challenge, found).to_base64()


def form(visitor: Visitor, letter: Letter) -> Page:
    return visitor.visit("signing.new", slug=letter.slug)


def sent(page: Page, by: cast.Signer = cast.CLARA, **changes: object) -> Page:
    return page.submit("Send me the link", **{**by.form, "authorized": True, **changes}).says("Check your email")


def confirmed(visitor: Visitor) -> SignatureState:
    """Return the state of the newest signature after its mailed link was used."""
    visitor.open(confirm_link(signatures()[-1])).submit("Sign for our organization", authorized=True)
    return signatures()[-1].state


def flood(letter: Letter, count: int, network: str = "198.51.{}.7", **sender: str) -> None:
    """Submit so many forms, each from a network of its own."""
    for number in range(count):
        line = Signatory(f"Alliance {number}", "Nia Example", "Director", section="national")
        request = SigningRequest(line, EmailAddress(f"n{number}@one{number}.example"), 1)
        sign_letter(letter.id, request, at=now(), sender=Sender(network.format(number), **sender))
    end_read_transaction()


def test_a_letter_asks_for_a_proof_where_an_organizer_says_so(visitor: Visitor, plain: Letter) -> None:
    assert field_of(form(visitor, plain)).get("data-challenge") is None
    factories.staff(cast.OTTO)
    otto = Visitor(visitor.app, SITE)
    otto.sign_in(cast.OTTO)
    terms = otto.visit("signing_settings.edit", coalition="coalition-for-clean-rivers", slug=plain.slug)
    terms.submit("Save deadline and rules", requires_proof_of_work=True).says("Saved.")
    page = form(visitor, plain)
    assert len(proof_for(page)) > 100
    assert (field_of(page).get("data-worker") or "").startswith("/static/js/proof-worker.js")
    otto.visit("audit_log.letter", coalition="coalition-for-clean-rivers", slug=plain.slug).says("Slow down bots")


@pytest.mark.shows("S11")
def test_s11_with_and_without_a_proof_the_answer_is_the_same(visitor: Visitor, letter: Letter) -> None:
    page = form(visitor, letter)
    proven = sent(page, proof=proof_for(page))
    without = sent(form(Visitor(visitor.app, SITE), letter))
    assert proven.text == without.text


def test_a_name_with_a_proof_appears_as_the_rule_says_and_one_without_waits_and_says_why(
    visitor: Visitor, letter: Letter, sam: Visitor
) -> None:
    page = form(visitor, letter)
    sent(page, proof=proof_for(page))
    assert confirmed(visitor) is SignatureState.PUBLISHED
    sent(form(visitor, letter), organization="Willow Watch", website="https://willow.example", email="ada@willow.example")
    assert confirmed(visitor) is SignatureState.CONFIRMED
    queue = sam.open(QUEUE.format(letter.slug)).says("Willow Watch", "no spam check")
    queue.follow("Edit Willow Watch").says("The form came without the spam check")
    sam.open(QUEUE.format(letter.slug) + "?pick=no-proof").says("Willow Watch")
    sam.open(QUEUE.format(letter.slug) + "?pick=clear").never_says("Willow Watch, ")


def test_a_proof_is_spent_once_and_for_its_own_letter(visitor: Visitor, letter: Letter) -> None:
    page = form(visitor, letter)
    proof = proof_for(page)
    sent(page, proof=proof)
    sent(form(visitor, letter), organization="Willow Watch", email="ada@willow.example", proof=proof)
    other = factories.open_letter(
        factories.replace(factories.TEXT, title="Quiet skies"), deadline_at=None, requires_proof_of_work=True
    )
    page = form(visitor, letter)
    sent(form(visitor, other), proof=proof_for(page))
    end_read_transaction()
    assert [
        origin.has_proof_of_work
        for origin in db.session.scalars(select(SubmissionOrigin).order_by(SubmissionOrigin.signature_id))
    ] == [
        True,
        False,
        False,
    ]


def test_a_form_that_was_sent_back_goes_with_a_new_challenge(visitor: Visitor, letter: Letter) -> None:
    page = form(visitor, letter)
    first = proof_for(page)
    page = page.submit("Send me the link", status=422, **cast.CLARA.form | {"email": "nobody"}, authorized=True, proof=first)
    assert (field_of(page).get("value") or "", field_of(page).get("data-challenge") != first) == ("", True)
    page.submit("Send me the link", email=cast.CLARA.email, proof=proof_for(page)).says("Check your email")
    end_read_transaction()
    assert db.session.scalars(select(SubmissionOrigin.has_proof_of_work)).all() == [True]


def test_who_reads_the_mailbox_needs_no_proof(visitor: Visitor, letter: Letter) -> None:
    fill_in(visitor, letter)
    visitor.open(confirm_link(signatures()[-1])).submit("Cancel this request", sure=True)
    sent(visitor.open(confirm_link(signatures()[0])).follow("Sign again"))
    assert confirmed(visitor) is SignatureState.PUBLISHED


def test_who_types_another_mailbox_than_the_one_she_reads_brings_a_proof_like_everyone(
    visitor: Visitor, letter: Letter
) -> None:
    fill_in(visitor, letter)
    visitor.open(confirm_link(signatures()[-1])).submit("Cancel this request", sure=True)
    page = visitor.open(confirm_link(signatures()[0])).follow("Sign again")
    page.says("a different email address than the one we wrote to")
    other = {"organization": "Willow Watch", "website": "https://willow.example", "email": "ada@willow.example"}
    wrong = {**cast.CLARA.form, **other, "signer_name": ""}
    page = page.submit("Send me the link", status=422, authorized=True, proof=proof_for(page), **wrong)
    sent(page, proof=proof_for(page), **other)
    assert confirmed(visitor) is SignatureState.PUBLISHED


def test_the_form_of_an_invitation_goes_with_a_challenge(visitor: Visitor, letter: Letter) -> None:
    line = {"kind": "organization", "organization": "Willow Watch"}
    invited = Invitation(letter_id=letter.id, email="ada@willow.example", mailbox_hash="ab", line=line, invited_at=now())
    factories.save(invited)
    token = LinkSigner((SECRET_KEY,)).token(Purpose.INVITED, invited.id, since=invited.invited_at)
    assert proof_for(visitor.open(f"/invited/{token}"))


def test_a_flood_asks_for_proofs_and_who_brings_one_is_no_part_of_it(visitor: Visitor, plain: Letter) -> None:
    flood(plain, LETTER_FLOOD_THRESHOLD)
    page = form(visitor, plain)
    sent(page, proof=proof_for(page))
    sent(form(visitor, plain), organization="Willow Watch", website="https://willow.example", email="ada@willow.example")
    assert [one.from_flood for one in signatures()[-2:]] == [False, True]
    proven, without = signatures()[-2:]
    for one in (proven, without):
        visitor.open(confirm_link(one)).submit("Sign for our organization", authorized=True)
    assert [one.state for one in signatures()[-2:]] == [SignatureState.PUBLISHED, SignatureState.CONFIRMED]


def test_a_flood_of_proofs_is_a_flood(plain: Letter, visitor: Visitor) -> None:
    for number in range(LETTER_FLOOD_THRESHOLD):
        flood(plain, 1, f"198.51.{number}.7", proof=f"{number:064}")
    assert all(one.from_flood for one in signatures())
    network = factories.open_letter(factories.replace(factories.TEXT, title="Quiet skies"))
    for number in range(NETWORK_FLOOD_THRESHOLD):
        flood(network, 1, HERE, proof=f"{number + 1000:064}")
    assert all(one.from_flood for one in signatures() if one.letter_id == network.id)


def sign_with_proof(database_url: str, folder: Path, letter_id: int) -> int:
    """Sign with one proof, in a web process of its own."""
    with create_app(settings_for(database_url, folder)).app_context():
        request = SigningRequest(
            Signatory("Alliance", "Nia Example", "Director", section="national"), EmailAddress("n@one.example"), 1
        )
        made = sign_letter(letter_id, request, at=NOON, sender=Sender(HERE, proof="f" * 64))
        db.engine.dispose()
    return made


@pytest.mark.shows("S22")
def test_s22_four_processes_spend_a_proof_once(app: Flask, letter: Letter, settings: Settings, tmp_path: Path) -> None:
    with PROCESSES.Pool(COUNT) as pool:
        made = pool.starmap(sign_with_proof, [(settings.database_url, tmp_path, letter.id)] * COUNT)
    end_read_transaction()
    proven = db.session.scalars(select(SubmissionOrigin.has_proof_of_work)).all()
    assert (len(set(made)), sum(proven), len(proven)) == (COUNT, 1, COUNT)


def test_spent_proofs_are_erased_when_nobody_could_use_them_again(
    visitor: Visitor, letter: Letter, clock: time_machine.Traveller
) -> None:
    page = form(visitor, letter)
    sent(page, proof=proof_for(page))
    clock.shift(CHALLENGE_LIFETIME - dt.timedelta(minutes=1))
    assert purge_spent_challenges(now()) == 0
    clock.shift(dt.timedelta(minutes=2))
    assert (purge_spent_challenges(now()), db.session.query(SpentChallenge).count()) == (1, 0)
