"""Texts that two people changed at once: both are in the merged one, and who deleted what another wrote is asked."""

import random

import pytest

from letterhub.domain.drafting.text_merge import merge_bodies


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged"),
    [
        ("One.", "One.", "Two.", "Two."),
        ("One.", "Two.", "One.", "Two."),
        ("One.", "Two.", "Two.", "Two."),
        ("a b c d", "a X c d", "a b c Y", "a X c Y"),
        ("a b c d", "a X c d", "a Z c d", None),
        ("", "One", "Two", None),
        ("We ask.", "We ask. Mine.", "Today we ask.", "Today we ask. Mine."),
        ("We ask now.", "We ask now. Mine.", "So we ask now.", "So we ask now. Mine."),
        ("A.\n\nB.\n", "A!\n\nB.\n", "A.\n\nB!\n\nC.\n", "A!\n\nB!\n\nC.\n"),
        ("A.\n\nB b.\n\nC.", "A.\n\nC.", "A.\n\nB x b.\n\nC.", None),
        ("A.\n\nB.", "A.\n\nMine.\n\nB.", "A.\n\nTheirs.\n\nB.", None),
        ("- one\n- two\n", "- one\n- two and\n", "- zero\n- one\n- two\n", "- zero\n- one\n- two and\n"),
        ("# نص\n\nماء", "# نص\n\nماء نظيف", "# نصوص\n\nماء", "# نصوص\n\nماء نظيف"),
    ],
)
def test_changes_at_different_places_are_both_kept(base: str, mine: str, theirs: str, merged: str | None) -> None:
    assert merge_bodies(base, mine, theirs) == merged
    assert merge_bodies(base, theirs, mine) == merged


def test_no_word_that_was_written_is_lost() -> None:
    """Random edits of a text of paragraphs: what is merged has every new word of both; only what both touched is not merged."""
    draw = random.Random(21)
    merges = 0
    for _round in range(300):
        base = [[f"w{draw.randrange(40)}" for _ in range(draw.randint(1, 12))] for _ in range(6)]
        mine, theirs = edited(base, "m", draw), edited(base, "t", draw)
        found = merge_bodies(*map(markdown, (base, mine, theirs)))
        if found is not None:
            merges += 1
            assert {word for word in words(mine) | words(theirs) if word[0] in "mt"} <= set(found.split())
    assert merges > 100


def edited(base: list[list[str]], name: str, draw: random.Random) -> list[list[str]]:
    text = [list(paragraph) for paragraph in base]
    for number in range(draw.randint(1, 3)):
        paragraph = draw.choice(text)
        at = draw.randrange(len(paragraph))
        paragraph[at : at + draw.randrange(2)] = [f"{name}{number}"]
    return text


def words(text: list[list[str]]) -> set[str]:
    return {word for paragraph in text for word in paragraph}


def markdown(text: list[list[str]]) -> str:
    return "\n\n".join(map(" ".join, text))
