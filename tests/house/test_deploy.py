"""Deployment files: the image, the compose file, the units and the proxies refer to existing things, and run unprivileged."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from letterhub.cli import COMMANDS
from letterhub.config import KNOWN_SETTINGS
from letterhub.paths import ROOT
from tests.house.sources import assert_none, place
from tests.support.missing import skip_missing
from tests.support.servers import nginx_server as nginx

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
MAX_EXPOSURE = 20  # tenths of systemd's own measure, from 0 to 100


def texts() -> list[tuple[Path, str]]:
    return [(path, path.read_text(encoding="utf-8")) for path in sorted(DEPLOY.rglob("*")) if path.is_file()]


def compose_file() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text(encoding="utf-8"))
    return content


def require_program(name: str, package: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    return found or skip_missing(f"{package} is not installed: on Debian, apt-get install {package}.")


def dockerfile_instructions() -> list[tuple[str, str]]:
    """Return each instruction of the Dockerfile with its arguments; continued lines are joined."""
    text = re.sub(r"\\\n", " ", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def test_every_setting_that_deploy_names_is_one() -> None:
    named = {(place(path), name) for path, text in texts() for name in re.findall(r"LETTERHUB_([A-Z_]+)", text)}
    assert_none(
        (each for each in named if each[1] not in KNOWN_SETTINGS), "name a setting of letterhub/config.py, or remove the line"
    )
    assert {name for _, name in named} >= {"SECRET_KEY", "DATABASE_URL", "MAIL_URL", "PUBLIC_URL", "TRUSTED_PROXIES"}, (
        "deploy/ must set all of these: add them to deploy/letterhub.env.example"
    )


def test_every_command_that_deploy_calls_is_one() -> None:
    called = {word for _, text in texts() for word in re.findall(r"bin/letterhub ([a-z]+)", text)}
    called |= {service["command"][0] for service in compose_file()["services"].values() if service.get("image") == "letterhub"}
    unknown = {word for word in called if not word.startswith("exec ")} - set(COMMANDS)
    assert_none(sorted(unknown), "call a command of letterhub/cli, as `letterhub --help` lists them")


def test_what_the_image_copies_is_in_the_checkout_and_let_through() -> None:
    copied = [rest.split()[:-1] for word, rest in dockerfile_instructions() if word == "COPY" and "--from=" not in rest]
    names = {name for some in copied for name in some}
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert_none([name for name in names if not (ROOT / name).exists()], "remove the COPY from deploy/Dockerfile")
    assert_none(sorted(names - let_through), "add a line with `!` and this name to .dockerignore")


def test_the_image_runs_as_nobody_and_tells_whether_it_lives() -> None:
    words = dockerfile_instructions()
    last = [word for word, _ in words[max(place for place, (word, _) in enumerate(words) if word == "FROM") :]]
    assert [rest for word, rest in words if word == "USER"] == ["10001"], "deploy/Dockerfile: write USER 10001, once"
    assert last.index("USER") < last.index("ENTRYPOINT") < last.index("CMD"), (
        "deploy/Dockerfile: USER, then ENTRYPOINT, then CMD"
    )
    health = ["/healthz" in rest for word, rest in words if word == "HEALTHCHECK"]
    assert health == [True], "deploy/Dockerfile: write one HEALTHCHECK that asks /healthz"
    assert_none([rest for word, rest in words if word == "ADD"], "deploy/Dockerfile: use COPY instead of ADD")


def test_images_are_named_by_their_version() -> None:
    named = [service["image"] for service in compose_file()["services"].values() if service["image"] != "letterhub"]
    named += [rest.split()[0] for word, rest in dockerfile_instructions() if word == "FROM" and rest.split()[0] != "ground"]
    unversioned = [image for image in named if not re.fullmatch(r"[a-z]+:[0-9][0-9.]*(-slim)?", image)]
    assert_none(unversioned, "name the image by a version, as postgres:17")


def test_the_services_wait_for_those_that_are_there_and_only_the_proxy_is_reached_from_outside() -> None:
    compose = compose_file()
    services, volumes = compose["services"], compose["volumes"]
    awaited = {name for service in services.values() for name in service.get("depends_on", {})}
    assert_none(sorted(awaited - set(services)), "depends_on in compose.yaml: name a service of this file")
    published = [name for name, service in services.items() if "ports" in service]
    assert published == ["proxy"], "compose.yaml: only the proxy may have `ports`"
    mounted = {volume.partition(":")[0] for service in services.values() for volume in service.get("volumes", ())}
    assert {name for name in mounted if not name.startswith(".")} == set(volumes), "compose.yaml: list every volume, once used"
    missing_paths = [name for name in mounted if name.startswith(".") and not (DEPLOY / "compose" / name).exists()]
    assert_none(missing_paths, "compose.yaml: mount a path that exists in deploy/compose")
    ours = [service for service in services.values() if service["image"] == "letterhub"]
    unconfined = [one for one in ours if (one["read_only"], one["cap_drop"]) != (True, ["ALL"])]
    assert_none(unconfined, "compose.yaml: give this service `read_only: true` and `cap_drop: [ALL]`")


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """Copies of the units in which /srv/letterhub is this checkout."""
    for path in (DEPLOY / "systemd").glob("*.*"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8").replace("/srv/letterhub", str(ROOT)))
    return sorted(tmp_path.iterdir())


def test_systemd_takes_the_units(units: list[Path]) -> None:
    result = subprocess.run(
        [require_program("systemd-analyze", "systemd"), "verify", "--man=no", *units],
        capture_output=True,
        text=True,
        check=False,
    )
    assert_none([line for line in result.stderr.splitlines() if "letterhub" in line], "correct the unit in deploy/systemd")
    assert result.returncode == 0, f"{result.stderr}\nRemedy: correct the unit in deploy/systemd"


@pytest.mark.parametrize("name", [path.name for path in UNITS])
def test_a_unit_shuts_itself_in(units: list[Path], name: str) -> None:
    path = next(unit for unit in units if unit.name == name)
    command = ["security", "--offline=true", f"--threshold={MAX_EXPOSURE}", "--no-pager", path]
    result = subprocess.run(
        [require_program("systemd-analyze", "systemd"), *command], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, f"{name}: add sandboxing options, as the other units have:\n{result.stdout[-200:]}"


@pytest.mark.shows("S2")
def test_a_request_reaches_a_web_process_whole_whichever_proxy_stands_before_it() -> None:
    caddy, other = ((DEPLOY / name).read_text(encoding="utf-8") for name in ("compose/Caddyfile", "nginx/letterhub.conf"))
    assert re.findall(r"(request_buffers|max_size|read_body) (\S+)", caddy) == [
        ("read_body", "2m"),
        ("max_size", "{args[0]}"),
        ("request_buffers", "{args[0]}"),
    ], "Caddyfile: buffer each request whole, so that no slow client occupies a web process"
    assert re.findall(r"import web (\w+)", caddy) == ["33MiB", "5MiB"], "Caddyfile: limit bodies to 33MiB for staff, 5MiB else"
    for line in ("client_max_body_size 33m;", "proxy_request_buffering on;"):
        assert line in other, f"deploy/nginx/letterhub.conf: write {line}"


def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    command = [
        require_program("nginx", "nginx-light"),
        "-t",
        "-e",
        "stderr",
        "-c",
        nginx.write_config(tmp_path),
        "-p",
        tmp_path,
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    warned = [line for line in result.stderr.splitlines() if "[warn]" in line and '"listen ... http2" directive' not in line]
    assert_none(warned, "correct deploy/nginx/letterhub.conf")
    assert result.returncode == 0, f"{result.stderr}\nRemedy: correct deploy/nginx/letterhub.conf"


@pytest.mark.shows("S7")
def test_no_proxy_logs_an_address() -> None:
    caddy, other = ((DEPLOY / name).read_text(encoding="utf-8") for name in ("compose/Caddyfile", "nginx/letterhub.conf"))
    guide = (ROOT / "docs" / "guide" / "operators" / "install.md").read_text(encoding="utf-8")
    for file, text in {"Caddyfile": caddy, "install.md": guide}.items():
        logged = re.search(r"log default \{.*?\n(?:\t| {4})\}", text, re.DOTALL)
        assert logged, f"{file}: keep the block `log default`"
        deleted = set(re.findall(r"(request\S+) delete", logged[0]))
        assert deleted >= {"request>uri", "request>headers"}, f"{file}: delete these fields from the log"
    assert not re.search(r"^\s*log(?! default)\b", caddy, re.MULTILINE), "Caddyfile: remove the access log"
    other = re.sub(r"#.*", "", other)
    servers = len(re.findall(r"^server \{", other, re.MULTILINE))
    assert other.count("error_log /dev/null emerg;") == servers == 2, "nginx: write `error_log /dev/null emerg;` in each server"
    logs = re.findall(r"access_log (?!off)(\S+) (\w+)", other)
    format_of_it = re.search(r"log_format letterhub (.*?);", other, re.DOTALL)
    assert logs == [("/var/log/nginx/letterhub.log", "letterhub")], "nginx: write one access log, in the format letterhub"
    assert format_of_it, "nginx: keep the log format letterhub"
    private = {"request", "request_uri", "uri", "args", "http_referer", "remote_addr"}
    assert_none(
        sorted(set(re.findall(r"\$(\w+)", format_of_it[1])) & private), "nginx: remove the variable from the log format"
    )


def test_nginx_needs_no_folder_that_debian_does_not_have() -> None:
    text = (DEPLOY / "nginx" / "letterhub.conf").read_text(encoding="utf-8")
    text = re.sub(r"#.*", "", text)
    assert "http2 on" not in text, "nginx: write `listen … http2`, as Debian 12 has nginx 1.22, without `http2 on`"
    named = set(re.findall(r"(?:proxy_cache_path|access_log|error_log|root|alias) (/\S+?)/?[;\s]", text))
    assert named == {
        "/var/lib/nginx/letterhub",  # nginx creates the last folder of a cache itself
        "/var/log/nginx/letterhub.log",
        "/dev/null",
        "/var/www/html",
        "/srv/letterhub/deploy/pages",
    }, "deploy/nginx/letterhub.conf: use only folders that exist on Debian, or that deploy/setup creates"
