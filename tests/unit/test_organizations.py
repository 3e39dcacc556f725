"""Names and domains of organizations."""

import pytest

from letterhub.domain.organizations import domain_of_website, name_key, registrable, sort_key, sort_name, wording_key


@pytest.mark.parametrize(
    ("name", "sorted_as"),
    [
        ("The Arc", "Arc"),
        ("A Better Way", "Better Way"),
        ("An Example", "Example"),
        ("“Quoted” Waters", "Quoted” Waters"),
        ("The", "The"),
        ("Theater Guild", "Theater Guild"),
        ("/e/ Foundation", "e/ Foundation"),
        ("…", "…"),
    ],
)
def test_a_name_is_looked_up_without_article_and_signs(name: str, sorted_as: str) -> None:
    assert sort_name(name) == sorted_as


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Sierra Example", "sierra example"),
        ("Cafe\u0301 & Co.", "Café and Co"),
        ("Ｆｕｌｌ Width", "full width"),
        ("“Example”", "Example"),
    ],
)
def test_two_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_different_names_keep_different_keys() -> None:
    assert len({name_key(name) for name in ("Example Club", "Example Club Foundation", "Exempel Club", "例示", "示例")}) == 5


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("The Café & Co.", "cafe and co", True),
        ("Example-Alliance", "“Example” Alliance!", True),
        ("Example", "Example ★", False),
        ("Example", "Example €", False),
        ("Example", "Exa\u20e0mple", False),  # a prohibition sign around a letter
        ("か", "が", False),
        ("x" * 300 + "y", "x" * 300 + "z", False),
        ("!", "?", False),
        ("", "★", False),
    ],
)
def test_a_wording_is_the_same_but_for_case_accents_spaces_and_punctuation(one: str, other: str, same: bool) -> None:
    assert (wording_key(one) == wording_key(other)) is same


def test_accents_and_case_decide_only_between_equals() -> None:
    assert sorted(["zoo", "Éa", "eb", "EA", "ea"], key=sort_key) == ["ea", "EA", "Éa", "eb", "zoo"]


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("https://www.example.org/paz", "example.org"),
        ("example.org", "example.org"),
        ("rivers.example.co.uk/a?b#c", "example.co.uk"),
        ("HTTPS://EXAMPLE.ORG.", "example.org"),
        ("192.0.2.1", ""),
        ("http://[::1]/", ""),
        ("", ""),
        ("http://[", ""),
    ],
)
def test_the_domain_of_a_site_is_the_part_that_was_registered(website: str, domain: str) -> None:
    assert domain_of_website(website) == domain


def test_an_international_domain_is_known_in_both_forms() -> None:
    assert registrable("bücher.example.org") == "example.org"
    assert registrable("www.bücher.de") == registrable("xn--bcher-kva.de") == "xn--bcher-kva.de"
