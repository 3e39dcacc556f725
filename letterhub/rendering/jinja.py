"""Jinja environment of letters, so that one can be rendered outside of Flask."""

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from letterhub.domain.i18n import gettext
from letterhub.domain.number_formatting import number_in_digits
from letterhub.domain.sentence_punctuation import with_period
from letterhub.rendering.assets import TEMPLATES


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["_"] = gettext
    environment.filters.update(ended=with_period, thousands=number_in_digits)
    return environment


def render_template(template: str, **context: object) -> str:
    """Return a rendered template: render_template("export/paper.html", letter=…)."""
    return _environment().get_template(template).render(**context)
