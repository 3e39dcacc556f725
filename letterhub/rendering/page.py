"""Our own Jinja environment, so that a letter can be drawn without the web."""

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from letterhub.domain.sentences import ended
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
    environment.filters["ended"] = ended
    return environment


def draw(template: str, **facts: object) -> str:
    """The text of a template of the letter's: draw("export/paper.html", letter=…)."""
    return _environment().get_template(template).render(**facts)
