"""Mail to imported names with an address: sent once, unless staff say not to; the evidence shows which."""

import datetime as dt
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.operations._render_jobs import LEASE
from letterhub.commands.signatures import _import_steps, import_jobs
from letterhub.commands.signatures.import_jobs import run_import
from letterhub.commands.signatures.signatory_import import import_file
from letterhub.config import Settings
from letterhub.domain.editions.deliveries import UNPACED_COPIES
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.signatures.evidence import FactKind
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.infrastructure.signed_links import hash_recipient
from letterhub.models import EvidenceFact, Letter, OutboxMessage, Unsubscription
from letterhub.queries.signatures.signatory_import import imports_to_run
from tests.support import cast, factories
from tests.support.imports import ServerKilled, import_from, imported, killed_at_the_second_call, look_at
from tests.support.servers.command_line import run_letterhub
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import confirm_link, newest_link
from tests.support.visitor import Visitor

HOME = "coalition-for-clean-rivers"
THREE = b"""Organization,Website,Name,Email
Willow Watch,willow.example,Ada Example,ada@willow.example
Heron House,heron.example,Hal Example,hal@heron.example
Quiet Alliance,quiet.example,Quinn Example,
"""


def table(count: int) -> bytes:
    """Return a table with so many organizations, each with an address."""
    rows = (f"Friends of River {number},Ada Example,ada@river{number}.example\n" for number in range(count))
    return f"Organization,Name,Email\n{''.join(rows)}".encode()


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter that nobody has signed."""
    return factories.open_letter()


def mails() -> list[OutboxMessage]:
    end_read_transaction()
    return db.session.query(OutboxMessage).order_by(OutboxMessage.id).all()


def notified() -> list[str]:
    end_read_transaction()
    facts = db.session.query(EvidenceFact).filter_by(kind=FactKind.IMPORTED).order_by(EvidenceFact.signature_id)
    return [one.facts["notified"] for one in facts]


def open_page(visitor: Visitor, letter: Letter, number: int) -> str:
    page = visitor.visit("signatures.detail", coalition=HOME, slug=letter.slug, signature_id=imported()[number].id)
    return " ".join(page.text.split())


def test_who_has_an_address_is_told_and_confirms_by_the_link(
    sam: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    page = look_at(sam, THREE).says("2 of them have an email address. We email each signatory the line")
    import_from(sam, page).says("3 names were added to the queue.")
    assert notified() == ["yes", "yes", "no-address"]
    assert send_due_mail(settings) == 2
    assert postbox.to("ada@willow.example")[-1].message["Subject"] == "You were added to this letter: Willow Watch"
    assert postbox.to("ada@willow.example")[-1].message["List-Unsubscribe"]
    assert "by Sam Reviewer. Not confirmed by email. The signatory is told by email" in open_page(sam, letter, 0)
    assert "Not confirmed by email. There is no address to tell the signatory at." in open_page(sam, letter, 2)
    clock.shift(60)
    page = visitor.open(newest_link(settings, postbox, "ada@willow.example")).says("You were added to this letter")
    page.submit("Correct and sign", authorized=True, signer_title="Treasurer", section="local").says("confirmed")
    visitor.open(newest_link(settings, postbox, "hal@heron.example")).submit("Withdraw the signature", sure=True)
    assert [one.state for one in imported()][:2] == [SignatureState.CONFIRMED, SignatureState.WITHDRAWN]


def test_nobody_is_told_where_staff_say_so(sam: Visitor, letter: Letter) -> None:
    look_at(sam, THREE).submit("Import 3 names", skips_email=True)
    run_import(*imports_to_run(now()))
    assert (notified(), mails()) == (["no", "no", "no"], [])
    assert "Staff chose not to email the signatory about it." in open_page(sam, letter, 0)


def test_the_box_is_there_only_where_somebody_would_be_told(sam: Visitor, letter: Letter) -> None:
    assert "skips_email" not in look_at(sam, b"Organization\nWillow Watch\n").html


@pytest.mark.parametrize(("words", "count"), [([], 2), (["--without-email"], 0)])
def test_the_operator_says_whether_they_are_told(
    settings: Settings, letter: Letter, tmp_path: Path, words: list[str], count: int
) -> None:
    (tmp_path / "names.csv").write_bytes(THREE)
    slug = letter.slug
    run_letterhub(settings, "signatories", "import", slug, str(tmp_path / "names.csv"), *words)
    assert len(mails()) == count


@pytest.mark.shows("R2")
def test_each_is_told_once_though_the_worker_is_killed(
    sam: Visitor, letter: Letter, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_jobs, "BATCH_SIZE", 2)
    look_at(sam, table(5)).submit("Import 5 names")
    (import_id,) = imports_to_run(now())
    with monkeypatch.context() as broken:
        broken.setattr(_import_steps, "append_audit_entry", killed_at_the_second_call())
        with pytest.raises(ServerKilled):
            run_import(import_id)
    assert [one.recipient for one in mails()] == ["ada@river0.example", "ada@river1.example"]
    clock.shift(LEASE)
    assert run_import(import_id)
    assert [one.recipient for one in mails()] == [f"ada@river{number}.example" for number in range(5)]
    assert [one.signature_id for one in mails()] == [one.id for one in imported()]


def test_they_are_told_at_the_pace_of_bulk_mail_over_all_batches(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    at = now()
    assert import_file(letter.id, "names.csv", table(UNPACED_COPIES + 110), actor="operator", at=at) == UNPACED_COPIES + 110
    delays = [(one.due_at - at) / dt.timedelta(milliseconds=250) for one in mails()]
    assert delays == [0] * UNPACED_COPIES + [float(number) for number in range(1, 111)]


def test_mailboxes_that_want_no_mail_get_none(
    sam: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    pending = factories.signature(letter, cast.CLARA, SignatureState.PENDING, email="ada@willow.example")
    visitor.open(confirm_link(pending)).submit("Cancel this request", sure=True)
    recipient_hash = hash_recipient(letter.coalition_id, EmailAddress("hal@heron.example"))
    facts = {"coalition_id": letter.coalition_id, "recipient_hash": recipient_hash, "unsubscribed_at": now()}
    factories.save(Unsubscription(**facts))
    import_from(sam, look_at(sam, THREE))
    assert (send_due_mail(settings), postbox.mails) == (0, [])
    assert [one.cancelled_at is not None for one in mails()] == [True, True]


def test_who_is_imported_into_a_draft_is_told_when_it_opens(
    otto: Visitor, app: Flask, settings: Settings, postbox: Inbox
) -> None:
    draft = factories.draft(deadline_at=None)
    address = {"coalition": HOME, "slug": draft.slug}
    page = otto.visit("signatory_import.create", **address).submit("Preview", file=(THREE, "names.csv"))
    import_from(otto, page.says("Once the letter opens, we email each signatory"))
    assert mails() == []
    page = otto.visit("signing_settings.edit", **address).submit("Open the letter")
    page.submit("Open now", slug="clean-rivers-for-everyone").says("The letter is open.")
    assert [(one.kind, one.recipient) for one in mails()] == [
        ("added", "ada@willow.example"), ("added", "hal@heron.example"),
    ]  # fmt: skip
    assert send_due_mail(settings) == 2
