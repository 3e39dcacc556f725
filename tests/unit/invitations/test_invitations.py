"""The outcome of an invitation follows from the signature of its organization, its mailbox, and its emails."""

import pytest

from letterhub.domain.invitations.invitation import Came, OnLetterAlready, came_of, check_not_on_letter, is_of_invitee
from letterhub.domain.states import SignatureState

S = SignatureState


@pytest.mark.parametrize(
    ("signed", "facts", "came"),
    [
        (None, {}, Came.WAITING),
        (None, {"mails": 0}, Came.WAITING),
        (None, {"mails": 2}, Came.REMINDED),
        (None, {"mails": 2, "bounced": True}, Came.BOUNCED),
        (None, {"bounced": True, "declined": True}, Came.DECLINED),
        (S.EXPIRED, {}, Came.WAITING),
        (S.EXPIRED, {"mails": 2}, Came.REMINDED),
        (S.PENDING, {"mails": 2, "bounced": True}, Came.BEGUN),
        (S.PENDING, {"declined": True}, Came.DECLINED),
        (S.WITHDRAWN, {"mails": 2}, Came.WITHDRAWN),
        (S.DECLINED, {}, Came.TURNED_DOWN),
        (S.DECLINED, {"declined": True}, Came.DECLINED),
        (S.OUTDATED, {"declined": True}, Came.OUTDATED),
        (S.CONFIRMED, {"declined": True, "bounced": True}, Came.IN_REVIEW),
        (S.PUBLISHED, {"declined": True, "bounced": True, "mails": 2}, Came.SIGNED),
    ],
)
def test_what_came_of_an_invitation(signed: SignatureState | None, facts: dict[str, int], came: Came) -> None:
    assert came_of(signed, **facts) is came  # type: ignore[arg-type]  # counts and booleans


OWN = {"email": "ola@otter.example", "website": "https://www.otters.example"}


@pytest.mark.parametrize("state", [S.WITHDRAWN, S.DECLINED])
@pytest.mark.parametrize(
    ("invitee", "signed_from", "counts"),
    [
        (OWN, "fred@otter.example", True),
        (OWN, "fred@mail.otters.example", True),
        (OWN, "fred@other.example", False),
        (OWN, "", False),
        ({"email": "ola@gmail.com", "website": ""}, "fred@gmail.com", False),
        ({"email": "", "website": ""}, "", False),
    ],
)
def test_an_end_counts_from_the_organizations_own_domain_only(
    state: SignatureState, invitee: dict[str, str], signed_from: str, counts: bool
) -> None:
    assert is_of_invitee(state, **invitee, signed_from=signed_from) is counts


@pytest.mark.parametrize("state", [S.PUBLISHED, S.CONFIRMED, S.OUTDATED])
def test_what_stands_counts_from_anywhere(state: SignatureState) -> None:
    assert is_of_invitee(state, **OWN, signed_from="fred@gmail.com")
    assert not is_of_invitee(S.EXPIRED, **OWN, signed_from="ola@otter.example")


@pytest.mark.parametrize(
    ("signed_as", "came", "said"),
    [
        ("Otter Order", Came.SIGNED, "Otter Order is already on this letter."),
        ("The OTTER Order", Came.SIGNED, "Otter Order is already on this letter."),
        ("Lutra League", Came.IN_REVIEW, "Otter Order, as “Lutra League,” has signed already and waits for review."),
    ],
)
def test_who_stands_is_not_invited(signed_as: str, came: Came, said: str) -> None:
    with pytest.raises(OnLetterAlready, match=said.replace(".", r"\.")):
        check_not_on_letter("Otter Order", signed_as, came)


@pytest.mark.parametrize("came", [Came.WITHDRAWN, Came.TURNED_DOWN, Came.WAITING])
def test_who_does_not_stand_may_be_invited(came: Came) -> None:
    check_not_on_letter("Otter Order", "Otter Order", came)
