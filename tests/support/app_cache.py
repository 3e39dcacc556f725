"""Cache of what every app computes alike: compiled URL rules, and the list of static files."""

from typing import Any

from werkzeug.routing import Rule
from whitenoise import WhiteNoise

_compile = Rule.compile
_list_files = WhiteNoise.update_files_dictionary
_rules: dict[tuple[Any, ...], dict[str, Any]] = {}
_static_files: dict[tuple[Any, ...], dict[str, Any]] = {}


def share_app_parts() -> None:
    """Make all apps of the test session share what werkzeug compiles of equal rules, and one list of static files."""
    Rule.compile = _compile_once
    WhiteNoise.update_files_dictionary = _list_files_once


def _compile_once(rule: Rule) -> None:
    alike = rule.rule, rule.subdomain, rule.merge_slashes, *(rule.defaults or {}).items()
    if alike not in _rules:
        _compile(rule)
        builders = {name: getattr(rule, name).__func__ for name in ("_build", "_build_unknown")}
        parts = {name: getattr(rule, name) for name in ("_parts", "_trace", "_converters", "arguments")}
        _rules[alike] = {"parts": parts, "builders": builders}
    vars(rule).update(_rules[alike]["parts"])
    vars(rule).update({name: builder.__get__(rule) for name, builder in _rules[alike]["builders"].items()})


def _list_files_once(static: WhiteNoise, root: str, prefix: str) -> None:
    alike = root, prefix, static.max_age
    if alike not in _static_files:
        _list_files(static, root, prefix)
        _static_files[alike] = static.files
    static.files = _static_files[alike]
