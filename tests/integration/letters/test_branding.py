"""Branding: the defaults of a coalition, and the overrides of each letter, as everyone sees them."""

import json
from typing import Any

import pytest

from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.letters.letter_document import Figures, LetterText, Margins, PaperSize, TextSize, Theme, Typeface
from letterhub.domain.letters.note_choices import LinkStyle, NotePlacement
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Draft
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import manage_link
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
TOO_LIGHT = "#ff9900 is too light for text on paper: its contrast is 1.9 to 1, and at least 4.5 to 1 is needed."


def draft() -> LetterText:
    """Return the newest draft, as the database has it now."""
    db.session.expire_all()
    return text_from_facts(db.session.query(Draft).order_by(Draft.letter_id.desc()).first().text)  # type: ignore[union-attr]


def classes_of_letter(page: Page) -> list[str]:
    """Return the letter's CSS classes on the page, without the one for its heading level."""
    classes = next(part.get("class", "").split() for part in page.tree.iter("article"))
    return [name for name in classes if not name.startswith("letter--at-")]


def sheets_of(page: Page) -> list[str]:
    """Return the stylesheets that a page loads."""
    return [link.get("href", "") for link in page.tree.iter("link") if link.get("rel") == "stylesheet"]


def test_new_letters_begin_with_the_look_of_their_coalition_and_older_ones_keep_theirs(otto: Visitor) -> None:
    factories.draft()
    page = otto.visit("branding.edit", coalition=HOME)
    page = page.submit(
        "Save branding", theme="plain", face="sans", accent="7A1F2B", paper="a4", lines="12 River Street\n\nDover",
        margins="1in", size="11", figures="lining", notes="end", links="list", justify=True,
    )  # fmt: skip
    page.says("New letters will look like this")
    assert (draft().theme, draft().accent) == (Theme.CLASSIC, "")
    otto.visit("dashboard.new_letter", coalition=HOME).submit("Create draft", title="Another letter")
    text = draft()
    assert (text.theme, text.face, text.accent, text.paper) == (Theme.PLAIN, Typeface.SANS, "#7a1f2b", PaperSize.A4)
    assert text.letterhead.lines == ("12 River Street", "Dover")
    assert (text.margins, text.size, text.figures) == (Margins.NARROW, TextSize.ELEVEN, Figures.LINING)
    assert (text.notes, text.links, text.justify) == (NotePlacement.END, LinkStyle.LIST, True)
    otto.visit("audit_log.coalition", coalition=HOME).says(
        "Otto Organizer changed the branding.", "Accent color", "Size on paper", "Equally long lines"
    )


def test_a_look_that_stays_as_it_is_leaves_no_trace_in_the_record(otto: Visitor) -> None:
    otto.visit("branding.edit", coalition=HOME).submit("Save branding")
    assert db.session.query(AuditEntry).filter_by(action="look changed").count() == 0


@pytest.mark.parametrize("endpoint", ["branding.edit", "editor.edit"])
def test_a_color_too_light_to_read_is_refused_beside_its_field(otto: Visitor, endpoint: str) -> None:
    letter = factories.draft()
    where: dict[str, Any] = {"coalition": HOME} | ({"slug": letter.slug} if endpoint == "editor.edit" else {})
    button = "Save" if endpoint == "editor.edit" else "Save branding"
    page = otto.visit(endpoint, **where).submit(button, status=422, accent="#ff9900", theme="modern")
    page.says(TOO_LIGHT, "The closest readable color is #")
    field = next(field for field in page.tree.iter("input") if field.get("name") == "accent")
    assert (field.get("aria-invalid"), field.get("value")) == ("true", "#ff9900")
    assert draft().theme is Theme.CLASSIC


def test_a_letter_looks_the_same_where_it_is_written_read_and_signed(otto: Visitor) -> None:
    letter = factories.draft()
    page = otto.visit("editor.edit", coalition=HOME, slug=letter.slug)
    page = page.submit("Save", theme="modern", face="serif", accent="#7a1f2b", window=True)
    looks = ["letter", "letter--letter", "letter--modern", "letter--serif", "letter--window", "with-accent"]
    assert classes_of_letter(page) == looks
    otto.visit("signing_settings.edit", coalition=HOME, slug=letter.slug).submit("Open the letter").submit("Open now")
    for endpoint in ("letters.detail", "signing.new"):
        page = otto.visit(endpoint, slug=letter.slug)
        assert classes_of_letter(page) == looks
        assert ("/accents/7a1f2b.css" in sheets_of(page)) is (endpoint == "signing.new")
        assert ("--accent: #7a1f2b" in page.html) is (endpoint == "letters.detail")  # has its first style sheet inside
    text = otto.visit("editor.edit", coalition=HOME, slug=letter.slug).submit("Save", window=False)
    assert "letter--window" not in classes_of_letter(text)


