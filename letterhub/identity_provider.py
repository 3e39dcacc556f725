"""Settings of the identity provider by which staff may sign in (OpenID Connect), and their parsers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from letterhub.setting_parsers import LOOPBACK

ROLE_NAMES = ("reviewer", "organizer", "owner")
DEFAULT_SCOPES = "openid email profile"
DEFAULT_CLAIM = "groups"
ISSUER_LENGTH = 500
CALLBACK_PATH = "/sign-in/provider/callback"
"""Path to which the provider sends browsers back; with the site's address, it is registered there."""


@dataclass(frozen=True, slots=True)
class RoleRule:
    """Rule of the table of roles: who has `group` in the provider's claim has `role` in the coalition with this slug."""

    group: str
    role: str
    coalition: str


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """Identity provider of a site. `name` is how buttons call it.

    `roles_claim` is the claim with a person's groups, which `roles` turns into roles. `has_second_step` says that the provider
    always asks for a second factor, so that Letterhub need not; otherwise a token has to say so (`amr`).
    """

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    name: str = ""
    scopes: str = DEFAULT_SCOPES
    roles: tuple[RoleRule, ...] = ()
    roles_claim: str = DEFAULT_CLAIM
    has_second_step: bool = False

    @property
    def host(self) -> str:
        """Host name of the issuer."""
        return urlsplit(self.issuer).hostname or ""

    @property
    def label(self) -> str:
        """Name of the provider for people."""
        return self.name or self.host

    def may_call(self, url: str) -> bool:
        """Return whether a URL that the issuer names may be opened: with TLS, unless the issuer itself is on this machine."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        if parts.scheme == "https":
            return bool(parts.hostname)
        return parts.scheme == "http" and parts.hostname in LOOPBACK and self.host in LOOPBACK


def parse_issuer(value: str) -> str:
    """Parse the address of an issuer, as its tokens name it."""
    wanted = "must be the issuer’s address as its provider names it, like https://login.example.org/realms/staff."
    try:
        parts = urlsplit(value)
        has_valid_port = parts.port != 0
    except ValueError as problem:
        raise ValueError(wanted) from problem
    if not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc or not has_valid_port or " " in value:
        raise ValueError(wanted)
    if len(value) > ISSUER_LENGTH:
        raise ValueError(f"is too long: an issuer’s address has at most {ISSUER_LENGTH} characters.")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError("must start with https://: only a provider on this machine may go without.")
    return value


def parse_scopes(value: str) -> str:
    """Parse scopes, separated by spaces, of which one must be openid."""
    scopes = value.split()
    if "openid" not in scopes:
        raise ValueError(f"must name openid among its scopes, like: {DEFAULT_SCOPES} groups")
    return " ".join(scopes)


def parse_provider_name(value: str) -> str:
    """Parse the name of a provider, which stands on buttons."""
    if len(value) > 40 or not value.isprintable():
        raise ValueError("must be a name of at most 40 characters, like Example SSO.")
    return value


def parse_claim_name(value: str) -> str:
    """Parse the name of a claim."""
    if len(value) > 200 or not value.isprintable() or " " in value:
        raise ValueError("must be the name of one claim, like groups.")
    return value


def parse_roles(value: str) -> tuple[RoleRule, ...]:
    """Parse a table of roles: `group=role@coalition`, separated by semicolons."""
    return tuple(_parse_rule(written.strip()) for written in value.split(";") if written.strip())


def _parse_rule(written: str) -> RoleRule:
    """Parse one rule. A group's name may hold anything but a semicolon, also "=" and "@"."""
    group, _equals, place = written.rpartition("=")
    role, _at, coalition = place.partition("@")
    if not group.strip() or role.strip() not in ROLE_NAMES or not re.fullmatch(r"[a-z0-9-]{1,80}", coalition.strip()):
        raise ValueError(
            f"has “{written}”, but each rule is group=role@coalition, separated by semicolons, like "
            "letter-team=organizer@clean-rivers; the roles are reviewer, organizer and owner."
        )
    return RoleRule(group.strip(), role.strip(), coalition.strip())


def missing_provider_settings(given: Mapping[str, str], prefix: str) -> list[str]:
    """Return a sentence for each setting that the given ones of the provider need, too."""
    names = sorted(name for name in given if name.startswith("OIDC_"))
    if not names:
        return []
    if "OIDC_ISSUER" not in given:
        return [f"{prefix}{names[0]} needs {prefix}OIDC_ISSUER, the address of the identity provider."]
    if "OIDC_CLIENT_ID" not in given:
        return [f"{prefix}OIDC_CLIENT_ID is missing: {prefix}OIDC_ISSUER needs the id that your provider gave to this site."]
    return []
