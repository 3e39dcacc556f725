"""Keys of the blocklist: organization or person, mailbox, and its domain unless strangers share it; facts of a bulk decline."""

import datetime as dt

import pytest

from letterhub.domain.abuse.blocklist import blocklist_keys
from letterhub.domain.abuse.bulk_decline import SubmissionPattern
from letterhub.domain.letters.letter_document import SignatoryKind

CRANE = ("Crane Society", "https://crane.example")


@pytest.mark.parametrize(
    ("email", "keys"),
    [
        ("", ()),
        ("Eve+1@Crane.example", ("mailbox|eve@crane.example", "domain|crane.example")),
        ("eve@mail.crane.example", ("mailbox|eve@mail.crane.example", "domain|crane.example")),
        ("e.ve+1@gmail.com", ("mailbox|eve@gmail.com",)),
        ("eve@mailinator.com", ("mailbox|eve@mailinator.com",)),
    ],
)
def test_an_organization_is_blocked_with_its_mailbox_and_its_own_domain(email: str, keys: tuple[str, ...]) -> None:
    (_organization, *others) = blocklist_keys(SignatoryKind.ORGANIZATION, *CRANE, email)
    assert tuple(others) == keys


def test_an_organization_is_recognized_by_name_and_site_and_a_person_by_name() -> None:
    def first(kind: SignatoryKind, name: str, website: str, email: str) -> str:
        return blocklist_keys(kind, name, website, email)[0]

    organization = first(SignatoryKind.ORGANIZATION, *CRANE, "eve@gmail.com")
    assert first(SignatoryKind.ORGANIZATION, "THE CRANE SOCIETY", "https://crane.example/about", "") == organization
    assert first(SignatoryKind.ORGANIZATION, "Heron Society", CRANE[1], "") != organization
    assert first(SignatoryKind.INDIVIDUAL, "Eve Example", "", "eve@gmail.com") != organization


@pytest.mark.parametrize(
    ("pattern", "facts"),
    [
        (SubmissionPattern(), {}),
        (SubmissionPattern(domain="crane.example"), {"domain": "crane.example"}),
        (SubmissionPattern(network="0123456789abcdef"), {"network": "01234567"}),
        (SubmissionPattern(hour=dt.datetime(2022, 1, 5, 17, tzinfo=dt.UTC)), {"hour": "2022-01-05T17:00:00+00:00"}),
    ],
)
def test_the_audit_log_gets_the_conditions_that_are_set(pattern: SubmissionPattern, facts: dict[str, str]) -> None:
    assert (pattern.is_empty, pattern.as_facts()) == (not facts, facts)
