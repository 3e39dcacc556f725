"""`make docs`: the help pages as files in `dist/help/`, with relative links, for any web server or none, without search."""

import posixpath
import re
import shutil
import tempfile
from pathlib import Path

from flask import Flask, render_template

from letterhub.app import create_app
from letterhub.config import demo_environment, parse_settings
from letterhub.paths import DOCUMENTS, ROOT, STATIC
from letterhub.rendering.help.contents import pages_by_address, sections
from letterhub.rendering.help.page import help_page
from letterhub.web.assets import style_sheet_text

_LINK = re.compile(r'\b(href|src|srcset)="(/[^"]*)"')
_FONT = re.compile(r'url\("/static/([^"?]+)[^"]*"\)')
STYLE_SHEET = "help.css"


def write_help_site(app: Flask, folder: Path) -> None:
    """Write all pages, pictures, fonts and the style sheet into an empty folder."""
    with app.test_request_context():
        write(folder / "index.html", render_template("public/help/index.html", sections=sections(), is_online=False))
        for address, place in pages_by_address().items():
            page = help_page(place.page.file)
            html = render_template("public/help/detail.html", sections=sections(), place=place, page=page, is_online=False)
            write(folder / f"{address}.html", html)
        sheet = style_sheet_text("help")
    for font in set(_FONT.findall(sheet)):
        copy(STATIC / font, folder / font)
    (folder / STYLE_SHEET).write_text(_FONT.sub(r'url("\1")', sheet), encoding="utf-8")
    copy(STATIC / "img" / "icon.svg", folder / "img" / "icon.svg")
    for path in folder.rglob("*.html"):
        path.write_text(
            relative(path.read_text(encoding="utf-8"), path.relative_to(folder).as_posix(), folder), encoding="utf-8"
        )


def relative(html: str, file: str, folder: Path) -> str:
    """Return a page whose links are relative to its file, and copy the pictures that it shows."""

    def link(found: re.Match[str]) -> str:
        target, anchor = found[2].partition("#")[0].partition("?")[0], found[2].partition("#")[2]
        if target.startswith("/help/pictures/"):
            name = target.removeprefix("/help/pictures/")
            copy(DOCUMENTS / name, folder / "pictures" / name)
            path = f"pictures/{name}"
        elif target.startswith("/styles/"):
            path = STYLE_SHEET
        elif target.startswith("/static/"):
            path = target.removeprefix("/static/")
        else:
            path = f"{target.removeprefix('/help').strip('/') or 'index'}.html"
        away = posixpath.relpath(path, posixpath.dirname(file) or ".")
        return f'{found[1]}="{away}{"#" + anchor if anchor else ""}"'

    return _LINK.sub(link, html)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def copy(source: Path, target: Path) -> None:
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def main() -> None:
    folder = ROOT / "dist" / "help"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as data:
        app = create_app(parse_settings(demo_environment("http://127.0.0.1:8000") | {"LETTERHUB_DATA_DIR": data}))
        write_help_site(app, folder)
    print(f"docs: {len(list(folder.rglob('*.html')))} pages are in dist/help/. Open dist/help/index.html")


if __name__ == "__main__":
    main()
