"""Own questions of a letter: answered on the form; shown to staff, in tables, on the page and in one's own data."""

import csv
import json
from typing import Any

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.signatures.erasure_request import erase_on_request
from letterhub.config import Settings
from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.domain.questions.question import (
    Question,
    QuestionKind,
    question_facts,
    questions_from_facts,
    with_added,
    with_changed,
)
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Letter
from tests.support import cast, factories
from tests.support.html_forms import form_data, form_with_button
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import confirm_link, fill_in, manage_link, newest_link, only_signature, sign_and_confirm
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
SIZE = Question(0, "How many members?", QuestionKind.SHORT_TEXT, help="Roughly.")
WHY = Question(0, "Why do you sign?", QuestionKind.LONG_TEXT, is_public=True)
REGION = Question(0, "Which region?", QuestionKind.ONE_CHOICE, choices=("North", "South"), is_public=True, is_required=True)
HELP = Question(0, "How can you help?", QuestionKind.SEVERAL_CHOICES, choices=("Calls", "Money"))
CALL = Question(0, "May the press call?", QuestionKind.YES_NO)
STORED = {"1": "40", "2": "We drink it.\nDaily.", "3": "South", "4": ["Money"], "5": "yes"}
ANSWERS = {f"question-{key}": answer for key, answer in STORED.items()}


