"""Roles from the groups of an identity provider: the table, and what a sign-in does to a membership."""

import pytest

from letterhub.domain.accounts.roles import Role
from letterhub.domain.accounts.sign_in import ClaimedRole, RoleStep, claimed_roles, groups_in, is_strong, next_role_step
from letterhub.identity_provider import IdentityProvider, RoleRule, parse_issuer, parse_roles

RULES = parse_roles("readers=reviewer@rivers; writers=organizer@rivers ;cn=board,ou=a=b@c=owner@skies;")


def test_a_table_is_read_with_groups_of_any_name() -> None:
    assert (
        RoleRule("readers", "reviewer", "rivers"),
        RoleRule("writers", "organizer", "rivers"),
        RoleRule("cn=board,ou=a=b@c", "owner", "skies"),
    ) == RULES


@pytest.mark.parametrize("written", ["readers", "=owner@rivers", "a=boss@rivers", "a=owner@", "a=owner@Two Words", "a=owner"])
def test_a_rule_that_cannot_be_read_is_named(written: str) -> None:
    with pytest.raises(ValueError, match="each rule is group=role@coalition"):
        parse_roles(f"readers=reviewer@rivers; {written}")


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([], {}),
        (["Readers"], {}),
        (["readers"], {"rivers": ClaimedRole(Role.REVIEWER, "readers")}),
        (["writers", "readers"], {"rivers": ClaimedRole(Role.ORGANIZER, "writers")}),
        (["cn=board,ou=a=b@c"], {"skies": ClaimedRole(Role.OWNER, "cn=board,ou=a=b@c")}),
    ],
)
def test_the_highest_role_of_a_coalition_counts(groups: list[str], expected: dict[str, ClaimedRole]) -> None:
    assert claimed_roles(groups, RULES) == expected


REVIEWER, OWNER = Role.REVIEWER, Role.OWNER


@pytest.mark.parametrize(
    ("current", "claimed", "from_claims", "is_last_owner", "step"),
    [
        (None, None, False, False, RoleStep.NOTHING),
        (None, REVIEWER, False, False, RoleStep.JOIN),
        (REVIEWER, OWNER, False, False, RoleStep.NOTHING),
        (OWNER, None, False, False, RoleStep.NOTHING),
        (REVIEWER, REVIEWER, True, False, RoleStep.NOTHING),
        (REVIEWER, OWNER, True, False, RoleStep.CHANGE),
        (OWNER, REVIEWER, True, False, RoleStep.CHANGE),
        (REVIEWER, None, True, False, RoleStep.REMOVE),
        (OWNER, None, True, False, RoleStep.REMOVE),
        (OWNER, OWNER, True, True, RoleStep.NOTHING),
        (OWNER, REVIEWER, True, True, RoleStep.RETAIN_OWNER),
        (OWNER, None, True, True, RoleStep.RETAIN_OWNER),
    ],
)
def test_groups_change_only_what_groups_gave_and_no_last_owner(
    current: Role | None, claimed: Role | None, from_claims: bool, is_last_owner: bool, step: RoleStep
) -> None:
    others = {"from_claims": from_claims, "is_last_owner": is_last_owner}
    assert next_role_step(current, claimed, may_join=True, **others) is step
    assert next_role_step(current, claimed, may_join=False, **others) is (RoleStep.NOTHING if current is None else step)


@pytest.mark.parametrize(
    ("claim", "groups"),
    [
        (["a", "b", 7, None], {"a", "b"}),
        ("a", {"a"}),
        ({"a": {"x": "y"}, "b": []}, {"a", "b"}),
        (7, set()),
        (None, set()),
    ],
)
def test_groups_are_read_from_a_list_a_name_or_the_keys_of_an_object(claim: object, groups: set[str]) -> None:
    assert groups_in({"groups": claim}, "groups") == groups
    assert groups_in({"groups": claim}, "roles") == frozenset()


@pytest.mark.parametrize(
    ("methods", "strong"),
    [(["mfa"], True), (["pwd", "hwk"], True), (["pwd"], False), (["otp"], False), ("mfa", False), (None, False), ([7], False)],
)
def test_more_than_a_password_is_two_factors(methods: object, strong: bool) -> None:
    assert is_strong(methods) is strong


@pytest.mark.parametrize(
    "address",
    ["http://login.example.org", "login.example.org", "https://", "https://a@b.example", "https://b.example?x", "https://b#c",
     "https://b.example:0", "https://b.example:x", f"https://b.example/{'x' * 500}"],
)  # fmt: skip
def test_an_issuer_is_an_address_with_tls(address: str) -> None:
    with pytest.raises(ValueError, match=r"^(must|is too long)"):
        parse_issuer(address)


@pytest.mark.parametrize(
    ("issuer", "url", "may_call"),
    [
        ("https://login.example.org", "https://keys.example.net/keys", True),
        ("https://login.example.org", "http://login.example.org/keys", False),
        ("https://login.example.org", "http://127.0.0.1/keys", False),
        ("https://login.example.org", "file:///etc/passwd", False),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000/keys", True),
        ("http://127.0.0.1:9000", "http://10.0.0.1/keys", False),
    ],
)
def test_what_an_issuer_names_is_called_with_tls_alone(issuer: str, url: str, may_call: bool) -> None:
    assert IdentityProvider(issuer, "letterhub").may_call(url) is may_call
