"""Settings are validated at the start: a missing, bad or unknown one stops it with a sentence that names it."""

import re
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from letterhub.config import KNOWN_SETTINGS, InvalidSettings, MailServer, Settings, parse_settings
from letterhub.infrastructure.signed_links import LinkSigner, Purpose

KEY = "Zk3-7QmXw0pLs9-uT5vBn2-Rj8cHd4yFg6"
OLD_KEY = "aP1-4dGhK7mQr0-sVx3zB6-Wn9tJf2cLe5"
GOOD = {
    "LETTERHUB_SECRET_KEY": KEY,
    "LETTERHUB_PUBLIC_URL": "https://letters.example.org",
    "LETTERHUB_MAIL_URL": "smtp://mail.example.org",
    "LETTERHUB_MAIL_FROM": "Letters <letters@example.org>",
}


def read(tmp_path: Path, **changes: str | None) -> Settings:
    changed = GOOD | {f"LETTERHUB_{name}": value for name, value in ({"DATA_DIR": str(tmp_path)} | changes).items()}
    return parse_settings({name: value for name, value in changed.items() if value is not None})


def test_four_settings_are_enough(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/letterhub.db"
    assert settings.public_url == "https://letters.example.org"
    assert (settings.demo, settings.check_mail_domains, settings.trusted_proxies) == (False, True, 0)


def test_a_certificate_that_does_not_open_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match=r"LETTERHUB_CERTIFICATE names a file that cannot be read"):
        read(tmp_path, CERTIFICATE=str(tmp_path / "absent.p12"), CERTIFICATE_PASSWORD="a word")
    assert read(tmp_path).certificate is None


@pytest.mark.parametrize("value", ["false", "no", "2", "on"])
def test_the_demo_is_on_or_off(value: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="LETTERHUB_DEMO must be 1 or 0"):
        read(tmp_path, DEMO=value)


@pytest.mark.parametrize("value", ["https://h:abc", "https://u:p@h.example", "https://h.example/?", "https://h.example:99999"])
def test_an_address_of_a_site_is_nothing_more(value: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="LETTERHUB_PUBLIC_URL"):
        read(tmp_path, PUBLIC_URL=value)


@pytest.mark.shows("S18")
@pytest.mark.parametrize("name", ["SECRET_KEY", "PUBLIC_URL", "MAIL_URL"])
def test_what_is_missing_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match=f"LETTERHUB_{name} is missing."):
        read(tmp_path, **{name: None})


def test_mail_comes_from_the_host_of_the_site_unless_it_is_told_otherwise(tmp_path: Path) -> None:
    assert read(tmp_path, MAIL_FROM=None).mail_from == "letters@letters.example.org"
    for url in ("http://localhost:8000", "http://127.0.0.1:8000", "https://192.0.2.7"):
        with pytest.raises(InvalidSettings, match=r"LETTERHUB_MAIL_FROM is missing\."):
            read(tmp_path, MAIL_FROM=None, PUBLIC_URL=url)


