"""Logos in a browser: staff upload one for an organization, and the letter shows it above the name."""

import io
from dataclasses import replace

from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from letterhub.domain.letters.letter_document import SignatoryStyle
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories

HOME = "/staff/coalition-for-clean-rivers"


def logo(width: int, height: int, color: str) -> bytes:
    """Return a logo drawn in this shape."""
    out, picture = io.BytesIO(), Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(picture).ellipse((2, 2, width - 2, height - 2), fill=color)
    picture.save(out, "PNG")
    return out.getvalue()


def test_staff_bring_a_logo_and_the_letter_shows_it_above_the_name(page: Page) -> None:
    letter = factories.open_letter(replace(factories.TEXT, shown=SignatoryStyle.LOGOS))
    for number, kind in enumerate(("Alliance", "Council", "League", "Network", "Union")):
        factories.signature(letter, organization_name=f"Example {kind} of the River", website=f"https://{number}.example")
    factories.staff(cast.SAM)
    sign_in(page, cast.SAM)
    for kind, size in (("Alliance", (300, 300)), ("Council", (900, 260)), ("Network", (1200, 150))):
        page.goto(f"{HOME}/organizations")
        page.get_by_role("link", name=f"Example {kind} of the River").click()
        picture = {"name": "logo.png", "mimeType": "image/png", "buffer": logo(*size, "#7a1f2b")}
        page.get_by_label("Picture").set_input_files(picture)
        page.get_by_role("button", name="Add logo").click()
        expect(page.get_by_role("button", name="Replace logo")).to_be_visible()
    check_page(page, "organization-logo")
    page.goto(f"/letters/{letter.slug}")
    expect(page.locator(".signatories--logos img")).to_have_count(3)
    check_page(page, "letter-logos")
