"""Settings: read once from the environment, validated together, and frozen. The only reader of `os.environ`."""

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from letterhub.identity_provider import (
    DEFAULT_CLAIM,
    DEFAULT_SCOPES,
    IdentityProvider,
    missing_provider_settings,
    parse_claim_name,
    parse_issuer,
    parse_provider_name,
    parse_roles,
    parse_scopes,
)
from letterhub.paths import IS_INSTALLED, ROOT
from letterhub.setting_parsers import (
    DEMO_SECRET,
    is_public_url,
    parse_database_url,
    parse_files_url,
    parse_folder,
    parse_log_format,
    parse_mail_server,
    parse_mailbox,
    parse_otlp_endpoint,
    parse_proxy_count,
    parse_redis_url,
    parse_secret,
    parse_secrets,
    parse_sender,
    parse_sentry_dsn,
    parse_site_url,
    parse_token,
    parse_yes,
)
from letterhub.setting_parsers import MailServer as MailServer
from letterhub.signing_certificate import Certificate, load_certificate

PREFIX = "LETTERHUB_"


class InvalidSettings(Exception):
    """Raised when settings are invalid. `sentences` has one for each, naming it."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a site. `public_url` has no trailing slash; `data_dir` exists.

    `log_format` is "text", "json", or "" for text on a terminal and JSON elsewhere. With a `metrics_token`, /metrics
    requires it; without one, only this machine may read them. `operator_email` gets mail when a backup or a check fails, ""
    for nobody; `security_email` and `contact_email` are public. Errors go to `sentry_dsn`, spans to
    `otlp_endpoint`, "" for nowhere. In demo mode (`demo`) all mail goes to a public mailbox page, so it is never on by
    accident. `min_fill_seconds` is the minimum time in which a person fills in a form, `page_cache_seconds` how long a
    process caches a public page. `two_factor` requires two-factor authentication of staff, as on every site that others can
    reach. `identity_provider` is the one by which staff may sign in, None for none. `webhooks_to_loopback` lets
    webhooks call this machine. `ignored_variables` names unknown variables that the operator chose to ignore, to downgrade from
    a newer version.
    """

    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    public_url: str
    mail_server: MailServer | None = field(repr=False)
    mail_from: str
    data_dir: Path
    operator_email: str = ""
    security_email: str = ""
    contact_email: str = ""
    secret_key_fallbacks: tuple[str, ...] = field(default=(), repr=False)
    redis_url: str = field(default="", repr=False)
    files_url: str = field(default="", repr=False)
    trusted_proxies: int = 0
    log_format: str = ""
    metrics_token: str = field(default="", repr=False)
    sentry_dsn: str = field(default="", repr=False)
    otlp_endpoint: str = field(default="", repr=False)
    demo: bool = False
    check_mail_domains: bool = True
    min_fill_seconds: int = 2
    page_cache_seconds: float = 1.0
    two_factor: bool = True
    certificate: Certificate | None = None
    identity_provider: IdentityProvider | None = None
    webhooks_to_loopback: bool = False
    ignored_variables: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """Host name of the public URL."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def https(self) -> bool:
        """Return whether the site uses TLS, so that cookies are marked Secure."""
        return (self.public_url or "").startswith("https://")


KNOWN_SETTINGS = (
    "DATABASE_URL SECRET_KEY SECRET_KEY_FALLBACKS PUBLIC_URL MAIL_URL MAIL_FROM OPERATOR_EMAIL SECURITY_EMAIL CONTACT_EMAIL "
    "REDIS_URL FILES_URL DATA_DIR TRUSTED_PROXIES LOG_FORMAT METRICS_TOKEN SENTRY_DSN OTLP_ENDPOINT CERTIFICATE "
    "CERTIFICATE_PASSWORD OIDC_ISSUER OIDC_CLIENT_ID OIDC_CLIENT_SECRET OIDC_NAME OIDC_SCOPES OIDC_ROLES OIDC_ROLES_CLAIM "
    "OIDC_SECOND_STEP WEBHOOKS_TO_LOOPBACK DEMO IGNORE_UNKNOWN_SETTINGS"
).split()


def settings_from_environment() -> Settings:
    """Read the settings of this process. Raises InvalidSettings."""
    return parse_settings(os.environ)


def libpq_environment() -> dict[str, str]:
    """Return the PG* variables of this process, by which libpq finds certificates, services and password files."""
    return {name: value for name, value in os.environ.items() if name.startswith("PG")}


def demo_environment(public_url: str) -> dict[str, str]:
    """Return this process's environment with the settings of a demo at a URL. Of the operator's own settings only the data
    folder and the database stay."""
    shared_settings = {f"{PREFIX}DATA_DIR", f"{PREFIX}DATABASE_URL"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX) or name in shared_settings}
    return environment | {f"{PREFIX}DEMO": "1", f"{PREFIX}PUBLIC_URL": public_url}


def default_data_dir(environ: Mapping[str, str]) -> Path:
    """Return the folder for what Letterhub writes where DATA_DIR names none: a checkout's `var`, or one in the user's home."""
    if not IS_INSTALLED:
        return ROOT / "var"
    return Path(environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "letterhub"


def names_a_site() -> bool:
    """Return whether this process's environment has the address or the mail server of a site."""
    return any(os.environ.get(f"{PREFIX}{name}") for name in ("PUBLIC_URL", "MAIL_URL"))