@pytest.mark.shows("S18")
def test_a_secret_key_that_is_kept_in_the_data_folder_counts_if_none_is_set(tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text(f"{OLD_KEY}\n", encoding="ascii")
    assert read(tmp_path, SECRET_KEY=None).secret_key == OLD_KEY
    assert read(tmp_path).secret_key == KEY
    (tmp_path / "secret-key").write_text("change-me", encoding="ascii")
    with pytest.raises(InvalidSettings, match="LETTERHUB_SECRET_KEY"):
        read(tmp_path, SECRET_KEY=None)


def test_an_empty_setting_is_one_that_is_not_set(tmp_path: Path) -> None:
    empty = dict.fromkeys(KNOWN_SETTINGS, "") | {"DEMO": "1"}
    settings = parse_settings({f"LETTERHUB_{name}": value for name, value in empty.items()})
    assert settings == parse_settings({"LETTERHUB_DEMO": "1"})


@pytest.mark.shows("S18")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short-but-8-kinds"),
        ("SECRET_KEY", "demo-secret-key-that-is-refused-outside-of-the-demo"),
        ("SECRET_KEY", "please-change-this-key-before-you-go-live-1234"),
        ("SECRET_KEY", "ababababababababababababababababababababab"),
        ("SECRET_KEY_FALLBACKS", f"{OLD_KEY},too-short"),
        ("PUBLIC_URL", "letters.example.org"),
        ("PUBLIC_URL", "http://letters.example.org"),
        ("PUBLIC_URL", "https://letters.example.org/letters"),
        ("PUBLIC_URL", "https://letters.example.org/?a=b"),
        ("PUBLIC_URL", "ftp://letters.example.org"),
        ("MAIL_URL", "mail.example.org"),
        ("MAIL_URL", "http://mail.example.org"),
        ("MAIL_URL", "smtp://"),
        ("MAIL_URL", "smtp://mail.example.org:none"),
        ("MAIL_FROM", "letters"),
        ("MAIL_FROM", "Letters <letters@example.org>\r\nBcc: all@example.org"),
        ("SECRET_KEY", "changeme" * 5),
        ("SECRET_KEY", "a" * 64),
        ("SECRET_KEY", "pass1word2" * 4),
        ("SECRET_KEY", "k7-Tq2xZ" * 4),
        ("SECRET_KEY", "abcdefghijklmnopqrstuvwxyz0123456789"),
        ("SECRET_KEY", "qwertyuiopasdfghjklzxcvbnm1234567890"),
        ("SECRET_KEY_FALLBACKS", "changeme" * 5),
        ("PUBLIC_URL", "https://letters.example.org/?"),
        ("PUBLIC_URL", "http://[::1]:8000"),
        ("PUBLIC_URL", "https://letters.example.org#top"),
        ("PUBLIC_URL", "https://staff:pass@letters.example.org"),
        ("PUBLIC_URL", "https://staff@letters.example.org"),
        ("PUBLIC_URL", "https://letters.example.org:0"),
        ("PUBLIC_URL", "https://letters.example.org:99999"),
        ("PUBLIC_URL", "https://letters example.org"),
        ("PUBLIC_URL", "https://a.example,b.example"),
        ("PUBLIC_URL", "https://*.example.org"),
        ("PUBLIC_URL", "https://a..example.org"),
        ("MAIL_URL", "smtp://mail.example.org:0"),
        ("MAIL_URL", "smtp://mail.example.org:99999"),
        ("MAIL_URL", "smtp://mail.example.org:-1"),
        ("MAIL_URL", "smtp://mail.example.org/inbox"),
        ("MAIL_URL", "smtp://mail.example.org?tls=1"),
        ("MAIL_URL", "smtp://letters:pa#ss@mail.example.org"),
        ("MAIL_URL", "smtp://:password@mail.example.org"),
        ("MAIL_FROM", "letters@example.org, other@example.org"),
        ("MAIL_FROM", "letters@example.org other@example.org"),
        ("MAIL_FROM", "letters@example.org; other@example.org"),
        ("MAIL_FROM", "Letters <letters@example.org>, Other <other@example.org>"),
        ("MAIL_FROM", "Rivers, Letters <letters@example.org>"),
        ("MAIL_FROM", "bücher@example.org"),
        ("DATABASE_URL", "mysql://localhost/letters"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "sqlite:///file::memory:?uri=true"),
        ("DATABASE_URL", "sqlite:///file:letters?mode=memory&uri=true"),
        ("DATABASE_URL", "sqlite://letters.db"),
        ("DATABASE_URL", "sqlite:letters.db"),
        ("DATABASE_URL", "postgresql://host:99999/letters"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "http://localhost:6379"),
        ("REDIS_URL", "redis://"),
        ("REDIS_URL", "redis://localhost:99999"),
        ("REDIS_URL", "redis://localhost/jobs"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "1000"),
        ("TRUSTED_PROXIES", "1.5"),
        ("TRUSTED_PROXIES", "²"),
        ("TRUSTED_PROXIES", "many"),
        ("TRUSTED_PROXIES", "10.0.0.1"),
        ("DATA_DIR", "/proc/nowhere/letterhub"),
        ("DATA_DIR", "/proc"),
        ("FILES_URL", "https://name:secret@files.example.org/letters"),
        ("FILES_URL", "s3://files.example.org/letters"),
        ("FILES_URL", "s3://name:secret@files.example.org"),
        ("FILES_URL", "s3://name:sec/ret@files.example.org/letters"),
        ("FILES_URL", "s3://name:secret@files.example.org:0/letters"),
        ("FILES_URL", "s3://name:secret@files.example.org/letters?acl=public"),
        ("DATA_DIR", "/etc/passwd"),
        ("DATA_DIR", "~nobody-of-this-name/letterhub"),
        ("MAIL_FORM", "letters@example.org"),
        ("DEBUG", "1"),
        ("OPERATOR_EMAIL", "the operator"),
        ("OPERATOR_EMAIL", "a@example.org, b@example.org"),
        ("IGNORE_UNKNOWN_SETTINGS", "no"),
        ("IGNORE_UNKNOWN_SETTINGS", "1"),
    ],
)
def test_what_is_bad_or_unknown_is_named(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings) as bad:
        read(tmp_path, **{name: value})
    assert len(bad.value.sentences) == 1
    assert re.match(rf"LETTERHUB_{name} (must|is|names) ", bad.value.sentences[0])


