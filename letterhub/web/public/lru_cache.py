"""LRU cache for rendered HTML, bounded by total bytes. See docs/design/caching.md."""

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import ParamSpec

P = ParamSpec("P")
Fragments = tuple[str, ...]


def lru_cache_by_size(room: int) -> Callable[[Callable[P, Fragments]], Callable[P, Fragments]]:
    """Return a decorator that caches the rendered pieces of a function, up to `room` bytes per process.

    The limit is in bytes because pieces differ in size: they may hold inline images.
    """

    def keeping(draw: Callable[P, Fragments]) -> Callable[P, Fragments]:
        kept: OrderedDict[Hashable, Fragments] = OrderedDict()
        turn, taken = threading.Lock(), 0

        @wraps(draw)
        def drawn(*given: P.args, **named: P.kwargs) -> Fragments:
            nonlocal taken
            key = (given, tuple(named.items()))
            with turn:
                if key in kept:
                    kept.move_to_end(key)
                    return kept[key]
            pieces = draw(*given, **named)
            with turn:
                taken += _size_in_bytes(pieces) - _size_in_bytes(kept.pop(key, ()))
                kept[key] = pieces
                while taken > room:
                    taken -= _size_in_bytes(kept.popitem(last=False)[1])
            return pieces

        return drawn

    return keeping


def _size_in_bytes(pieces: Fragments) -> int:
    return sum(map(sys.getsizeof, pieces))
