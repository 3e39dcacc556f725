"""Websites that may show a letter: an origin of each, and nothing that could become another part of a policy."""

import pytest

from letterhub.domain.letters.embedding import MAX_SITES, InvalidSite, parse_sites


@pytest.mark.parametrize(
    ("typed", "sites"),
    [
        ("", ()),
        ("https://example.org", ("https://example.org",)),
        (" Example.ORG \n\nwww.example.org/blog?x=1#y", ("https://example.org", "https://www.example.org")),
        ("https://example.org:443\nhttps://example.org/\nexample.org.", ("https://example.org",)),
        ("https://example.org:8443", ("https://example.org:8443",)),
        ("http://localhost:8080\nhttp://127.0.0.1", ("http://localhost:8080", "http://127.0.0.1")),
        ("https://bücher.example\nfaß.de", ("https://xn--bcher-kva.example", "https://xn--fa-hia.de")),
    ],
)
def test_a_website_is_kept_as_its_origin(typed: str, sites: tuple[str, ...]) -> None:
    assert parse_sites(typed) == sites


@pytest.mark.parametrize(
    "typed",
    [
        "https://*.example.org", "*", "http://example.org", "javascript://example.org", "data:text/html,x", "ftp://example.org",
        "https://user@example.org", "https://example.org:0", "https://example.org:99999", "https://exa mple.org", "'self'",
        "https://example.org; script-src *", "https://example.org, https://x.example", "https://[::1]", "https://10.0.0.1",
        "example", "https://", "//", "https://-a.example", "https://a..example", f"https://{'a' * 64}.example",
        f"https://example.org/{'a' * 300}", "https://exa\u2028mple.org;", "https://xn--.example\u0000",
    ],
)  # fmt: skip
def test_what_is_no_website_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(InvalidSite):
        parse_sites(typed)


def test_a_list_has_a_length() -> None:
    lines = [f"a{number}.example" for number in range(MAX_SITES + 1)]
    assert len(parse_sites("\n".join(lines[:-1]))) == MAX_SITES
    with pytest.raises(InvalidSite):
        parse_sites("\n".join(lines))
