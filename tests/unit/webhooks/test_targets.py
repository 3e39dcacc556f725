"""Addresses that a webhook may have, and addresses that a name may lead to."""

from ipaddress import ip_address

import pytest

from letterhub.domain.webhooks.targets import InvalidTarget, Target, is_public_address, parse_target

pytestmark = pytest.mark.shows("S21")


@pytest.mark.parametrize(
    ("url", "host_header", "path"),
    [
        ("https://hooks.example.org/letterhub?key=1", "hooks.example.org", "/letterhub?key=1"),
        ("https://hooks.example.org", "hooks.example.org", "/"),
        ("https://HOOKS.example.org.:8443/a", "hooks.example.org:8443", "/a"),
        ("https://bücher.example/ok", "xn--bcher-kva.example", "/ok"),
        ("https://203.0.114.7/a", "203.0.114.7", "/a"),
        ("https://[2606:4700::1111]/a", "[2606:4700::1111]", "/a"),
    ],
)
def test_public_addresses_are_split(url: str, host_header: str, path: str) -> None:
    target = parse_target(url)
    assert (target.host_header, target.path, target.uses_tls) == (host_header, path, True)


@pytest.mark.parametrize(
    "url",
    """
    hooks.example.org ftp://hooks.example.org http://hooks.example.org https:// https:///a https://hooks https://hooks.local
    https://app.localhost https://db.internal https://router.lan https://x.home.arpa https://localhost https://localhost.
    https://127.0.0.1 https://127.1 https://2130706433 https://0x7f000001 https://0177.0.0.1 https://10.0.0.7
    https://169.254.169.254 https://100.64.0.1 https://[::1] https://[fe80::1] https://[fe80::1%25eth0] https://[::ffff:10.0.0.1]
    https://[64:ff9b::7f00:1] https://[fd00::1] https://224.0.0.1 https://0.0.0.0 https://me:secret@hooks.example.org
    https://hooks.example.org/#a https://hooks.example.org:0/ https://hooks.example.org:99999/ https://hooks.example.org\\@evil
    https://bücher.example/ü https://[::1/ https://-.example..org javascript:alert(1) https://hooks.example.org/\x00
    https://hooks.example.org/\x7f https://metadata.google.internal/
    """.split(),
)
def test_other_addresses_are_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(InvalidTarget) as refusal:
        parse_target(url)
    assert str(refusal.value)
    assert refusal.value.field == "url"


def test_blanks_line_breaks_and_long_addresses_are_refused() -> None:
    for url in ("https://hooks.example.org/a b", "https://hooks.example.org/\r\nHost: evil", "https://a.example/" + "a" * 2000):
        with pytest.raises(InvalidTarget):
            parse_target(url)


def test_this_machine_is_a_target_only_where_a_setting_says_so() -> None:
    assert parse_target("http://127.0.0.1:5678/hook", allows_loopback=True) == Target(
        "http://127.0.0.1:5678/hook", uses_tls=False, host="127.0.0.1", port=5678, path="/hook"
    )
    for url in ("http://127.0.0.1:5678/hook", "https://localhost/"):
        with pytest.raises(InvalidTarget):
            parse_target(url)
    with pytest.raises(InvalidTarget):
        parse_target("http://10.0.0.1/", allows_loopback=True)


@pytest.mark.parametrize("address", ["203.0.114.7", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_what_is_public(address: str) -> None:
    assert is_public_address(ip_address(address))


@pytest.mark.parametrize(
    "address",
    """
    0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.9.9.9 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1
    168.63.129.16 192.168.0.1 192.88.99.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255
    :: ::1 ::7f00:1
    ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1
    2001::1 2001:db8::1 2002:7f00:1::1 2002:808:808::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1 3fff::1 5f00::1
    """.split(),
)
def test_what_is_not_public(address: str) -> None:
    assert not is_public_address(ip_address(address))
