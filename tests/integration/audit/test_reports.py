"""Verification report: each name with its evidence, for staff alone, without addresses unless staff request them."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.audit.verification_reports import purge_reports, render_report
from letterhub.domain.signatures.evidence import Fact, FactKind, hash_line
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Letter, Report, Signature, add_evidence
from tests.conftest import NOON
from tests.support import cast, factories
from tests.support.pdf_readers import text_of_pdf
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Page, Visitor

COALITION = "coalition-for-clean-rivers"
Ask = Callable[[], Page]


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter with a published name that staff vouched for, and one in the queue."""
    letter = factories.open_letter()
    sam = factories.staff(cast.SAM)
    for name in (factories.signature(letter), factories.signature(letter, cast.FREE_MAIL_SIGNER, SignatureState.CONFIRMED)):
        fact = Fact(FactKind.MAILBOX, f"signatory-{name.id}", now(), facts={"domain": name.email.partition("@")[2]})
        add_evidence(db.session(), name.id, fact)
    vouch = Fact(FactKind.VOUCHED, f"staff-{sam.id}", now(), hash_line(first().signatory), {"reason": "=I called them"})
    add_evidence(db.session(), first().id, vouch)
    factories.signature(letter, cast.HIRO, SignatureState.WITHDRAWN)
    db.session.commit()
    return letter


def first() -> Signature:
    return db.session.query(Signature).filter_by(organization_name=cast.CLARA.organization).one()


@pytest.fixture
def sam(app: Flask, letter: Letter) -> Visitor:
    visitor = Visitor(app, SITE)
    visitor.sign_in(cast.SAM)
    return visitor


@pytest.fixture
def ask(sam: Visitor, letter: Letter) -> Ask:
    """Open the page for requesting a report."""
    return lambda: sam.visit("signatures.index", coalition=COALITION, slug=letter.slug).follow("Verification report")


def table(sam: Visitor, letter: Letter, **ticked: str) -> list[dict[str, str]]:
    """Return the table, as a spreadsheet reads it."""
    address = f"/staff/{COALITION}/letters/{letter.slug}/signatures/report"
    token = sam.open(address).html.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = sam.ask(f"{address}/csv", method="POST", data={"csrf_token": token, **ticked})
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (200, "text/csv", "no-store")
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def words_of(content: bytes, folder: Path) -> str:
    """Return the words of a PDF, with single spaces."""
    file = folder / "report.pdf"
    file.write_bytes(content)
    return " ".join(text_of_pdf(file).split())


def recorded() -> list[dict[str, object]]:
    return [dict(entry.after) for entry in db.session.query(AuditEntry).filter_by(action="reported").order_by(AuditEntry.id)]


def test_the_table_tells_of_each_name_how_it_is_known(sam: Visitor, letter: Letter) -> None:
    clara, friends = table(sam, letter)
    assert (clara["name"], clara["detail"], clara["state"]) == ("Example Alliance", "Clara Example, Director", "Published")
    assert "Someone with a mailbox at alliance.example confirmed" in clara["known_by"]
    assert "(January 5, 2022, 12:00\u00a0PM EST)" in clara["known_by"]
    assert "Sam Reviewer verified this signature: =I called them" in clara["known_by"]
    assert (friends["state"], friends["in_doubt"]) == (
        "Waiting for review",
        "? Anyone can get a mailbox at gmail.com, so it says nothing about the organization.",
    )
    assert recorded() == [{"format": "csv", "count": 2, "with_addresses": False}]


@pytest.mark.shows("S11")
def test_addresses_are_in_the_table_only_where_staff_ask_for_them(sam: Visitor, letter: Letter) -> None:
    assert all("@" not in cell for row in table(sam, letter) for cell in row.values())
    assert [row["email"] for row in table(sam, letter, with_addresses="yes")] == [cast.CLARA.email, cast.FREE_MAIL_SIGNER.email]
    assert [one["with_addresses"] for one in recorded()] == [False, True]


def test_the_pdf_is_drawn_by_the_worker_and_kept_for_a_day(ask: Ask, sam: Visitor, tmp_path: Path) -> None:
    page = ask().submit("Prepare a PDF").says("The report is being prepared.")
    assert recorded() == [{"format": "pdf", "with_addresses": False}]
    number = db.session.query(Report).one().id
    assert sam.ask(f"{page.path}/pdf").status_code == 404
    assert render_report(number)
    assert not render_report(number)
    drawn = sam.open(page.path).says("It includes no signatory’s email address.")
    answer = sam.ask(f"{drawn.path}/pdf")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/pdf", "no-store")
    text = words_of(answer.get_data(), tmp_path)
    assert "Verification report" in text
    assert "Sam Reviewer verified this signature: =I called them" in text
    assert "@" not in text
    purge_reports(NOON.replace(day=NOON.day + 2))
    assert sam.ask(drawn.path).status_code == 404


def test_a_report_with_addresses_says_so_on_its_first_page(ask: Ask, sam: Visitor, tmp_path: Path) -> None:
    page = ask().submit("Prepare a PDF", with_addresses=True)
    assert render_report(db.session.query(Report).one().id)
    sam.open(page.path).says("It includes email addresses. Share it with care.")
    text = words_of(sam.ask(f"{page.path}/pdf").get_data(), tmp_path)
    assert "This report contains the email addresses of signatories." in text
    assert cast.CLARA.email in text


def test_a_letter_that_nobody_can_have_signed_has_no_report(app: Flask, sam: Visitor) -> None:
    draft = factories.draft(factories.replace(factories.TEXT, title="Quiet rivers"))
    sam.visit("verification_reports.index", coalition=COALITION, slug=draft.slug).says("Nobody can sign yet.")
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    for way in ("csv", "pdf"):
        assert sam.ask(f"/staff/{COALITION}/letters/{draft.slug}/signatures/report/{way}", method="POST").status_code == 404
    assert recorded() == []


def test_a_drawing_that_was_broken_off_is_taken_up_and_given_up_in_the_end(app: Flask, letter: Letter) -> None:
    report = factories.save(Report(letter_id=letter.id, requested_at=now(), attempts=3))
    assert not render_report(report.id)
    db.session.expire_all()
    assert db.session.get_one(Report, report.id).error == "Preparing this was interrupted 3 times. Try again later."
