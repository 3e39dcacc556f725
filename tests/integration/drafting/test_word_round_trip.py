"""Word copy of a draft, edited and saved by Word or LibreOffice: every change comes back, and none is invented."""

from collections.abc import Callable
from pathlib import Path

import pytest

from letterhub.domain.drafting.suggestions import SuggestionKind
from letterhub.domain.drafting.word_plan import WordPlan
from letterhub.models import Letter
from tests.integration.drafting.test_word_back import LIST, OPENING, RIVERS, TABLE, copy_of, draft, edited, plan_of
from tests.support.files.edited_word import ANN, BOB, EditedWord, saved_by_libreoffice

__all__ = ["draft"]


def changes(plan: WordPlan) -> list[tuple[str, str, str]]:
    """Return author, what stood there first ("+" for a new paragraph, "" for nothing), and what is suggested."""
    kinds = {SuggestionKind.ADD: "+", SuggestionKind.DROP: "-", SuggestionKind.REPLACE: ""}
    return [(one.author, kinds[one.change.kind] + one.change.was, one.change.content) for one in plan.suggestions]


def test_a_file_in_which_nothing_changed_brings_nothing(draft: Letter, tmp_path: Path) -> None:
    for data in (copy_of(draft), edited(draft), saved_by_libreoffice(copy_of(draft), tmp_path)):
        plan = plan_of(draft, data)
        assert (plan.suggestions, plan.comments, plan.refusals) == ((), (), ())


LENA = "Lena Lawyer"
CASES: dict[str, tuple[list[Callable[[EditedWord], object]], list[tuple[str, str, str]], list[str]]] = {
    "tracked words": (
        [
            lambda word: word.replace("what we leave", "all that we leave", ANN),
            lambda word: word.replace("Please act", "Act", BOB),
            lambda word: word.replace("gates|", " wide", ANN),
        ],
        [
            ("Ann Example", RIVERS, RIVERS.replace("what we", "all that we")),
            ("Ann Example", LIST, LIST.replace("gates.", "gates wide.")),
            ("Bob Example", "Please act -- soon.", "Act -- soon."),
        ],
        [],
    ),
    "two authors in one paragraph": (
        [
            lambda word: word.replace("rivers carry", "waters carry", ANN),
            lambda word: word.replace(" say so", " say it", BOB),
        ],
        [
            ("Ann Example", RIVERS, RIVERS.replace("Our rivers", "Our waters")),
            ("Bob Example", RIVERS, RIVERS.replace("say so", "say it")),
        ],
        [],
    ),
    "typed over": (
        [
            lambda word: word.type_over("what we leave", "all that we leave"),
            lambda word: word.type_over("Bee", "Cee"),
            lambda word: word.type_over("A quoted", "One quoted"),
            lambda word: word.type_over("What we ask", "Our requests"),
            lambda word: word.type_over("list of sources", "list of our sources"),
        ],
        [
            (LENA, "## What we ask", "## Our requests"),
            (LENA, RIVERS, RIVERS.replace("what we", "all that we")),
            (LENA, "> A quoted line.", "> One quoted line."),
            (LENA, TABLE, TABLE.replace("Bee", "Cee")),
            (LENA, "A list of sources.", "A list of our sources."),
        ],
        [],
    ),
    "paragraphs with tracking": (
        [
            lambda word: word.add_after("rivers carry", "And *our* lakes.", ANN),
            lambda word: word.delete("Please act", BOB),
            lambda word: word.split("A list of", "of sources", ANN),
        ],
        [
            ("Ann Example", f"+{RIVERS}", r"And \*our\* lakes."),
            ("Bob Example", "-Please act -- soon.", ""),
            ("Ann Example", "A list of sources.", "A list\n\nof sources."),
        ],
        [],
    ),
    "paragraphs without tracking": (
        [
            lambda word: word.add_after("rivers carry", "And our lakes."),
            lambda word: word.add_after("Dear all", "First of all: thanks."),
            lambda word: word.remove("Please act"),
            lambda word: word.split("A list of", "of sources"),
        ],
        [
            (LENA, OPENING, f"First of all: thanks.\n\n{OPENING}"),
            (LENA, f"+{RIVERS}", "And our lakes."),
            (LENA, "-Please act -- soon.", ""),
            (LENA, "A list of sources.", "A list\n\nof sources."),
        ],
        [],
    ),
    "what can't be taken": (
        [
            lambda word: word.type_over("Dear all", "Dear friends"),
            lambda word: word.add_after("Clean the pipes", "Mend them.", style="ListParagraph"),
            lambda word: word.remove("Open the gates"),
            lambda word: word.move("What we ask", "rivers carry"),
            lambda word: word.join("A quoted", "Please act"),
            lambda word: word.replace("Aa", "Ab", ANN),
        ],
        [("Ann Example", TABLE, TABLE.replace("Aa", "Ab"))],
        ["isn’t part of the text", "were added", "were removed", "was moved", "were joined"],
    ),
}


@pytest.mark.parametrize("by_libreoffice", [False, True], ids=["word", "libreoffice"])
@pytest.mark.parametrize("case", CASES)
def test_every_change_comes_back_and_none_is_invented(draft: Letter, case: str, by_libreoffice: bool, tmp_path: Path) -> None:
    steps, expected, reasons = CASES[case]
    data = edited(draft, *steps)
    plan = plan_of(draft, saved_by_libreoffice(data, tmp_path) if by_libreoffice else data)
    assert changes(plan) == expected
    assert [reason for reason in reasons if not any(reason in str(one.reason) for one in plan.refusals)] == []
    assert len(plan.refusals) == len(reasons)
