"""Validation of the text of one printed line."""

import re
import time

import pytest

from letterhub.domain.line_validation import (
    WORD_JOINER,
    break_links,
    contains_web_address,
    find_hosts,
    line_error,
    normalize_line,
)
from letterhub.domain.unicode import normalize_unicode


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("  Veterans \t for\r\nExample\u00a0", "Veterans for Example"),
        ("Cafe\u0301", "Café"),
        ("Ze\u200bro\ufeff wi\u00addth", "Zero width"),
        ("evil \u202egnp.exe\u2069", "evil gnp.exe"),
        ("NUL\x00 and bell\x07", "NUL and bell"),
        ("half \ud800 pair \ufffe", "half pair"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🚀 Friends", "👩\u200d🚀 Friends"),
        ("line\u2028separator", "line separator"),
        ("Fil\u3164led\uffa0 and\u1160 jo\u034fined\u17b4", "Filled and joined"),
        ("Braille\u2800blank", "Braille blank"),
        ("葛\U000e0100城 and ᠨ\u180bᠠ", "葛\U000e0100城 and ᠨ\u180bᠠ"),
        (
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        ),
    ],
)
def test_a_line_keeps_what_can_be_printed(given: str, line: str) -> None:
    assert normalize_line(given) == line


@pytest.mark.shows("S17")
@pytest.mark.parametrize(
    "white",
    ["\u3164", "\u2800", "\u200e\u034f", "\u200d", "\ufe0f", "\u2800 \u3164", "\u061c", "\U000e0061", "\U0001d159", " "],
)
def test_a_line_of_which_nothing_can_be_seen_is_none(white: str) -> None:
    assert normalize_line(white) == ""


@pytest.mark.parametrize(
    "line", ["x" * 300, "e\u0301\u0323\u0302", "שָׁלוֹם", "क्ष्म्यै", "❤️", "Hồ Thị Kỷ", "z\u0331\u030c", "မြွှေ", "ปู่ย่า"]
)
def test_names_in_any_script_are_no_trouble(line: str) -> None:
    assert line_error(line) == ""


@pytest.mark.shows("S17")
@pytest.mark.parametrize(
    ("line", "trouble"),
    [
        ("x" * 301, "longer than 300"),
        ("z\u0316\u0316\u0316\u0316o", "too many marks"),
        ("z" + "\u200c".join("\u030c\u0302\u0306\u0307"), "too many marks"),
        ("ž\u200d\u0302\u200e\u0306\u034f\u0307", "too many marks"),
        ("z\u030c\u05b0\u0302\u0306\u0302", "too many marks"),
        ("ש" + "\u05b0" * 6, "too many marks"),
    ],
)
def test_what_cannot_be_set_is_named(line: str, trouble: str) -> None:
    assert trouble in line_error(line)


@pytest.mark.parametrize(
    "name",
    ["Change.org", "Booking.com", "MoveOn.org", "350.org", "Yahoo!", "St. Mary/St. John", "Mt.Airy/Germantown Coalition",
     "ACLU/NAACP", "@Work Alliance", "A.B.C./D", "Women @ Work", "Ltd. & Co.", "WWW Foundation", "a://", "مؤسسة.شبكة", "24/7",
     "A/B Testing Guild", "Yes.We/Can", "Open 24/7/365", "Version 1.2.3.4", "AC\\DC", "Hotel: Workers", "9/11 Families",
     "U.S./Mexico Border Coalition", "[ka:]/ Collective", "1/2.3/4", "Web3.foundation Alliance", "MoveOn.org Civic Action",
     "Friends of 350.org", "The Change.org Foundation", "350.org / Fossil Free", "350.org (Berlin)", "350.org’s Alumni",
     "350.org 日本", "Color of Change.org", "Amis de la Terre.fr", "Dr.med. Anna Beispiel", "Grupo Verde S.A.de C.V.",
     "Alliance (formerly Rivers.org)", "Class of 1990-1994, 1995-1999", "Local 1199SEIU", "Riverbank.org, Inc.",
     "Booking.com?"],
)  # fmt: skip
def test_a_name_is_no_address(name: str) -> None:
    assert not contains_web_address(name)


