"""Cache of what every app computes alike: URL rules, compiled templates, and the list of static files.

See docs/design/testing.md.
"""

from collections.abc import MutableMapping
from typing import Any, NoReturn

from flask import Flask
from flask.templating import DispatchingJinjaLoader
from jinja2 import Environment, Template
from werkzeug.routing import Map, Rule
from whitenoise import WhiteNoise

from letterhub.config import Settings
from letterhub.web import blueprints

_compile = Rule.compile
_list_files = WhiteNoise.update_files_dictionary
_register = blueprints.init_app
_rules: dict[tuple[Any, ...], dict[str, Any]] = {}
_maps: dict[tuple[Any, ...], Map] = {}
_static_files: dict[tuple[Any, ...], dict[str, Any]] = {}
_templates: dict[tuple[Any, ...], Any] = {}


def share_app_parts() -> None:
    """Make all apps of the test session share their URL maps, their compiled templates, and one list of static files."""
    Rule.compile = _compile_once
    WhiteNoise.update_files_dictionary = _list_files_once
    DispatchingJinjaLoader.load = _load_once
    blueprints.init_app = _register_with_shared_map


def _compile_once(rule: Rule) -> None:
    alike = rule.rule, rule.subdomain, rule.merge_slashes, *(rule.defaults or {}).items()
    if alike not in _rules:
        _compile(rule)
        builders = {name: getattr(rule, name).__func__ for name in ("_build", "_build_unknown")}
        parts = {name: getattr(rule, name) for name in ("_parts", "_trace", "_converters", "arguments")}
        _rules[alike] = {"parts": parts, "builders": builders}
    vars(rule).update(_rules[alike]["parts"])
    vars(rule).update({name: builder.__get__(rule) for name, builder in _rules[alike]["builders"].items()})


def _register_with_shared_map(app: Flask, settings: Settings) -> None:
    """Register all blueprints; the URL map is that of the first app of the same kind, to which no rule can be added."""
    alike = settings.demo, *((rule.rule, rule.endpoint) for rule in app.url_map.iter_rules())
    if alike not in _maps:
        _register(app, settings)
        _maps[alike] = app.url_map
        app.url_map.add = _refuse_rule
        return

    def add_view(_rule: str, endpoint: str, view_func: Any, **_options: Any) -> None:
        app.view_functions[endpoint] = view_func

    app.url_map, app.add_url_rule = _maps[alike], add_view
    _register(app, settings)
    del app.add_url_rule


def _refuse_rule(rule: Any) -> NoReturn:
    raise RuntimeError(f"apps share this URL map, so no test may add {rule} to it: see tests/support/app_cache.py")


def _load_once(
    loader: DispatchingJinjaLoader, environment: Environment, name: str, shared: MutableMapping[str, Any] | None = None
) -> Template:
    """Load a template for an app, compiled once for all of them."""
    alike = name, *loader.app.jinja_loader.searchpath
    if alike not in _templates:
        source, path, _is_unchanged = loader.get_source(environment, name)
        _templates[alike] = environment.compile(source, name, path)
    return environment.template_class.from_code(environment, _templates[alike], shared or {})


def _list_files_once(static: WhiteNoise, root: str, prefix: str) -> None:
    alike = root, prefix, static.max_age
    if alike not in _static_files:
        _list_files(static, root, prefix)
        _static_files[alike] = static.files
    static.files = _static_files[alike]
