"""Background worker: the runner and its tasks.

Huey imports the drivers of PostgreSQL and Redis wherever they are installed, and they take 13 MB. So it is imported here
without them; `create_queue` has them imported where it needs one.
"""

import sys

_hidden = [name for name in ("psycopg", "redis") if name not in sys.modules]
sys.modules.update(dict.fromkeys(_hidden))  # type: ignore[arg-type]  # None: an import fails, as if it were not installed
try:
    import huey  # noqa: F401 - for its side effect
finally:
    for _name in _hidden:
        del sys.modules[_name]
