"""Diff of two editions, word by word and name by name."""

import datetime as dt
import time
from dataclasses import replace

import pytest

from letterhub.domain.editions.diff import ParagraphDiff, _opcodes, diff_names, diff_texts
from letterhub.domain.editions.edition import normalize_public_id
from letterhub.domain.editions.file_formats import FileFormat, edition_file_name
from letterhub.queries.editions.diff import paragraphs_of
from tests.support import editions


def marked(passage: ParagraphDiff) -> tuple[str, str]:
    """Return a passage with its changed words in brackets."""
    before, after = (
        "".join(f"[{piece.text.strip()}] " if piece.changed else piece.text for piece in side).strip()
        for side in (passage.before, passage.after)
    )
    return before, after


@pytest.mark.parametrize(
    ("before", "after", "differs"),
    [
        (["Same."], ["Same."], []),
        (["We, the two of us."], ["We, the three of us."], [("We, the [two] of us.", "We, the [three] of us.")]),
        (["One.", "Two."], ["One.", "Between.", "Two."], [("", "[Between.]")]),
        (["One.", "Two."], ["Two."], [("[One.]", "")]),
        (["Clean, now."], ["Clean now."], [("Clean[,] now.", "Clean now.")]),
        (["清い川を"], ["清い海を"], [("清い[川] を", "清い[海] を")]),
        (["مياه نظيفة"], ["مياه صافية"], [("مياه [نظيفة]", "مياه [صافية]")]),
        ([], ["New."], [("", "[New.]")]),
    ],
)
def test_changed_words_are_marked(before: list[str], after: list[str], differs: list[tuple[str, str]]) -> None:
    assert [marked(passage) for passage in diff_texts(before, after) if passage.changed] == differs


def test_long_texts_that_have_little_in_common_are_compared_in_seconds_and_whole() -> None:
    before = [f"Paragraph {number} " + "of old words " * 100 for number in range(200)]
    after = [f"Passage {number} " + "with new phrases " * 100 for number in range(200)]
    started = time.monotonic()
    passages = diff_texts(["Same.", *before, "End."], ["Same.", *after, "End."])
    assert time.monotonic() - started < 20
    assert [passage.changed for passage in passages] == [False, *[True] * 200, False]
    assert ["".join(piece.text for piece in passage.before) for passage in passages[1:-1]] == before


@pytest.mark.parametrize(
    ("before", "after", "equal_before", "equal_after"),
    [
        ("abXcde", "abYYcde", 2, 3),
        ("aX", "aY", 1, 0),
        ("Xa", "Ya", 0, 1),
        ("X", "YZ", 0, 0),
        ("abab", "ab", 2, 0),
        ("ab", "abab", 2, 0),
        ("ab", "ab", 2, 0),
        ("", "a", 0, 0),
    ],
)
def test_what_is_too_long_to_compare_has_equal_ends(before: str, after: str, equal_before: int, equal_after: int) -> None:
    old, new = len(before) - equal_after, len(after) - equal_after
    assert _opcodes(before, after, effort=-1) == [
        ("equal", 0, equal_before, 0, equal_before),
        ("replace", equal_before, old, equal_before, new),
        ("equal", old, len(before), new, len(after)),
    ]


@pytest.mark.parametrize(
    ("before", "after", "added", "removed", "changed"),
    [
        ({1: "A", 2: "B"}, {1: "A", 2: "B"}, (), (), ()),
        ({1: "A"}, {1: "A", 2: "B"}, ("B",), (), ()),
        ({1: "A", 2: "B"}, {2: "B"}, (), ("A",), ()),
        ({1: "A, Director"}, {1: "A, President"}, (), (), (("A, Director", "A, President"),)),
        ({1: "A"}, {2: "A"}, (), (), ()),
        ({1: "A", 2: "A"}, {3: "A"}, (), ("A",), ()),
    ],
)
def test_names_come_go_or_read_otherwise(
    before: dict[int, str],
    after: dict[int, str],
    added: tuple[str, ...],
    removed: tuple[str, ...],
    changed: tuple[tuple[str, str], ...],
) -> None:
    names = diff_names(before, after)
    assert (names.added, names.removed, names.changed) == (added, removed, changed)
    assert bool(names) is bool(added or removed or changed)


@pytest.mark.parametrize("typed", ["7KQ2-M3TX-9RWB", "7kq2m3tx9rwb", " 7kq2 m3tx 9rwb", "7KQ2–M3TX–9RWB"])
def test_an_id_is_known_however_it_is_typed(typed: str) -> None:
    assert normalize_public_id(typed) == "7KQ2-M3TX-9RWB"


def test_files_are_called_after_their_letter_and_edition() -> None:
    names = [
        edition_file_name("clean-rivers", 2, form)
        for form in (FileFormat.PDF, FileFormat.TXT, FileFormat.COMMENT, FileFormat.JSON)
    ]
    assert names == [f"clean-rivers-edition-2{end}" for end in (".pdf", ".txt", "-comment.txt", "-manifest.json")]


def test_a_date_is_compared_as_it_prints() -> None:
    text = replace(editions.TEXT, date=dt.date(2022, 1, 8))
    assert "January 8, 2022" in paragraphs_of(editions.edition_document(text))
    assert "8 janvier 2022" in paragraphs_of(editions.edition_document(replace(text, language="fr")))
