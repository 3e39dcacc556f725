"""Parsers of settings: each returns the value, or raises ValueError with the rest of a sentence."""

import re
from dataclasses import dataclass
from email.utils import formataddr, getaddresses, parseaddr
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import parse_qsl, unquote, urlsplit

import idna
from email_validator import EmailNotValidError, validate_email

DEMO_SECRET = "demo-secret-key-that-is-refused-outside-of-the-demo"  # noqa: S105
SECRET_LENGTH = 32
TOKEN_LENGTH = 24
LOOPBACK = ("localhost", "127.0.0.1", "::1")
WEAK_WORDS = ("change", "passw", "qwert")
KEY_COMMAND = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Mail server: host, port, implicit TLS or not, and credentials ("" for none)."""

    host: str
    port: int
    tls: bool
    name: str = ""
    password: str = ""


def parse_folder(value: str) -> Path:
    """Parse the path of a writable folder, creating it if missing."""
    try:
        folder = Path(value).expanduser().absolute()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds addresses
        with TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError) as problem:  # RuntimeError: ~ of a user unknown to this machine
        cause = getattr(problem, "strerror", None) or problem
        raise ValueError(f"names a folder that cannot be used: {cause}.") from problem


def parse_database_url(value: str) -> str:
    """Parse the URL of a database: a SQLite file, or PostgreSQL, whose driver is set to psycopg."""
    scheme, _, rest = value.partition("://")
    if scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        _port(value, "must be postgresql+psycopg://name:password@host:port/database.")
        return f"postgresql+psycopg://{rest}"
    if scheme != "sqlite" or (rest and not rest.startswith("/")):
        raise ValueError("must be sqlite:///… or postgresql+psycopg://….")
    if not rest.partition("?")[0].strip("/") or ":memory:" in rest or "mode=memory" in rest:
        raise ValueError("must name a file: a database in memory is forgotten, and every process has its own.")
    return value


def parse_secret(value: str) -> str:
    """Parse a secret key, rejecting one that is short, trivial, or the demo's."""
    if len(value) < SECRET_LENGTH:
        raise ValueError(f"is too short: it needs at least {SECRET_LENGTH} characters. Make one with: {KEY_COMMAND}")
    if value == DEMO_SECRET or any(word in value.casefold() for word in WEAK_WORDS) or _is_weak(value):
        raise ValueError(f"is a default or trivial key. Make one with: {KEY_COMMAND}")
    return value


def _is_weak(value: str) -> bool:
    """Return whether a key has few distinct trigrams ("passpasspass…"), or mostly neighboring characters ("abcd…")."""
    trigrams = {value[start : start + 3] for start in range(len(value) - 2)}
    steps = [abs(ord(sign) - ord(before)) for before, sign in pairwise(value)]
    small_steps = sum(step <= 1 for step in steps)
    return len(trigrams) < SECRET_LENGTH / 2 or small_steps > len(steps) * 2 / 3


def parse_secrets(value: str) -> tuple[str, ...]:
    """Parse secret keys, separated by commas."""
    return tuple(parse_secret(key.strip()) for key in value.split(",") if key.strip())


def parse_site_url(value: str) -> str:
    """Parse the URL of a site without a path, with TLS unless it is on this machine."""
    wanted = "must be the address of the site and nothing more, like https://letters.example.org."
    parts, port = urlsplit(value), _port(value, wanted)
    if ":" in (parts.hostname or ""):
        raise ValueError("must name its host, or an IPv4 address: nothing is answered under an IPv6 address.")
    host = _host_name(parts.hostname or "")
    has_only_host = not parts.path.strip("/") and not any(sign in value for sign in "?#@")
    if parts.scheme not in ("http", "https") or not host or not has_only_host:
        raise ValueError(wanted)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("must start with https://: only a site on this machine may go without.")
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def is_public_url(site: str | None) -> bool:
    """Return whether a URL is reachable from other machines: not a loopback host, which may do without TLS."""
    return urlsplit(site or "https://").hostname not in LOOPBACK


