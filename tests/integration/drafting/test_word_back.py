"""Word copy of a draft that comes back: its changes become suggestions, its comments comments, and the text stays as it was."""

import datetime as dt
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.drafting import word_back
from letterhub.commands.drafting.word_back import bring_word_back
from letterhub.commands.letters.drafts import save_draft
from letterhub.commands.operations.purge import purge_expired_data
from letterhub.domain.drafting.suggestions import SuggestionState
from letterhub.domain.drafting.word_plan import CannotBringBack, WordPlan
from letterhub.domain.letters.letter_document import Addressee, Letterhead, LetterText
from letterhub.domain.operations.retention import ErasableData
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.intake.errors import FileRefused
from letterhub.intake.letters.draft_file import read_returned_copy
from letterhub.models import Draft, DraftComment, DraftSuggestion, Letter
from letterhub.queries.drafting.word_back import read_word_back
from letterhub.queries.drafting.word_copy import word_copy
from letterhub.queries.operations.retention import due_erasures
from tests.support import cast, factories
from tests.support.files import word_documents as documents
from tests.support.files.edited_word import ANN, BOB, EditedWord
from tests.support.files.word_documents import main_part, replace_part
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
OPENING = 'We are {{count}} who *write* to "you".[^1]'
RIVERS = "Our rivers carry what we leave in them, and [the law](https://example.org/law) **must** say so."
LIST = "- Clean the pipes.\n- Open the gates.\n  - Twice a year."
TABLE = "| River | Length |\n|---|--:|\n| Aa | 12 |\n| Bee | 7 |"
BODY = (
    f"{OPENING}\n\n## What we ask\n\n{RIVERS}\n\n{LIST}\n\n> A quoted line.\n\n{TABLE}\n\nPlease act -- soon.\n\n"
    ":::annex Sources\n\nA list of sources.\n\n[^1]: Words of a note."
)
TEXT = LetterText(
    title="Clean rivers", body=BODY, salutation="Dear all:", closing="Sincerely,",
    addressees=(Addressee("The President", ("The White House",)), Addressee("The Speaker")),
    letterhead=Letterhead("Clean Rivers", ("12 River Street",)),
)  # fmt: skip


@pytest.fixture
def draft(app: Flask) -> Letter:
    """A draft with all kinds of blocks."""
    return factories.draft(TEXT)


def copy_of(draft: Letter) -> bytes:
    return word_copy(draft.id, now())[1]


def edited(draft: Letter, *steps: Callable[[EditedWord], object]) -> bytes:
    word = EditedWord(copy_of(draft))
    for step in steps:
        word.edit(step)
    return word.data()


def plan_of(draft: Letter, data: bytes) -> WordPlan:
    return read_word_back(draft.id, data, "draft.docx", now())


def upload(by: Visitor, draft: Letter, data: bytes, status: int = 200, name: str = "draft.docx") -> Page:
    page = by.visit("word_back.new", coalition=HOME, slug=draft.slug)
    return page.submit("Show what changed", file=(data, name), status=status)


def test_staff_see_what_a_file_brings_and_the_text_stays_until_they_accept(otto: Visitor, draft: Letter) -> None:
    data = edited(
        draft,
        lambda word: word.replace("what we leave", "all that we leave", ANN),
        lambda word: word.comment("Open the gates", "Which gates?\nAll of them?", "Bob <b>Example</b>"),
        lambda word: word.type_over("Dear all", "Dear friends"),
    )
    page = upload(otto, draft, data).says("Ann Example", "removed: what", "added: all that", "Monday, December 20, 2021, 9:30")
    page.says("Open the gates.", "Bob <b>Example</b>", "Which gates?", "This isn’t part of the text.", "Dear friends:")
    page.never_says("The draft was saved after this file was made.")
    end_read_transaction()
    assert (db.session.query(DraftSuggestion).count(), db.session.query(DraftComment).count()) == (0, 0)
    page = page.submit("Add to suggestions and comments").says(
        "Added one suggestion and one comment. The letter’s text hasn’t changed."
    )
    page.says("Ann Example", "from a Word file", "all that")
    end_read_transaction()
    assert db.session.get_one(Draft, draft.id).text["body"] == BODY
    comment = db.session.query(DraftComment).one()
    assert (comment.words, comment.author, comment.is_from_word) == ("Open the gates.", "Bob <b>Example</b>", True)
    otto.visit("draft_comments.index", coalition=HOME, slug=draft.slug).says("Which gates?", "from a Word file")
    (accept,) = [one for one in page.tree.iter("button") if "".join(one.itertext()).startswith("Accept")]
    page.submit(" ".join("".join(accept.itertext()).split())).says("Accepted by Otto Organizer.")
    end_read_transaction()
    saved = db.session.get_one(Draft, draft.id, populate_existing=True)
    assert saved.text["body"] == BODY.replace("what we leave", "all that we leave")
    upload(otto, draft, data).submit("Add to suggestions and comments").says("2 were there already.")
    end_read_transaction()
    assert (db.session.query(DraftSuggestion).count(), db.session.query(DraftComment).count()) == (1, 1)


