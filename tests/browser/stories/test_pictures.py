"""The pictures of the help, taken in the demo while a letter goes its way. `make pictures` writes them, in light and dark."""

import datetime as dt
import os
from collections.abc import Callable, Iterator
from io import BytesIO
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.operations.demo import load_demo
from letterhub.config import Settings
from letterhub.domain.operations.demo_accounts import DEMO_PASSWORD
from letterhub.infrastructure.db import end_read_transaction
from letterhub.paths import DOCUMENTS, ROOT
from tests.support.servers.mail_server import Inbox

PICTURES = DOCUMENTS / "guide" / "pictures"
IS_WRITING = "WRITE_PICTURES" in os.environ
STAFF = "/staff/open-shelves"
LETTER = f"{STAFF}/letters/keep-every-public-library-open-and-connected"
DRAFT = f"{STAFF}/letters/let-bookmobiles-cross-the-county-line"
PUBLIC = "/letters/keep-every-public-library-open-and-connected"
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 760}
QUALITY = 70
OPENED = dt.datetime(2027, 3, 10, 15, 0, tzinfo=dt.UTC)
TEXT = "We ask that the coming budget"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Clock that begins on one day, so that pictures taken anew differ only where pages do."""
    with time_machine.travel(OPENED, tick=True) as traveller:
        yield traveller


@pytest.fixture
def demo(app: Flask, site: str) -> None:
    """The demo, as `letterhub demo` loads it."""
    load_demo(ROOT / "demo", now())
    end_read_transaction()


class Photographer:
    """Taker of pictures; `names` are those taken."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.names: list[str] = []

    def take(self, name: str, size: dict[str, int] = DESKTOP, top: Locator | None = None) -> None:
        """Take a picture of the page, from `top` on, in light and dark."""
        self.names.append(f"{name}.webp")
        self.page.set_viewport_size(size)  # type: ignore[arg-type]
        for scheme, ending in (("light", ""), ("dark", "-dark")):
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            if top:
                top.evaluate("element => window.scrollTo(0, element.getBoundingClientRect().top + window.scrollY - 3)")
            shot = self.page.screenshot()
            if IS_WRITING:
                Image.open(BytesIO(shot)).convert("RGB").save(PICTURES / f"{name}{ending}.webp", quality=QUALITY, method=6)
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


def test_pictures_of_the_help(
    page: Page, demo: None, settings: Settings, run_worker: Callable[[], None], postbox: Inbox
) -> None:
    camera = Photographer(page)
    page.goto("/sign-in")
    page.get_by_label("Email").fill("owner@demo.example")
    page.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    before_delivery(page, camera)
    invite(page, camera, settings, postbox)
    change_the_text(page, camera)
    deliver(page, camera, run_worker)
    shown = {path.name for path in PICTURES.iterdir() if not path.name.endswith("-dark.webp")}
    assert set(camera.names) == shown, "run `make pictures`, and show on a help page what this story takes"


def before_delivery(page: Page, camera: Photographer) -> None:
    """Picture the letter, its form, the editor, the queue and the press page."""
    page.goto(PUBLIC)
    camera.take("letter")
    page.goto(f"{PUBLIC}/sign")
    camera.take("sign-phone", PHONE)
    page.goto(f"{DRAFT}/write")
    camera.take("write", top=page.get_by_role("heading", level=1))
    page.goto(f"{LETTER}/review")
    camera.take("review", top=page.get_by_role("heading", level=1))
    page.goto(f"{LETTER}/press")
    page.get_by_role("link", name="Preview").click()
    camera.take("press")


def invite(page: Page, camera: Photographer, settings: Settings, postbox: Inbox) -> None:
    """Invite four organizations; one opens its link, one says by phone that it will sign."""
    names = ["Heron House Library", "Willow Street Readers", "Far Shore Book Boat", "The Lamplight League"]
    page.goto(f"{LETTER}/invitations/file")
    rows = [f"{name}\tInvented Person {number}\tperson@org{number}.example" for number, name in enumerate(names)]
    page.get_by_label("Or paste names").fill("\n".join(["Organization\tSigner\tEmail", *rows]))
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Invite 4 organizations").click()
    end_read_transaction()
    send_due_mail(settings)
    opened = next(mail for mail in postbox.mails if mail.recipients == ("person@org0.example",))
    page.goto(urlsplit(next(word for word in opened.text.split() if "/invited/" in word)).path)
    page.goto(f"{LETTER}/invitations")
    page.get_by_role("button", name="Promised").first.click()
    page.goto(f"{LETTER}/invitations")
    camera.take("invitations", top=page.get_by_role("heading", level=1))


def change_the_text(page: Page, camera: Photographer) -> None:
    """Change a sentence that was signed, look at the choice, and take the change back."""
    page.goto(f"{LETTER}/write")
    field = page.get_by_label("Text", exact=True)
    before = field.input_value()
    assert TEXT in before
    for text in (before.replace(TEXT, f"{TEXT}, and every budget after it,"), before):
        page.goto(f"{LETTER}/write")
        field.fill(text)
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Saved at").first).to_be_visible()
        if text != before:
            page.get_by_role("link", name="Compare and publish").first.click()
            page.get_by_label("A substantive change").check()
            camera.take("change", top=page.get_by_role("heading", name="What would change for readers"))


def deliver(page: Page, camera: Photographer, run_worker: Callable[[], None]) -> None:
    """Close the letter, freeze it, deliver it, and look at its check page."""
    page.goto(f"{LETTER}/settings")
    page.get_by_role("button", name="Close the letter").click()
    page.goto(f"{LETTER}/editions")
    page.get_by_role("link", name="Preview an edition").click()
    page.get_by_role("button", name="Freeze this edition with 62 names").click()
    for _round in range(9):  # a worker renders some files at once, and the manifest after all others
        run_worker()
    page.goto(f"{LETTER}/editions")
    expect(page.get_by_role("link", name="PDF").first).to_be_visible()
    camera.take("editions", top=page.get_by_role("heading", level=1))
    page.get_by_role("link", name="Record a delivery of edition 1").click()
    page.get_by_role("textbox", name="Recipients").fill("The President")
    page.get_by_label("By hand").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Record the delivery").click()
    page.get_by_role("link", name="Check page").click()
    camera.take("check")