def test_a_letter_is_set_as_densely_as_staff_choose(otto: Visitor) -> None:
    letter = factories.draft()
    page = otto.visit("editor.edit", coalition=HOME, slug=letter.slug)
    choices = {"margins": "1in", "size": "11", "figures": "lining", "justify": True, "short_subject": "Rivers"}
    page = page.submit("Save", **choices)
    dense = ["letter", "letter--letter", "letter--classic", "letter--small", "letter--wide-text", "letter--lining"]
    assert classes_of_letter(page) == [*dense, "letter--justified"]
    text = draft()
    assert (text.margins, text.size, text.short_subject) == (Margins.NARROW, TextSize.ELEVEN, "Rivers")
    page = otto.visit("editor.edit", coalition=HOME, slug=letter.slug).submit("Save", justify=False)
    assert classes_of_letter(page) == dense


def test_a_letter_in_our_own_color_asks_for_no_sheet_of_it(otto: Visitor) -> None:
    page = otto.visit("letters.detail", slug=factories.open_letter().slug)
    assert classes_of_letter(page) == ["letter", "letter--letter", "letter--classic"]
    assert not any("accents" in sheet for sheet in sheets_of(page))


def test_a_color_is_a_sheet_that_may_be_kept_for_good(visitor: Visitor) -> None:
    answer = visitor.ask("/accents/7a1f2b.css")
    assert (answer.status_code, answer.mimetype) == (200, "text/css")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert answer.text.count("--accent: #") == 2
    assert "--accent: #7a1f2b" in answer.text


@pytest.mark.parametrize("color", ["ff9900", "7a1f2", "red", "7a1f2b}a{", "%23%237a1f2b", "1f3a68 "])
def test_what_is_no_readable_color_is_no_sheet(visitor: Visitor, color: str) -> None:
    assert visitor.ask(f"/accents/{color}.css").status_code == 404


def test_reviewers_are_not_shown_the_way_to_what_they_may_not_change(visitor: Visitor) -> None:
    factories.staff(cast.SAM)
    visitor.sign_in(cast.SAM)
    assert f"/staff/{HOME}/branding" not in visitor.visit("dashboard.index", coalition=HOME).html
    visitor.visit("branding.edit", status=403, coalition=HOME)


def test_an_autosave_keeps_the_look(otto: Visitor) -> None:
    letter = factories.draft()
    page = otto.visit("editor.edit", coalition=HOME, slug=letter.slug)
    data = {"csrf_token": page.tree.find(".//input[@name='csrf_token']").get("value"), "version": "1", "theme": "plain"}  # type: ignore[union-attr]
    answer = otto.ask(
        f"{page.path}/autosave", method="POST", data={**data, "language": "en", "order": "sections", "shown": "signer"}
    )
    assert "version" in json.loads(answer.text)
    assert draft().theme is Theme.PLAIN


def test_people_read_where_to_write_and_their_answers_go_there(otto: Visitor, settings: Settings, postbox: Inbox) -> None:
    letter = factories.open_letter()
    declined = factories.signature(letter, cast.CLARA, SignatureState.DECLINED)
    otto.visit("letters.detail", slug=letter.slug).never_says("Questions?")
    page = otto.visit("branding.edit", coalition=HOME).submit("Save address", contact_email="Hello@Rivers.example")
    page.says("Saved. Every letter shows this address.")
    otto.visit("letters.detail", slug=letter.slug).says("Questions? Hello@rivers.example")
    otto.open(manage_link(declined)).says("please contact them. Write to Coalition for Clean Rivers at Hello@rivers.example.")
    otto.visit("signing.new", slug=letter.slug).submit("Send me the link", **cast.HIRO.form, authorized=True)
    send_due_mail(settings)
    assert postbox.to(cast.HIRO.email)[-1].message["Reply-To"] == "Hello@rivers.example"
    assert [one.action for one in db.session.query(AuditEntry)][-1] == "contact changed"
    page.submit("Save address", contact_email="").says("Saved.")
    otto.visit("letters.detail", slug=letter.slug).never_says("Questions?")


@pytest.mark.parametrize(
    "typed", ["nobody", "a@b@c.example", "a@rivers.example\r\nBcc: x@y.example", f"{'a' * 300}@rivers.example"]
)
def test_what_is_no_address_is_refused_and_kept_beside_its_field(otto: Visitor, typed: str) -> None:
    page = otto.visit("branding.edit", coalition=HOME).submit("Save address", contact_email=typed, status=422)
    page.says("We can’t send email to this address.")
    assert typed.split(maxsplit=1)[0] in page.html