def test_what_changed_since_the_file_was_made_is_said(otto: Visitor, draft: Letter) -> None:
    data = edited(
        draft,
        lambda word: word.replace("what we leave", "all that we leave", ANN),
        lambda word: word.replace("Please act", "Act", BOB),
    )
    other = RIVERS.replace("what", "much that")
    body = BODY.replace(RIVERS, other).replace("Please act -- soon.\n\n", "")
    save_draft(draft.id, replace(TEXT, body=body), 1, staff_id=1, at=now())
    page = upload(otto, draft, data).says("The draft was saved after this file was made.", "This passage has changed since.")
    page.says("This passage is no longer in the letter.")
    page.submit("Add to suggestions and comments").says("It is now:", "much that", "no longer in the letter")
    assert plan_of(draft, data).version == 1


@pytest.mark.usefixtures("otto")
def test_a_program_that_drops_the_text_leaves_the_comparison_with_the_draft_as_it_is(draft: Letter) -> None:
    data = replace_part("customXml/item2.xml", b"<x/>", edited(draft, lambda word: word.type_over("Please", "Now")))
    assert [one.change.content for one in plan_of(draft, data).suggestions] == ["Now act -- soon."]
    save_draft(draft.id, replace(TEXT, body=f"{BODY}\n\nMore."), 1, staff_id=1, at=now())
    with pytest.raises(CannotBringBack, match="the draft has changed since"):
        plan_of(draft, data)


@pytest.mark.shows("S15")
def test_a_file_of_another_letter_and_a_forged_one_are_answered(otto: Visitor, draft: Letter) -> None:
    other = factories.draft(LetterText(title="Clean air", body="Text of the air."))
    upload(otto, draft, copy_of(other), status=422).says("This file was made from another letter’s draft.")
    upload(otto, draft, documents.draft_letter(), status=422).says("This file doesn’t say which draft it came from.")
    word = EditedWord(copy_of(draft))
    token = word.file.core_properties.identifier
    for forged in (f"{token}x", "letterhub:" + "A" * 200, token.replace(".", "..", 1)):
        bare = EditedWord(replace_part("customXml/item2.xml", b"<x/>", copy_of(draft)))
        bare.file.core_properties.identifier = forged
        upload(otto, draft, bare.data(), status=422).says("This file doesn’t say which draft it came from.")
    sealed = replace_part(
        "customXml/item2.xml",
        b'<draft xmlns="urn:letterhub:draft"><text>gAAAAA</text></draft>',
        copy_of(draft),
    )
    upload(otto, draft, sealed, status=422).says("This file doesn’t say which draft it came from.")
    plan = plan_of(draft, copy_of(draft))
    with pytest.raises(CannotBringBack):
        bring_word_back(other.id, plan, 1)
    page = upload(otto, draft, edited(draft, lambda word: word.type_over("Please", "Now")))
    sealed_text = read_returned_copy(copy_of(draft), "draft.docx").identity.sealed_text
    for forged_plan in ("x", sealed_text):
        page.submit("Add to suggestions and comments", status=422, plan=forged_plan).says("This page is incomplete.")
    (sealed_plan,) = (one.get("value") for one in page.tree.iter("input") if one.get("name") == "plan")
    parts = f"<token>{token.removeprefix('letterhub:')}</token><text>{sealed_plan}</text>"
    bare = replace_part("customXml/item2.xml", f'<draft xmlns="urn:letterhub:draft">{parts}</draft>'.encode(), copy_of(draft))
    upload(otto, draft, bare, status=422).says("This file doesn’t say which draft it came from.")


UNENDING = b'<!DOCTYPE x [<!ENTITY a0 "ha"><!ENTITY a1 "&a0;&a0;&a0;">]><x>&a1;</x>'


@pytest.mark.shows("S15")
@pytest.mark.parametrize(
    "package",
    [
        lambda _copy: b"",
        lambda _copy: b"%PDF-1.7\n",
        lambda _copy: b"not a document",
        lambda copy: copy[:5_000],
        lambda copy: replace_part("word/document.xml", b"\0" * 20_000_000, copy),
        lambda copy: replace_part("word/document.xml", b"\0" * 20_000_000, copy, packing=zipfile.ZIP_BZIP2),
        lambda copy: replace_part("customXml/item2.xml", b" " * 20_000_000, copy),
        lambda copy: documents.understate_size(
            replace_part("word/comments.xml", b" " * 20_000_000, copy), "word/comments.xml", 1000
        ),
        lambda copy: replace_part("word/comments.xml", UNENDING, copy),
        lambda copy: replace_part("docProps/core.xml", UNENDING, copy),
        lambda copy: replace_part("word/document.xml", b"<x/>", copy),
        lambda copy: replace_part("word/document.xml", main_part("<w:p/>" * 200_000), copy),
        lambda copy: replace_part("word/document.xml", main_part(f"<w:p><w:r><w:t>{'a ' * 40_000}</w:t></w:r></w:p>"), copy),
        lambda copy: replace_part("word/document.xml", main_part("<w:ins>" * 2000 + "</w:ins>" * 2000), copy),
        lambda copy: replace_part("word/document.xml", main_part(""), copy),
    ],
    ids="empty pdf text cut bomb bzip2 item lying entities core other many long deep nothing".split(),
)
def test_a_file_made_to_harm_is_refused_with_a_sentence(draft: Letter, package: Callable[[bytes], bytes]) -> None:
    made = package(copy_of(draft))
    started = time.process_time()
    with pytest.raises((FileRefused, CannotBringBack)):
        plan_of(draft, made)
    assert time.process_time() - started < 2


