"""A draft behind a secret link: read and commented on without an account, answered by staff, and ended."""

import datetime as dt

import pytest
from flask import Flask
from time_machine import Traveller

from letterhub.clock import now
from letterhub.commands.letters.drafts import save_draft
from letterhub.commands.links.secret_links import revoke_secret_link
from letterhub.domain.drafting.comments import MAX_COMMENTS, MAX_COMMENTS_BY_LINK, passage_key
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.links.secret_links import LinkKind
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import DraftComment, Letter, SecretLink
from tests.support import factories
from tests.support.signing_steps import audit_actions
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
BROWSER = {"Sec-Fetch-Mode": "navigate"}
RIVERS = "Our rivers carry what we leave in them, and our children swim in it."
TEXT = LetterText(title="Clean rivers", body=f"We write to you.\n\n{RIVERS}\n\nPlease act, all {{{{count}}}} of us ask.")


@pytest.fixture
def draft(app: Flask) -> Letter:
    """A draft of three paragraphs."""
    return factories.draft(TEXT)


def make_link(by: Visitor, draft: Letter, **typed: str) -> str:
    """Make a link as staff; return its path."""
    page = by.visit("secret_links.index", coalition=HOME, slug=draft.slug, kind="draft")
    page = page.submit("Make a link", **{"label": "River Keepers", **typed})
    (address,) = [link for anchor in page.tree.iter("a") if "/drafts/" in (link := anchor.get("href", ""))]
    return address.partition("letters.example.org")[2]


def comment(by: Visitor, path: str, text: str, **typed: str) -> Page:
    return by.open(path).submit("Add comment", **{"name": "Nia Example", "text": text, **typed})


def staff_page(by: Visitor, draft: Letter) -> Page:
    return by.visit("draft_comments.index", coalition=HOME, slug=draft.slug)


@pytest.mark.shows("S7", "S29")
def test_a_link_opens_the_draft_for_its_holder_alone(otto: Visitor, visitor: Visitor, draft: Letter) -> None:
    path = make_link(otto, draft)
    for headers in (BROWSER, {}, BROWSER):
        page = visitor.open(path, headers=headers)
    page.says("for River Keepers alone", RIVERS, "all [number] of us ask", "There are no comments yet.")
    headers = visitor.ask(path).headers
    assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert "Set-Cookie" not in headers
    assert "noindex" in page.html
    token, link = path.rpartition("/")[2], db.session.query(SecretLink).one()
    assert len(token) >= 43
    assert token not in str([getattr(link, column.key) for column in SecretLink.__table__.columns])
    listed = otto.visit("secret_links.index", coalition=HOME, slug=draft.slug, kind="draft")
    listed.says("River Keepers", "2 Wednesday, January 5, 2022, 12:00 p.m. Eastern").never_says(token)
    assert visitor.ask(f"/letters/{draft.slug}").status_code == 404


@pytest.mark.shows("S29")
@pytest.mark.parametrize(("lifetime", "days"), [("week", 7), ("month", 30), ("quarter", 90)])
def test_a_link_expires(otto: Visitor, visitor: Visitor, draft: Letter, clock: Traveller, lifetime: str, days: int) -> None:
    path, made_at = make_link(otto, draft, lifetime=lifetime), now()
    clock.move_to(made_at + dt.timedelta(days=days) - dt.timedelta(seconds=1))
    form = visitor.open(path)
    clock.shift(dt.timedelta(seconds=1))
    visitor.open(path, status=404)
    form.submit("Add comment", status=404, name="Nia", text="Too late")


@pytest.mark.shows("S29")
def test_a_revoked_link_opens_nothing_and_takes_no_comment(otto: Visitor, visitor: Visitor, draft: Letter) -> None:
    path = make_link(otto, draft)
    form = visitor.open(path)
    page = otto.visit("secret_links.index", coalition=HOME, slug=draft.slug, kind="draft").submit(
        "Revoke the link of River Keepers"
    )
    page.says("The link no longer works.", "Revoked January 5, 2022")
    visitor.open(path, status=404)
    form.submit("Add comment", status=404, name="Nia", text="Let me in")
    assert {"draft link created", "draft link revoked"} <= set(audit_actions())
    otto.visit("audit_log.letter", coalition=HOME, slug=draft.slug).says("made a secret link to the draft.")


