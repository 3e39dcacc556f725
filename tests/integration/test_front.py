"""Whoever opens the site without an address in mind."""

import pytest

from tests.pages import Visitor


def test_the_front_page_and_a_missing_page_are_pages_like_all_others(visitor: Visitor) -> None:
    assert visitor.open("/").heading
    visitor.open("/no-such-page", status=404).says("nothing at this address")


@pytest.mark.shows("S13")
def test_the_front_page_sets_no_cookie(visitor: Visitor) -> None:
    assert "Set-Cookie" not in visitor.open("/").response.headers
