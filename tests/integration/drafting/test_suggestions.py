"""Changes of a draft that partners suggest by a link: made, carried along, accepted or declined by staff, withdrawn."""

from dataclasses import replace

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.drafting.suggestion_decisions import Decider, accept_suggestion
from letterhub.commands.letters.drafts import save_draft
from letterhub.domain.drafting.suggestions import (
    MAX_SUGGESTIONS,
    MAX_SUGGESTIONS_BY_LINK,
    CannotDecide,
    SuggestionKind,
    paragraph_name,
)
from letterhub.domain.letters.letter_document import Addressee, LetterText
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Draft, DraftSuggestion, Letter, SecretLink
from tests.support import factories
from tests.support.signing_steps import audit_actions
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
OPENING, RIVERS, END = "We write to you.", "Our rivers carry what we leave in them.", "Please act."
TEXT = LetterText(title="Clean rivers", body=f"{OPENING}\n\n{RIVERS}\n\n{END}")
NEW = "Our rivers carry all that we leave in them."


@pytest.fixture
def draft(app: Flask) -> Letter:
    """A draft of three paragraphs, with an addressee that staff have begun to add."""
    return factories.draft(replace(TEXT, addressees=(Addressee(""),)))


def make_link(by: Visitor, draft: Letter, label: str = "River Keepers", permission: str = "suggest") -> str:
    """Make a link as staff; return its path."""
    page = by.visit("secret_links.index", coalition=HOME, slug=draft.slug, kind="draft")
    page = page.submit("Make a link", label=label, permission=permission)
    (address,) = [link for anchor in page.tree.iter("a") if "/drafts/" in (link := anchor.get("href", ""))]
    return address.partition("letters.example.org")[2]


def suggest(by: Visitor, path: str, number: int, block: str, status: int = 200, **typed: str) -> Page:
    """Suggest a change of a paragraph by its form."""
    page = by.open(f"{path}/suggestions/new?paragraph={paragraph_name(number, block)}")
    return page.submit("Send suggestion", status=status, **{"name": "Nia Example", **typed})


def staff_page(by: Visitor, draft: Letter) -> Page:
    return by.visit("draft_suggestions.index", coalition=HOME, slug=draft.slug)


def stored_body(draft: Letter) -> str:
    end_read_transaction()
    return str(db.session.get_one(Draft, draft.id, populate_existing=True).text["body"])


def buttons(page: Page, word: str) -> list[str]:
    """Return the full labels of the buttons that begin with a word."""
    labels = [" ".join("".join(one.itertext()).split()) for one in page.tree.iter("button")]
    return [label for label in labels if label.startswith(word)]


@pytest.mark.shows("S29")
def test_a_suggestion_is_no_part_of_the_letter_until_staff_accept_it(otto: Visitor, visitor: Visitor, draft: Letter) -> None:
    path = make_link(otto, draft)
    page = suggest(visitor, path, 1, RIVERS, content=NEW, reason="It is more than one thing.")
    page.says("Nia Example", "River Keepers", "removed: what", "added: all that", "It is more than one thing.")
    assert stored_body(draft) == TEXT.body
    visitor.open(path).says(RIVERS).never_says(NEW)
    page = staff_page(otto, draft).says("removed: what", "added: all that", "It is more than one thing.")
    page = page.submit(buttons(page, "Accept")[0]).says(
        "Accepted: the draft has the change now.", "Accepted by Otto Organizer."
    )
    assert not buttons(page, "Accept")
    assert stored_body(draft) == TEXT.body.replace(RIVERS, NEW)
    saved = db.session.get_one(Draft, draft.id)
    assert (saved.version, len(saved.text["addressees"])) == (2, 1)
    assert "suggestion accepted" in audit_actions()
    otto.visit("audit_log.letter", coalition=HOME, slug=draft.slug).says("accepted a suggested change of the draft.")
    visitor.open(f"{path}/suggestions").says("Accepted by Otto Organizer.").never_says("Withdraw this suggestion")
    visitor.open(path).says(NEW)


@pytest.mark.parametrize("override", "\u202a\u202b\u202d\u202e")
def test_a_suggestion_shows_the_order_that_it_has(otto: Visitor, visitor: Visitor, draft: Letter, override: str) -> None:
    path = make_link(otto, draft)
    suggest(visitor, path, 1, RIVERS, content=f"Our rivers are {override}ton\u202c clean.", reason=f"{override}why")
    stored = db.session.query(DraftSuggestion).one()
    assert (stored.content, stored.reason) == ("Our rivers are ton clean.", "why")


