"""Titles on share cards: how large each is, and where it ends."""

import pytest

from letterhub.domain.letters.share_card import MAX_COLUMNS, shortened_title


@pytest.mark.parametrize(
    ("title", "size"),
    [
        ("Protect our rivers", "short"),
        ("a" * 45, "short"),
        ("a" * 46, "medium"),
        ("川" * 22, "short"),
        ("川" * 23, "medium"),
        ("a" * 91, "long"),
        ("a" * 161, "longest"),
        ("a" * MAX_COLUMNS, "longest"),
    ],
)
def test_a_longer_title_is_smaller(title: str, size: str) -> None:
    assert shortened_title(title) == (title, size)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("word " * 60, "word " * 51 + "word…"),
        ("a" * 300, "a" * MAX_COLUMNS + "…"),
        ("川" * 200, "川" * 130 + "…"),
    ],
)
def test_a_title_that_has_no_room_ends_with_an_ellipsis(title: str, shown: str) -> None:
    assert shortened_title(title) == (shown, "longest")
