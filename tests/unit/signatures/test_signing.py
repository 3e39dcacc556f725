"""Rules of signing: open letters, limits of email to a mailbox, and duplicate signatures."""

import datetime as dt
from dataclasses import replace

import pytest

from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.letters.signing_settings import WhoMaySign
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.organizations.websites import InvalidWebsite, parse_website
from letterhub.domain.signatures.added_names import CannotAdd, check_agreed_on
from letterhub.domain.signatures.place_key import place_key
from letterhub.domain.signatures.signing import (
    LetterNotOpen,
    MailedTooOften,
    SignerKindNotAccepted,
    SigningPeriod,
    SigningRequest,
    TextChanged,
    check_confirmable,
    check_kind_accepted,
    check_mail_frequency,
    check_open,
    check_text_current,
    needs_review,
)
from letterhub.domain.states import LetterState

NOON = dt.datetime(2022, 1, 5, 17, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
LAST = dt.datetime.max.replace(tzinfo=dt.UTC)
LINE = Signatory(
    "Example Alliance", "Clara Example", "Director", "Springfield, IL", website="https://alliance.example", section="state"
)


@pytest.mark.parametrize(
    ("state", "deadline", "sentence"),
    [
        (LetterState.OPEN, None, ""),
        (LetterState.OPEN, NOON, ""),
        (LetterState.OPEN, NOON - HOUR, "closed"),
        (LetterState.CLOSED, NOON + HOUR, "closed"),
        (LetterState.DELIVERED, None, "closed"),
        (LetterState.DRAFT, None, "not open"),
        (LetterState.WITHDRAWN, NOON + HOUR, "withdrawn"),
    ],
)
def test_an_open_letter_is_signed_until_its_deadline(state: LetterState, deadline: dt.datetime | None, sentence: str) -> None:
    assert refused(LetterNotOpen, check_open, state, deadline, NOON) is bool(sentence)


@pytest.mark.parametrize(
    ("state", "deadline", "closed", "since_start", "now", "may"),
    [
        (LetterState.OPEN, NOON, None, -HOUR, -HOUR, True),
        (LetterState.OPEN, NOON, None, -HOUR, HOUR, True),
        (LetterState.OPEN, NOON, None, -HOUR, DAY + HOUR, False),
        (LetterState.OPEN, None, None, -HOUR, 9 * DAY, True),
        (LetterState.OPEN, LAST, None, -HOUR, HOUR, True),
        (LetterState.CLOSED, NOON, NOON + HOUR, -HOUR, DAY, True),
        (LetterState.CLOSED, NOON, NOON + HOUR, -HOUR, DAY + HOUR, False),
        (LetterState.CLOSED, NOON, NOON + 2 * HOUR, HOUR, 2 * HOUR, False),
        (LetterState.CLOSED, NOON + 21 * DAY, NOON, -HOUR, DAY, True),
        (LetterState.CLOSED, NOON + 21 * DAY, NOON, -HOUR, DAY + HOUR, False),
        (LetterState.CLOSED, None, NOON, -HOUR, DAY, True),
        (LetterState.CLOSED, None, NOON, -HOUR, DAY + HOUR, False),
        (LetterState.CLOSED, None, NOON, HOUR, HOUR, False),
        (LetterState.DELIVERED, NOON, NOON, -HOUR, HOUR, False),
        (LetterState.WITHDRAWN, NOON, None, -HOUR, HOUR, False),
    ],
)
def test_what_was_begun_before_deadline_and_closing_is_confirmed_within_the_grace(
    state: LetterState,
    deadline: dt.datetime | None,
    closed: dt.datetime | None,
    since_start: dt.timedelta,
    now: dt.timedelta,
    may: bool,
) -> None:
    signing_period = SigningPeriod(state, deadline, closed, grace=DAY)
    assert refused(LetterNotOpen, check_confirmable, signing_period, NOON + since_start, NOON + now) is not may


def refused(kind: type[Exception], check: object, *facts: object) -> bool:
    """Return whether a check refuses these facts."""
    try:
        check(*facts)  # type: ignore[operator]
    except kind:
        return True
    return False


@pytest.mark.parametrize(
    ("changes", "read"),
    [
        ({}, False),
        ({"organization": "the EXAMPLE-alliance"}, True),  # staff reviewed it letter by letter
        ({"signer_title": "the DIRECTOR"}, False),
        ({"signer_name": "Clára Example"}, False),
        ({"signer_title": "Director."}, False),
        ({"signer_title": "Director!"}, True),
        ({"signer_title": "“Director”"}, True),
        ({"signer_title": "'Director'"}, True),
        ({"signer_title": "Director..."}, True),
        ({"organization": "(((Example Alliance)))"}, True),
        ({"organization": "Example? Alliance"}, True),
        ({"organization": "- - Example Alliance"}, True),
        ({"organization": "𝕰𝖝𝖆𝖒𝖕𝖑𝖊 Alliance"}, True),
        ({"organization": "Ⓔxample Alliance"}, True),
        ({"organization": "EXAMPLE – Alliance"}, True),
        ({"signer_name": "CLARA – Example"}, False),
        ({"location": "springfield IL"}, False),
        ({"website": "http://www.alliance.example/en"}, False),
        ({"organization": "Example Alliance 🖕💩 ☭ ✡"}, True),
        ({"organization": "E\u0336xample Alliance"}, True),  # struck through
        ({"organization": "E\u0301xample Alli\u0308ance"}, True),
        ({"signer_title": "Dire\u0301ctor"}, False),
        ({"organization": "Ex\u030c\u0302ample Alliance"}, True),  # marks that no letter has
        ({"signer_name": "Clara Example, Director", "signer_title": ""}, True),
        ({"affiliation": "Example University"}, True),
        ({"organization": "Example Alliance, Inc."}, True),
        ({"signer_name": "Johnny Bananas"}, True),
        ({"signer_title": "Intern"}, True),
        ({"location": "Springfield, MO"}, True),
        ({"section": "national"}, True),
        ({"website": "https://alliance.example.org"}, True),
    ],
)
def test_a_correction_is_read_where_it_says_something_new(changes: dict[str, str], read: bool) -> None:
    assert needs_review(LINE, replace(LINE, **changes)) is read  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("minutes", "may"),
    [((), True), ((2,), True), ((0.5,), False), ((2, 10, 20, 30), True), ((2, 10, 20, 30, 40), False), ((1441,) * 9, True)],
)
def test_mail_pauses_a_minute_and_stops_at_five_a_day(minutes: tuple[float, ...], may: bool) -> None:
    mailed = [NOON - dt.timedelta(minutes=ago) for ago in minutes]
    assert refused(MailedTooOften, check_mail_frequency, mailed, NOON) is not may


