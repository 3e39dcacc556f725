"""The settings: read once from the environment, checked whole, and frozen. The only reader of `os.environ`."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formataddr, getaddresses
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from email_validator import EmailNotValidError, validate_email

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "LETTERHUB_"
DEMO_SECRET = "demo-secret-key-that-is-refused-outside-of-the-demo"  # noqa: S105
SECRET_LENGTH = 32
LOOPBACK = ("localhost", "127.0.0.1", "::1")
TRIVIAL_WORDS = ("change", "passw", "qwert")
MAKE_A_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"


class BadSettings(Exception):
    """One or more settings are wrong. `sentences` has one sentence for each, naming it."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over: host, port, whether TLS is there from the start, and credentials ("" for none)."""

    host: str
    port: int
    tls: bool
    name: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that an operator decides. `public_url` has no slash at its end; `data_dir` exists.

    `log_format` is "text", "json", or "" for text on a terminal and JSON elsewhere.
    In demo mode (`demo`) mail goes into a mailbox that everyone may read, so it is never on by accident. `fill_seconds` is how
    long a person takes at least to fill in a form. `second_step` says that a password alone lets no staff in: so it is on every
    site that others reach.
    """

    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    public_url: str
    mail_server: MailServer | None = field(repr=False)
    mail_from: str
    data_dir: Path
    secret_key_fallbacks: tuple[str, ...] = field(default=(), repr=False)
    redis_url: str = field(default="", repr=False)
    files_url: str = field(default="", repr=False)
    trusted_proxies: int = 0
    log_format: str = ""
    demo: bool = False
    check_mail_domains: bool = True
    fill_seconds: int = 2
    second_step: bool = True

    @property
    def host(self) -> str:
        """The host name that pages are asked under."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def https(self) -> bool:
        """Whether the site is reached over TLS, so that cookies may insist on it."""
        return (self.public_url or "").startswith("https://")


KNOWN = (
    "DATABASE_URL SECRET_KEY SECRET_KEY_FALLBACKS PUBLIC_URL MAIL_URL MAIL_FROM REDIS_URL FILES_URL DATA_DIR TRUSTED_PROXIES "
    "LOG_FORMAT DEMO"
).split()


def from_environment() -> Settings:
    """The settings of this process; raises BadSettings."""
    return settings_from(os.environ)


def demo_environment(public_url: str) -> dict[str, str]:
    """This process's environment, with the demo switched on at an address; an operator's own settings stay out of it."""
    kept = {f"{PREFIX}DATA_DIR", f"{PREFIX}DATABASE_URL"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX) or name in kept}
    return environment | {f"{PREFIX}DEMO": "1", f"{PREFIX}PUBLIC_URL": public_url}


def settings_from(environ: Mapping[str, str]) -> Settings:
    """Settings from `LETTERHUB_…` variables; raises BadSettings with a sentence for each that is wrong."""
    given = {name.removeprefix(PREFIX): value.strip() for name, value in environ.items() if name.startswith(PREFIX)}
    demo = given.get("DEMO", "") == "1"
    given = {"DATA_DIR": str(ROOT / "var")} | (DEMO_VALUES if demo else {}) | given
    reading = _Reading(given)
    data_dir, public_url = reading.take("DATA_DIR", _folder), reading.take("PUBLIC_URL", _site)
    settings = Settings(
        database_url=reading.take("DATABASE_URL", _database, f"sqlite:///{data_dir}/letterhub.db"),
        secret_key=reading.take("SECRET_KEY", str if demo else _secret),
        secret_key_fallbacks=reading.take("SECRET_KEY_FALLBACKS", _secrets, ()),
        public_url=public_url,
        mail_server=reading.take("MAIL_URL", _mail_server, None if demo else _REQUIRED),
        mail_from=reading.take("MAIL_FROM", _address),
        redis_url=reading.take("REDIS_URL", _redis, ""),
        files_url=reading.take("FILES_URL", _files, ""),
        data_dir=data_dir,
        trusted_proxies=reading.take("TRUSTED_PROXIES", _count, 0),
        log_format=reading.take("LOG_FORMAT", _log_format, ""),
        demo=demo,
        check_mail_domains=not demo,
        second_step=_is_reached_by_others(public_url),
    )
    if given.get("DEMO", "") not in ("", "0", "1"):
        reading.wrong.append(f"{PREFIX}DEMO must be 1 or 0.")
    if demo and settings.https:
        reading.wrong.append(
            f"{PREFIX}DEMO opens every mail to everyone: it runs on this machine alone, not at {settings.public_url}."
        )
    if reading.wrong:
        raise BadSettings(reading.wrong)
    return settings


_REQUIRED: Any = object()
DEMO_VALUES = {
    "SECRET_KEY": DEMO_SECRET,
    "PUBLIC_URL": "http://127.0.0.1:8000",
    "MAIL_FROM": "Letterhub demo <letters@demo.example>",
}


