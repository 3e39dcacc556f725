"""The nginx of `deploy/` during faults: people get a page, the operator a log line, and no log an IP address."""

import base64
import hashlib
import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from letterhub.paths import ROOT
from tests.support.missing import skip_missing
from tests.support.servers import nginx_server as nginx
from tests.support.servers.ports import free_port

SECRET = "kept-to-oneself-3f9a"
LINK = f"/confirm/{SECRET}"
PAGES = ROOT / "deploy" / "pages"
OK = b"HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 2\r\n\r\nok"
QUICK = "proxy_read_timeout 1s; client_body_timeout 1s;"


@contextmanager
def run_backend(answer: bytes | None, after: float = 0) -> Iterator[int]:
    """Run a server in the place of the site: it sends the answer and hangs up, or with None sends nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server, ExitStack() as held:

        def serve() -> None:
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                if answer is None:
                    held.enter_context(line)
                    continue
                with line:
                    line.recv(65536)
                    time.sleep(after)
                    line.sendall(answer)

        serving = threading.Thread(target=serve)
        serving.start()
        try:
            yield int(server.getsockname()[1])
        finally:
            server.shutdown(socket.SHUT_RDWR)
            serving.join()


@contextmanager
def run_nginx_before(folder: Path, site: int, also: str = QUICK) -> Iterator[int]:
    """Run nginx in front of the site on a port; yield nginx's port."""
    program = nginx.server_program() or skip_missing("nginx is not installed: on Debian, apt-get install nginx-light.")
    port = free_port()
    with nginx.run_nginx(program, folder, port, [site], also=also):
        yield port


def fetch(port: int, path: str = LINK, body: bytes | None = None, host: str = "") -> tuple[int, str, http.client.HTTPMessage]:
    with closing(http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=ssl._create_unverified_context())) as line:
        line.request("POST" if body is not None else "GET", path, body, {"Host": host or f"127.0.0.1:{port}", "Referer": LINK})
        answer = line.getresponse()
        return answer.status, answer.read().decode(), answer.headers


def written(folder: Path) -> str:
    """Return all that nginx has written, in any of its files."""
    return "".join(path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file())


def titled(page: str) -> str:
    found = re.search(r"<h1>(.*)</h1>", page)
    return found[1] if found else ""


