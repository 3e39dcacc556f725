"""What is loaded when it is first called: drawing for a word processor takes libraries that most processes never need."""

from collections.abc import Callable
from importlib import import_module
from typing import Any


def late(module: str, name: str) -> Callable[..., Any]:
    """A function of a module of this room, which is loaded with all that it takes when the function is first called."""

    def called(*given: Any) -> Any:
        return getattr(import_module(f"letterhub.rendering.{module}"), name)(*given)

    return called
