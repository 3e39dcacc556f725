"""Ways to sign in, identities that the provider vouches for, and the roles that its claims give.

See docs/design/accounts/sign-in.md.
"""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.identity_provider import RoleRule

STRONG_METHODS = frozenset({"mfa", "hwk", "swk", "fpt", "face", "iris", "pop"})
"""Values of the claim `amr` (RFC 8176) that stand for more than a password."""


class SignInMethod(enum.StrEnum):
    """Way in which a session began."""

    PASSWORD = "password"  # noqa: S105
    PASSKEY = "passkey"
    PROVIDER = "provider"


class AccountEvent(enum.StrEnum):
    """Change to an account's sign-in or role that its owner is emailed about."""

    PASSKEY_ADDED = "passkey-added"
    PASSKEY_REMOVED = "passkey-removed"
    PASSKEY_REFUSED = "passkey-refused"
    PROVIDER_LINKED = "provider-linked"
    PROVIDER_UNLINKED = "provider-unlinked"
    ROLE_CHANGED = "role-changed"
    ROLE_REMOVED = "role-removed"
    OWNER_RETAINED = "owner-retained"

    @property
    def action(self) -> str:
        """Return the action that the audit log names."""
        return self.replace("-", " ")


class CannotSignIn(UserFacingError):
    """Raised when someone can't sign in in the way they chose; the sentence says what to do instead."""


class PasskeyRefused(UserFacingError):
    """Raised for a passkey that is unknown or whose answer is wrong. Nothing says which, except to its owner."""


class LastWayIn(UserFacingError):
    """Raised when a change would leave an account, or a coalition, without a way to sign in."""


@dataclass(frozen=True, slots=True)
class ProviderIdentity:
    """Person that the provider vouches for.

    `email` is "" unless the provider says that it is verified. `has_second_step` says that the provider asked for a second
    factor.
    """

    issuer: str
    subject: str
    email: str = ""
    name: str = ""
    groups: frozenset[str] = frozenset()
    has_second_step: bool = False

    @property
    def label(self) -> str:
        """Return what shows the person which of their accounts this is."""
        return (self.email or self.name or self.subject)[:255]


@dataclass(frozen=True, slots=True)
class ClaimedRole:
    """Role that a rule of the table gives, with the group that it comes from."""

    role: Role
    group: str


def claimed_roles(groups: Iterable[str], rules: Iterable[RoleRule]) -> dict[str, ClaimedRole]:
    """Return the roles that groups give, by the slug of the coalition: of several, the highest, by the first rule for it."""
    found: dict[str, ClaimedRole] = {}
    held = frozenset(groups)
    for rule in rules:
        role, current = Role(rule.role), found.get(rule.coalition)
        if rule.group in held and (current is None or not current.role.covers(role)):
            found[rule.coalition] = ClaimedRole(role, rule.group)
    return found


class RoleStep(enum.Enum):
    """Effect of a sign-in by the provider on a membership."""

    NOTHING = enum.auto()
    JOIN = enum.auto()
    CHANGE = enum.auto()
    REMOVE = enum.auto()
    RETAIN_OWNER = enum.auto()
    """Keep the role although its claim is gone, as one given by hand: nobody else is an owner."""


def next_role_step(
    current: Role | None, claimed: Role | None, *, may_join: bool, from_claims: bool, is_last_owner: bool
) -> RoleStep:
    """Return what claims do to a membership with the `current` role, None for none that was accepted.

    Claims manage only memberships that they gave (`from_claims`): a role given by hand stays. `may_join` says that the
    coalition lets people join by claims, without an invitation.
    """
    if current is None:
        return RoleStep.JOIN if claimed and may_join else RoleStep.NOTHING
    if not from_claims or current is claimed:
        return RoleStep.NOTHING
    if is_last_owner:  # a role other than owner is claimed now, or none
        return RoleStep.RETAIN_OWNER
    return RoleStep.REMOVE if claimed is None else RoleStep.CHANGE


def is_strong(methods: object) -> bool:
    """Return whether the claim `amr` of a token says that more than one factor was used."""
    return isinstance(methods, list) and bool(STRONG_METHODS & {one for one in methods if isinstance(one, str)})


def groups_in(claims: Mapping[str, object], name: str) -> frozenset[str]:
    """Return the groups in a claim: a list of names, one name, or the keys of an object."""
    value = claims.get(name)
    if isinstance(value, str):
        return frozenset({value})
    if isinstance(value, list | dict):
        return frozenset(one for one in value if isinstance(one, str))
    return frozenset()