def test_paragraphs_are_added_and_left_out_and_declined(otto: Visitor, visitor: Visitor, draft: Letter) -> None:
    path = make_link(otto, draft)
    suggest(visitor, path, 1, RIVERS, kind="add", content="And our *lakes*.").says("Add after it:", "added: And our *lakes*.")
    suggest(visitor, path, 0, OPENING, kind="drop", content="").says("Leave out:", f"removed: {OPENING}")
    suggest(visitor, path, 2, END, content="Act now.")
    page = staff_page(otto, draft)
    page = page.submit(buttons(page, "Decline Nia")[2]).says("Declined by Otto Organizer.")
    page.submit("Accept all").says("Accepted 2 suggestions.")
    assert stored_body(draft) == f"{RIVERS}\n\nAnd our *lakes*.\n\n{END}"
    visitor.open(f"{path}/suggestions").says("Declined by Otto Organizer.", "Accepted by Otto Organizer.")


def test_what_changed_meanwhile_is_shown_beside_what_it_was(otto: Visitor, visitor: Visitor, draft: Letter) -> None:
    path = make_link(otto, draft)
    suggest(visitor, path, 1, RIVERS, content=NEW)
    suggest(visitor, path, 2, END, content="Act now.")
    other = RIVERS.replace("leave", "throw")
    stale = staff_page(otto, draft)
    save_draft(
        draft.id, LetterText(title="Clean rivers", body=f"A new start.\n\n{OPENING}\n\n{other}"), 1, staff_id=1, at=now()
    )
    page = visitor.open(f"{path}/suggestions").says("It was:", RIVERS, "It is now:", other, "added: all that")
    page.says("no longer in the letter")
    stale.submit(buttons(stale, "Accept Nia")[0]).says("The letter has changed since this page was loaded.")
    page = staff_page(otto, draft).says("It is now:")
    assert not buttons(page, "Accept Nia")  # one has changed, one is gone
    page.submit("Accept all").says("2 stay open")
    page = page.submit(buttons(page, "Replace what stands there now")[0])
    page.says("Accepted:", "removed: throw")  # what was replaced is still shown
    assert stored_body(draft) == f"A new start.\n\n{OPENING}\n\n{NEW}"


def test_several_suggestions_for_one_paragraph_wait_for_a_choice(otto: Visitor, visitor: Visitor, draft: Letter) -> None:
    path, other = make_link(otto, draft), make_link(otto, draft, "Lake Keepers")
    suggest(visitor, path, 1, RIVERS, content=NEW)
    suggest(visitor, other, 1, RIVERS, kind="drop", content="").says("River Keepers", "Lake Keepers")
    suggest(visitor, path, 1, RIVERS, kind="add", content="First.")
    suggest(visitor, path, 1, RIVERS, kind="add", content="Second.")
    staff_page(otto, draft).submit("Accept all").says("Accepted 2 suggestions.", "2 stay open")
    assert stored_body(draft) == f"{OPENING}\n\n{RIVERS}\n\nFirst.\n\nSecond.\n\n{END}"
    staff_page(otto, draft).submit("Decline all suggestions").says("Declined 2 suggestions.")
    assert not db.session.query(DraftSuggestion).filter_by(state="open").count()


def test_an_accepted_suggestion_stays_when_an_open_editor_saves_unless_both_changed_the_same(
    otto: Visitor, visitor: Visitor, draft: Letter
) -> None:
    suggest(visitor, make_link(otto, draft), 1, RIVERS, content=NEW)
    editor = otto.visit("editor.edit", coalition=HOME, slug=draft.slug)
    page = staff_page(otto, draft)
    page.submit(buttons(page, "Accept")[0])
    page = editor.submit("Save", status=409, body=TEXT.body.replace("what we leave", "much"))
    page.says("Your version is in the form below and is not saved yet.", NEW, "much")
    editor.submit("Save", body=f"{TEXT.body}\n\nMore.").says(NEW, "More.")


@pytest.mark.shows("S6")
def test_who_suggested_may_withdraw_and_untouched_forms_do_nothing(otto: Visitor, visitor: Visitor, draft: Letter) -> None:
    path, other = make_link(otto, draft), make_link(otto, draft, "Lake Keepers")
    suggest(visitor, path, 1, RIVERS, status=422).says("Nothing is different yet.")
    page = suggest(visitor, path, 1, RIVERS, content=NEW)
    page.submit("Send", status=422).says("Check the box if you’re sure.")
    visitor.open(f"{other}/suggestions").never_says("Withdraw this suggestion")
    theirs = visitor.ask(f"{other}/suggestions/1/withdraw", method="POST", data={"sure": "y"})
    assert theirs.status_code == 422
    page.submit("Send", sure="y").says("Withdrawn.")
    page = staff_page(otto, draft).says("Withdrawn.")
    assert not buttons(page, "Accept")