def keep_secret() -> None:
    """Make a secret key in the data folder, unless the environment or that folder has one. Raises InvalidSettings."""
    if os.environ.get(f"{PREFIX}SECRET_KEY"):
        return
    try:
        data_dir = parse_folder(os.environ.get(f"{PREFIX}DATA_DIR") or str(default_data_dir(os.environ)))
        with (
            suppress(FileExistsError),
            os.fdopen(
                os.open(data_dir / SECRET_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
            ) as file,
        ):
            file.write(secrets.token_urlsafe(48))
    except (ValueError, OSError) as problem:
        raise InvalidSettings([f"{PREFIX}DATA_DIR {problem}"]) from problem


def parse_settings(environ: Mapping[str, str]) -> Settings:
    """Parse settings from `LETTERHUB_…` variables. Raises InvalidSettings with a sentence for each that is invalid."""
    named = {name.removeprefix(PREFIX): value.strip() for name, value in environ.items() if name.startswith(PREFIX)}
    given = {name: value for name, value in named.items() if value or name not in KNOWN_SETTINGS}  # an empty one is not set
    demo = given.get("DEMO", "") == "1"
    given = {"DATA_DIR": str(default_data_dir(environ))} | (DEMO_VALUES if demo else {}) | given
    reading = _SettingsReader(given)
    data_dir, public_url = reading.take("DATA_DIR", parse_folder), reading.take("PUBLIC_URL", parse_site_url)
    given.setdefault("SECRET_KEY", _stored_secret(data_dir))
    password = given.get("CERTIFICATE_PASSWORD", "")
    settings = Settings(
        database_url=reading.take("DATABASE_URL", parse_database_url, f"sqlite:///{data_dir}/letterhub.db"),
        secret_key=reading.take("SECRET_KEY", str if demo else parse_secret),
        secret_key_fallbacks=reading.take("SECRET_KEY_FALLBACKS", parse_secrets, ()),
        public_url=public_url,
        mail_server=reading.take("MAIL_URL", parse_mail_server, None if demo else _REQUIRED),
        mail_from=reading.take("MAIL_FROM", parse_sender, _default_sender(public_url)),
        operator_email=reading.take("OPERATOR_EMAIL", parse_mailbox, ""),
        security_email=reading.take("SECURITY_EMAIL", parse_mailbox, ""),
        contact_email=reading.take("CONTACT_EMAIL", parse_mailbox, ""),
        redis_url=reading.take("REDIS_URL", parse_redis_url, ""),
        files_url=reading.take("FILES_URL", parse_files_url, ""),
        data_dir=data_dir,
        trusted_proxies=reading.take("TRUSTED_PROXIES", parse_proxy_count, 0),
        log_format=reading.take("LOG_FORMAT", parse_log_format, ""),
        **_monitoring_settings(reading),
        demo=demo,
        check_mail_domains=not demo,
        two_factor=is_public_url(public_url),
        certificate=reading.take("CERTIFICATE", lambda path: load_certificate(path, password), None),
        identity_provider=_parse_provider(reading),
        webhooks_to_loopback=reading.take("WEBHOOKS_TO_LOOPBACK", parse_yes, False),
        ignored_variables=reading.ignored,
    )
    if given.get("DEMO", "") not in ("", "0", "1"):
        reading.wrong.append(f"{PREFIX}DEMO must be 1 or 0.")
    reading.wrong += _refused_in_public(settings)
    if reading.wrong:
        raise InvalidSettings(reading.wrong)
    return settings


def _refused_in_public(settings: Settings) -> list[str]:
    """Return a sentence for each setting that a site with TLS, which others reach, may not have."""
    if not settings.https:
        return []
    wrong = []
    if settings.demo:
        wrong.append(
            f"{PREFIX}DEMO lets everyone read every email: it runs on this machine only, not at {settings.public_url}."
        )
    elif settings.webhooks_to_loopback:
        wrong.append(
            f"{PREFIX}WEBHOOKS_TO_LOOPBACK lets owners of coalitions call services of this machine: it is for trying webhooks "
            f"out, not for {settings.public_url}."
        )
    return wrong


def _parse_provider(reading: "_SettingsReader") -> IdentityProvider | None:
    """Return the identity provider; None if none is set, or with a sentence in `wrong` if its settings are incomplete."""
    if missing := missing_provider_settings(reading.given, PREFIX):
        reading.wrong += missing
        return None
    if not (issuer := reading.take("OIDC_ISSUER", parse_issuer, "")):
        return None
    return IdentityProvider(
        issuer=issuer,
        client_id=reading.take("OIDC_CLIENT_ID", str),
        client_secret=reading.take("OIDC_CLIENT_SECRET", str, ""),
        name=reading.take("OIDC_NAME", parse_provider_name, ""),
        scopes=reading.take("OIDC_SCOPES", parse_scopes, DEFAULT_SCOPES),
        roles=reading.take("OIDC_ROLES", parse_roles, ()),
        roles_claim=reading.take("OIDC_ROLES_CLAIM", parse_claim_name, DEFAULT_CLAIM),
        has_second_step=reading.take("OIDC_SECOND_STEP", parse_yes, False),
    )


_REQUIRED: Any = object()
SECRET_FILE = "secret-key"  # noqa: S105 - a name
"""Name of the file in the data folder with the secret key that `letterhub start` made."""
DEMO_VALUES = {
    "SECRET_KEY": DEMO_SECRET,
    "PUBLIC_URL": "http://127.0.0.1:8000",
    "MAIL_FROM": "Letterhub demo <letters@demo.example>",
    "WEBHOOKS_TO_LOOPBACK": "yes",
}


def _stored_secret(data_dir: Path | None) -> str:
    """Return the secret key that is stored in the data folder; "" if there is none."""
    file = data_dir / SECRET_FILE if data_dir else None
    return file.read_text(encoding="utf-8").strip() if file and file.is_file() else ""


def _default_sender(public_url: str | None) -> Any:
    """Return the sender of email if none is set: an address at the site's host; _REQUIRED if that is no domain."""
    host = urlsplit(public_url or "").hostname or ""
    is_domain = "." in host and not host.rpartition(".")[2].isdigit()
    return f"letters@{host}" if is_domain or public_url is None else _REQUIRED


def _monitoring_settings(reading: "_SettingsReader") -> dict[str, Any]:
    """Return the settings of metrics, error tracking and tracing."""
    return {
        "metrics_token": reading.take("METRICS_TOKEN", parse_token, ""),
        "sentry_dsn": reading.take("SENTRY_DSN", parse_sentry_dsn, ""),
        "otlp_endpoint": reading.take("OTLP_ENDPOINT", parse_otlp_endpoint, ""),
    }


class _SettingsReader:
    """Parser of given values, one at a time; errors are collected in `wrong`, a sentence each."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given = given
        self.wrong: list[str] = []
        unknown = [f"{PREFIX}{name}" for name in sorted(given) if name not in KNOWN_SETTINGS]
        self.ignored = tuple(unknown) if self.take("IGNORE_UNKNOWN_SETTINGS", parse_yes, False) else ()
        if not self.ignored:
            self.wrong += [f"{name} is not a setting of this version of Letterhub. Check its spelling." for name in unknown]

    def take(self, name: str, reader: Callable[[str], Any], otherwise: Any = _REQUIRED) -> Any:
        """Return a setting as `reader` parses it, or `otherwise` if it is not set; None, with a sentence in `wrong`, if it is
        invalid, or missing although required."""
        value = self.given.get(name, "")
        try:
            if value:
                return reader(value)
            if otherwise is _REQUIRED:
                raise ValueError("is missing.")
            return otherwise
        except ValueError as problem:
            self.wrong.append(f"{PREFIX}{name} {problem}")
            return None