def ask(letter: Letter, *new: Question) -> Letter:
    """Have the letter's form ask these questions."""
    questions: Any = ()
    for one in new:
        questions = with_added(questions, one)
    letter.questions = question_facts(questions)
    db.session.commit()
    return letter


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter whose form asks a question of each kind."""
    return ask(factories.open_letter(), SIZE, WHY, REGION, HELP, CALL)


def detail(staff: Visitor, letter: Letter) -> Page:
    return staff.visit("signatures.detail", coalition=HOME, slug=letter.slug, signature_id=only_signature().id)


def publish(staff: Visitor, letter: Letter) -> None:
    detail(staff, letter).submit("Publish")
    assert only_signature().state is SignatureState.PUBLISHED


def signed(visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, **changes: object) -> None:
    fill_in(visitor, letter, **(ANSWERS | changes))
    visitor.open(newest_link(settings, postbox)).submit("Sign for our organization", authorized=True)


def test_what_is_answered_is_read_by_those_whom_the_form_names(
    visitor: Visitor, sam: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    page = visitor.visit("signing.new", slug=letter.slug)
    page.says("How many members? (optional) Roughly.", "Your answer appears on the letter’s page.", "Of your answers, only")
    fill_in(visitor, letter, **ANSWERS)
    assert only_signature().answers == STORED
    page = visitor.open(newest_link(settings, postbox)).says("We drink it.", "Which region?", "Money")
    page.submit("Sign for our organization", authorized=True)
    sam.visit("review.index", coalition=HOME, slug=letter.slug).says("How many members?", "40", "Yes", "Daily.", "public")
    visitor.visit("letters.detail", slug=letter.slug).never_says("We drink it.")
    publish(sam, letter)
    page = visitor.visit("letters.detail", slug=letter.slug)
    page.says("Why do you sign? We drink it.", "Which region? South").never_says("How many members", "May the press", "Money")
    table = sam.ask(f"/staff/{HOME}/letters/{letter.slug}/signatures/csv").get_data(as_text=True)
    header, row = csv.reader(table.removeprefix("\ufeff").splitlines(keepends=True))
    assert header[-5:] == [one.label for one in (SIZE, WHY, REGION, HELP, CALL)]
    assert row[-5:] == ["40", "We drink it.\nDaily.", "South", "Money", "Yes"]
    assert row[header.index("status")] == "published"


def test_a_required_question_is_answered_before_anything_is_signed(visitor: Visitor, letter: Letter) -> None:
    page = fill_in(visitor, letter, status=422, **{"question-1": "40"})
    page.says("Answer the question “Which region?”")
    page.submit("Send me the link", **{"question-3": "North"}).says("Check your email")
    assert only_signature().answers == {"1": "40", "3": "North"}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("question-1", "x" * 301, "This answer is longer than 300 characters."),
        ("question-2", "Win at https://win.example/now", "Leave out web addresses"),
        ("question-3", "West", "Choose from the list."),
        ("question-4", ["Calls", "Bribes"], "Choose from the list."),
        ("question-5", "maybe", "Choose yes or no."),
    ],
)
def test_answers_that_are_none_are_refused_beside_their_field(
    visitor: Visitor, letter: Letter, field: str, value: object, sentence: str
) -> None:
    page = visitor.visit("signing.new", slug=letter.slug)
    typed = {**cast.CLARA.form, "authorized": True, **ANSWERS}
    sent = form_data(page.tree, *form_with_button(page.tree, "Send me the link"), typed)
    page = visitor.open(page.path, method="POST", data=sent | {field: value}, status=422)
    page.says(sentence)
    assert 'value="40"' in page.html or field == "question-1"


def test_who_changes_a_public_text_is_read_again(
    visitor: Visitor, sam: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    signed(visitor, letter, settings, postbox)
    publish(sam, letter)
    page = visitor.open(manage_link(only_signature())).says("We drink it.")
    page.submit("Save the correction", status=422).says("You didn’t change anything")
    page.submit("Save the correction", **{"question-1": "41"}).says("Your correction is saved.")
    assert only_signature().state is SignatureState.PUBLISHED
    page = visitor.open(manage_link(only_signature()))
    page.submit("Save the correction", **{"question-2": "It is ours."}).says("Your correction is saved.", "Waiting for review")
    visitor.visit("letters.detail", slug=letter.slug).never_says("We drink it.", "It is ours.")
    entries = db.session.query(AuditEntry).filter_by(action="corrected").order_by(AuditEntry.id).all()
    assert [one.after.get("answers") for one in entries] == ["“How many members?”", "“Why do you sign?”"]
    assert "It is ours." not in json.dumps([one.after for one in db.session.query(AuditEntry)])


def test_no_rule_publishes_public_text_unread(
    visitor: Visitor, sam: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    letter.publish_rule = PublishRule.REVIEWED
    db.session.commit()
    signed(visitor, letter, settings, postbox)
    assert only_signature().state is SignatureState.CONFIRMED


def test_staff_correct_answers(visitor: Visitor, sam: Visitor, letter: Letter, settings: Settings, postbox: Inbox) -> None:
    signed(visitor, letter, settings, postbox)
    stale = detail(sam, letter).follow("Correct the answers")
    page = detail(sam, letter).follow("Correct the answers")
    page.submit("Save the answers", **{"question-2": "", "question-4": ["Calls", "Money"]}).says("Corrected.", "Calls; Money")
    assert only_signature().answers == {"1": "40", "3": "South", "4": ["Calls", "Money"], "5": "yes"}
    stale.submit("Save the answers", status=422).says("was changed while you were looking at it")
    detail(sam, letter).says("corrected answers of Example Alliance", "“Why do you sign?”, “How can you help?”")


def test_a_reviewer_publishes_the_answers_that_were_shown(
    visitor: Visitor, sam: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    signed(visitor, letter, settings, postbox)
    page = detail(sam, letter)
    visitor.open(manage_link(only_signature())).submit("Save the correction", **{"question-2": "Unseen."})
    page.submit("Publish").says("was changed while you were looking at it")
    assert only_signature().state is SignatureState.CONFIRMED


def test_what_changed_meanwhile_is_asked_as_it_is_now(visitor: Visitor, letter: Letter) -> None:
    page = visitor.visit("signing.new", slug=letter.slug)
    coast = Question(3, "Which coast?", QuestionKind.ONE_CHOICE, choices=("West", "East"), is_required=True)
    letter.questions = question_facts(with_changed(questions_from_facts(letter.questions), coast, now()))
    db.session.commit()
    page = page.submit("Send me the link", status=422, **cast.CLARA.form, **ANSWERS, authorized=True)
    page.says("Answer the question “Which coast?”", "We drink it.")


def test_a_wrong_address_loses_no_answer(visitor: Visitor, letter: Letter) -> None:
    fill_in(visitor, letter, **ANSWERS)
    page = visitor.open(f"/letters/{letter.slug}/sign?again=1").says("We drink it.")
    page.submit("Send me the link", email="clara@allianz.example").says("Check your email")


def test_ones_own_data_has_the_answers_and_erasing_takes_them(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    signed(visitor, letter, settings, postbox)
    data = json.loads(visitor.ask(f"{manage_link(only_signature())}/data").get_data(as_text=True))
    assert data["answers"][1] == {"question": "Why do you sign?", "answer": "We drink it.\nDaily.", "public": True}
    erase_on_request(only_signature().id, now())
    assert only_signature().answers is None


def test_a_letter_without_questions_stores_none(visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox) -> None:
    sign_and_confirm(visitor, ask(letter), settings, postbox)
    assert only_signature().answers is None
    visitor.open(manage_link(only_signature())).never_says("question-")


def test_a_correction_before_confirming_may_leave_what_was_not_answered(visitor: Visitor, letter: Letter) -> None:
    fill_in(visitor, ask(letter, SIZE))
    ask(letter, SIZE, CALL, REGION)
    page = visitor.open(confirm_link(only_signature()))
    page.submit("Correct and sign", authorized=True, **{"question-1": "9"}).says("Your signature is confirmed")
    assert only_signature().answers == {"1": "9"}