def _host_name(written: str) -> str:
    """Return a host name in ASCII (IDNA), "" if invalid."""
    try:
        host = written.lower() if written.isascii() else idna.encode(written, uts46=True).decode()
    except UnicodeError:
        return ""
    return host if re.fullmatch(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?", host) else ""


def _port(value: str, wanted: str) -> int | None:
    """Return the port of a URL, None without one. Raises ValueError if it is invalid, with the sentence `wanted`."""
    try:
        port = urlsplit(value).port
    except ValueError as problem:
        raise ValueError(wanted) from problem
    if port == 0:
        raise ValueError(wanted)
    return port


def parse_sentry_dsn(value: str) -> str:
    """Parse the DSN of an error tracker: its address with a project's public key and number."""
    wanted = "must be the DSN that your error tracker shows, like https://key@errors.example.org/1."
    parts = urlsplit(value)
    _port(value, wanted)
    if parts.scheme not in ("http", "https") or not parts.hostname or not parts.username or not parts.path.strip("/"):
        raise ValueError(wanted)
    return value


def parse_otlp_endpoint(value: str) -> str:
    """Parse the address of an OpenTelemetry collector, without the path of a signal."""
    wanted = "must be the address of a collector that takes OTLP over HTTP, like http://127.0.0.1:4318."
    parts = urlsplit(value)
    _port(value, wanted)
    if parts.scheme not in ("http", "https") or not parts.hostname or any(sign in value for sign in "?#@"):
        raise ValueError(wanted)
    if parts.path.rstrip("/").endswith("/v1/traces"):
        raise ValueError("must be the collector's address without /v1/traces, which is added.")
    return value


def parse_mail_server(value: str) -> MailServer:
    """Parse the URL of a mail server with port and credentials."""
    wanted = (
        "must be smtp://name:password@host:port or smtps://…, a port from 1 to 65535; a character like # or / as %23 or %2F."
    )
    parts, port = urlsplit(value), _port(value, wanted)
    has_only_host = not parts.path.strip("/") and not any(sign in value for sign in "?#")
    lacks_name = parts.password and not parts.username
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or not has_only_host or lacks_name:
        raise ValueError(wanted)
    tls = parts.scheme == "smtps"
    return MailServer(
        parts.hostname, port or (465 if tls else 587), tls, unquote(parts.username or ""), unquote(parts.password or "")
    )


def parse_sender(value: str) -> str:
    """Parse an email address, with or without a display name."""
    if any(sign in value for sign in "\r\n\0"):
        raise ValueError("must be one line.")
    found = getaddresses([value])
    if len(found) != 1:
        raise ValueError('must be one address, like Letters <letters@example.org>; a name with a comma goes in "…".')
    name, address = found[0]
    try:
        validate_email(address, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError as problem:
        raise ValueError(f"must be an email address, like Letters <letters@example.org>: {problem}") from problem
    return formataddr((name, address)) if name else address


def parse_mailbox(value: str) -> str:
    """Parse an email address and drop the display name."""
    return parseaddr(parse_sender(value))[1]


def parse_redis_url(value: str) -> str:
    """Parse the URL of a Redis server."""
    wanted = "must be redis://name:password@host:port/number or rediss://…."
    parts, _ = urlsplit(value), _port(value, wanted)
    number = parts.path.strip("/")
    if parts.scheme not in ("redis", "rediss") or not parts.hostname or not (number or "0").isdecimal() or parts.fragment:
        raise ValueError(wanted)
    return value


def parse_files_url(value: str) -> str:
    """Parse the URL of an object store."""
    wanted = (
        "must be s3://key:secret@host:port/bucket, then ?region=… or ?tls=no if needed; characters like / or + as %2F or %2B."
    )
    parts, _ = urlsplit(value), _port(value, wanted)
    is_complete = parts.scheme == "s3" and parts.hostname and parts.username and parts.password and parts.path.strip("/")
    has_only_known_options = {name for name, _ in parse_qsl(parts.query)} <= {"region", "tls"}
    if not is_complete or parts.fragment or not has_only_known_options:
        raise ValueError(wanted)
    return value


def parse_proxy_count(value: str) -> int:
    """Parse the number of proxies."""
    if not (value.isascii() and value.isdecimal()) or int(value) > 10:
        raise ValueError("must be the number of proxies in front of Letterhub, 0 to 10.")
    return int(value)


def parse_yes(value: str) -> bool:
    """Parse a switch that is on if it says yes."""
    if value != "yes":
        raise ValueError("must be yes, or left out.")
    return True


def parse_log_format(value: str) -> str:
    """Parse the format of the log."""
    if value not in ("text", "json"):
        raise ValueError("must be text or json; if unset, the log is text on a terminal and JSON elsewhere.")
    return value


def parse_token(value: str) -> str:
    """Parse an access token that is too long to guess."""
    if len(value) < TOKEN_LENGTH or not value.isascii() or " " in value:
        raise ValueError(f"must be {TOKEN_LENGTH} characters or more, without a space. Make one with: {KEY_COMMAND}")
    return value
