"""The passage of a comment in a later text, and the choice of one."""

import pytest

from letterhub.domain.drafting.comments import (
    CommentPassage,
    PassageFinder,
    PassageNotFound,
    PassageState,
    choose_passage,
    passage_key,
)

RIVERS, AIR = "Our rivers carry what we leave in them.", "The air is no better, and we breathe it."
STATES = {
    "the whole letter": (CommentPassage(), PassageState.WHOLE_LETTER),
    "the same": (CommentPassage(RIVERS), PassageState.UNCHANGED),
    "one word is new": (CommentPassage(RIVERS.replace("rivers", "lakes")), PassageState.CHANGED),
    "the quote stands elsewhere": (CommentPassage("Nothing else of it", "“what we leave”"), PassageState.CHANGED),
    "another paragraph": (CommentPassage("Nothing of it is left there"), PassageState.GONE),
    "words of two paragraphs": (CommentPassage("Gone", "them the air"), PassageState.GONE),
    "signs alone": (CommentPassage("***", "***"), PassageState.GONE),
}


@pytest.mark.parametrize("case", STATES)
def test_a_passage_is_looked_for_in_the_text_as_it_is(case: str) -> None:
    passage, state = STATES[case]
    assert PassageFinder([RIVERS, AIR]).find(passage) is state


@pytest.mark.parametrize(
    ("key", "words", "passage"),
    [
        ("", "", CommentPassage()),
        (passage_key(AIR), "", CommentPassage(AIR)),
        ("", "AIR is no  better", CommentPassage(AIR, "AIR is no  better")),
        (passage_key(RIVERS), "carry", CommentPassage(RIVERS, "carry")),
    ],
)
def test_a_passage_is_chosen_by_its_key_or_its_words(key: str, words: str, passage: CommentPassage) -> None:
    assert choose_passage([RIVERS, AIR], key, words) == passage


@pytest.mark.parametrize(
    ("key", "words", "field"),
    [("0" * 16, "", "passage"), (passage_key(AIR), "carry", "words"), ("", "never said", "words"), ("", "***", "words")],
)
def test_what_the_letter_does_not_have_cannot_be_chosen(key: str, words: str, field: str) -> None:
    with pytest.raises(PassageNotFound) as refusal:
        choose_passage([RIVERS, AIR], key, words)
    assert refusal.value.field == field
