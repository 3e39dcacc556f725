"""S9: one mailbox is one person under a letter, however its address is spelled; email goes to the address as typed."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.signatures.confirm import confirm_signature
from letterhub.commands.signatures.sign import sign_letter
from letterhub.commands.signatures.signatory_import import import_file
from letterhub.config import Settings
from letterhub.domain.abuse.submission_limits import NETWORK_FLOOD_THRESHOLD, Sender
from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.letters.signing_settings import PublishRule, WhoMaySign
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.signatures.signing import AlreadySigned, SigningRequest
from letterhub.domain.states import SignatureState
from letterhub.models import Letter, Signature
from tests.support import factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import newest_link, signatures
from tests.support.text_changes import signature_states
from tests.support.visitor import Visitor

CONFIRMED = SignatureState.CONFIRMED
SPELLINGS = ("ann@gmail.com", "a.nn@gmail.com", "ann+1@gmail.com", "An.N@gmail.com", "ann@googlemail.com")
ALREADY = "Someone has already signed this letter from your mailbox."


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter for people."""
    return factories.open_letter(deadline_at=None, who_may_sign=WhoMaySign.INDIVIDUALS)


def submit_form(letter: Letter, email: str, name: str = "Ann Example") -> int:
    line = Signatory(signer_name=name, kind=SignatoryKind.INDIVIDUAL, section="individual")
    return sign_letter(letter.id, SigningRequest(line, EmailAddress(email), 1), at=now(), sender=Sender("203.0.113.7"))


def person(letter: Letter, email: str, state: SignatureState = CONFIRMED) -> Signature:
    """Return the signature of a person, confirmed by default."""
    facts = {
        "kind": SignatoryKind.INDIVIDUAL,
        "organization_name": "",
        "website": "",
        "section": "",
        "signer_name": "Ann Example",
    }
    return factories.signature(letter, state=state, email=email, **facts)


@pytest.mark.shows("S9")
@pytest.mark.parametrize("spelled", SPELLINGS)
def test_s9_who_reads_one_mailbox_stands_once(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, spelled: str
) -> None:
    person(letter, "ann@gmail.com")
    form = visitor.visit("signing.new", slug=letter.slug)
    form.submit("Send me the link", signer_name="Bea Example", email=spelled, authorized=True).says("Check your email")
    link = newest_link(settings, postbox, spelled)
    visitor.open(link).says("Someone has already signed this letter from your mailbox.")
    (_first, second) = signatures()
    assert second.email == spelled
    with pytest.raises(AlreadySigned, match=ALREADY):
        confirm_signature(second.id, revision=1, at=now())


@pytest.mark.shows("S9")
def test_s9_of_many_spellings_that_confirm_at_once_one_stands(app: Flask, letter: Letter) -> None:
    numbers = [submit_form(letter, f"ann+{number}@gmail.com") for number in range(8)]
    together = threading.Barrier(len(numbers))

    def confirm(number: int) -> bool:
        with app.app_context():
            together.wait()
            try:
                confirm_signature(number, revision=1, at=now())
            except AlreadySigned:
                return False
            return True

    with ThreadPoolExecutor(len(numbers)) as pool:
        done = list(pool.map(confirm, numbers))
    assert (sum(done), signature_states(letter).count("confirmed")) == (1, 1)


@pytest.mark.parametrize(("email", "count"), [("a.nn+x@googlemail.com", 0), ("anna@gmail.com", 1), ("a.nn@other.example", 1)])
def test_a_file_brings_a_mailbox_that_stands_no_second_time(letter: Letter, email: str, count: int) -> None:
    person(letter, "ann@gmail.com")
    content = f"kind,signer_name,email\nindividual,Bea Example,{email}\n".encode()
    assert import_file(letter.id, "names.csv", content, actor="staff-1", at=now()) == count


def test_a_file_keeps_an_address_as_a_form_does(letter: Letter) -> None:
    content = "kind,signer_name,email\nindividual,Ann Example,ann@bücher.example\n".encode()
    assert import_file(letter.id, "names.csv", content, actor="staff-1", at=now()) == 1
    assert [one.email for one in signatures()] == ["ann@xn--bcher-kva.example"]
    again = b"kind,signer_name,email\nindividual,Bea Example,ann@xn--bcher-kva.example\n"
    assert import_file(letter.id, "names.csv", again, actor="staff-1", at=now()) == 0


@pytest.mark.shows("S22")
def test_who_reads_a_mailbox_is_part_of_a_flood_from_her_network(app: Flask) -> None:
    letter = factories.open_letter(deadline_at=None, publish_rule=PublishRule.REVIEWED)
    for number in range(NETWORK_FLOOD_THRESHOLD):
        line = Signatory(f"Alliance {number}", "Eve Example", website="https://crane.example", section="national")
        request = SigningRequest(line, EmailAddress(f"eve+{number}@crane.example"), 1)
        sign_letter(letter.id, request, at=now(), sender=Sender("203.0.113.7", reads=EmailAddress("eve@crane.example")))
    confirm_signature(signatures()[-1].id, revision=1, at=now())
    assert all(one.from_flood for one in signatures())
    assert signatures()[-1].state is CONFIRMED
