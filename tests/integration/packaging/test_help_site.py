"""`make docs`: the help as files, where every link leads to a file or an anchor of it."""

from pathlib import Path
from urllib.parse import urlsplit

import lxml.html
import pytest

from letterhub.app import create_app
from letterhub.config import demo_environment, parse_settings
from letterhub.rendering.help.contents import pages_by_address
from release.help_site import write_help_site


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the help pages as files."""
    folder, data = tmp_path_factory.mktemp("help"), tmp_path_factory.mktemp("data")
    settings = parse_settings(demo_environment("http://127.0.0.1:8000") | {"LETTERHUB_DATA_DIR": str(data)})
    write_help_site(create_app(settings), folder)
    return folder


def test_every_page_is_a_file_whose_links_lead_to_files(folder: Path) -> None:
    pages = {path: lxml.html.fromstring(path.read_text(encoding="utf-8")) for path in folder.rglob("*.html")}
    assert len(pages) == len(pages_by_address()) + 1
    lost = []
    for path, tree in pages.items():
        for target in tree.xpath("//@href | //@src | //@srcset"):
            url = urlsplit(target)
            if url.scheme:
                continue
            file = (path.parent / url.path).resolve() if url.path else path
            is_there = file.is_file() and (not url.fragment or url.fragment in pages[file].xpath("//@id"))
            lost += [] if is_there else [f"{path.relative_to(folder)}: {target}"]
    assert lost == []


def test_nothing_in_it_asks_a_site(folder: Path) -> None:
    page = (folder / "organizers" / "first-letter.html").read_text(encoding="utf-8")
    assert "<form" not in page
    assert "sign-in" not in page
    assert 'url("/' not in (folder / "help.css").read_text(encoding="utf-8")
