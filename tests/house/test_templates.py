"""Templates extend a frame, include existing ones, and contain no style and no script; colors are in one stylesheet."""

import datetime as dt
import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from letterhub.paths import ROOT
from letterhub.web.dates import iso_datetime
from tests.house.sources import assert_none, own_files, place

TEMPLATES = ROOT / "templates"
PAGE_FOLDERS = ("public", "staff", "errors")
PARSER = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)  # for parsing only
FORCE_ESCAPE = (
    "a .txt template escapes nothing, and what it gives counts as safe: write {{ macro(…)|forceescape }}, or"
    " {% filter forceescape %}{% include … %}{% endfilter %}"
)

UNESCAPED = "correct `unescaped` in this test: it is to find exactly the macros that nothing escapes"


def texts(*suffixes: str) -> list[tuple[Path, str]]:
    return [(path, path.read_text(encoding="utf-8")) for path in own_files(*suffixes)]


def test_every_page_stands_in_a_frame() -> None:
    pages = [(path, text) for path, text in texts(".html") if path.relative_to(TEMPLATES).parts[0] in PAGE_FOLDERS]
    whole = [(path, text) for path, text in pages if not path.name.startswith("_")]
    frameless = [place(path) for path, text in whole if not re.search(r'\{% extends "[a-z_/]+\.html" %\}', text)]
    assert_none(frameless, "extend a frame of templates/, or name a part with an underscore")
    assert whole, "PAGE_FOLDERS of this test hold no page: correct them"


def test_what_a_template_names_is_there() -> None:
    named = re.compile(r"\{%-? *(?:extends|include|from|import) +[\"']([^\"']+)[\"']")
    targets = ((path, target) for path, text in texts(".html", ".txt") for target in named.findall(text))
    absent = [f"{place(path)}: {target}" for path, target in targets if not (TEMPLATES / target).exists()]
    assert_none(absent, "name a template that exists below templates/")


def test_parts_begin_with_an_underscore() -> None:
    bare = [place(path) for path in (TEMPLATES / "parts").rglob("*.html") if not path.name.startswith("_")]
    assert_none(bare, "begin the name of a part with an underscore")


@pytest.mark.shows("S3")
def test_templates_hold_no_style_no_script_and_no_handler() -> None:
    # JSON-LD is data that no browser executes, so the policy does not concern it
    inline = re.compile(
        r"<style|<script(?![^>]*\bsrc=| type=\"application/ld\+json\")|\sstyle=|\s(?:on[a-z]+|hx-on[:a-z-]*)=", re.IGNORECASE
    )
    pages = [(path, text) for path, text in texts(".html") if path.relative_to(TEMPLATES).parts[0] not in ("email", "export")]
    inlined = [f"{place(path)}: {found[0]}" for path, text in pages if (found := inline.search(text))]
    assert_none(inlined, "move it into a file of static/: the Content-Security-Policy blocks it here")


def test_moments_for_machines_are_stamped() -> None:
    texts_of_templates = [(path, text) for path, text in texts(".html") if path.is_relative_to(TEMPLATES)]
    unstamped = [place(path) for path, text in texts_of_templates if "isoformat" in text]
    assert_none(unstamped, "use the filter `iso_datetime` instead of isoformat")
    assert iso_datetime(dt.datetime(2022, 1, 7, 21, 0, 5, 616_437, dt.UTC)) == "2022-01-07T21:00:05+00:00", (
        "letterhub/web/dates.py: let `iso_datetime` give whole seconds"
    )


def test_colors_live_in_one_sheet() -> None:
    color = re.compile(r"#[0-9a-fA-F]{3,8}\b(?=[^{]*;)|\b(?:rgb|hsl|oklch)a?\(")
    sheets = [(path, text) for path, text in texts(".css") if path.name != "tokens.css"]
    stray = [f"{place(path)}: {found[0]}" for path, text in sheets if (found := color.search(text))]
    assert_none(stray, "name the color in tokens.css, and use its variable here")


def test_no_sheet_and_no_script_reaches_out() -> None:
    outside = re.compile(r"(?:url\(|@import|src=|href=|fetch\()\s*[\"']?(?:https?:)?//")
    foreign = [place(path) for path, text in texts(".css", ".js", ".html") if outside.search(text)]
    assert_none(foreign, "serve the resource from static/")