@pytest.mark.shows("S29")
def test_a_link_to_read_takes_no_comment(otto: Visitor, visitor: Visitor, draft: Letter) -> None:
    path = make_link(otto, draft, permission="read")
    visitor.open(path).says(RIVERS).never_says("Add comment", "Your name")
    for below in ("", "/1"):
        assert visitor.ask(f"{path}/comments{below}", method="POST", data={"name": "N", "text": "T"}).status_code == 403


@pytest.mark.shows("S29")
def test_a_link_opens_no_thread_of_another_draft(otto: Visitor, visitor: Visitor, draft: Letter) -> None:
    other = factories.draft(LetterText(title="Clean air", body="Text of the air"))
    comment(visitor, make_link(otto, other), "Not for the others")
    answered = db.session.query(DraftComment).one().id
    path = make_link(otto, draft)
    visitor.open(path).never_says("Not for the others")
    data = {"name": "Nia", "text": "Reply", "switch": "y"}
    assert visitor.ask(f"{path}/comments/{answered}", method="POST", data=data).status_code == 422
    end_read_transaction()
    stored = db.session.query(DraftComment).one()
    assert (stored.text, stored.resolved_at) == ("Not for the others", None)


def test_partner_and_staff_talk_about_words_of_the_letter(otto: Visitor, visitor: Visitor, draft: Letter) -> None:
    path = make_link(otto, draft)
    page = comment(visitor, path, "Say which rivers.\n\nAll of them?", words="OUR rivers carry")
    page.says("OUR rivers carry", "Say which rivers.", "Nia Example", "River Keepers")
    assert 'value="Nia Example"' in page.html  # the name is offered again
    page = staff_page(otto, draft).says("Say which rivers.").submit("Send", text="The three in the north.")
    page.says("The three in the north.", "Otto Organizer")
    page = visitor.open(path).says("The three in the north.").submit("Send", name="Nia Example", switch="y")
    page.says("Settled by River Keepers.", "Reply or open again")  # the typed name could be that of staff
    staff_page(otto, draft).submit("Send", switch="y", text="Not yet.").says("Not yet.").never_says("Settled by")


def test_a_comment_keeps_its_quote_when_the_text_changes(otto: Visitor, visitor: Visitor, draft: Letter) -> None:
    path = make_link(otto, draft)
    comment(visitor, path, "On the paragraph", passage=passage_key(RIVERS))
    comment(visitor, path, "On the whole")
    changed_body = TEXT.body.replace("our children", "the children")
    save_draft(draft.id, LetterText(title="Clean rivers", body=changed_body), 1, staff_id=1, at=now())
    visitor.open(path).says(RIVERS, "This passage has changed since.").never_says("no longer in the letter")
    save_draft(draft.id, LetterText(title="Clean rivers", body="We write to you."), 2, staff_id=1, at=now())
    visitor.open(path).says(RIVERS, "This passage is no longer in the letter.", "The whole letter")


def test_a_paragraph_that_changed_meanwhile_is_asked_for_again(otto: Visitor, visitor: Visitor, draft: Letter) -> None:
    path = make_link(otto, draft)
    page = visitor.open(path)
    save_draft(draft.id, LetterText(title="Clean rivers", body="We write to you."), 1, staff_id=1, at=now())
    page = page.submit("Add comment", status=422, passage=passage_key(RIVERS), name="Nia", text="My words")
    page.says("The text has changed since. Choose the paragraph again.", "My words")


