"""How each setting is read out of its text: a reader gives its value, or raises ValueError with the rest of the sentence."""

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
TRIVIAL_WORDS = ("change", "passw", "qwert")
MAKE_A_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over: host, port, whether TLS is there from the start, and credentials ("" for none)."""

    host: str
    port: int
    tls: bool
    name: str = ""
    password: str = ""


def as_folder(value: str) -> Path:
    """A folder that can be written to, made where it is not there."""
    try:
        folder = Path(value).expanduser().absolute()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds addresses
        with TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError) as problem:  # RuntimeError: ~ of someone whom this machine does not know
        told = getattr(problem, "strerror", None) or problem
        raise ValueError(f"names a folder that cannot be used: {told}.") from problem


def as_database(value: str) -> str:
    """The address of a database, with the driver that we speak through."""
    scheme, _, rest = value.partition("://")
    if scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        _port(value, "must be postgresql+psycopg://name:password@host:port/database.")
        return f"postgresql+psycopg://{rest}"
    if scheme != "sqlite" or (rest and not rest.startswith("/")):
        raise ValueError("must be sqlite:///… or postgresql+psycopg://….")
    if not rest.partition("?")[0].strip("/") or "memory" in rest.rpartition("/")[2]:
        raise ValueError("must name a file: a database in memory is forgotten, and every process has its own.")
    return value


def as_secret(value: str) -> str:
    """A key that nobody guesses."""
    if len(value) < SECRET_LENGTH:
        raise ValueError(f"is too short: it needs at least {SECRET_LENGTH} characters. Make one with: {MAKE_A_KEY}")
    if value == DEMO_SECRET or any(word in value.casefold() for word in TRIVIAL_WORDS) or _is_regular(value):
        raise ValueError(f"is a default or trivial key. Make one with: {MAKE_A_KEY}")
    return value


def _is_regular(value: str) -> bool:
    """Whether few of its threes of neighbors differ ("passpasspass…"), or most signs follow upon the one before ("abcd…")."""
    threes = {value[place : place + 3] for place in range(len(value) - 2)}
    steps = [abs(ord(sign) - ord(before)) for before, sign in pairwise(value)]
    return len(threes) < SECRET_LENGTH / 2 or sum(step <= 1 for step in steps) > len(steps) * 2 / 3


def as_secrets(value: str) -> tuple[str, ...]:
    """Keys, with commas between."""
    return tuple(as_secret(key.strip()) for key in value.split(",") if key.strip())


def as_site(value: str) -> str:
    """The address of a site alone, over TLS unless it is on this very machine."""
    wanted = "must be the address of the site and nothing more, like https://letters.example.org."
    parts, port = urlsplit(value), _port(value, wanted)
    alone = parts.scheme in ("http", "https") and not parts.path.strip("/") and not any(sign in value for sign in "?#@")
    if ":" in (parts.hostname or ""):
        raise ValueError("must name its host, or an IPv4 address: nothing is answered under an IPv6 address.")
    host = _host_name(parts.hostname or "") if alone else ""
    if not host:
        raise ValueError(wanted)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("must start with https://: only a site on this machine may go without.")
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def is_reached_by_others(site: str | None) -> bool:
    """Whether an address is one that other machines open too: all but those of this very machine, which may go without TLS."""
    return urlsplit(site or "https://").hostname not in LOOPBACK


def _host_name(written: str) -> str:
    """A host as browsers ask for it, in ASCII; "" for what is none."""
    try:
        host = written.lower() if written.isascii() else idna.encode(written, uts46=True).decode()
    except UnicodeError:
        return ""
    return host if re.fullmatch(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?", host) else ""


def _port(value: str, wanted: str) -> int | None:
    """The port of an address, None where it has none; raises ValueError(wanted) for a number that no port has."""
    try:
        port = urlsplit(value).port
    except ValueError as problem:
        raise ValueError(wanted) from problem
    if port == 0:
        raise ValueError(wanted)
    return port


def as_mail_server(value: str) -> MailServer:
    """A mail server with its port, and the name and password for it."""
    wanted = (
        "must be smtp://name:password@host:port or smtps://…, a port from 1 to 65535; a character like # or / as %23 or %2F."
    )
    parts, port = urlsplit(value), _port(value, wanted)
    alone = not parts.path.strip("/") and not any(sign in value for sign in "?#")
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or not alone or (parts.password and not parts.username):
        raise ValueError(wanted)
    tls = parts.scheme == "smtps"
    return MailServer(
        parts.hostname, port or (465 if tls else 587), tls, unquote(parts.username or ""), unquote(parts.password or "")
    )


def as_address(value: str) -> str:
    """One email address, with or without a name before it."""
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


def as_mailbox(value: str) -> str:
    """One email address without the name before it."""
    return parseaddr(as_address(value))[1]


def as_redis(value: str) -> str:
    """The address of a Redis."""
    wanted = "must be redis://name:password@host:port/number or rediss://…."
    parts, _ = urlsplit(value), _port(value, wanted)
    number = parts.path.strip("/")
    if parts.scheme not in ("redis", "rediss") or not parts.hostname or not (number or "0").isdecimal() or parts.fragment:
        raise ValueError(wanted)
    return value


def as_files(value: str) -> str:
    """The address of a store of files."""
    wanted = (
        "must be s3://key:secret@host:port/bucket, then ?region=… or ?tls=no if needed; characters like / or + as %2F or %2B."
    )
    parts, _ = urlsplit(value), _port(value, wanted)
    told = parts.scheme == "s3" and parts.hostname and parts.username and parts.password and parts.path.strip("/")
    if not told or parts.fragment or not {name for name, _ in parse_qsl(parts.query)} <= {"region", "tls"}:
        raise ValueError(wanted)
    return value


def as_count(value: str) -> int:
    """A number of proxies."""
    if not (value.isascii() and value.isdecimal()) or int(value) > 10:
        raise ValueError("must be the number of proxies in front of Letterhub, 0 to 10.")
    return int(value)


def as_yes(value: str) -> bool:
    """Something that is on where it says yes, and else left out."""
    if value != "yes":
        raise ValueError("must be yes, or left out.")
    return True


def as_log_format(value: str) -> str:
    """A format of the log."""
    if value not in ("text", "json"):
        raise ValueError("must be text or json; if unset, the log is text on a terminal and JSON elsewhere.")
    return value


def as_token(value: str) -> str:
    """A word that programs show to be let in, long enough that nobody guesses it."""
    if len(value) < TOKEN_LENGTH or not value.isascii() or " " in value:
        raise ValueError(f"must be {TOKEN_LENGTH} characters or more, without a space. Make one with: {MAKE_A_KEY}")
    return value
