"""S1: no text, name, logo or HTML makes the PDF worker open a foreign file or a socket."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import html5lib
import pytest

from letterhub.domain.letters.letter_document import Addressee, LetterDocument, Letterhead, LetterText, Logo, Signatory
from letterhub.rendering.letter.html import standalone_html
from letterhub.rendering.letter.view import letter_view
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf, signatory_list_job
from letterhub.rendering.pdf.pdfa import write_attachments
from letterhub.rendering.pdf.worker import BundledFetcher
from tests.support.pdf_readers import attachments_of_pdf, text_of_pdf

pytestmark = pytest.mark.shows("S1")
Knocks = tuple[int, list[object]]
SECRET = "canary-5f1c2e"


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A file that must not be read."""
    path = tmp_path / "canary.txt"
    path.write_text(SECRET, encoding="utf-8")
    return path


@pytest.fixture
def listener() -> Iterator[Knocks]:
    """A local port, and the connections that it accepted."""
    knocks: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        over = threading.Event()

        def listen() -> None:
            while not over.is_set():
                try:
                    connection, who = server.accept()
                except TimeoutError:
                    continue
                knocks.append(who)
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], knocks
        over.set()
        thread.join()


def html_attacks(file: str, web: str) -> str:
    """Return every construct of HTML that loads a resource."""
    return "\n".join(
        f"""<img src="{address}"><img srcset="{address} 2x"><link rel="attachment" href="{address}">
        <link rel="stylesheet" href="{address}"><object data="{address}"></object><embed src="{address}">
        <iframe src="{address}"></iframe><svg><image href="{address}" xlink:href="{address}"/><use href="{address}#a"/></svg>
        <a rel="attachment" href="{address}">x</a><input type="image" src="{address}"><video poster="{address}"></video>
        <style>@import "{address}"; @import url({address}); @font-face {{ font-family: F; src: url({address}) }}
        p {{ background: url({address}); list-style: url({address}); content: url({address}); font-family: F }}
        @page {{ background: url({address}) }}</style>
        <p style="background-image: url('{address}')">x</p>
        <img src="data:image/svg+xml,&lt;svg xmlns='http://www.w3.org/2000/svg'&gt;&lt;image href='{address}'/&gt;">"""
        for address in (file, web, web.removeprefix("http:"), f"{web}/redirect", file.removeprefix("file://"))
    )


def addresses(canary: Path, port: int) -> tuple[str, str]:
    return canary.as_uri(), f"http://127.0.0.1:{port}"


def test_a_letter_full_of_addresses_reaches_for_none(canary: Path, listener: Knocks, tmp_path: Path) -> None:
    port, knocks = listener
    bad = html_attacks(*addresses(canary, port))
    one = " ".join(bad.split())
    head = Letterhead(one, (one,), Logo("image/png", canary.read_bytes(), one))
    whom = (Addressee(one[:300], (one[300:600],)),)
    text = LetterText(one, bad, via=one, addressees=whom, re=one, salutation=one, closing=one, cc=(one,), letterhead=head)
    document = LetterDocument(text, tuple(Signatory(*[one[at : at + 300]] * 4) for at in range(0, 1200, 300)))
    path = tmp_path / "letter.pdf"
    path.write_bytes(render_letter_pdf(document).data)
    assert attachments_of_pdf(path) == []
    assert SECRET not in text_of_pdf(path)
    assert knocks == []
    assert loaded_resources(standalone_html(document)) == {"data:image/png"}


def loaded_resources(page: bytes) -> set[str]:
    """Return the resources that a browser would load for a page, by URL prefix; links are not loaded."""
    tree = html5lib.parse(page, transport_encoding="utf-8", namespaceHTMLElements=False)
    names = ("src", "srcset", "data", "poster", "style")
    loading = [element.get(name) for element in tree.iter() for name in names if element.get(name)]
    loading += [element.get("href") for element in tree.iter() if element.tag in ("link", "use", "image")]
    return {str(address).partition(";")[0] for address in loading}


SPY = """
import json, sys
from pathlib import Path
from letterhub.rendering.pdf import worker
seen = []
def hear(event, facts):
    if event == "open" or event.startswith("socket."):
        seen.append([event, str(facts[0])])
sys.addaudithook(hear)
worker.run_worker(Path(sys.argv[1]), 60, 2**31)
print(json.dumps({"seen": seen}))
"""


def test_html_that_reaches_out_opens_nothing_but_our_own(canary: Path, listener: Knocks, tmp_path: Path) -> None:
    port, knocks = listener
    folder = tmp_path / "letter"
    folder.mkdir()
    list_and_blank = '<ul id="roll"></ul><div id="blank" style="break-before: page"></div>'
    sheet = f'<html lang="en"><title>T</title><p>{html_attacks(*addresses(canary, port))}</p>{list_and_blank}</html>'
    (folder / "letter.html").write_text(sheet, encoding="utf-8")
    letter = letter_view(LetterDocument(LetterText("T", "Text")))
    (folder / "list.json").write_text(signatory_list_job(letter).to_json(), encoding="utf-8")
    write_attachments((), folder / "attachments.json")
    program = [sys.executable, "-c", SPY, str(folder)]
    output = subprocess.check_output(program, text=True, stderr=subprocess.DEVNULL)
    events = json.loads(output.splitlines()[-1])["seen"]
    assert [event for event in events if event[0].startswith("socket.")] == []
    assert [event for event in events if "canary" in event[1]] == []
    assert len(events) > 1
    assert knocks == []
    path = folder / "letter.pdf"
    assert attachments_of_pdf(path) == []
    assert SECRET not in text_of_pdf(path)


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "https://x.example/a.css",
        "ftp://x.example/",
        "letterhub:../pyproject.toml",
        "letterhub:css/../../pyproject.toml",
        "letterhub:/etc/passwd",
        "data:text/css,@import url(file:///etc/passwd)",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "//x.example/a.css",
        "css/paper.css",
    ],
)
def test_the_fetcher_knows_only_its_own_addresses(address: str) -> None:
    with pytest.raises(ValueError, match="not one of our own files"):
        BundledFetcher().fetch(address)


def test_the_fetcher_hands_out_our_own_sheets() -> None:
    assert b"--ink" in BundledFetcher().fetch("letterhub:css/tokens.css").read()
