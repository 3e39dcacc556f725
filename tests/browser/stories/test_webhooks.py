"""An owner adds a webhook, copies its secret, and reads in its log what was sent and answered."""

from dataclasses import replace

from flask import Flask
from playwright.sync_api import Page, expect

from letterhub.commands.webhooks.deliver import deliver_due_webhooks
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.infrastructure.public_http import PublicCaller
from letterhub.models import Webhook
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories
from tests.support.servers.webhook_receiver import answer, run_receiver

HOME = "/staff/coalition-for-clean-rivers"


def test_an_owner_adds_a_webhook_and_reads_its_log(app: Flask, site: str, page: Page) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], webhooks_to_loopback=True)
    factories.staff(cast.OLIVE)
    sign_in(page, cast.OLIVE)
    page.goto(f"{HOME}/webhooks")
    check_page(page, "webhooks-empty")
    page.get_by_role("link", name="Add a webhook").click()
    with run_receiver() as receiver:
        page.get_by_label("Name", exact=True).fill("Member database")
        page.get_by_label("Receiver’s address").fill("http://hooks.example.org/letterhub")
        page.get_by_label("A name was published").check()
        page.get_by_label("A letter opened").check()
        page.get_by_role("button", name="Add the webhook").click()
        expect(page.get_by_role("alert")).to_contain_text("Use an address that begins with https://.")
        check_page(page, "webhooks-refused")
        page.get_by_label("Receiver’s address").fill(receiver.url)
        page.get_by_role("button", name="Add the webhook").click()
        expect(page.get_by_role("status")).to_contain_text("whsec_")
        check_page(page, "webhooks-secret")
        factories.signature(factories.open_letter())
        receiver.respond = lambda handler: answer(handler, 200 if len(receiver.received) == 1 else 503, b'{"thanks": true}')
        deliver_due_webhooks(PublicCaller(allows_loopback=True))
    end_read_transaction()
    page.goto(f"{HOME}/webhooks/{db.session.query(Webhook).one().id}")
    page.get_by_text("1 attempt").last.click()
    expect(page.get_by_role("region", name="Answer")).to_contain_text('{"thanks": true}')
    check_page(page, "webhooks-log")
    page.emulate_media(color_scheme="dark")
    check_page(page, "webhooks-log-dark")
    page.emulate_media(color_scheme="light")
    page.get_by_text("New secret", exact=True).click()
    check_page(page, "webhooks-new-secret")
    page.goto(f"{HOME}/webhooks")
    check_page(page, "webhooks")
    page.goto(f"{HOME}/team")
    check_page(page, "webhooks-team")
