"""Cache of the URL builders that werkzeug compiles, shared by all apps of the test session."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]
_compile: Callable[[Rule, bool], Builder] = Rule._compile_builder
_compiled: dict[tuple[Any, ...], Builder] = {}


def cache_url_builders() -> None:
    """Make equal rules share the function that werkzeug compiles for them; it receives its rule with each call."""
    Rule._compile_builder = _builder


def _builder(rule: Rule, append_unknown: bool = True) -> Builder:
    alike = rule.rule, *rule._trace, *(rule.defaults or {}).items(), append_unknown
    if alike not in _compiled:
        _compiled[alike] = _compile(rule, append_unknown)
    return _compiled[alike]