def test_who_goes_back_to_an_older_version_can_have_newer_settings_ignored(tmp_path: Path) -> None:
    newer = {"NEWER_ONE": "5", "ANOTHER_NEW": ""}
    settings = read(tmp_path, IGNORE_UNKNOWN_SETTINGS="yes", **newer)
    assert settings.ignored_variables == ("LETTERHUB_ANOTHER_NEW", "LETTERHUB_NEWER_ONE")
    with pytest.raises(InvalidSettings, match="LETTERHUB_NEWER_ONE is not a setting of this version"):
        read(tmp_path, **newer)
    with pytest.raises(InvalidSettings, match="LETTERHUB_TRUSTED_PROXIES must be"):  # known settings are read as usual
        read(tmp_path, IGNORE_UNKNOWN_SETTINGS="yes", TRUSTED_PROXIES="many", **newer)
    assert read(tmp_path).ignored_variables == ()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("operator_email", "Olu Example <olu@example.org>", "olu@example.org"),
        ("public_url", "HTTPS://Letters.Example.org/", "https://letters.example.org"),
        ("public_url", "https://letters.example.org:8443", "https://letters.example.org:8443"),
        ("public_url", "https://bücher.example", "https://xn--bcher-kva.example"),
        ("mail_from", '"Rivers, Letters" <letters@example.org>', '"Rivers, Letters" <letters@example.org>'),
        ("mail_from", "letters@example.org", "letters@example.org"),
        ("redis_url", "redis://:pass@localhost:6379/1", "redis://:pass@localhost:6379/1"),
        ("secret_key", "nine herons stood in the cold river", "nine herons stood in the cold river"),
        ("trusted_proxies", "2", 2),
        ("database_url", "sqlite:////srv/memory/memory.db", "sqlite:////srv/memory/memory.db"),
    ],
)
def test_what_is_meant_is_kept(name: str, value: str, expected: object, tmp_path: Path) -> None:
    assert getattr(read(tmp_path, **{name.upper(): value}), name) == expected


@pytest.mark.parametrize("make", [secrets.token_urlsafe, secrets.token_hex, lambda size: str(secrets.randbits(8 * size))])
def test_a_key_that_chance_made_is_taken(make: Callable[[int], str], tmp_path: Path) -> None:
    assert all(read(tmp_path, SECRET_KEY=key).secret_key == key for key in (make(32) for _ in range(200)))


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings) as bad:
        read(tmp_path, SECRET_KEY=None, MAIL_FROM="nobody", COLOR="blue")
    named = [sentence.split()[0] for sentence in bad.value.sentences]
    assert sorted(named) == ["LETTERHUB_COLOR", "LETTERHUB_MAIL_FROM", "LETTERHUB_SECRET_KEY"]


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", MailServer("mail.example.org", 587, tls=False)),
        ("smtps://mail.example.org", MailServer("mail.example.org", 465, tls=True)),
        ("smtp://127.0.0.1:25", MailServer("127.0.0.1", 25, tls=False)),
        ("smtps://let%40ters:p%2Fw@mail.example.org:2465", MailServer("mail.example.org", 2465, True, "let@ters", "p/w")),
    ],
)
def test_the_mail_server_is_an_address(url: str, server: MailServer, tmp_path: Path) -> None:
    assert read(tmp_path, MAIL_URL=url).mail_server == server


@pytest.mark.parametrize(
    "url", ["postgres://a:b@host/letters", "postgresql://a:b@host/letters", "postgresql+psycopg://a:b@host/letters"]
)
def test_postgresql_is_reached_by_psycopg_however_it_is_written(url: str, tmp_path: Path) -> None:
    assert read(tmp_path, DATABASE_URL=url).database_url == "postgresql+psycopg://a:b@host/letters"


@pytest.mark.shows("S18")
def test_a_fallback_key_keeps_old_links_alive(tmp_path: Path) -> None:
    old, new = read(tmp_path, SECRET_KEY=OLD_KEY), read(tmp_path, SECRET_KEY=KEY, SECRET_KEY_FALLBACKS=OLD_KEY)
    token = LinkSigner((old.secret_key, *old.secret_key_fallbacks)).token(Purpose.CONFIRM, 7, 1)
    assert LinkSigner((new.secret_key, *new.secret_key_fallbacks)).open(Purpose.CONFIRM, token).subject == (7, 1)


def test_the_demo_needs_nothing_and_stays_on_this_machine(tmp_path: Path) -> None:
    demo = parse_settings({"LETTERHUB_DEMO": "1", "LETTERHUB_DATA_DIR": str(tmp_path)})
    assert (demo.demo, demo.mail_server, demo.public_url) == (True, None, "http://127.0.0.1:8000")
    with pytest.raises(InvalidSettings, match="LETTERHUB_DEMO lets everyone read every email"):
        read(tmp_path, DEMO="1")


def test_only_a_site_on_this_machine_lets_webhooks_call_it(tmp_path: Path) -> None:
    assert parse_settings({"LETTERHUB_DEMO": "1", "LETTERHUB_DATA_DIR": str(tmp_path)}).webhooks_to_loopback
    assert not read(tmp_path).webhooks_to_loopback
    with pytest.raises(InvalidSettings, match="LETTERHUB_WEBHOOKS_TO_LOOPBACK lets owners of coalitions call services"):
        read(tmp_path, WEBHOOKS_TO_LOOPBACK="yes")


def test_secrets_are_not_shown_by_accident(tmp_path: Path) -> None:
    settings = read(
        tmp_path, MAIL_URL="smtp://letters:hidden@mail.example.org", DATABASE_URL="postgresql://a:hidden@host/letters"
    )
    assert KEY not in repr(settings)
    assert "hidden" not in repr(settings)
