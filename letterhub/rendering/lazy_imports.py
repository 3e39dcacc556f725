"""Lazily imported functions: what rendering needs and most processes should not load. See docs/design/caching.md."""

from collections.abc import Callable
from importlib import import_module
from typing import Any


def lazy_function(module: str, name: str) -> Callable[..., Any]:
    """Return a function of a rendering module that imports the module on its first call."""

    def call(*arguments: Any) -> Any:
        return getattr(import_module(f"letterhub.rendering.{module}"), name)(*arguments)

    return call
