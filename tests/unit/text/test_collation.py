"""Names sort by the weights of the Unicode collation algorithm, whichever library reads its table."""

import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyuca import Collator

from letterhub.domain.unicode import MappedCollator, _level_codes, collation_key
from tests.support.cast import HIRO

NAMES = (
    "",
    "Łódź",
    "éclair",
    "Zebra",
    "ა",
    "한국",
    HIRO.organization,
    "l·l",
    "क्षेत्र",
    "ไทยแลนด์",
    "\U00017000",
    "\u0fb2\u0f71\u0f80",
)


@pytest.fixture(scope="module")
def usual() -> Collator:
    return Collator()


@pytest.fixture(scope="module")
def ours() -> MappedCollator:
    return MappedCollator()


def test_names_weigh_what_they_always_did(usual: Collator, ours: MappedCollator) -> None:
    chance = random.Random(7)
    letters = [chr(code) for code in (*range(0x20, 0x3100), 0x4E00, 0xFFFE, 0x1F54A, 0x20000, *range(0xAC00, 0xAD00))]
    words = ["".join(chance.choices(letters, k=6)) for _ in range(5_000)]
    assert [one for one in (*NAMES, *letters, *words) if usual.sort_key(one) != ours.sort_key(one)] == []


def test_collation_keys_are_ascii_and_sort_as_their_weights_do(ours: MappedCollator) -> None:
    chance = random.Random(7)
    letters = "abcdeéèzABCZßøÆ -.'&/()09жЖ東京กา!?~_{}|÷½\u0301"
    texts = [*NAMES, *("".join(chance.choices(letters, k=chance.randint(0, 9))) for _ in range(5_000))]
    assert all(collation_key(text).isascii() for text in texts)

    by_weight = sorted(map(ours.sort_key, texts))
    assert [ours.sort_key(text) for text in sorted(texts, key=collation_key)] == by_weight
    assert len(collation_key("Alliance for Clean Rivers")) < 50


def test_the_table_takes_little_room() -> None:
    tracemalloc.start()
    collator = MappedCollator()
    collator.sort_key("".join(NAMES))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 1_000_000


@given(st.text(st.characters(max_codepoint=127), max_size=20))
def test_ascii_has_the_key_of_the_whole_algorithm(text: str) -> None:
    primary, *ties = _level_codes(text)
    assert collation_key(text) == "!".join((primary, *(codes.rstrip('"') for codes in ties), ""))