def of_text_templates() -> set[str]:
    """Return the names of the macros that `.txt` templates define, where nothing is escaped."""
    parsed = [PARSER.parse(text) for path, text in texts(".txt") if path.is_relative_to(TEMPLATES)]
    return {macro.name for tree in parsed for macro in tree.find_all(nodes.Macro)}


def unescaped(text: str, macros: set[str]) -> list[int]:
    """Return the lines of an `.html` template that use such a macro or include a `.txt` template without `forceescape`."""
    tree = PARSER.parse(text)
    called = macros - {macro.name for macro in tree.find_all(nodes.Macro)}
    for one in tree.find_all(nodes.FromImport):
        called |= {pair if isinstance(pair, str) else pair[1] for pair in one.names if _is_of_text(one)}
    called |= {one.target for one in tree.find_all(nodes.Import) if _is_of_text(one)}
    used = [one for one in tree.find_all(nodes.Name) if one.ctx == "load" and one.name in called]
    included = [one for one in tree.find_all(nodes.Include) if _is_of_text(one)]
    escaped = {id(_named(one.node)) for one in tree.find_all(nodes.Filter) if one.name == "forceescape"}
    for block in tree.find_all(nodes.FilterBlock):
        if block.filter.name == "forceescape":
            escaped |= {id(one) for one in block.find_all((nodes.Name, nodes.Include))}
    return sorted({one.lineno for one in [*used, *included] if id(one) not in escaped})


def _is_of_text(node: nodes.FromImport | nodes.Import | nodes.Include) -> bool:
    """Return whether the imported or included template is, or may be, a `.txt` one."""
    named = [node.template, *node.template.find_all(nodes.Const)]
    return any(isinstance(one, nodes.Const) and str(one.value).endswith(".txt") for one in named)


def _named(node: nodes.Node | None) -> nodes.Node | None:
    """Return the called name, as in `macro(…)` or `module.macro(…)`."""
    called = node.node if isinstance(node, nodes.Call) else None
    return called.node if isinstance(called, nodes.Getattr) else called


@pytest.mark.shows("S3")
def test_what_a_text_template_says_is_escaped_by_force_in_a_page() -> None:
    macros = of_text_templates()
    pages = [(path, text) for path, text in texts(".html") if path.is_relative_to(TEMPLATES)]
    assert_none((place(path, line) for path, text in pages for line in unescaped(text, macros)), FORCE_ESCAPE)
    assert "taken_sentence" in macros, "`of_text_templates` in this test misses the macro of templates/email: correct it"


@pytest.mark.parametrize(
    "page",
    [
        '{% from "email/_taken.txt" import taken %}\n{{ taken(name) }}',
        '{% from "email/_taken.txt" import taken %}\n{{ taken(name)|e }}',
        '{% from "email/_taken.txt" import taken as line with context %}\n{{ taken(name)|forceescape }} {{ line(name) }}</p>',
        '{% import "email/_taken.txt" as texts %}\n{{ texts.taken(name) }}',
        '{% from "email/_parts.html" import taken %}\n{% set sentence = taken(name) %}',
        "\n{% call taken(name) %}{% endcall %}",
        '\n{% include "email/_taken.txt" %}',
        '{% from "email/_taken.txt" import taken %}\n{% trans line=taken(name) %}{{ line }}{% endtrans %}',
    ],
)
def test_a_macro_that_escapes_nothing_is_found_in_a_page(page: str) -> None:
    assert unescaped(page, {"taken"}) == [2], UNESCAPED


def test_a_macro_that_is_escaped_by_force_is_left_alone() -> None:
    assert unescaped('{% from "email/_taken.txt" import taken %}{{ taken(name)|forceescape }}', {"taken"}) == [], UNESCAPED
    assert unescaped('{% import "email/_taken.txt" as texts %}{{ texts.taken(name)|forceescape }}', {"taken"}) == [], UNESCAPED
    assert unescaped('{% filter forceescape %}{% include "email/_taken.txt" %}{% endfilter %}', {"taken"}) == [], UNESCAPED
    assert unescaped("{% macro taken(name) %}{{ name }}{% endmacro %}{{ taken(name) }}", {"taken"}) == [], UNESCAPED
