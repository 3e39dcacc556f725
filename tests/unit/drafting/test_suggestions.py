"""Changes of one paragraph: the body with it, what is refused, and where the paragraph stands in a later text."""

import pytest

from letterhub.domain.drafting.comments import PassageFinder, PassageNotFound, PassageState
from letterhub.domain.drafting.suggestions import (
    CannotSuggest,
    Place,
    SuggestionKind,
    choose_paragraph,
    find_place,
    paragraph_name,
)
from letterhub.domain.letters.letter_document import LetterText
from letterhub.rendering.editor.text_blocks import change_block, text_blocks

REPLACE, ADD, DROP = SuggestionKind
BODY = "Our rivers carry it.\n\n- one\n- two\n\n\nOur rivers carry it.\n\nLast[^1].\n\n[^1]: Note.\n"
BODIES = {
    "the first": (0, REPLACE, "New.", "New.\n\n- one\n- two\n\n\nOur rivers carry it.\n\nLast[^1].\n\n[^1]: Note."),
    "a list": (1, REPLACE, "- one\n- three", BODY.replace("two", "three").rstrip()),
    "two for one": (2, REPLACE, "A\n\nB", "Our rivers carry it.\n\n- one\n- two\n\n\nA\n\nB\n\nLast[^1].\n\n[^1]: Note."),
    "after a list": (1, ADD, "New.", BODY.replace("- two\n\n\n", "- two\n\nNew.\n\n\n").rstrip()),
    "none": (1, DROP, "", BODY.replace("- one\n- two\n\n\n", "").rstrip()),
    "an annex after all": (
        3,
        ADD,
        ":::annex More\n\nWords.",
        BODY.replace("Last[^1].", "Last[^1].\n\n:::annex More\n\nWords.").rstrip(),
    ),
    "the last": (3, DROP, "", BODY.replace("Last[^1].\n\n", "").rstrip()),
}
REFERRING = "See [law][a] and [rule].\n\n[^1]: Note[^2].\n\n[^2]: Inner.\n\nLast[^1], and ^[in [law][a]].\n\nEnd.\n\n[a]: https://law.example/\n"
"""Paragraphs with links and notes that are defined elsewhere, or not at all."""
REFERRING_REACHED = {
    "another address of a link": (0, ADD, "Words.\n\n[a]: https://evil.example/"),
    "another address, from above": (0, REPLACE, "[a]: https://evil.example/\n\nWords."),
    "an address for what is no link": (1, REPLACE, "Words.\n\n[rule]: https://evil.example/"),
    "another note": (2, REPLACE, "Words.\n\n[^1]: Evil."),
    "another note of a note": (2, REPLACE, "Words.\n\n[^2]: Evil."),
    "an annex for what follows": (0, ADD, ":::annex More"),
}
REACHING = {
    "code without an end": (0, REPLACE, "```\ncode"),
    "an item of the list below": (0, ADD, "- zero"),
    "no words of its own": (0, REPLACE, "[law]: https://example.org/"),
    "a note alone": (3, REPLACE, "[^2]: Other."),
}


@pytest.mark.parametrize("case", BODIES)
def test_one_paragraph_changes_and_the_others_keep_their_bytes(case: str) -> None:
    number, kind, content, expected = BODIES[case]
    assert change_block(LetterText("Clean rivers", body=BODY), number, kind, content) == expected


@pytest.mark.parametrize(
    ("body", "change"), [*((BODY, one) for one in REACHING.values()), *((REFERRING, one) for one in REFERRING_REACHED.values())]
)
def test_words_that_would_change_other_paragraphs_are_refused(body: str, change: tuple[int, SuggestionKind, str]) -> None:
    with pytest.raises(CannotSuggest):
        change_block(LetterText("Clean rivers", body=body), *change)


def test_words_may_use_what_is_defined() -> None:
    changed = change_block(LetterText("Clean rivers", body=REFERRING), 0, REPLACE, "Read [the law][a][^1].")
    assert changed == REFERRING.replace("See [law][a] and [rule].", "Read [the law][a][^1].").rstrip()


def test_a_paragraph_is_chosen_by_its_name_among_equal_ones() -> None:
    blocks = [block.markdown for block in text_blocks(LetterText("Clean rivers", body=BODY))]
    assert [choose_paragraph(blocks, paragraph_name(number, block)) for number, block in enumerate(blocks)] == [0, 1, 2, 3]
    assert choose_paragraph(blocks[1:], paragraph_name(3, blocks[3])) == 2  # it moved up
    for name in ("", "0-", "1-0000000000000000"):
        with pytest.raises(PassageNotFound):
            choose_paragraph(blocks, name)


@pytest.mark.parametrize(
    ("was", "number", "place"),
    [
        ("Our rivers carry it.", 2, Place(PassageState.UNCHANGED, 2)),
        ("Our rivers carry it.", 0, Place(PassageState.UNCHANGED, 0)),
        ("Last words[^1].", 0, Place(PassageState.CHANGED, 3)),
        ("Nothing of this.", 0, Place(PassageState.GONE, None)),
    ],
)
def test_a_paragraph_is_looked_for_in_the_text_as_it_is(was: str, number: int, place: Place) -> None:
    blocks = [block.markdown for block in text_blocks(LetterText("Clean rivers", body=BODY))]
    assert find_place(was, number, blocks, PassageFinder(blocks)) == place
