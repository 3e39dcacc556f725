"""Templates extend a frame, include existing ones, and contain no style and no script; colors are in one stylesheet."""

import datetime as dt
import re
from pathlib import Path

import pytest

from letterhub.config import ROOT
from letterhub.web.filters import stamp
from tests.house.sources import own_files, place

TEMPLATES = ROOT / "templates"
FRAMED = ("public", "staff", "errors")


def texts(*suffixes: str) -> list[tuple[Path, str]]:
    return [(path, path.read_text(encoding="utf-8")) for path in own_files(*suffixes)]


def test_every_page_stands_in_a_frame() -> None:
    pages = [(path, text) for path, text in texts(".html") if path.relative_to(TEMPLATES).parts[0] in FRAMED]
    whole = [(path, text) for path, text in pages if not path.name.startswith("_")]
    assert [place(path) for path, text in whole if not re.search(r'\{% extends "[a-z_/]+\.html" %\}', text)] == []
    assert len(whole) > 0


def test_what_a_template_names_is_there() -> None:
    named = re.compile(r"\{%-? *(?:extends|include|from|import) +[\"']([^\"']+)[\"']")
    targets = ((path, target) for path, text in texts(".html", ".txt") for target in named.findall(text))
    assert [(place(path), target) for path, target in targets if not (TEMPLATES / target).exists()] == []


def test_parts_begin_with_an_underscore() -> None:
    assert [place(path) for path in (TEMPLATES / "parts").rglob("*.html") if not path.name.startswith("_")] == []


@pytest.mark.shows("S3")
def test_templates_hold_no_style_no_script_and_no_handler() -> None:
    inline = re.compile(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\s(?:on[a-z]+|hx-on[:a-z-]*)=", re.IGNORECASE)
    pages = [(path, text) for path, text in texts(".html") if path.relative_to(TEMPLATES).parts[0] not in ("email", "export")]
    assert [(place(path), found[0]) for path, text in pages if (found := inline.search(text))] == []


def test_moments_for_machines_are_stamped() -> None:
    texts_of_templates = [(path, text) for path, text in texts(".html") if path.is_relative_to(TEMPLATES)]
    assert [place(path) for path, text in texts_of_templates if "isoformat" in text] == []
    assert stamp(dt.datetime(2022, 1, 7, 21, 0, 5, 616_437, dt.UTC)) == "2022-01-07T21:00:05+00:00"


def test_colors_live_in_one_sheet() -> None:
    color = re.compile(r"#[0-9a-fA-F]{3,8}\b(?=[^{]*;)|\b(?:rgb|hsl|oklch)a?\(")
    sheets = [(path, text) for path, text in texts(".css") if path.name != "tokens.css"]
    assert [(place(path), found[0]) for path, text in sheets if (found := color.search(text))] == []


def test_no_sheet_and_no_script_reaches_out() -> None:
    outside = re.compile(r"(?:url\(|@import|src=|href=|fetch\()\s*[\"']?(?:https?:)?//")
    assert [place(path) for path, text in texts(".css", ".js", ".html") if outside.search(text)] == []
