"""Press pages: written from the letter's data, under embargo until their hour, and then public by themselves."""

import datetime as dt
import io
import re
import zipfile
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.operations.purge import purge_expired_data
from letterhub.commands.press.press_pages import release_press_page, save_press_page
from letterhub.config import Settings
from letterhub.domain.letters.letter_document import Letterhead, Logo
from letterhub.domain.links.secret_links import token_hash
from letterhub.domain.operations.retention import ErasableData
from letterhub.domain.press.press_page import PressContact, PressWords, announcement_draft
from letterhub.domain.states import LetterMove, SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Letter, PressPage, SecretLink
from letterhub.queries.operations.retention import due_erasures
from letterhub.web.page_cache import CACHE_BRIEFLY, PageCacheMiddleware
from tests.support import cast, editions, factories
from tests.support.database_statements import record_statements
from tests.support.servers.database_copies import SITE
from tests.support.signing_steps import audit_actions
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) ![p](https://evil.example/p.png) **Bold**"
FORM = {
    "headline": "Rivers need help", "statement": "We **ask** for clean water.", "fact_1": "2 organizations signed.",
    "contacts-0-name": "Nia Example", "contacts-0-email": "press@rivers.example", "contacts-0-phone": "+1 555 0100",
}  # fmt: skip
PATH = "/letters/clean-rivers-for-everyone/press"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter with two names and a logo."""
    logo = Logo("image/png", b"\x89PNG logo", "Coalition for Clean Rivers")
    letter = factories.open_letter(replace(factories.TEXT, letterhead=Letterhead("Clean Rivers", (), logo)), deadline_at=None)
    factories.signature(letter, cast.CLARA)
    factories.signature(letter, cast.HIRO)
    return letter


def write(letter: Letter, **changes: str) -> None:
    """Save a press page by the command."""
    words = PressWords(
        "Rivers need help", changes.get("statement", "We **ask**."), ("A fact",), (PressContact("Nia", "n@o.example"),)
    )
    version = db.session.query(PressPage.version).filter_by(letter_id=letter.id).scalar() or 0
    save_press_page(letter.id, words, version, staff_id=None, actor="staff-1", at=now())  # type: ignore[arg-type]


def editor(otto: Visitor, letter: Letter) -> Page:
    return otto.visit("press_pages.edit", coalition=HOME, slug=letter.slug)


def secret_path(otto: Visitor, letter: Letter, name: str = "The Daily Example") -> str:
    page = otto.visit("secret_links.index", coalition=HOME, slug=letter.slug, kind="press").submit("Make a link", label=name)
    found = re.search(rf"{SITE}(/press/[\w-]+)", page.html)
    assert found
    return found[1]


def test_a_page_is_written_from_the_letters_data_and_released_at_its_hour(
    otto: Visitor, visitor: Visitor, letter: Letter, clock: time_machine.Traveller
) -> None:
    page = otto.visit("release.index", coalition=HOME, slug=letter.slug).follow("Press page")
    page.says("Not public", "a coalition of 2 organizations delivered a letter to The President, “Clean rivers for everyone”")
    page = page.submit("Save the press page", **FORM).says("The press page was saved.")
    preview = page.follow("Preview").says("Rivers need help", "We ask for clean water.", "Press contacts", "+1 555 0100")
    preview.follow("Back to editing").submit("Set the hour", day="2022-01-05", time="13:00").says("Under embargo until")
    visitor.open(PATH, status=404)
    visitor.open(f"/letters/{letter.slug}").never_says("For the press")
    clock.shift(HOUR)
    public = visitor.open(f"/letters/{letter.slug}").follow("For the press")
    public.says(
        "Rivers need help", "2 organizations signed.", "2 organizations", "press@rivers.example", "Wednesday, January 5, 2022"
    )
    public.never_says("Under embargo")
    assert public.path == PATH
    assert audit_actions()[-2:] == ["press page saved", "press page released"]


def test_no_cache_holds_the_page_before_its_hour_and_a_second_at_most_after_it(
    app: Flask, visitor: Visitor, letter: Letter, settings: Settings, clock: time_machine.Traveller
) -> None:
    write(letter)
    release_press_page(letter.id, now() + HOUR, actor="staff-1", at=now())
    end_read_transaction()
    app.wsgi_app = PageCacheMiddleware(app.wsgi_app, replace(settings, page_cache_seconds=1))  # type: ignore[method-assign]
    clock.shift(HOUR - dt.timedelta(seconds=1))
    before = visitor.ask(PATH)
    assert (before.status_code, before.headers["Cache-Control"]) == (404, "no-store")
    assert visitor.ask(f"{PATH}/logos.zip").status_code == 404
    clock.shift(dt.timedelta(seconds=1))
    after = visitor.ask(PATH)
    assert (after.status_code, after.headers["Cache-Control"]) == (200, CACHE_BRIEFLY)
    assert "Set-Cookie" not in after.headers


def test_a_secret_link_opens_it_before_its_hour_and_is_counted_and_revoked(
    otto: Visitor, visitor: Visitor, letter: Letter, clock: time_machine.Traveller
) -> None:
    write(letter)
    release_press_page(letter.id, now() + 2 * HOUR, actor="staff-1", at=now())
    path = secret_path(otto, letter)
    assert db.session.query(SecretLink).one().token_hash == token_hash(path.rpartition("/")[2])
    page = visitor.open(path, headers={"Sec-Fetch-Mode": "navigate"})
    page.says("Under embargo until Wednesday, January 5, 2022, 2:00 p.m. Eastern", "Rivers need help")
    assert "noindex" in page.html
    response = visitor.ask(path)
    assert (response.headers["Cache-Control"], response.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    links = otto.visit("secret_links.index", coalition=HOME, slug=letter.slug, kind="press")
    links.says("The Daily Example", "1 Wednesday, January 5, 2022, 12:00 p.m. Eastern")
    links.never_says(path)
    assert (db.session.query(SecretLink).one().use_count, audit_actions()[-1]) == (1, "press link created")
    links.submit("Revoke the link of The Daily Example").says("The link no longer works.", "Revoked January 5, 2022")
    visitor.open(path, status=404)
    visitor.open(f"{path}/logos.zip", status=404)
    visitor.open("/press/unknown", status=404)


def test_a_link_leads_to_the_public_page_after_the_hour_and_ends(
    otto: Visitor, visitor: Visitor, letter: Letter, clock: time_machine.Traveller
) -> None:
    write(letter)
    release_press_page(letter.id, now() + HOUR, actor="staff-1", at=now())
    path = secret_path(otto, letter)
    clock.shift(HOUR)
    assert visitor.open(path).path == PATH
    clock.shift(dt.timedelta(days=90))
    visitor.open(path, status=404)


def test_links_that_ended_go_with_the_addresses_of_signatories(
    otto: Visitor, letter: Letter, clock: time_machine.Traveller
) -> None:
    write(letter)
    secret_path(otto, letter)
    letter.move(LetterMove.WITHDRAW, now())
    letter.contact_months = 1
    db.session.commit()
    clock.shift(dt.timedelta(days=80))
    assert purge_expired_data(letter.id, ErasableData.LINKS, now()) == 0  # works for another ten days
    clock.shift(dt.timedelta(days=10))
    assert [one.count for one in due_erasures(now()) if one.data_kind is ErasableData.LINKS] == [1]
    assert purge_expired_data(letter.id, ErasableData.LINKS, now()) == 1
    assert db.session.query(SecretLink).count() == 0


def test_under_embargo_the_newest_edition_is_offered_though_it_is_not_delivered(
    otto: Visitor, visitor: Visitor, letter: Letter
) -> None:
    write(letter)
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    editions.freeze_edition(letter)
    path = secret_path(otto, letter)
    visitor.open(path).says("edition 1, as of", "Signatories (CSV)", "PDF")
    file = visitor.ask(f"{path}/csv")
    assert (file.status_code, file.headers["Cache-Control"]) == (200, "no-store")
    assert file.data.startswith(b"csv of edition 1")
    release_press_page(letter.id, now(), actor="staff-1", at=now())
    visitor.open(PATH).never_says("Signatories (CSV)")  # not delivered: not public


def test_a_delivered_letters_files_are_on_the_public_page(visitor: Visitor, letter: Letter) -> None:
    write(letter)
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    editions.deliver_edition(letter)
    release_press_page(letter.id, now(), actor="staff-1", at=now())
    visitor.open(PATH).says("Signatories (CSV)", "Logos (ZIP)")
    archive = zipfile.ZipFile(io.BytesIO(visitor.ask(f"{PATH}/logos.zip").data))
    assert archive.namelist() == ["01-coalition-for-clean-rivers.png"]


def test_a_page_is_taken_back(otto: Visitor, visitor: Visitor, letter: Letter) -> None:
    write(letter)
    editor(otto, letter).submit("Publish the press page").says("The press page is public.")
    visitor.open(PATH).says("Rivers need help")
    editor(otto, letter).submit("Take the page back").says("The press page is not public.")
    visitor.open(PATH, status=404)


@pytest.mark.shows("S3")
def test_hostile_words_run_nothing_and_load_no_picture(otto: Visitor, visitor: Visitor, letter: Letter) -> None:
    page = editor(otto, letter).submit(
        "Save the press page", headline=HOSTILE, statement=HOSTILE, announcement=HOSTILE, fact_1=HOSTILE
    )
    page.submit("Publish the press page")
    public = visitor.open(PATH)
    assert [one.get("src") for one in public.tree.iter("img")] == [f"/letters/{letter.slug}/card.png"]  # the site's own
    assert not list(public.tree.iter("iframe"))
    assert "<script>alert" not in public.html
    assert not [anchor for anchor in public.tree.iter("a") if anchor.get("href", "").startswith("javascript")]
    assert "<strong>Bold</strong>" in public.html


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"headline": ""}, "Enter a headline."),
        ({"statement": ""}, "Enter a statement."),
        ({"statement": ">" * 200 + " deep"}, "too deeply"),
        ({"contacts-0-name": ""}, "Enter the contact’s name."),
        ({"contacts-0-email": "nobody"}, "We can’t send email to this address."),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_bad_field_says_so_and_nothing_typed_is_lost(
    otto: Visitor, letter: Letter, changes: dict[str, str], sentence: str
) -> None:
    page = editor(otto, letter).submit("Save the press page", status=422, **FORM | changes).says(sentence)
    assert "2 organizations signed." in page.html


def test_of_two_who_write_at_once_the_second_is_asked(otto: Visitor, letter: Letter) -> None:
    first, second = editor(otto, letter), editor(otto, letter)
    first.submit("Save the press page", **FORM)
    page = second.submit("Save the press page", status=422, **FORM | {"headline": "Mine"})
    page.says("Someone else changed this page.").submit("Save the press page").says("The press page was saved.")
    assert db.session.query(PressPage).one().headline == "Mine"


def test_a_draft_has_no_public_press_page(otto: Visitor, visitor: Visitor) -> None:
    draft = factories.draft()
    page = editor(otto, draft).submit("Save the press page", **FORM)
    page.never_says("Set the hour")
    otto.visit("secret_links.index", coalition=HOME, slug=draft.slug, kind="press").submit(
        "Make a link", status=422, label="The Daily"
    ).says("Open the letter and write its press page first.")
    visitor.open(f"/letters/{draft.slug}/press", status=404)


def test_a_withdrawn_letter_says_so_on_its_press_page(visitor: Visitor, letter: Letter) -> None:
    write(letter)
    release_press_page(letter.id, now(), actor="staff-1", at=now())
    letter.move(LetterMove.WITHDRAW, now())
    db.session.commit()
    visitor.open(PATH).says("withdrew the letter")


def test_an_hour_that_clocks_skip_is_asked_for_again(otto: Visitor, letter: Letter) -> None:
    write(letter)
    editor(otto, letter).submit("Set the hour", status=422, day="2022-03-13", time="02:30").says("Clocks go forward")
    editor(otto, letter).submit("Set the hour", status=422, day="", time="").says("Enter the day.", "Enter the time.")


def test_the_page_costs_as_much_for_many_names(visitor: Visitor, letter: Letter) -> None:
    write(letter)
    release_press_page(letter.id, now(), actor="staff-1", at=now())

    def statements() -> int:
        visitor.ask(PATH)
        with record_statements() as made:
            assert visitor.ask(PATH).status_code == 200
        return len(made)

    few = statements()
    for number in range(30):
        factories.signature(letter, replace(cast.CLARA, organization=f"Watch {number}", email=f"w{number}@o.example"))
    assert statements() == few <= 6


def test_a_reviewer_reads_the_page_and_sees_no_secret_link(sam: Visitor, letter: Letter) -> None:
    write(letter)
    page = editor(sam, letter).never_says("Secret links", "Set the hour")
    assert "Rivers need help" in page.html
    sam.visit("secret_links.index", coalition=HOME, slug=letter.slug, kind="press", status=403)


@pytest.mark.parametrize(
    ("addressees", "words"),
    [
        ((), "a coalition of 2 organizations published an open letter, “Rivers”"),
        (("Ada",), "delivered a letter to Ada, “Rivers”"),
        (("Ada", "Bo"), "delivered a letter to Ada and Bo, “Rivers”"),
        (("Ada", "Bo", "Cy"), "delivered a letter to Ada, Bo and Cy, “Rivers”"),
    ],
)
def test_the_announcement_names_its_recipients(addressees: tuple[str, ...], words: str) -> None:
    text = announcement_draft("Rivers", addressees, "2 organizations", "January 5, 2022", "https://l.example/letters/rivers")
    assert words in text
    assert text.startswith("On January 5, 2022, ")
    assert text.endswith("[Read the full letter here](https://l.example/letters/rivers).")


def test_signatures_that_wait_do_not_count(otto: Visitor, letter: Letter) -> None:
    factories.signature(letter, cast.FREE_MAIL_SIGNER, SignatureState.CONFIRMED)
    editor(otto, letter).says("a coalition of 2 organizations")
