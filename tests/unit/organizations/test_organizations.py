"""Names and domains of organizations."""

import pytest

from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.organizations.matching import (
    Comparison,
    MatchReason,
    MatchVerdict,
    NameAndSite,
    compare_organizations,
)
from letterhub.domain.organizations.name_keys import name_key, sort_key, sort_name, spelling_key, wording_key
from letterhub.domain.organizations.name_parts import word_tokens
from letterhub.domain.organizations.websites import InvalidWebsite, domain_of_website, parse_website, registrable_domain


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


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("The Café & Co.", "cafe and co", True),
        ("St. Mary's, Springfield", "st mary’s Springfield", True),
        ("Stadt – Land", "Stadt-Land", True),
        ("Straße", "STRASSE", True),
        ("क़िताब,", "क़िताब", True),
        ("Example", "Example -", False),
        ("Example", "-Example", False),
        ("Example", "Example,,", False),
        ("Example", "Example’’", False),
        ("Example", "Example*", False),
        ("Example", "@Example", False),
        ("Example", "¿Example", False),
        ("Example", "Ｅxample", False),
        ("Example", "Exa\u0336mple", False),
        ("Now here", "Nowhere", False),
        ("!", "?", False),
        ("", "-", False),
    ],
)
def test_a_spelling_is_the_same_but_for_case_accents_spaces_and_what_joins_words(one: str, other: str, same: bool) -> None:
    assert (spelling_key(one) == spelling_key(other)) is same


def test_accents_and_case_decide_only_between_equals() -> None:
    assert sorted(["zoo", "Éa", "eb", "EA", "ea"], key=sort_key) == ["ea", "EA", "Éa", "eb", "zoo"]


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("https://www.example.org/paz", "example.org"),
        ("example.org", "example.org"),
        ("x.example.org", "example.org"),
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
    assert registrable_domain("bücher.example.org") == "example.org"
    assert registrable_domain("www.bücher.de") == registrable_domain("xn--bcher-kva.de") == "xn--bcher-kva.de"


@pytest.mark.shows("S9", "S10")
@pytest.mark.parametrize(
    ("website", "email", "same"),
    [
        ("https://faß.example", "nia@fass.example", False),
        ("https://faß.example", "nia@xn--fa-hia.example", True),
        ("https://βόλος.example", "nia@βόλοσ.example", False),
        ("https://نامه‌ای.example", "nia@نامهای.example", False),
        ("https://BÜCHER.example/über", "nia@xn--bcher-kva.example", True),
        ("https://ＢＵＥＣＨＥＲ。example", "nia@buecher.example", True),
        ("https://bücher.example.", "nia@mail.bücher.example", True),
    ],
)
def test_a_host_is_read_as_browsers_and_mail_servers_read_it(website: str, email: str, same: bool) -> None:
    assert (domain_of_website(website) == EmailAddress(email).domain) is same
    assert domain_of_website(website).isascii()


@pytest.mark.parametrize("typed", ["https://☃.example", "a\u200db.example", "-ü.example", "\u2800.example"])
def test_a_host_that_nobody_can_have_is_refused_with_what_to_do(typed: str) -> None:
    with pytest.raises(InvalidWebsite, match="Copy it from your browser"):
        parse_website(typed)


@pytest.mark.parametrize("typed", ["nowhere", "a..example", "x" * 64 + ".example", "http://", "127.0.0.1", "ex ample.org"])
def test_what_is_no_website_is_refused_with_what_one_looks_like(typed: str) -> None:
    with pytest.raises(InvalidWebsite, match=r"one like example\.org"):
        parse_website(typed)


def test_one_name_at_two_sites_is_a_question_whatever_else_two_organizations_share() -> None:
    ours = [NameAndSite("Otter Club", "otters.org"), NameAndSite("Crane Society")]
    theirs = [NameAndSite("Otter Club", "otters.net"), NameAndSite("Crane Society")]
    reasons = (MatchReason.SAME_NAME, MatchReason.OTHER_DOMAIN)
    assert compare_organizations(ours, theirs) == Comparison(MatchVerdict.ASK, reasons)
    assert compare_organizations(ours[1:], theirs) == Comparison(MatchVerdict.SAME, (MatchReason.SAME_NAME,))


def test_a_letter_alone_is_a_word_and_letters_side_by_side_spell_one() -> None:
    assert word_tokens("Plan B mar y sol") == ("plan", "b", "mar", "and", "sol")
    assert word_tokens("E y e") == ("e", "y", "e")
