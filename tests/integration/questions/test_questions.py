"""Otto asks questions on the form: added, ordered, changed and removed; what was answered stays under its words."""

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.domain.questions.question import MAX_QUESTIONS, Question, QuestionKind, question_facts
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db
from letterhub.models import Letter
from tests.support import cast, factories
from tests.support.html_checks import text_of
from tests.support.imports import import_from, imported, look_at
from tests.support.signing_steps import audit_actions, fill_in, only_signature
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter without questions."""
    return factories.open_letter()


def questions_page(staff: Visitor, letter: Letter) -> Page:
    return staff.visit("questions.index", coalition=HOME, slug=letter.slug)


def add(staff: Visitor, letter: Letter, label: str, status: int = 200, **values: object) -> Page:
    page = questions_page(staff, letter).follow("Add a question")
    return page.submit("Save the question", label=label, status=status, **values)


def words(page: Page) -> list[str]:
    return [text_of(one) for one in page.tree.iter("p") if one.get("class") == "question-words"]


def test_questions_are_added_ordered_changed_and_removed(otto: Visitor, letter: Letter) -> None:
    page = otto.visit("signing_settings.edit", coalition=HOME, slug=letter.slug).follow("Edit the questions")
    page.says("You haven’t added any questions yet.")
    add(otto, letter, "How many members?", help="Roughly.").says("The form asks this question now.", "staff only")
    page = add(otto, letter, "Which region?", kind="one-choice", choices="North\r\nSouth", readers="public", is_required=True)
    page.says("One choice from a list · required · public", "North, South")
    page = add(otto, letter, "May the press call?", kind="yes-no").submit("Up May the press call?")
    assert words(page) == ["How many members?", "May the press call?", "Which region?"]
    page = page.submit("Down How many members?")
    assert words(page) == ["May the press call?", "How many members?", "Which region?"]
    page = page.follow("Edit Which region?").says("becomes a new question").submit("Save the question", choices="North\nEast")
    page = page.says("Saved.", "North, East").submit("Remove this question")
    page.says("The form no longer asks “May the press call?” Answers to it are kept.")
    assert [one["id"] for one in letter_facts(letter)] == [1, 4, 2, 3]
    assert audit_actions() == [
        "question added", "question added", "question added", "questions ordered", "questions ordered", "question changed",
        "question removed",
    ]  # fmt: skip


def letter_facts(letter: Letter) -> list[dict[str, object]]:
    db.session.expire_all()
    return list(letter.questions)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"label": " "}, "Enter the question."),
        ({"label": "x" * 201}, "Field cannot be longer than 200 characters."),
        ({"label": "Same?"}, "The form asks this already."),
        ({"label": "Which?", "kind": "one-choice", "choices": "Only"}, "List 2 to 20 choices"),
        ({"label": "Which?", "kind": "several-choices", "choices": "A\nB; C"}, "Leave out semicolons"),
        ({"label": "Which?", "kind": "one-choice", "choices": "North\nnorth."}, "Two choices are alike."),
        ({"label": "Which?", "kind": "one-choice", "choices": f"{'x' * 101}\nB"}, "A choice has up to 100 characters."),
    ],
)
def test_what_is_no_question_is_refused_beside_its_field(
    otto: Visitor, letter: Letter, values: dict[str, str], sentence: str
) -> None:
    add(otto, letter, "Same?")
    add(otto, letter, status=422, **values).says(sentence)
    assert len(letter_facts(letter)) == 1


def test_a_form_is_full(otto: Visitor, letter: Letter) -> None:
    questions = tuple(Question(number, f"Question {number}?", QuestionKind.YES_NO) for number in range(1, MAX_QUESTIONS + 1))
    letter.questions = question_facts(questions)
    db.session.commit()
    questions_page(otto, letter).says("A form has up to 10 questions.").never_says("Add a question")


def test_two_people_who_change_a_question_do_not_overwrite_each_other(otto: Visitor, letter: Letter) -> None:
    add(otto, letter, "How many members?")
    first = questions_page(otto, letter).follow("Edit How many members?")
    second = questions_page(otto, letter).follow("Edit How many members?")
    first.submit("Save the question", help="Roughly.")
    second.submit("Save the question", status=422, is_required=True).says("was changed in the meantime")
    assert (letter_facts(letter)[0]["help"], letter_facts(letter)[0]["is_required"]) == ("Roughly.", False)


def test_an_answer_stays_under_the_words_that_were_answered(
    otto: Visitor, sam: Visitor, visitor: Visitor, letter: Letter
) -> None:
    add(otto, letter, "Do you agree?", kind="yes-no", readers="public")
    factories.signature(letter, cast.CLARA).answers = {"1": "yes"}
    db.session.commit()
    visitor.visit("letters.detail", slug=letter.slug).says("Do you agree? Yes")
    questions_page(otto, letter).follow("Edit Do you agree?").submit("Save the question", label="Do you object?")
    visitor.visit("letters.detail", slug=letter.slug).never_says("Do you agree?", "Do you object?")
    page = sam.visit("signatures.detail", coalition=HOME, slug=letter.slug, signature_id=only_signature().id)
    page.says("Do you agree? no longer asked Yes").never_says("Do you object?")
    table = sam.ask(f"/staff/{HOME}/letters/{letter.slug}/signatures/csv").get_data(as_text=True)
    assert '"Do you object?","Do you agree? (asked until ' in table


def test_a_delivered_letters_questions_stay(otto: Visitor, letter: Letter) -> None:
    add(otto, letter, "How many members?")
    page, edit = questions_page(otto, letter), questions_page(otto, letter).follow("Edit How many members?")
    for move in (LetterMove.CLOSE, LetterMove.DELIVER):
        letter.move(move, now())
    db.session.commit()
    page.submit("Remove this question").says("This letter is delivered, so its questions can’t be changed.")
    edit.submit("Save the question", status=422, label="Other?").says("can’t be changed")
    questions_page(otto, letter).never_says("Add a question", "Remove")


def test_a_table_of_names_brings_answers(otto: Visitor, sam: Visitor, letter: Letter) -> None:
    add(otto, letter, "How many members?")
    add(otto, letter, "How can you help?", kind="several-choices", choices="Calls\nMoney", is_required=True)
    table = "Organization,How many members?,How can you help?\nWillow Watch,40,money; calls\nQuiet Skies,,Parties\n"
    page = look_at(sam, table.encode()).says(
        "How many members?: 40",
        "How can you help?: Calls; Money",
        "“Parties” doesn’t answer “How can you help?” and was left out.",
    )
    import_from(sam, page)
    assert [one.answers for one in imported()] == [{"1": "40", "2": ["Calls", "Money"]}, None]


def test_staff_say_which_column_answers_a_question(otto: Visitor, sam: Visitor, letter: Letter) -> None:
    add(otto, letter, "How many members?")
    page = look_at(sam, b"Organization,Size of the group\nWillow Watch,40\n").says("We don’t know these columns")
    page = page.submit("Continue", **{"column-1": "question-1"}).says("How many members?: 40")
    import_from(sam, page)
    assert [one.answers for one in imported()] == [{"1": "40"}]
    look_at(sam, b"Organization,Size of the group\nRed Watch,41\n").says("We don’t know these columns")


def test_an_export_is_imported_again_with_its_answers(otto: Visitor, sam: Visitor, visitor: Visitor, letter: Letter) -> None:
    add(otto, letter, "Why?", kind="long-text")
    fill_in(visitor, letter, **{"question-1": "=1+1, and more"})
    content = sam.ask(f"/staff/{HOME}/letters/{letter.slug}/signatures/csv").get_data()
    page = look_at(sam, content.replace(b"Example Alliance", b"Other Alliance")).says("Why?: =1+1, and more")
    import_from(sam, page)
    assert imported()[0].answers == {"1": "=1+1, and more"}
