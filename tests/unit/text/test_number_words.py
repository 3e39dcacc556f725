"""Numbers in words."""

import pytest

from letterhub.domain.i18n import number_in_digits, number_in_words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (13, "thirteen"),
        (20, "twenty"),
        (21, "twenty-one"),
        (100, "one hundred"),
        (147, "one hundred forty-seven"),
        (1_000, "one thousand"),
        (2_501, "two thousand five hundred one"),
        (1_000_000, "one million"),
    ],
)
def test_a_count_is_said_as_americans_say_it(number: int, words: str) -> None:
    assert number_in_words(number) == words


@pytest.mark.parametrize(
    ("language", "digits"),
    [
        ("en", "12,345"),
        ("de", "12.345"),
        ("de-CH", "12’345"),
        ("fr", "12\u202f345"),
        ("ar", "12,345"),
        ("zz", "12,345"),
    ],
)
def test_a_count_has_the_separators_of_its_language(language: str, digits: str) -> None:
    assert number_in_digits(12_345, language) == digits
    assert number_in_digits(999, language) == "999"


def test_no_count_is_negative() -> None:
    with pytest.raises(ValueError, match="never negative"):
        number_in_words(-1)
