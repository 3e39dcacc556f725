"""Assets: a style sheet for each area, kept forever by browsers, and fonts that hold what their style sheet promises."""

import base64
import gzip
import hashlib
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fontTools.ttLib import TTFont

from letterhub.paths import ROOT
from letterhub.web import assets
from letterhub.web.assets import AREAS, IMMUTABLE, asset_url, style_sheet_url
from tests.support import factories
from tests.support.visitor import Visitor

FONTS = ROOT / "static" / "fonts"
FACE = re.compile(r'url\("\.\./fonts/web/([\w-]+)\.(latin|other)\.woff2"\).*?unicode-range: ([^;]+);')


@pytest.mark.parametrize("area", AREAS)
def test_an_area_has_one_style_sheet_that_is_kept_forever(visitor: Visitor, area: str) -> None:
    plain = visitor.ask(f"/styles/{area}.css")
    compressed = visitor.ask(f"/styles/{area}.css", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(compressed.data) == plain.data
    for answer in (plain, compressed):
        assert (answer.headers["Cache-Control"], answer.headers["Vary"]) == (IMMUTABLE, "Accept-Encoding")
        assert answer.content_type == "text/css; charset=utf-8"
    for url in re.findall(r'url\("([^"]+)"\)', plain.text):
        assert re.fullmatch(r"/static/fonts/web/[\w.-]+\.woff2\?v=[0-9a-f]{10}", url)
        font = visitor.ask(url)
        assert (font.status_code, font.headers["Cache-Control"]) == (200, IMMUTABLE)


@pytest.mark.parametrize("accent", ["", "#7a1f2b"])
def test_a_letter_holds_its_first_style_sheet_which_its_policy_names_by_its_hash(visitor: Visitor, accent: str) -> None:
    letter = factories.open_letter(replace(factories.TEXT, accent=accent))
    answer = visitor.ask(f"/letters/{letter.slug}")
    (sheet,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    assert f"style-src 'self' 'sha256-{digest}';" in answer.headers["Content-Security-Policy"]
    assert "<" not in sheet
    assert "url(" not in sheet  # no web font: it would come before the rest
    (last,) = re.findall(r'<link rel="stylesheet" href="([^"]+)">', answer.text)
    assert last == style_sheet_url("public")
    assert answer.text.index(last) > answer.text.index("</footer>")


def test_there_is_no_style_sheet_of_another_area(visitor: Visitor) -> None:
    assert visitor.ask("/styles/nowhere.css").status_code == 404


def test_a_file_is_hashed_once_and_not_for_each_page(monkeypatch: pytest.MonkeyPatch) -> None:
    urls = [asset_url("js/review.js"), *map(style_sheet_url, AREAS)]
    monkeypatch.setattr(assets, "_hash", None)
    assert [asset_url("js/review.js"), *map(style_sheet_url, AREAS)] == urls


def test_every_sheet_is_in_an_area_or_in_print() -> None:
    print_alone = {"pdf", "layouts/pdf-layout-2", "layouts/pdf-languages", "pdf-rtl", "printed-file"}
    sheets = {path.relative_to(ROOT / "static/css").with_suffix("").as_posix() for path in (ROOT / "static/css").rglob("*.css")}
    assert {name for names in AREAS.values() for name in names} | print_alone == sheets


def test_the_cut_fonts_hold_all_characters_of_the_print_fonts_where_their_style_sheet_says() -> None:
    faces = FACE.findall((ROOT / "static/css/fonts.css").read_text())
    assert {(file, part) for file, part, _ranges in faces} == {
        (path.name.removesuffix(".ttf"), part) for path in FONTS.glob("print/Source*.ttf") for part in ("latin", "other")
    }
    found: dict[str, set[int]] = {}
    for file, part, ranges in faces:
        cut = set(TTFont(FONTS / "web" / f"{file}.{part}.woff2").getBestCmap())
        assert cut <= set(code_points(ranges)), (file, part)
        assert not cut & found.get(file, set()), file
        found.setdefault(file, set()).update(cut)
    for file, codes in found.items():
        assert codes == set(TTFont(FONTS / "print" / f"{file}.ttf").getBestCmap()), file


def code_points(ranges: str) -> Iterator[int]:
    """Yield the code points of a `unicode-range`."""
    for part in ranges.split(", "):
        first, _, last = part.removeprefix("U+").partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


def test_fonts_that_stand_in_are_named_as_a_browser_knows_them() -> None:
    names = set(re.findall(r'local\("([^"]+)"\)', (ROOT / "static/css/fallback-fonts.css").read_text()))
    families = {name.removesuffix(" Regular") for name in names}
    listed = subprocess.check_output(["fc-list", ":", "fullname"], text=True)
    installed = {name for line in listed.splitlines() for name in line.rpartition("fullname=")[2].split(",")}
    assert {name for name in installed if name.removesuffix(" Regular") in families} <= names