def test_no_field_is_so_long_that_another_hides_behind_it() -> None:
    long = replace(LINE, signer_name="C" * 300)
    assert needs_review(long, replace(long, signer_title="Director of nothing"))


def test_a_form_is_one_form_by_its_stamp_whatever_changes_in_it() -> None:
    request = SigningRequest(LINE, EmailAddress("c@alliance.example"), 1, "once")
    assert request.key(1) == replace(request, revision=2).key(1)
    changed = (replace(request, email="d@one.example"), replace(request, line=replace(LINE, location="")))
    assert {request.key(1)} == {other.key(1) for other in changed}
    assert len({request.key(1), request.key(2), replace(request, form_token="twice").key(1)}) == 3
    assert replace(request, form_token="").key(1) is None


def test_the_text_that_was_shown_is_the_text_that_is_signed() -> None:
    check_text_current(3, 3)
    with pytest.raises(TextChanged):
        check_text_current(2, 3)


def test_an_organization_stands_by_name_and_site_and_a_person_by_her_address() -> None:
    assert (
        place_key(SignatoryKind.ORGANIZATION, "alliance", "one.example", "c@one.example") == "organization|alliance|one.example"
    )
    assert place_key(SignatoryKind.INDIVIDUAL, "clara", "", "C@one.example") == place_key(
        SignatoryKind.INDIVIDUAL, "other", "", "c@one.example"
    )


@pytest.mark.parametrize(
    ("who", "kind", "taken"),
    [
        (WhoMaySign.ORGANIZATIONS, SignatoryKind.ORGANIZATION, True),
        (WhoMaySign.ORGANIZATIONS, SignatoryKind.INDIVIDUAL, False),
        (WhoMaySign.INDIVIDUALS, SignatoryKind.INDIVIDUAL, True),
        (WhoMaySign.INDIVIDUALS, SignatoryKind.ORGANIZATION, False),
        (WhoMaySign.BOTH, SignatoryKind.INDIVIDUAL, True),
        (WhoMaySign.BOTH, SignatoryKind.ORGANIZATION, True),
    ],
)
def test_a_letter_takes_those_whom_it_names(who: WhoMaySign, kind: SignatoryKind, taken: bool) -> None:
    assert refused(SignerKindNotAccepted, check_kind_accepted, who, kind) is not taken


@pytest.mark.parametrize(("email", "shown"), [("nia@example.org", "n…@example.org"), ("é@example.org", "é…@example.org")])
def test_an_address_is_masked_but_for_its_first_letter_and_its_domain(email: str, shown: str) -> None:
    assert EmailAddress(email).masked == shown


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ""),
        ("  ", ""),
        ("alliance.example", "https://alliance.example"),
        ("www.alliance.example/about us", None),
        ("http://alliance.example/a?b#c", "http://alliance.example/a?b#c"),
        ("HTTPS://Alliance.example", "HTTPS://Alliance.example"),
        ("bücher.example", "https://bücher.example"),
        ("alliance.example:8080", "https://alliance.example:8080"),
        ("n/a", None),
        ("none", None),
        ("localhost", None),
        ("127.0.0.1", None),
        ("javascript:alert(1)", None),
        ("ftp://alliance.example", None),
        ("https://clara:secret@alliance.example", None),
        ('https://alliance.example/"><script>', None),
        ("https://" + "a" * 300 + ".example", None),
        ("https://[::1", None),
    ],
)
def test_a_website_is_taken_as_people_type_it_or_refused(typed: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(InvalidWebsite):
            parse_website(typed)
    else:
        assert parse_website(typed) == expected


def test_staff_enter_a_yes_of_today_and_none_that_is_still_to_come() -> None:
    check_agreed_on(NOON.date(), NOON.date())
    with pytest.raises(CannotAdd):
        check_agreed_on(NOON.date() + DAY, NOON.date())
