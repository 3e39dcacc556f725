"""Jinja environment of letters, outside of Flask, and the paths of templates, style sheets and fonts."""

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from letterhub.domain.i18n import gettext, number_in_digits, with_period
from letterhub.domain.interface_languages import own_name
from letterhub.paths import STATIC, TEMPLATES

PRINT_FONTS = STATIC / "fonts" / "print"


@cache
def style_sheet(name: str) -> str:
    """Return the text of one of our style sheets: style_sheet("paper.css")."""
    return (STATIC / "css" / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    """Return the Jinja environment of letters: it escapes HTML, and an undefined variable is an error."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["_"] = gettext
    environment.filters.update(ended=with_period, thousands=number_in_digits, own_name=own_name)
    return environment


def render_template(template: str, **context: object) -> str:
    """Return a rendered template: render_template("export/paper.html", letter=…)."""
    return _environment().get_template(template).render(**context)
