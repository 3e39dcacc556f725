"""Paths of templates, style sheets and fonts, and a cached reader of style sheets."""

from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
PRINT_FONTS = STATIC / "fonts" / "print"


@cache
def style_sheet(name: str) -> str:
    """Return the text of one of our style sheets: style_sheet("paper.css")."""
    return (STATIC / "css" / name).read_text(encoding="utf-8")
