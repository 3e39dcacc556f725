"""LRU cache for rendered HTML, bounded by total bytes. See docs/design/caching.md."""

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import ParamSpec

P = ParamSpec("P")
Fragments = tuple[str, ...]


def lru_cache_by_size(max_bytes: int) -> Callable[[Callable[P, Fragments]], Callable[P, Fragments]]:
    """Return a decorator that caches the rendered pieces of a function, up to `room` bytes per process.

    The limit is in bytes because pieces differ in size: they may hold inline images.
    """

    def decorator(render: Callable[P, Fragments]) -> Callable[P, Fragments]:
        cache: OrderedDict[Hashable, Fragments] = OrderedDict()
        lock, used = threading.Lock(), 0

        @wraps(render)
        def wrapper(*given: P.args, **named: P.kwargs) -> Fragments:
            nonlocal used
            key = (given, tuple(named.items()))
            with lock:
                if key in cache:
                    cache.move_to_end(key)
                    return cache[key]
            fragments = render(*given, **named)
            with lock:
                used += _size_in_bytes(fragments) - _size_in_bytes(cache.pop(key, ()))
                cache[key] = fragments
                while used > max_bytes:
                    used -= _size_in_bytes(cache.popitem(last=False)[1])
            return fragments

        return wrapper

    return decorator


def _size_in_bytes(fragments: Fragments) -> int:
    return sum(map(sys.getsizeof, fragments))
