"""Names sort by the weights of the Unicode collation algorithm, whichever library reads its table."""

import random
import tracemalloc

import pytest
from pyuca import Collator

from letterhub.domain.unicode import MappedCollator
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


def test_the_table_takes_little_room() -> None:
    tracemalloc.start()
    kept = MappedCollator()
    kept.sort_key("".join(NAMES))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 1_000_000