AWAY = "The site isn’t answering"
FAULTS: dict[str, tuple[bytes | None, int]] = {
    "nothing is said": (None, 504),
    "it hangs up": (b"", 502),
    "its headers are too long": (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", 502),
}


@pytest.mark.shows("S7")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_site_that_fails_is_told_in_a_page_and_no_log_holds_the_link(tmp_path: Path, fault: str) -> None:
    reply, status = FAULTS[fault]
    with run_backend(reply) as site, run_nginx_before(tmp_path, site) as port:
        got, page, headers = fetch(port)
    assert (got, titled(page)) == (status, AWAY)
    assert (headers["Referrer-Policy"], headers["Cache-Control"], headers["Retry-After"]) == ("no-referrer", "no-store", "60")
    assert f" {status} after " in (tmp_path / "letterhub.log").read_text()
    assert SECRET not in written(tmp_path)


@pytest.mark.shows("S7")
def test_a_site_that_is_down_is_told_in_a_page_and_no_log_holds_the_link(tmp_path: Path) -> None:
    with run_nginx_before(tmp_path, free_port()) as port:
        tries = [fetch(port), fetch(port, body=b"form"), fetch(port, f"/reset-password?token={SECRET}")]
    assert [(status, titled(page)) for status, page, _ in tries] == [(502, AWAY)] * 3
    assert (tmp_path / "letterhub.log").read_text().count(" 502 after ") == 3
    assert SECRET not in written(tmp_path)


@pytest.mark.shows("S7")
def test_a_body_that_is_too_large_is_told_in_a_page(tmp_path: Path) -> None:
    with (
        run_nginx_before(tmp_path, free_port()) as port,
        socket.create_connection(("127.0.0.1", port)) as plain,
        ssl._create_unverified_context().wrap_socket(plain) as line,
    ):
        line.sendall(f"POST {LINK} HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n\r\n".encode())
        response = b"".join(iter(lambda: line.recv(65536), b"")).decode()
    assert response.startswith("HTTP/1.1 413 ")
    assert titled(response) == "That is too large to send"
    assert SECRET not in written(tmp_path)


@pytest.mark.shows("S7")
def test_a_network_that_sends_too_much_is_told_in_a_page(tmp_path: Path) -> None:
    with run_backend(OK) as site, run_nginx_before(tmp_path, site) as port, ThreadPoolExecutor(8) as threads:
        tries = list(threads.map(lambda _: fetch(port, body=b"a form"), range(80)))
        read = fetch(port)
    assert {status for status, *_ in tries} == {200, 429}
    assert {titled(page) for status, page, _ in tries if status == 429} == {"Too many requests"}
    assert read[0] == 200  # reading is not limited
    assert SECRET not in written(tmp_path)


@pytest.mark.shows("S32")
@pytest.mark.parametrize(
    ("path", "most"), [(LINK, 256 * 1024), ("/staff/a/letters/b/import", 4 * 1024**2), ("/editions/a", 33 * 1024**2)]
)
def test_large_bodies_are_taken_only_where_files_are_sent(tmp_path: Path, path: str, most: int) -> None:
    with run_backend(OK) as site, run_nginx_before(tmp_path, site) as port:
        assert fetch(port, path, body=b"x" * most)[0] in (200, 502)  # it hangs up before it has read all
        assert fetch(port, path, body=b"x" * (most + 1))[0] == 413


@pytest.mark.shows("S32")
def test_pages_that_nobody_may_keep_do_not_wait_for_one_another(tmp_path: Path) -> None:
    with run_backend(OK, after=0.2) as site, run_nginx_before(tmp_path, site, "") as port, ThreadPoolExecutor(8) as threads:
        started = time.monotonic()
        assert {status for status, *_ in threads.map(lambda _: fetch(port), range(8))} == {200}
    assert time.monotonic() - started < 3  # with proxy_cache_lock: half a second each, one after the other


@pytest.mark.shows("S7")
def test_what_nginx_cannot_keep_itself_is_told_in_a_page(tmp_path: Path) -> None:
    with run_nginx_before(tmp_path, free_port(), "client_body_in_file_only on;") as port:
        (tmp_path / "body").rmdir()  # as on a full disk
        status, page, _ = fetch(port, body=b"a form")
    assert (status, titled(page)) == (500, AWAY)
    assert SECRET not in written(tmp_path)


@pytest.mark.shows("S7")
def test_a_link_that_is_followed_without_tls_is_in_no_log(tmp_path: Path) -> None:
    with run_nginx_before(tmp_path, free_port()):
        plain = int(re.findall(r"listen 127\.0\.0\.1:(\d+);", (tmp_path / "site.conf").read_text())[0])
        with closing(http.client.HTTPConnection("127.0.0.1", plain, timeout=20)) as line:
            line.request("GET", LINK)
            answer = line.getresponse()
            assert (answer.status, answer.headers["Location"]) == (301, f"https://127.0.0.1{LINK}")
    assert SECRET not in written(tmp_path)


@pytest.mark.shows("S8")
def test_the_site_hears_the_host_and_port_that_were_asked_and_each_is_kept_apart(tmp_path: Path) -> None:
    reply = b"HTTP/1.1 200 OK\r\nCache-Control: public, max-age=60\r\nContent-Length: 2\r\n\r\nok"
    with run_backend(reply) as site, run_nginx_before(tmp_path, site) as port:
        results = [fetch(port, "/letters/one", host=host)[2]["X-Cache"] for host in ("", "", "127.0.0.1:9", "127.0.0.1:9", "")]
    assert results == ["MISS", "HIT", "MISS", "HIT", "HIT"]  # another spelling of the host never replaces the cached page


def test_http_at_the_port_for_https_is_led_there_with_its_port(tmp_path: Path) -> None:
    with (
        run_nginx_before(tmp_path, free_port()) as port,
        closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as line,
    ):
        line.request("GET", "/letters/one")
        answer = line.getresponse()
        assert (answer.status, answer.headers["Location"]) == (301, f"https://127.0.0.1:{port}/letters/one")


def test_the_pages_of_proxies_run_no_script_and_load_nothing() -> None:
    configured = [ROOT / "deploy" / "nginx" / "letterhub.conf", ROOT / "deploy" / "compose" / "Caddyfile"]
    pages = {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.html")}
    assert set(pages) == {"away.html", "busy.html", "too-large.html"}
    for name, page in pages.items():
        styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256("".join(styles).encode()).digest()).decode()
        assert len(styles) == 1, name
        assert not re.search(r"(src|href|url|<script|style=)", page.replace(styles[0], "")), name
        assert [path.name for path in configured if f"'sha256-{digest}'" not in path.read_text(encoding="utf-8")] == [], name