def test_a_paragraph_made_to_take_long_is_compared_in_time(draft: Letter) -> None:
    data = edited(
        draft, lambda word: word.type_over("Please act", "a b " * 4_000), lambda word: word.type_over("carry", "b a " * 4_000)
    )
    started = time.process_time()
    assert len(plan_of(draft, data).refusals) == 2  # longer than a suggestion may be
    assert time.process_time() - started < 3


@pytest.mark.shows("S15")
def test_names_and_words_of_a_file_are_shown_as_they_are(otto: Visitor, draft: Letter) -> None:
    evil = ("<script>alert(1)</script>\u202e\n" + "x" * 300, "not a date")
    data = edited(
        draft,
        lambda word: word.replace("what we leave", "<img src=x onerror=alert(1)> [x](javascript:alert(1))", evil),
        lambda word: word.comment("Open the gates", "<script>alert(2)</script>", ""),
    )
    page = upload(otto, draft, data).says("<script>alert(1)</script>", "<script>alert(2)</script>", "Unnamed")
    page = page.submit("Add to suggestions and comments")
    end_read_transaction()
    suggestion = db.session.query(DraftSuggestion).one()
    assert ("\u202e" not in suggestion.author, len(suggestion.author)) == (True, 100)
    assert suggestion.suggested_at == now()
    assert "<img" not in suggestion.content.replace(r"\<img", "")
    assert r"\[x](javascript" in suggestion.content  # no link


def test_only_organizers_bring_a_file_back_and_only_to_a_draft(otto: Visitor, sam: Visitor, draft: Letter) -> None:
    sam.visit("word_back.new", coalition=HOME, slug=draft.slug, status=403)
    sam.visit("draft_copies.detail", coalition=HOME, slug=draft.slug).never_says("Bring back the Word file")
    otto.visit("draft_copies.detail", coalition=HOME, slug=draft.slug).follow("Bring back the Word file")
    upload(otto, draft, copy_of(draft)).says("Nothing changed in this file.")
    page = otto.visit("word_back.new", coalition=HOME, slug=draft.slug)
    page.submit("Show what changed", status=422).says("Choose a file.")
    opened = factories.open_letter(LetterText(title="Clean air", body="Text of the air."))
    otto.visit("word_back.new", coalition=HOME, slug=opened.slug, status=404)


def test_names_of_authors_are_erased_with_the_retention_of_the_letter(
    otto: Visitor, draft: Letter, clock: time_machine.Traveller
) -> None:
    data = edited(
        draft,
        lambda word: word.replace("what we leave", "all that we leave", ANN),
        lambda word: word.comment("Open the gates", "Which gates?", "Bob Example"),
    )
    upload(otto, draft, data).submit("Add to suggestions and comments")
    kinds = (ErasableData.WORD_SUGGESTIONS, ErasableData.WORD_COMMENTS)
    letter = db.session.get_one(Letter, draft.id)
    for move in (LetterMove.OPEN, LetterMove.CLOSE, LetterMove.DELIVER):
        letter.move(move, now())
    db.session.commit()
    assert [purge_expired_data(letter.id, kind, now()) for kind in kinds] == [0, 0]
    clock.shift(dt.timedelta(days=366))
    assert {one.data_kind: one.count for one in due_erasures(now())} == dict.fromkeys(kinds, 1)
    assert [purge_expired_data(letter.id, kind, now()) for kind in kinds] == [1, 1]
    assert db.session.query(DraftComment).count() == db.session.query(DraftSuggestion).count() == 0


def test_there_is_room_again_once_suggestions_are_decided(draft: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_back, "MAX_SUGGESTIONS", 1)
    first, second = (
        plan_of(draft, edited(draft, lambda word, old=old, new=new: word.replace(old, new, ANN)))
        for old, new in (("what we leave", "all that we leave"), ("Please act", "Act"))
    )
    assert bring_word_back(draft.id, first, factories.staff(cast.OTTO).id).suggestions == 1
    with pytest.raises(CannotBringBack, match="may be open"):
        bring_word_back(draft.id, second, 1)
    db.session.query(DraftSuggestion).one().decide(SuggestionState.REJECTED, "Otto", now())
    db.session.commit()
    assert bring_word_back(draft.id, second, 1).suggestions == 1
    draft.move(LetterMove.OPEN, now())
    db.session.commit()
    with pytest.raises(CannotBringBack, match="no longer a draft"):
        bring_word_back(draft.id, second, 1)
