"""Checks of every browser page: console errors, missing or foreign resources, accessibility violations, overflow."""

import os
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page, Response

AXE = Path(__file__).with_name("axe.min.js").read_text(encoding="utf-8")
PICTURES = Path(__file__).with_name("pictures")
WIDTHS = (390, 1280)
IS_TAKING_PICTURES = "TAKE_PICTURES" in os.environ
RUN_AXE = """async () => (await axe.run({resultTypes: ["violations"]})).violations.map(
    found => `${found.id}: ${found.help} — ${found.nodes.map(node => node.target.join(" ")).join(", ")}`)"""


class PageMonitor:
    """Listener to a page from its first request on; `complaints` has a sentence for each error."""

    def __init__(self, page: Page, site: str) -> None:
        self.site = site
        self.complaints: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"a script failed: {error}"))
        page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(f"the console says: {message.text}")

    def _answered(self, response: Response) -> None:
        if not response.url.startswith((self.site, "data:", "blob:")):
            self.complaints.append(f"{response.url} is another host")
        elif response.status >= 400 and response.request.resource_type not in ("document", "xhr", "fetch"):
            self.complaints.append(f"{response.url} answers {response.status}")


def save_picture(page: Page, name: str) -> None:
    """Save a screenshot of a whole page, if TAKE_PICTURES is in the environment: no test reads it."""
    if IS_TAKING_PICTURES:
        PICTURES.mkdir(exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


def check_page(page: Page, name: str) -> None:
    """Check a page at phone and desktop widths for accessibility and overflow, and save a picture of both."""
    page.wait_for_load_state()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        save_picture(page, f"{name}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} runs over the edge at {width} px"
        assert accessibility_violations(page) == [], f"{name} at {width} px"


def accessibility_violations(page: Page) -> list[str]:
    """Return axe's accessibility violations, a sentence each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN_AXE)
    return found
