"""Background worker: the runner and its tasks.

Huey imports the driver of PostgreSQL wherever it is installed, and it takes 7 MB. So Huey is imported here without it;
`runner.create_queue` gives it the driver on a site that has PostgreSQL.
"""

import sys

_is_hidden = "psycopg" not in sys.modules
if _is_hidden:
    sys.modules["psycopg"] = None  # type: ignore[assignment]  # an import fails, as if it were not installed
try:
    import huey  # noqa: F401 - for its side effect
finally:
    if _is_hidden:
        del sys.modules["psycopg"]
