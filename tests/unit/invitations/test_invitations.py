"""The outcome of an invitation follows from the signature of its organization, its mailbox, and its emails."""

import pytest

from letterhub.domain.invitations.invitation import (
    AlreadyOnLetter,
    InvitationOutcome,
    InviteeAnswer,
    check_not_on_letter,
    counts_for_invitee,
    invitation_outcome,
)
from letterhub.domain.states import SignatureState

S = SignatureState


@pytest.mark.parametrize(
    ("signed", "facts", "came"),
    [
        (None, {}, InvitationOutcome.WAITING),
        (None, {"reminded": True}, InvitationOutcome.REMINDED),
        (None, {"reminded": True, "bounced": True}, InvitationOutcome.BOUNCED),
        (None, {"bounced": True, "declined": True}, InvitationOutcome.DECLINED),
        (None, {"opened": True, "reminded": True}, InvitationOutcome.OPENED),
        (None, {"opened": True, "bounced": True}, InvitationOutcome.BOUNCED),
        (None, {"answer": InviteeAnswer.PROMISED, "bounced": True}, InvitationOutcome.PROMISED),
        (S.WITHDRAWN, {"answer": InviteeAnswer.REFUSED}, InvitationOutcome.REFUSED),
        (S.PENDING, {"answer": InviteeAnswer.PROMISED}, InvitationOutcome.PROMISED),
        (S.CONFIRMED, {"answer": InviteeAnswer.REFUSED}, InvitationOutcome.IN_REVIEW),
        (None, {"answer": InviteeAnswer.REFUSED, "declined": True}, InvitationOutcome.DECLINED),
        (S.EXPIRED, {}, InvitationOutcome.WAITING),
        (S.EXPIRED, {"reminded": True}, InvitationOutcome.REMINDED),
        (S.PENDING, {"reminded": True, "bounced": True}, InvitationOutcome.UNCONFIRMED),
        (S.PENDING, {"declined": True}, InvitationOutcome.DECLINED),
        (S.WITHDRAWN, {"reminded": True}, InvitationOutcome.WITHDRAWN),
        (S.DECLINED, {}, InvitationOutcome.TURNED_DOWN),
        (S.DECLINED, {"declined": True}, InvitationOutcome.DECLINED),
        (S.OUTDATED, {"declined": True}, InvitationOutcome.OUTDATED),
        (S.CONFIRMED, {"declined": True, "bounced": True}, InvitationOutcome.IN_REVIEW),
        (S.PUBLISHED, {"declined": True, "bounced": True, "reminded": True}, InvitationOutcome.SIGNED),
    ],
)
def test_what_came_of_an_invitation(signed: SignatureState | None, facts: dict[str, bool], came: InvitationOutcome) -> None:
    assert invitation_outcome(signed, **facts) is came  # type: ignore[arg-type]


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
        (OWN, "eve@students.otter.example", False),
    ],
)
def test_an_end_counts_from_the_organizations_own_domain_only(
    state: SignatureState, invitee: dict[str, str], signed_from: str, counts: bool
) -> None:
    assert counts_for_invitee(state, **invitee, signed_from=signed_from) is counts


@pytest.mark.parametrize("state", [S.PUBLISHED, S.CONFIRMED, S.OUTDATED])
def test_what_stands_counts_from_anywhere(state: SignatureState) -> None:
    assert counts_for_invitee(state, **OWN, signed_from="fred@gmail.com")
    assert not counts_for_invitee(S.EXPIRED, **OWN, signed_from="ola@otter.example")


@pytest.mark.parametrize(
    ("signed_as", "came", "sentence"),
    [
        ("Otter Order", InvitationOutcome.SIGNED, "Otter Order is already on this letter."),
        ("The OTTER Order", InvitationOutcome.SIGNED, "Otter Order is already on this letter."),
        (
            "Lutra League",
            InvitationOutcome.IN_REVIEW,
            "Otter Order, as “Lutra League,” has already signed and is waiting for review.",
        ),
    ],
)
def test_who_stands_is_not_invited(signed_as: str, came: InvitationOutcome, sentence: str) -> None:
    with pytest.raises(AlreadyOnLetter, match=sentence.replace(".", r"\.")):
        check_not_on_letter("Otter Order", signed_as, came)


@pytest.mark.parametrize("came", [InvitationOutcome.WITHDRAWN, InvitationOutcome.TURNED_DOWN, InvitationOutcome.WAITING])
def test_who_does_not_stand_may_be_invited(came: InvitationOutcome) -> None:
    check_not_on_letter("Otter Order", "Otter Order", came)