@pytest.mark.parametrize(
    "line",
    ["http://x", "Win a prize: HTTPS://evil.example", "www.evil.example", "See www.evil.example/path", "bit.ly/3xYz",
     "change.org/p/free-money", "evil.com:8080/x", "evil.com/?a", "info@alliance.example", "mailto:info@alliance.example",
     "javascript://x", "ftp://files.example", "evil.com/~x", "evil.com/%70", "evil.com/-x", "evil.com/.x", "evil.com./x",
     "evil.com/(x)", "evil.com:8080/~x", "1.2.3.4/x", "1.2.3.4:80/~x", "[::1]/x", "\\\\evil.com\\share", "(\\\\evil.com\\x)",
     "https:\\\\evil.com\\x", "evil.com\u200e/x", "evil.com/\u034fx", "evil\u034f.com/x", "ｅｖｉｌ．ｃｏｍ／x", "tel:+1900",
     "mailto:eve@localhost", "xn--80ak6aa92e.com/x", "x.xn--p1ai/y", "evil.com?claim=1", "evil.com#x", "evil.com:8080",
     "evil.com/", "evil.com&x=1", "evil.com=1", "//evil.com", "Claim your grant at evil.com now",
     "Claim Your Grant At Evil.com",
     "CLAIM NOW EVIL.COM", "evil.com has something that is due to somebody",
     "Money is waiting: evil.com", "Evil.com – Click Here",
     "More at evil.com", "See evil.com", "请访问 evil.com 领取奖金", "访问evil.com领奖", "Bitte auf evil.com anmelden",
     "Cliquez sur evil.com", "A Very Long Name That Goes On And On Until Evil.com", "evil。com?x", "evil．com at once",
     "evil․com has it", "evil.com⁠?x=1", "user(at)evil.com", "magnet:?xt=1", "1.2.3.4:80", "bitcoin:1A1z", "www2.evil.com",
     "Call 800-555-0100", "+1 900 555 0100", "Call (800) 555-0100", "Win A Prize Evil.com", "evil.com\\x", "Evil.com Login",
     "Go To Evil.com", "eve@evil.com", "evil.com. Now pay", "pay evil.com", "Your Refund Evil.com"],
)  # fmt: skip
def test_an_address_is_no_name(line: str) -> None:
    assert contains_web_address(line)


@pytest.mark.parametrize("title", ["Director at Change.org", "campaign director, change.org", "organizer at change.org"])
def test_a_title_may_name_the_organizations_own_host(title: str) -> None:
    assert not contains_web_address(title, own=("change.org",))
    assert contains_web_address(title.replace("hange", "harge"), own=("change.org",))


@pytest.mark.parametrize(
    "line", ["Claim your grant at change.org", "organizer at change.org/x", "organizer at change.org?x", "see change.org"]
)
def test_nor_may_its_title_lead_there(line: str) -> None:
    assert contains_web_address(line, own=("change.org",))


LINKABLE = re.compile(r"[\w-]\.[^\W\d_]{2}|\S@\w|\w:[/\w]|\d{3}[\s.-]\d{4}")


@pytest.mark.parametrize(
    "name",
    ["Change.org", "Web3.foundation Alliance", "350.org", "http://evil.com/x", "eve@evil.com", "www.evil.com",
     "evil。com", "ｅｖｉｌ．ｃｏｍ", "evil․com", "mailto:eve",
     "javascript:x", "Call 800-555-0100", "1.2.3.4:80", "xn--80ak6aa92e.com",
     "пример.рф",
     "https:\\\\evil.com", "evil.co.uk", "a-b.c-d.org"],
)  # fmt: skip
def test_in_mail_nothing_that_is_typed_can_become_a_link(name: str) -> None:
    shown = break_links(name)
    assert shown.replace(WORD_JOINER, "") == name
    assert not LINKABLE.search(normalize_unicode("NFKC", shown.replace("。", ".")))


@pytest.mark.parametrize("name", ["Example Alliance, Inc.", "U.S. Rivers", "A.B.C.", "St. Mary/St. John", "Hồ Thị Kỷ"])
def test_other_names_stand_in_mail_as_they_are(name: str) -> None:
    assert break_links(name) == name


@pytest.mark.shows("S32")
@pytest.mark.parametrize("piece", ["a", "a.", "a.a-", "xn--a.", "a@", "a.com ", "ﷺ", "1.2.", "+1 9"])
def test_no_line_of_any_length_takes_long_to_read(piece: str) -> None:
    started = time.process_time()
    contains_web_address(piece * 20_000, own=find_hosts(piece * 20_000))
    assert time.process_time() - started < 0.2
