"""Keys of the blocklist: the organization or person, the mailbox, and its domain unless that is shared by strangers."""

import pytest

from letterhub.domain.abuse.bulk_decline import blocklist_keys
from letterhub.domain.letters.document import SignatoryKind

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