REFUSED = {
    "no text": ({"text": " \u200b"}, "Enter a comment."),
    "no name": ({"name": ""}, "Enter your name."),
    "an address for a name": ({"name": "see www.spam.com"}, "Leave out web addresses"),
    "a long text": ({"text": "a" * 4_001}, "4000"),
    "a long name": ({"name": "a" * 101}, "100"),
    "words of somebody else": ({"words": "We give up"}, "These words aren’t there."),
    "no paragraph": ({"passage": "0" * 16}, "Choose the paragraph again."),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_answered_beside_its_field(otto: Visitor, visitor: Visitor, draft: Letter, case: str) -> None:
    path, (typed, sentence) = make_link(otto, draft), REFUSED[case]
    data = {"name": "Nia", "text": "Kept text", **typed}
    answer = visitor.ask(f"{path}/comments", method="POST", data=data)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert not db.session.query(DraftComment).count()


def test_control_characters_are_left_out(otto: Visitor, visitor: Visitor, draft: Letter) -> None:
    data = {"name": "Nia\u202e Example\0", "text": "One\0\x1b[2J\r\nTwo\u202e"}
    assert visitor.ask(f"{make_link(otto, draft)}/comments", method="POST", data=data).status_code == 303
    stored = db.session.query(DraftComment).one()
    assert stored.author == "Nia Example"
    assert not set("\0\x1b\r\u202e") & set(stored.text)


@pytest.mark.shows("S6")
def test_a_program_that_presses_every_button_changes_nothing(otto: Visitor, visitor: Visitor, draft: Letter) -> None:
    path = make_link(otto, draft)
    comment(visitor, path, "Open question")
    visitor.open(path).submit("Send", status=422).says("Write a reply, or check the box.")
    visitor.open(path).submit("Add comment", status=422)
    end_read_transaction()
    stored = db.session.query(DraftComment).one()
    assert stored.resolved_at is None


def test_a_form_sent_twice_is_one_comment_and_a_flood_ends(otto: Visitor, visitor: Visitor, draft: Letter) -> None:
    path = make_link(otto, draft)
    comments = f"{path}/comments"
    for _again in range(2):
        visitor.ask(comments, method="POST", data={"name": "Nia", "text": "Once"})
    assert db.session.query(DraftComment).count() == 1
    answers = [visitor.ask(comments, method="POST", data={"name": "Nia", "text": f"No. {n}"}) for n in range(19)]
    assert [answer.status_code for answer in answers] == [303] * 18 + [422]
    assert "This link was used many times just now." in answers[-1].get_data(as_text=True)


@pytest.mark.shows("S27")
def test_a_link_leaves_room_for_other_links_and_these_for_staff(otto: Visitor, visitor: Visitor, draft: Letter) -> None:
    paths = [make_link(otto, draft), make_link(otto, draft, label="Lake Keepers")]
    links = [one.id for one in db.session.query(SecretLink).order_by(SecretLink.id)]

    def fill(link_id: int | None, count: int) -> None:
        written = {"letter_id": draft.id, "author": "A", "written_at": now(), "link_id": link_id}
        db.session.add_all(DraftComment(**written, text=str(n)) for n in range(count))
        db.session.commit()

    def refusal(path: str, sentence: str) -> bool:
        answer = visitor.ask(f"{path}/comments", method="POST", data={"name": "Nia", "text": "One more"})
        return answer.status_code == 422 and sentence in answer.get_data(as_text=True)

    fill(links[0], MAX_COMMENTS_BY_LINK)
    assert refusal(paths[0], "This link has added 100 comments")
    comment(visitor, paths[1], "Room for others").says("Room for others")
    fill(links[0], MAX_COMMENTS - MAX_COMMENTS_BY_LINK)
    assert refusal(paths[1], "no room for more")
    revoke_secret_link(draft.id, LinkKind.DRAFT, links[0], actor="staff-1", at=now())
    comment(visitor, paths[1], "Room again").says("Room again")
    staff_page(otto, draft).submit("Add comment", text="Room for staff").says("Room for staff")
    fill(None, MAX_COMMENTS)
    staff_page(otto, draft).submit("Add comment", status=422, text="One more").says("no room for more")


def test_the_link_leads_to_the_letter_once_it_is_open(otto: Visitor, visitor: Visitor) -> None:
    letter = factories.draft()
    path = make_link(otto, letter)
    comment(visitor, path, "Before")
    settings = otto.visit("signing_settings.edit", coalition=HOME, slug=letter.slug)
    settings.submit("Open the letter").submit("Open now", slug="clean-rivers")
    visitor.open(path).says("it has opened").never_says("Before")
    answer = visitor.ask(f"{path}/comments", method="POST", data={"name": "Nia", "text": "After"})
    assert answer.status_code == 422
    page = otto.visit("draft_comments.index", coalition=HOME, slug="clean-rivers").says("Before")
    page.never_says("Add comment", "After")


@pytest.mark.shows("S29")
def test_the_link_tells_nothing_of_what_is_drafted_after_the_opening(otto: Visitor, visitor: Visitor) -> None:
    letter = factories.draft()
    path = make_link(otto, letter)
    settings = otto.visit("signing_settings.edit", coalition=HOME, slug=letter.slug)
    settings.submit("Open the letter").submit("Open now", slug="clean-rivers")
    save_draft(letter.id, LetterText(title="Strike on Monday", body="Not told yet."), 1, staff_id=1, at=now())
    otto.visit("editor.edit", coalition=HOME, slug="clean-rivers").says("Strike on Monday")
    visitor.open(path).says(factories.TEXT.title, "it has opened").never_says("Strike on Monday")
