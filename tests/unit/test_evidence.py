"""What speaks for a signature and what is in doubt, which facts hold of it, and what a letter's rule makes of that."""

import pytest

from letterhub.domain.evidence import Claim, Doubt, Evidence, Standing, evidence_of, publishes_at_once
from letterhub.domain.letters import PublishRule
from letterhub.domain.signing import Source


@pytest.mark.parametrize(
    ("email", "website", "evidence", "doubts"),
    [
        ("c@alliance.example", "https://www.alliance.example", {Evidence.MAILBOX, Evidence.OWN_DOMAIN}, set()),
        ("c@mail.alliance.example", "alliance.example/about", {Evidence.MAILBOX, Evidence.OWN_DOMAIN}, set()),
        ("c@other.example", "alliance.example", {Evidence.MAILBOX}, {Doubt.OTHER_DOMAIN}),
        ("c@gmail.com", "https://gmail.com", {Evidence.MAILBOX}, {Doubt.FREE_MAIL}),
        ("c@yahoo.fr", "https://www.yahoo.fr", {Evidence.MAILBOX}, {Doubt.FREE_MAIL}),
        ("c@mailinator.com", "https://mailinator.com", {Evidence.MAILBOX}, {Doubt.DISPOSABLE}),
        ("c@mailinator.com", "https://alliance.example", {Evidence.MAILBOX}, {Doubt.DISPOSABLE}),
        ("c@alliance.example", "", {Evidence.MAILBOX}, {Doubt.NO_WEBSITE}),
        ("c@epa.gov", "https://epa.gov", {Evidence.MAILBOX, Evidence.OWN_DOMAIN}, {Doubt.GOVERNMENT}),
    ],
)
def test_what_speaks_for_a_signature_and_what_is_in_doubt(
    email: str, website: str, evidence: set[Evidence], doubts: set[Doubt]
) -> None:
    standing = evidence_of(Claim(Source.FORM, True, email, website))
    assert standing == Standing(frozenset(evidence), frozenset(doubts))
    assert publishes_at_once(PublishRule.OWN_DOMAIN, standing) is (Evidence.OWN_DOMAIN in evidence and not doubts)
    assert not publishes_at_once(PublishRule.ASK_STAFF, standing)


@pytest.mark.parametrize(("source", "confirmed"), [(Source.IMPORT, True), (Source.FORM, False)])
def test_a_domain_speaks_for_no_name_whose_mailbox_is_not_confirmed(source: Source, confirmed: bool) -> None:
    standing = evidence_of(Claim(source, confirmed, "c@one.example", "one.example"))
    assert not standing.evidence & {Evidence.MAILBOX, Evidence.OWN_DOMAIN}


def test_newness_is_told_and_is_no_reason_to_wait() -> None:
    known = evidence_of(Claim(Source.FORM, True, "c@one.example", "one.example", first_seen=True))
    assert known.doubts == {Doubt.FIRST_SEEN}
    assert known.clear
