"""A form with four kinds of own questions, asked by Otto, answered by Clara on a phone with scripts and without."""

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from letterhub.config import Settings
from letterhub.domain.questions.question import Question, QuestionKind, question_facts, with_added
from letterhub.infrastructure.db import db
from letterhub.models import Letter
from tests.browser.public.test_signing import PHONE, fill_in
from tests.browser.signed_in import sign_in
from tests.browser.watch import PageMonitor, accessibility_violations, check_page, save_picture
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import newest_link, only_signature

HOME = "/staff/coalition-for-clean-rivers/letters"
NEWS = "Send me news from the Coalition for Clean Rivers."
HOSTILE = '"><img src=x onerror=alert(1)> {{ 7*7 }} ${7*7} \u202eevil\u202c <script>alert(1)</script>'


def ask_four(letter: Letter, words: tuple[str, ...], choices: tuple[str, ...]) -> Letter:
    """Have the letter's form ask four questions of four kinds, in these words."""
    kinds = QuestionKind.LONG_TEXT, QuestionKind.ONE_CHOICE, QuestionKind.SEVERAL_CHOICES, QuestionKind.YES_NO
    questions = ()
    for label, kind in zip(words, kinds, strict=True):
        listed = choices if kind.has_choices else ()
        is_public = kind in kinds[:2]
        questions = with_added(questions, Question(0, label, kind, "", listed, is_public, kind is QuestionKind.ONE_CHOICE))
    letter.questions, letter.news_text, letter.news_version = question_facts(questions), NEWS, 1
    db.session.commit()
    return letter


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_clara_answers_on_her_phone(chromium: Browser, site: str, settings: Settings, postbox: Inbox, scripts: bool) -> None:
    letter = ask_four(
        factories.open_letter(),
        ("Why do you sign?", "Which region?", "How can you help?", "May journalists call?"),
        ("North", "South"),
    )
    with chromium.new_context(base_url=site, viewport=PHONE, java_script_enabled=scripts) as context:
        page = context.new_page()
        watch = PageMonitor(page, site)
        page.goto(f"/letters/{letter.slug}/sign")
        fill_in(page)
        page.get_by_label("Why do you sign?").fill(f"{HOSTILE}\nWe drink it.")
        page.get_by_label("I am authorized to sign").check()
        page.get_by_role("button", name="Send me the link").click()
        expect(page.get_by_role("link", name="Answer the question “Which region?”")).to_be_visible()
        if scripts:
            check_page(page, "own-questions-form")
            page.set_viewport_size(PHONE)
        page.get_by_role("group", name="Which region?").get_by_label("South").check()
        page.get_by_role("group", name="How can you help?").get_by_label("North").check()
        expect(page.get_by_label(NEWS)).not_to_be_checked()
        page.get_by_role("button", name="Send me the link").click()
        expect(page.get_by_text("Check your email").first).to_be_visible()
        page.goto(newest_link(settings, postbox))
        page.get_by_label("I am authorized to sign for").first.check()
        page.get_by_role("button", name="Sign for our organization").click()
        expect(page.get_by_text("Your signature is confirmed")).to_be_visible()
        assert (only_signature().answers or {})["2"] == "South"
        assert watch.complaints == []


def test_pages_of_questions_and_answers(page: Page, site: str, settings: Settings, postbox: Inbox) -> None:
    letter = ask_four(
        factories.open_letter(),
        ("Why do you sign?", "Which region?", "How can you help?", "May journalists call?"),
        ("North", "South"),
    )
    for signer, why in ((cast.CLARA, HOSTILE), (cast.HIRO, "川を守るために。\n毎日飲みます。")):
        signature = factories.signature(letter, signer)
        signature.answers = {"1": why, "2": "South", "3": ["North", "South"], "4": "yes"}
    db.session.commit()
    page.goto(f"/letters/{letter.slug}")
    expect(page.get_by_text("Which region? South").first).to_be_visible()
    assert page.locator("img[src=x]").count() == 0
    check_page(page, "own-questions-letter")
    factories.staff(cast.OTTO)
    sign_in(page, cast.OTTO)
    page.goto(f"{HOME}/{letter.slug}/questions")
    check_page(page, "own-questions-list")
    page.get_by_role("link", name="Edit Which region?").click()
    check_page(page, "own-questions-edit")
    page.goto(f"{HOME}/{letter.slug}/signatures/{signature.id}")
    check_page(page, "own-questions-signature")
    page.get_by_role("link", name="Correct the answers").click()
    check_page(page, "own-questions-answers")
    page.goto(f"{HOME}/{letter.slug}/news")
    check_page(page, "own-questions-news")
    page.emulate_media(color_scheme="dark")
    page.goto(f"{HOME}/{letter.slug}/questions")
    assert accessibility_violations(page) == []
    save_picture(page, "own-questions-list-dark")


def test_an_arabic_form_asks_from_right_to_left(page: Page, site: str) -> None:
    letter = ask_four(
        factories.open_letter(replace(factories.TEXT, title="أنهار نظيفة للجميع", language="ar")),
        ("لماذا توقّعون؟", "أي منطقة؟", "كيف تساعدون؟", "هل يتصل الصحفيون؟"),
        ("الشمال", "الجنوب"),
    )
    factories.signature(letter, cast.CLARA).answers = {"1": "نشربها كل يوم.", "2": "الجنوب"}
    db.session.commit()
    page.goto(f"/letters/{letter.slug}/sign")
    assert page.get_by_text("أي منطقة؟").first.get_attribute("dir") == "rtl"
    check_page(page, "own-questions-arabic")
    page.emulate_media(color_scheme="dark")
    page.goto(f"/letters/{letter.slug}")
    check_page(page, "own-questions-arabic-letter-dark")
