"""States of pages that no link leads to, each reached from the current page: after a form, right or wrong, or a mail."""

from collections.abc import Callable

from playwright.sync_api import Page

from audit.site import LETTER

FILL_MILLISECONDS, MAIL_MILLISECONDS = 4_000, 60_000  # milliseconds to fill in a form, and for a mail to leave


def _after_signing(page: Page) -> None:
    page.goto(f"{LETTER}/sign")
    page.get_by_label("Organization", exact=True).fill("Audited Readers")
    page.get_by_label("Website").fill("readers.example")
    page.get_by_label("Your name").fill("Rita Example")
    page.get_by_label("Your title").fill("Reader")
    page.get_by_label("Email").fill("rita@readers.example")
    page.get_by_label("City and state").fill("Sampletown, Ohio")
    page.get_by_label("National", exact=True).check()
    page.get_by_role("checkbox").check()
    page.wait_for_timeout(FILL_MILLISECONDS)
    page.get_by_role("button", name="Send me the link").click()
    page.wait_for_url("**/check-your-email")


def _after_opening_link(page: Page) -> None:
    page.goto("/demo/mailbox")
    mails = page.get_by_role("link", name="Confirm your signature")
    for _ in range(MAIL_MILLISECONDS // 1000):
        if mails.count() > 1:
            break
        page.wait_for_timeout(1000)
        page.reload()
    mails.first.click()
    page.locator("a[href*='/confirm/']").first.click()


def _after_confirming(page: Page) -> None:
    page.get_by_role("checkbox", name="to sign for Audited Readers").check()
    page.get_by_role("button", name="Sign for our organization").click()


def _manage_page(page: Page) -> None:
    page.goto("/demo/mailbox")
    mails = page.get_by_role("link", name="Your signature is confirmed")
    for _ in range(MAIL_MILLISECONDS // 1000):
        if mails.count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    mails.first.click()
    page.locator("a[href*='/signatures/']").first.click()


def _empty_form(page: Page) -> None:
    page.goto(f"{LETTER}/sign")
    page.get_by_role("button", name="Send me the link").click()


def _wrong_password(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("Email").fill("nobody@demo.example")
    page.get_by_label("Password", exact=True).fill("not a password of anyone")
    page.get_by_role("button", name="Sign in").click()


def _nothing_found(page: Page) -> None:
    page.goto(f"{LETTER}?q=zzzz")


def _no_page(page: Page) -> None:
    page.goto("/no-such-page")


def _broken_link(page: Page) -> None:
    page.goto("/confirm/broken")


def _empty_letter(page: Page) -> None:
    page.goto("/staff/open-shelves/letters/new")
    page.get_by_label("Title").fill("A letter without a word")
    page.get_by_role("button", name="Create draft").click()


def _second_step(page: Page) -> None:
    page.goto("/account/two-step-sign-in")
    page.get_by_role("button", name="Set up").click()


STATES: dict[str, list[Callable[[Page], None]]] = {
    "stranger": [
        _after_signing,
        _after_opening_link,
        _after_confirming,
        _manage_page,
        _empty_form,
        _wrong_password,
        _nothing_found,
        _no_page,
        _broken_link,
    ],
    "owner": [_empty_letter, _second_step],
}