class _Reading:
    """The given values, taken one by one; what is wrong with them gathers in `wrong`, a sentence each."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given = given
        self.wrong = [
            f"{PREFIX}{name} is not a setting of Letterhub. Check its spelling." for name in sorted(given) if name not in KNOWN
        ]

    def take(self, name: str, reader: Callable[[str], Any], otherwise: Any = _REQUIRED) -> Any:
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


def _folder(value: str) -> Path:
    try:
        folder = Path(value).expanduser().absolute()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds addresses
        with TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError) as problem:  # RuntimeError: ~ of someone whom this machine does not know
        told = getattr(problem, "strerror", None) or problem
        raise ValueError(f"names a folder that cannot be used: {told}.") from problem


def _database(value: str) -> str:
    scheme, _, rest = value.partition("://")
    if scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        _port(value, "must be postgresql+psycopg://name:password@host:port/database.")
        return f"postgresql+psycopg://{rest}"
    if scheme != "sqlite" or (rest and not rest.startswith("/")):
        raise ValueError("must be sqlite:///… or postgresql+psycopg://….")
    if not rest.partition("?")[0].strip("/") or "memory" in rest.rpartition("/")[2]:
        raise ValueError("must name a file: a database in memory is forgotten, and every process has its own.")
    return value


def _secret(value: str) -> str:
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


def _secrets(value: str) -> tuple[str, ...]:
    return tuple(_secret(key.strip()) for key in value.split(",") if key.strip())


def _site(value: str) -> str:
    wanted = "must be the address of the site alone, like https://letters.example.org."
    parts, port = urlsplit(value), _port(value, wanted)
    alone = parts.scheme in ("http", "https") and not parts.path.strip("/") and not any(sign in value for sign in "?#@")
    host = _host_name(parts.hostname or "") if alone else ""
    if not host:
        raise ValueError(wanted)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("must start with https://: only a site on this very machine may go without.")
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def _is_reached_by_others(site: str | None) -> bool:
    """Whether an address is one that other machines open too: all but those of this very machine, which may go without TLS."""
    return urlsplit(site or "https://").hostname not in LOOPBACK


def _host_name(written: str) -> str:
    """A host as browsers ask for it, in ASCII; "" for what is none."""
    if ":" in written:
        return f"[{written}]"
    try:
        host = written.encode("idna").decode()
    except UnicodeError:
        return ""
    return host if re.fullmatch(r"[a-z0-9._-]+", host) else ""


def _port(value: str, wanted: str) -> int | None:
    """The port of an address, None where it has none; raises ValueError(wanted) for a number that no port has."""
    try:
        port = urlsplit(value).port
    except ValueError as problem:
        raise ValueError(wanted) from problem
    if port == 0:
        raise ValueError(wanted)
    return port


def _mail_server(value: str) -> MailServer:
    wanted = "must be smtp://name:password@host:port or smtps://…, a port from 1 to 65535; a sign like # or / as %23 or %2F."
    parts, port = urlsplit(value), _port(value, wanted)
    alone = not parts.path.strip("/") and not any(sign in value for sign in "?#")
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or not alone or (parts.password and not parts.username):
        raise ValueError(wanted)
    tls = parts.scheme == "smtps"
    return MailServer(
        parts.hostname, port or (465 if tls else 587), tls, unquote(parts.username or ""), unquote(parts.password or "")
    )


def _address(value: str) -> str:
    if any(sign in value for sign in "\r\n\0"):
        raise ValueError("must be one line.")
    found = getaddresses([value])
    if len(found) != 1:
        raise ValueError('must be one address, like Letters <letters@example.org>; a name with a comma stands in "…".')
    name, address = found[0]
    try:
        validate_email(address, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError as problem:
        raise ValueError(f"must be an e-mail address, like Letters <letters@example.org>: {problem}") from problem
    return formataddr((name, address)) if name else address


def _redis(value: str) -> str:
    wanted = "must be redis://name:password@host:port/number or rediss://…."
    parts, _ = urlsplit(value), _port(value, wanted)
    number = parts.path.strip("/")
    if parts.scheme not in ("redis", "rediss") or not parts.hostname or not (number or "0").isdecimal() or parts.fragment:
        raise ValueError(wanted)
    return value


def _files(value: str) -> str:
    wanted = (
        "must be s3://key:secret@host:port/bucket, then ?region=… or ?tls=no where needed; signs like / or + as %2F or %2B."
    )
    parts, _ = urlsplit(value), _port(value, wanted)
    told = parts.scheme == "s3" and parts.hostname and parts.username and parts.password and parts.path.strip("/")
    if not told or parts.fragment or not {name for name, _ in parse_qsl(parts.query)} <= {"region", "tls"}:
        raise ValueError(wanted)
    return value


def _count(value: str) -> int:
    if not (value.isascii() and value.isdecimal()) or int(value) > 10:
        raise ValueError("must be the number of proxies in front of Letterhub, 0 to 10.")
    return int(value)


def _log_format(value: str) -> str:
    if value not in ("text", "json"):
        raise ValueError("must be text or json; without it, the log is text on a terminal and JSON elsewhere.")
    return value
