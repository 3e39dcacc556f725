"""Overview of a letter: what waits, and figures that are those of the other pages."""

import csv
import datetime as dt
import io
import re
from dataclasses import replace
from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from time_machine import Traveller

from letterhub.clock import now
from letterhub.domain.invitations.invitation import InvitationOutcome
from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import queue_mail
from letterhub.models import Invitation, Letter, Partner, SubmissionOrigin
from letterhub.queries.invitations.outreach import OutreachFilter, find_invitations
from letterhub.queries.progress.figures import outcome_totals
from tests.support import cast, factories
from tests.support.html_checks import text_of
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter."""
    return factories.open_letter(deadline_at=now() + dt.timedelta(days=14))


def overview(by: Visitor, letter: Letter) -> Page:
    return by.visit("overview.detail", coalition=HOME, slug=letter.slug)


def signer(number: int, **facts: str) -> cast.Signer:
    plain = cast.Signer(f"Alliance {number}", f"https://a{number}.example", "Ada Example", "Chair", f"ada@a{number}.example")
    return replace(plain, **facts)


def svg_numbers(page: Page, which: str) -> list[tuple[int, int]]:
    """Return the number and the total of each column of a chart, as a pointer reads them."""
    (svg,) = (one for one in page.tree.iter(f"{SVG}svg") if which in one.get("class", ""))
    titles = [text_of(column) for column in svg.iter(f"{SVG}rect")]
    found = [re.search(r": ([\d,]+), in all ([\d,]+)$", title) for title in titles]
    return [tuple(int(number.replace(",", "")) for number in match.groups()) for match in found if match]


def table_numbers(page: Page) -> list[tuple[int, int]]:
    """Return the number and the total of each row of the table behind the chart."""
    (table,) = (one for one in page.tree.iter("table") if "chart-numbers" in one.get("class", ""))
    rows = [[int(text_of(cell).replace(",", "")) for cell in list(row)[1:]] for row in body_rows(table)]
    return [(number, total) for number, total in rows]


def bar_table(page: Page, heading: str) -> dict[str, int]:
    """Return the rows of the table of a section of the page."""
    (section,) = (one for one in page.tree.iter("section") if heading in [text_of(title) for title in one.iter("h3")])
    rows = body_rows(next(section.iter("table")))
    return {text_of(row[0]): int(text_of(row[1]).replace(",", "")) for row in map(list, rows)}


def body_rows(table: Element) -> list[Element]:
    return [row for body in table.iter("tbody") for row in body.iter("tr")]


def test_the_dashboard_leads_to_the_overview_which_is_the_first_tab(otto: Visitor, letter: Letter) -> None:
    page = otto.visit("dashboard.index", coalition=HOME).follow("Clean rivers for everyone")
    assert page.path == f"/staff/{HOME}/letters/{letter.slug}/overview"
    page.says("No names are on the letter yet.", "Organizations can sign. There is nothing to review.")
    tabs = next(one for one in page.tree.iter("ul") if one.get("class") == "tabs")
    assert text_of(tabs[0]) == "Overview"


def test_chart_and_table_say_the_same_numbers_as_the_letter(otto: Visitor, letter: Letter, clock: Traveller) -> None:
    for number, on in enumerate((0, 0, 2, 2, 2, 9)):
        clock.move_to(letter.created_at + dt.timedelta(days=on))
        factories.signature(letter, signer(number))
    factories.signature(letter, signer(8), SignatureState.CONFIRMED)
    factories.signature(letter, signer(9), SignatureState.WITHDRAWN)
    page = overview(otto, letter)
    numbers = [(2, 2), (0, 2), (3, 5), *[(0, 5)] * 6, (1, 6)]
    assert table_numbers(page) == svg_numbers(page, "chart-wide") == svg_numbers(page, "chart-narrow") == numbers
    assert numbers[-1][1] == db.session.get_one(Letter, letter.id).published_count
    page.says("Opened", "Deadline", "Eastern time", "Wednesday, January 5, 2022")


def test_days_are_cut_in_the_letters_time_zone(otto: Visitor, letter: Letter, clock: Traveller) -> None:
    for number, at in enumerate(("2022-01-07T04:59:59Z", "2022-01-07T05:00:00Z", "2022-01-08T04:59:59Z")):
        factories.signature(letter, signer(number)).created_at = dt.datetime.fromisoformat(at)
    db.session.commit()
    clock.move_to(dt.datetime(2022, 1, 8, 17, tzinfo=dt.UTC))
    assert table_numbers(overview(otto, letter)) == [(0, 0), (1, 1), (2, 3), (0, 3)]
    letter.deadline_zone = "Asia/Kathmandu"
    db.session.commit()
    page = overview(otto, letter).says("Nepal time")
    assert table_numbers(page) == [(0, 0), (0, 0), (2, 2), (1, 3)]


def test_the_first_day_is_shown_by_the_hour(otto: Visitor, letter: Letter, clock: Traveller) -> None:
    factories.signature(letter, signer(1))
    clock.shift(dt.timedelta(hours=2))
    factories.signature(letter, signer(2))
    page = overview(otto, letter).says("Each hour", "January 5, 2022, 2 p.m.")
    assert table_numbers(page) == [*[(0, 0)] * 12, (1, 1), (0, 1), (1, 2)]


def test_a_change_of_the_list_shows_at_once(otto: Visitor, letter: Letter) -> None:
    signature = factories.signature(letter, signer(1))
    assert sum(number for number, _total in table_numbers(overview(otto, letter))) == 1
    otto.visit("signatures.detail", coalition=HOME, slug=letter.slug, signature_id=signature.id).submit("Back to the queue")
    overview(otto, letter).says("No names are on the letter yet.", "1 name waits for review.")


def test_sections_states_and_sources_add_up(otto: Visitor, letter: Letter) -> None:
    places = ("Springfield, IL", "Chicago, Illinois", "東京", "", "Albany, NY 12207")
    for number, location in enumerate(places):
        factories.signature(
            letter, signer(number, location=location, section="national" if number else "local"), lead=number == 1
        )
    person = factories.signature(
        letter, signer(7, organization="", location="Chicago, IL", section=""), kind=SignatoryKind.INDIVIDUAL
    )
    factories.save(Partner(letter_id=letter.id, name="River Keepers", source="river-keepers", created_at=now()))
    for signature_id, via in ((person.id, "river-keepers"), (1, "newsletter")):
        factories.save(SubmissionOrigin(letter_id=letter.id, signature_id=signature_id, started_at=now(), via=via))
    page = overview(otto, letter)
    assert bar_table(page, "By section") == {"National": 4, "Individuals": 1, "Local": 1}
    assert bar_table(page, "By state") == {"Illinois": 3, "New York": 1, "東京": 1, "Without a location": 1}
    assert bar_table(page, "Sources") == {"River Keepers": 1, "Links with other words": 1, "Directly": 4}
    assert page.follow("Partners and their links").path.endswith("/partners")


def invite(letter: Letter, number: int, **facts: object) -> Invitation:
    row = Invitation(letter_id=letter.id, line={"organization": f"Alliance {number}"}, invited_at=now())
    row.set_email(f"ada@a{number}.example", letter.coalition_id)
    for name, value in facts.items():
        setattr(row, name, value)
    return factories.save(row)  # type: ignore[no-any-return]


def test_invitations_are_counted_as_on_their_own_page(otto: Visitor, letter: Letter, clock: Traveller) -> None:
    for number in range(6):
        invite(letter, number, opened_at=now() if number in (0, 3) else None)
    factories.signature(letter, signer(0))
    factories.signature(letter, signer(1), SignatureState.CONFIRMED)
    clock.shift(dt.timedelta(days=3))
    page = overview(otto, letter).says("4 organizations have not answered for three days or more.")
    assert bar_table(page, "From invitation to signature") == {
        "Invited": 6, "Opened the form": 3, "Started to sign": 2, "On the letter": 1,
    }  # fmt: skip
    found, totals = find_invitations(letter.id, OutreachFilter(), now(), 1), outcome_totals(letter.id, now())
    assert (found.totals, found.total) == (totals, 6)
    assert totals.by_outcome[InvitationOutcome.IN_REVIEW] == 1


def test_reminders_are_marked(otto: Visitor, letter: Letter, clock: Traveller) -> None:
    factories.signature(letter, signer(0))
    clock.shift(dt.timedelta(days=4))
    invite(letter, 1, reminders=1, reminded_at=now())
    overview(otto, letter).says("Reminder: Sunday, January 9, 2022, 12:00 p.m. Eastern")


def test_what_waits_leads_to_where_it_is_done(otto: Visitor, letter: Letter, clock: Traveller) -> None:
    factories.signature(letter, signer(1), SignatureState.CONFIRMED)
    factories.signature(letter, signer(2), SignatureState.PENDING)
    clock.shift(dt.timedelta(hours=5))
    page = overview(otto, letter).says("1 name waits for review. The oldest came 5 hours ago.", "1 form is not confirmed yet.")
    assert page.follow("Review names").path.endswith("/review")
    page.follow("See names").says("Alliance 2").never_says("Alliance 1")


def test_figures_leave_as_a_table_that_no_spreadsheet_runs(otto: Visitor, letter: Letter, clock: Traveller) -> None:
    factories.save(Partner(letter_id=letter.id, name="=1+1", source="one", created_at=now()))
    factories.signature(letter, signer(1))
    clock.shift(dt.timedelta(days=1))
    response = otto.ask(f"/staff/{HOME}/letters/{letter.slug}/overview/figures.csv")
    assert response.headers["Content-Disposition"] == f"attachment; filename={letter.slug}-figures.csv"
    rows = list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert rows[:5] == [
        ["Figure", "Of", "Number"],
        ["Signed on this day (America/New_York)", "2022-01-05", "1"],
        ["Signed on this day (America/New_York)", "2022-01-06", "0"],
        ["In all at the end of the day (America/New_York)", "2022-01-05", "1"],
        ["In all at the end of the day (America/New_York)", "2022-01-06", "1"],
    ]
    assert ["Source", "'=1+1", "0"] in rows


def test_a_reviewer_sees_it_too(sam: Visitor, letter: Letter) -> None:
    factories.signature(letter, signer(1))
    overview(sam, letter).says("Signatures", "Total")


def test_a_draft_says_what_it_still_needs(otto: Visitor, app: Flask) -> None:
    draft = factories.draft(replace(factories.TEXT, body="We, the {{number}}, ask."), deadline_at=None)
    page = overview(otto, draft).says("Still needs a known placeholder.")
    assert page.follow("Write the letter").path.endswith("/write")


def test_the_dashboard_draws_the_last_two_weeks_of_each_letter(otto: Visitor, letter: Letter, clock: Traveller) -> None:
    factories.signature(letter, signer(0))
    clock.shift(dt.timedelta(days=14))
    for number in (1, 2):
        factories.signature(letter, signer(number))
    page = otto.visit("dashboard.index", coalition=HOME)
    (svg,) = (one for one in page.tree.iter(f"{SVG}svg") if one.get("class") == "sparkline")
    assert (svg.get("aria-label"), len(list(svg.iter(f"{SVG}rect")))) == ("2 in the last 14 days", 1)


def test_emails_that_failed_wait_until_they_are_sent_again_or_concern_nobody(otto: Visitor, letter: Letter) -> None:
    signed = [factories.signature(letter, signer(number)) for number in range(4)]
    withdrawn = factories.signature(letter, signer(9), SignatureState.WITHDRAWN)
    coalition_id = letter.coalition_id

    def add(signature_id: int, kind: MailKind, *, is_failed: bool = True) -> None:
        mail = queue_mail(
            kind, f"s{signature_id}@a.example", at=now(), coalition_id=coalition_id, letter_id=letter.id,
            signature_id=signature_id,
        )  # fmt: skip
        if is_failed:
            mail.fail(now(), "550 no such mailbox")

    add(signed[0].id, MailKind.SIGNED)
    add(signed[1].id, MailKind.COPY)
    add(signed[2].id, MailKind.SIGNED)
    add(signed[2].id, MailKind.SIGNED, is_failed=False)
    add(signed[3].id, MailKind.INVITE)
    add(withdrawn.id, MailKind.CONFIRM)
    db.session.commit()
    page = overview(otto, letter).says("2 emails could not be sent.").follow("See emails")
    page.says("that could not be sent", f"s{signed[0].id}@a.example", f"s{signed[1].id}@a.example", "550 no such mailbox")
    page.never_says(*(f"s{one.id}@a.example" for one in (signed[2], signed[3], withdrawn)))
    page.follow("Show all emails").says(f"s{signed[3].id}@a.example")
