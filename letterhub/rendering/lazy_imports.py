"""Lazily imported functions: what rendering needs and most processes should not load. See docs/design/caching.md."""

from collections.abc import Callable
from importlib import import_module
from typing import Any


def lazy_function(module: str, name: str) -> Callable[..., Any]:
    """Return a function that imports a module of `letterhub.rendering` on its first call, and calls the module's `name`."""

    def call(*arguments: Any, **options: Any) -> Any:
        return getattr(import_module(f"letterhub.rendering.{module}"), name)(*arguments, **options)

    return call
