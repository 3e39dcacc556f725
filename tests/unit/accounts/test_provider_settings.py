"""Settings of the identity provider are read together, and a site does not start on incomplete or bad ones."""

from pathlib import Path

import pytest

from letterhub.config import InvalidSettings
from letterhub.identity_provider import IdentityProvider, RoleRule
from tests.unit.operations.test_config import read

ISSUER = {"OIDC_ISSUER": "https://login.example.org/staff", "OIDC_CLIENT_ID": "letterhub"}


def test_without_an_issuer_there_is_no_provider(tmp_path: Path) -> None:
    assert read(tmp_path).identity_provider is None


def test_two_settings_are_enough(tmp_path: Path) -> None:
    provider = read(tmp_path, **ISSUER).identity_provider
    assert provider == IdentityProvider("https://login.example.org/staff", "letterhub")
    assert (provider.label, provider.scopes, provider.roles_claim) == ("login.example.org", "openid email profile", "groups")


def test_every_setting_is_read_and_the_secret_is_not_shown(tmp_path: Path) -> None:
    more = {
        "OIDC_CLIENT_SECRET": "hush", "OIDC_NAME": "Rivers SSO", "OIDC_SCOPES": "openid  email groups",
        "OIDC_ROLES": "board=owner@rivers", "OIDC_ROLES_CLAIM": "roles", "OIDC_SECOND_STEP": "yes",
    }  # fmt: skip
    provider = read(tmp_path, **ISSUER, **more).identity_provider
    assert provider == IdentityProvider(
        "https://login.example.org/staff", "letterhub", "hush", "Rivers SSO", "openid email groups",
        (RoleRule("board", "owner", "rivers"),), "roles", has_second_step=True,
    )  # fmt: skip
    assert "hush" not in repr(provider)


@pytest.mark.shows("S18")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"OIDC_CLIENT_ID": None}, "LETTERHUB_OIDC_CLIENT_ID is missing"),
        ({"OIDC_ISSUER": None}, "LETTERHUB_OIDC_CLIENT_ID needs LETTERHUB_OIDC_ISSUER"),
        ({"OIDC_ISSUER": "http://login.example.org"}, "LETTERHUB_OIDC_ISSUER must start with https://"),
        ({"OIDC_ISSUER": "https://login.example.org/?a"}, "LETTERHUB_OIDC_ISSUER must be the issuer’s address"),
        ({"OIDC_SCOPES": "email"}, "LETTERHUB_OIDC_SCOPES must name openid"),
        ({"OIDC_NAME": "x" * 41}, "LETTERHUB_OIDC_NAME must be a name of at most 40 characters"),
        ({"OIDC_ROLES": "board"}, "LETTERHUB_OIDC_ROLES has “board”"),
        ({"OIDC_ROLES_CLAIM": "my groups"}, "LETTERHUB_OIDC_ROLES_CLAIM must be the name of one claim"),
        ({"OIDC_SECOND_STEP": "no"}, "LETTERHUB_OIDC_SECOND_STEP must be yes, or left out."),
    ],
)
def test_what_is_missing_or_bad_is_named(changes: dict[str, str | None], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match=sentence):
        read(tmp_path, **{**ISSUER, **changes})
