"""Overview of a letter in a browser, and its chart over time: readable in every size, in dark, print and forced colors."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, render_template_string
from playwright.sync_api import Page

from letterhub.clock import now
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.progress.figures import Milestone, MilestoneKind, Timeline, build_timeline
from letterhub.domain.progress.time_bins import time_span
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Invitation, Letter, Partner
from letterhub.rendering.charts.progress import timeline_chart
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page, save_picture
from tests.support import cast, factories

HOME = "coalition-for-clean-rivers"
FIRST_DAY = dt.date(2022, 1, 5)
ZONE = ZoneInfo("America/New_York")
CHART = """
<!doctype html><html lang="{{ language }}" dir="{{ direction }}"><head><meta charset="utf-8"><title>Chart</title>
<link rel="stylesheet" href="{{ style_sheet_url('staff') }}"></head><body class="staff"><main class="wrap"><h1>Chart</h1>
{% from "parts/_charts.html" import timeline with context %}{{ timeline(chart, "Signatures over time", "America/New_York") }}
</main></body></html>"""
OVERLAPPING = """() => {
    const svg = [...document.querySelectorAll(".chart-svg")].find(one => one.getBoundingClientRect().width);
    const frame = svg.getBoundingClientRect(), found = [];
    const texts = [...svg.querySelectorAll("text")].map(text => [text.textContent, text.getBoundingClientRect()]);
    texts.forEach(([words, box], index) => {
        if (box.left < frame.left - 1 || box.right > frame.right + 1) found.push(`${words} leaves the chart`);
        texts.slice(index + 1).forEach(([other, there]) => {
            const beside = box.right <= there.left || there.right <= box.left;
            const apart = beside || box.bottom <= there.top + 3 || there.bottom <= box.top + 3;
            if (!apart) found.push(`${words} overlaps ${other}`);
        });
    });
    return found;
}"""


def example_timeline(days: int, total: int) -> Timeline:
    """Return a timeline of so many signatures: many on the first days and before the deadline, as it usually is."""
    span = time_span(FIRST_DAY, FIRST_DAY + dt.timedelta(days=days - 1), ZONE)
    count = len(span.bins)
    weights = [6 / (1 + index) + (4 if index == count - 2 else 0) + (index % 3) / 4 for index in range(count)]
    numbers = [int(total * weight / sum(weights)) for weight in weights]
    numbers[0] += total - sum(numbers)
    milestones = [
        Milestone(MilestoneKind.OPENED, span.start + dt.timedelta(hours=9)),
        Milestone(MilestoneKind.DEADLINE, span.end - dt.timedelta(hours=7)),
    ]
    milestones += [
        Milestone(MilestoneKind.REMINDED, span.end - dt.timedelta(days=before)) for before in (7, 3, 1) if before < days
    ]
    return build_timeline(span, numbers, milestones, span.end)


def show_chart(app: Flask, page: Page, timeline: Timeline, direction: str) -> None:
    with app.test_request_context():
        content = render_template_string(
            CHART, chart=timeline_chart(timeline), direction=direction, language="ar" if direction == "rtl" else "en"
        )
    page.goto("/healthz")
    page.set_content(content, wait_until="load")
    page.evaluate("document.fonts.ready")


@pytest.mark.parametrize("days", [1, 14, 270])
@pytest.mark.parametrize("total", [3, 300, 100_000])
def test_a_chart_is_readable_in_every_size(app: Flask, page: Page, days: int, total: int) -> None:
    for direction in ("ltr", "rtl"):
        show_chart(app, page, example_timeline(days, total), direction)
        check_page(page, f"chart-{days}-days-{total}-{direction}")
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(OVERLAPPING) == [], (width, direction)


@pytest.mark.parametrize("look", ["dark", "forced", "print"])
def test_a_chart_shows_in_every_look(app: Flask, page: Page, look: str) -> None:
    media = {"dark": {"color_scheme": "dark"}, "forced": {"forced_colors": "active"}, "print": {"media": "print"}}[look]
    page.emulate_media(**media)  # type: ignore[arg-type]
    page.set_viewport_size({"width": 816, "height": 900})
    show_chart(app, page, example_timeline(14, 300), "ltr")
    save_picture(page, f"chart-{look}")
    column = page.locator(".chart-wide .chart-column").first
    fill = column.evaluate("column => getComputedStyle(column).fill")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert fill not in (ground, "none", "rgb(0, 0, 0)" if look == "dark" else "")
    assert page.locator(".chart-svg:visible").count() == 1


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An Arabic letter with signatures of five days, invitations, and names that wait."""
    text = LetterText(title="أنهار نظيفة للجميع", body="نص", language="ar")
    letter = factories.open_letter(text, deadline_at=now() + dt.timedelta(days=4))
    letter.opened_at = now() - dt.timedelta(days=5)
    states = ("Springfield, IL", "Albany, NY", "東京", "")
    for number in range(9):
        by = cast.Signer(f"Alliance {number}", f"https://a{number}.example", "Ada", "Chair", f"ada@a{number}.example",
                         states[number % 4], "national" if number % 3 else "local")  # fmt: skip
        state = SignatureState.CONFIRMED if number == 8 else SignatureState.PUBLISHED
        factories.signature(letter, by, state).created_at = now() - dt.timedelta(days=number % 5)
        invitation = Invitation(letter_id=letter.id, line={"organization": by.organization}, invited_at=letter.opened_at)
        invitation.set_email(f"x{by.email}" if number > 5 else by.email, letter.coalition_id)
        db.session.add(invitation)
    factories.save(Partner(letter_id=letter.id, name="أصدقاء النهر", source="friends", created_at=now()))
    return letter


def test_the_overview_shows_what_is_next_and_how_it_goes(page: Page, letter: Letter) -> None:
    factories.staff(cast.OTTO)
    sign_in(page, cast.OTTO)
    page.goto(f"/staff/{HOME}/letters/{letter.slug}/overview")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        check_page(page, f"overview-{scheme}")
    page.get_by_text("The same as a table").click()
    check_page(page, "overview-table")
    page.goto(f"/staff/{HOME}/")
    check_page(page, "dashboard-sparkline")


def test_the_progress_page_shows_numbers_to_whoever_has_the_link(page: Page, letter: Letter) -> None:
    factories.staff(cast.OTTO)
    sign_in(page, cast.OTTO)
    page.goto(f"/staff/{HOME}/letters/{letter.slug}/overview")
    page.get_by_role("link", name="Share the progress with leads or a board").click()
    page.get_by_label("For whom").fill("Board")
    page.get_by_role("button", name="Make a link").click()
    check_page(page, "progress-links")
    page.get_by_role("link", name="/progress/").click()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        check_page(page, f"progress-page-{scheme}")
