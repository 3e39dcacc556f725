"""Staff translate a letter, and readers choose its language at its head."""

from playwright.sync_api import Page, expect

from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories

ARABIC = {
    "Title": "أنهار نظيفة للجميع",
    "Re:": "الأنهار النظيفة",
    "Salutation": "فخامة الرئيس،",
    "Text": "نحن المنظمات الموقّعة أدناه وعددنا {{count}} نطلب منكم حماية أنهارنا.",
    "Closing": "مع الاحترام،",
}


def test_a_letter_in_arabic_beside_its_english_original(page: Page) -> None:
    factories.staff(cast.OTTO)
    letter = factories.open_letter()
    factories.signature(letter, state="published")
    sign_in(page, cast.OTTO)
    page.goto(f"/staff/coalition-for-clean-rivers/letters/{letter.slug}/write")
    page.get_by_role("link", name="Translations").click()
    page.get_by_label("Language").select_option("ar")
    page.get_by_role("button", name="Add translation").click()
    for label, written in ARABIC.items():
        page.get_by_label(label, exact=True).fill(written)
    page.get_by_role("button", name="Publish this translation").click()
    expect(page.get_by_text("Readers see this translation of the current text.")).to_be_visible()
    check_page(page, "translation-write")
    page.get_by_role("link", name="All translations").click()
    check_page(page, "translations")
    page.goto(f"/letters/{letter.slug}")
    check_page(page, "translation-original")
    page.get_by_role("link", name="العربية").click()
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
    check_page(page, "translation-arabic")
