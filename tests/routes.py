"""Each test makes an app with all of its addresses: what writes an address is compiled once for all of them."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]
_compile: Callable[[Rule, bool], Builder] = Rule._compile_builder
_compiled: dict[tuple[Any, ...], Builder] = {}


def compile_once() -> None:
    """Has rules that are alike share the function that werkzeug compiles for them; it is told its rule with each call."""
    Rule._compile_builder = _builder


def _builder(rule: Rule, append_unknown: bool = True) -> Builder:
    alike = rule.rule, *rule._trace, *(rule.defaults or {}).items(), append_unknown
    if alike not in _compiled:
        _compiled[alike] = _compile(rule, append_unknown)
    return _compiled[alike]
