"""A letter starts with names: one by hand with the email that says yes, an invitation and an hour; then it opens by itself."""

import datetime as dt
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from letterhub.clock import now
from letterhub.commands.invitations.invitations import InvitationContext, invite_by_name
from letterhub.commands.invitations.partners import add_partner
from letterhub.commands.letters.scheduled_openings import open_at_its_hour
from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Letter, ScheduledOpening
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, editions, factories
from tests.support.servers.mail_server import Inbox

EMAIL = b"From: Ada <ada@willow.example>\r\nDate: Mon, 3 Jan 2022 10:00:00 +0000\r\nSubject: Yes\r\n\r\nWe sign.\r\n"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def draft(site: str) -> Letter:
    """A draft that is ready to open."""
    factories.staff(cast.OTTO)
    return factories.draft(deadline_at=None)


def test_from_a_name_by_hand_to_a_signature_in_three_taps(
    page: Page, draft: Letter, settings: Settings, postbox: Inbox
) -> None:
    letter_pages = f"/staff/coalition-for-clean-rivers/letters/{draft.slug}"
    sign_in(page, cast.OTTO)
    page.goto(f"{letter_pages}/signatures")
    check_page(page, "signatures-of-draft")
    page.get_by_role("link", name="Add a name").click()
    page.get_by_label("Organization").fill("Willow Watch")
    page.get_by_label("Signer").fill("Ada Example")
    page.get_by_label("Title").fill("Chair")
    page.get_by_label("How they said yes").select_option("email")
    page.get_by_label("When").fill("2022-01-03")
    page.get_by_text("Proof and details").click()
    page.get_by_label("Email, scan or other proof").set_input_files(
        {"name": "yes.eml", "mimeType": "message/rfc822", "buffer": EMAIL}
    )
    check_page(page, "add-name")
    page.get_by_role("button", name="Add this name").click()
    expect(page.get_by_text("Willow Watch was added and waits for review.")).to_be_visible()
    check_page(page, "added-name")
    page.get_by_role("button", name="Publish").click()
    page.goto(f"{letter_pages}/invitations")
    page.get_by_label("Organization", exact=True).fill("Heron House")
    page.get_by_label("Who should sign").fill("Hal Example")
    page.get_by_label("Title").fill("Director")
    page.get_by_label("Scope").select_option("local")
    page.get_by_label("Email", exact=True).fill("hal@heron.example")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_text("Heron House will be invited by email when the letter opens.")).to_be_visible()
    page.goto(f"{letter_pages}/settings")
    page.get_by_role("button", name="Open the letter").click()
    page.get_by_label("Day", exact=True).fill("2099-01-06")
    check_page(page, "open-later")
    page.get_by_role("button", name="Open at this time").click()
    expect(page.get_by_text("The letter opens Tuesday, January 6, 2099, 9:00 a.m. Eastern.")).to_be_visible()
    check_page(page, "settings-scheduled")
    page.goto("/staff/coalition-for-clean-rivers/")
    check_page(page, "dashboard-scheduled")
    end_read_transaction()
    opening = db.session.query(ScheduledOpening).one()
    opening.opens_at = now() - dt.timedelta(seconds=1)
    db.session.commit()
    letter_id = opening.letter_id
    end_read_transaction()
    assert open_at_its_hour(letter_id, now())
    page.set_viewport_size(PHONE)
    page.goto("/letters/clean-rivers-for-everyone")
    expect(page.get_by_text("Willow Watch")).to_be_visible()
    send_due_mail(settings)
    text = postbox.to("hal@heron.example")[-1].text
    page.goto(urlsplit(next(word for word in text.split() if "/invited/" in word)).path)  # the first tap, in the email
    check_page(page, "invited-by-name")
    page.set_viewport_size(PHONE)
    page.get_by_role("checkbox", name="I am authorized to sign this letter").check()
    page.get_by_role("button", name="We sign").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Your signature is confirmed")


ARABIC = replace(
    factories.TEXT,
    title="أنهار نظيفة للجميع", re="أنهار نظيفة", salutation="إلى السيد الرئيس،", closing="مع الاحترام،", language="ar",
    body="نحن المنظمات الموقعة أدناه نطلب منكم حماية أنهارنا.",
)  # fmt: skip


def test_pages_for_invited_partners_and_late_names_in_arabic_and_in_the_dark(
    page: Page, site: str, settings: Settings, postbox: Inbox
) -> None:
    otto = factories.staff(cast.OTTO)
    letter = factories.open_letter(ARABIC, optional_fields=[])
    letter_id = letter.id
    context = InvitationContext(letter_id, otto.id, "staff-1", now())
    end_read_transaction()
    invite_by_name(context, Signatory("منظمة الأنهار", "علي المثال", "المدير"), "ali@heron.example")
    add_partner(letter_id, "أصدقاء النهر", staff_id=context.staff_id, actor="staff-1", at=now())
    send_due_mail(settings)
    text = postbox.to("ali@heron.example")[-1].text
    link = urlsplit(next(word for word in text.split() if "/invited/" in word)).path
    slug = db.session.get_one(Letter, letter_id).slug
    staff_pages = f"/staff/coalition-for-clean-rivers/letters/{slug}"
    sign_in(page, cast.OTTO)
    page.emulate_media(color_scheme="dark")
    page.goto(link)
    check_page(page, "invited-arabic-dark")
    page.goto(f"{staff_pages}/partners")
    check_page(page, "partners-dark")
    page.get_by_role("link", name="Their page").click()
    check_page(page, "partner-dark")
    end_read_transaction()
    letter = db.session.get_one(Letter, letter_id)
    factories.signature(letter, cast.CLARA)
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    editions.deliver_edition(letter)
    page.goto(f"{staff_pages}/settings")
    check_page(page, "settings-delivered-dark")
    page.get_by_role("button", name="Take names for the next edition").click()
    check_page(page, "settings-late-dark")
    page.goto(f"/letters/{slug}")
    check_page(page, "letter-late-arabic-dark")
    page.goto(f"/letters/{slug}/sign?via=friends")
    check_page(page, "sign-late-arabic-dark")
    page.goto(f"{staff_pages}/signatures/new")
    check_page(page, "add-name-dark")