@pytest.mark.shows("S29")
@pytest.mark.parametrize("permission", ["read", "comment"])
def test_other_links_suggest_nothing(otto: Visitor, visitor: Visitor, draft: Letter, permission: str) -> None:
    path = make_link(otto, draft, permission=permission)
    visitor.open(path).never_says("Suggest changes")
    name = paragraph_name(1, RIVERS)
    data = {"paragraph": name, "kind": "replace", "content": NEW, "name": "Nia", "sure": "y"}
    for below in ("", f"/new?paragraph={name}"):
        assert visitor.ask(f"{path}/suggestions{below}").status_code == 403
    for below in ("", "/1/withdraw"):
        assert visitor.ask(f"{path}/suggestions{below}", method="POST", data=data).status_code == 403
    assert not db.session.query(DraftSuggestion).count()


REFUSED = {
    "no words": ({"content": "\u200b "}, "Enter the new wording."),
    "no name": ({"name": ""}, "Enter your name."),
    "too long": ({"content": "a" * 8_001}, "8000"),
    "a long reason": ({"reason": "a" * 1_001}, "1000"),
    "another kind": ({"kind": "all"}, "Not a valid choice"),
    "code without an end": ({"content": "```\ncode"}, "Other paragraphs would change with these words."),
    "another paragraph": ({"paragraph": "1-0000000000000000"}, "The text has changed since."),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_answered_and_kept(otto: Visitor, visitor: Visitor, draft: Letter, case: str) -> None:
    typed, sentence = REFUSED[case]
    data = {"paragraph": paragraph_name(1, RIVERS), "kind": "replace", "content": NEW, "name": "Nia", "reason": "Kept", **typed}
    answer = visitor.ask(f"{make_link(otto, draft)}/suggestions", method="POST", data=data)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert data["reason"] in answer.get_data(as_text=True)
    assert not db.session.query(DraftSuggestion).count()


@pytest.mark.shows("S27")
def test_links_leave_room_for_others_and_a_form_sent_twice_is_one(otto: Visitor, visitor: Visitor, draft: Letter) -> None:
    path, other = make_link(otto, draft), make_link(otto, draft, "Lake Keepers")
    for _again in range(2):
        suggest(visitor, path, 1, RIVERS, content=NEW)
    assert db.session.query(DraftSuggestion).count() == 1
    links = [one.id for one in db.session.query(SecretLink).order_by(SecretLink.id)]

    def fill(link_id: int, count: int) -> None:
        row = {"kind": SuggestionKind.ADD, "draft_version": 1, "number": 0, "was": END, "reason": "", "author": "A"}
        made = {"letter_id": draft.id, "link_id": link_id, "suggested_at": now()}
        db.session.add_all(DraftSuggestion(**row, **made, content=str(n)) for n in range(count))
        db.session.commit()

    fill(links[0], MAX_SUGGESTIONS_BY_LINK)
    suggest(visitor, path, 2, END, status=422, content="One more.").says("This link has made 60 suggestions")
    suggest(visitor, other, 2, END, content="Room for others.").says("Room for others.")
    fill(links[0], MAX_SUGGESTIONS)
    suggest(visitor, other, 2, END, status=422, content="One more.").says("no room for more")


def test_after_the_opening_nothing_is_suggested_or_decided(otto: Visitor, visitor: Visitor, sam: Visitor) -> None:
    letter = factories.draft()
    path, block = make_link(otto, letter), factories.TEXT.body.partition("\n\n")[0]
    suggest(visitor, path, 0, block, content="Other words.")
    otto.visit("opening.index", coalition=HOME, slug=letter.slug).says("One suggestion is open.")
    page = sam.visit("draft_suggestions.index", coalition=HOME, slug=letter.slug).says("Other words.")
    assert not buttons(page, "Accept")  # a reviewer reads
    settings = otto.visit("signing_settings.edit", coalition=HOME, slug=letter.slug)
    settings.submit("Open the letter").submit("Open now", slug="clean-rivers")
    visitor.open(f"{path}/suggestions").says("it has opened").never_says("Other words.")
    page = otto.visit("draft_suggestions.index", coalition=HOME, slug="clean-rivers").says("Other words.")
    assert not buttons(page, "Accept")
    with pytest.raises(CannotDecide):
        accept_suggestion(letter.id, 1, paragraph_name(0, block), Decider(1, "Otto Organizer", "staff-1"), now())


def test_what_fits_alone_and_not_together_stays_open(otto: Visitor, visitor: Visitor, app: Flask) -> None:
    long = "\n\n".join(["rivers " * 995] * 20)
    draft = factories.draft(replace(TEXT, body=f"{OPENING}\n\n{long}"))
    path = make_link(otto, draft)
    for word in ("water", "fishes"):
        suggest(visitor, path, 0, OPENING, kind="add", content=(f"{word} " * 1_330)[:7_900].strip())
    staff_page(otto, draft).submit("Accept all").says("Accepted one suggestion.", "One stays open")
    assert len(stored_body(draft)) <= 150_000
    staff_page(otto, draft).submit("Accept Nia Example 1").says("150,000")
