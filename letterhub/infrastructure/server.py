"""Main process of the server: it starts and watches the web processes, and does not load the app.

`letterhub serve` executes `python -m letterhub.infrastructure.server` with the module of the app, Granian's options and the log
format as JSON.

See docs/design/caching.md.
"""

import json
import logging
import sys

from granian import Granian
from granian.constants import Interfaces

from letterhub.infrastructure.monitoring import SERVER_LOGGER, log_config


def main() -> None:
    """Serve until terminated. Raises Granian's errors for invalid options."""
    options = json.loads(sys.argv[1])
    log_settings = log_config(options.pop("log_format"))
    # Granian warns of many threads: they are meant, as most of them wait for a slot (THREADS)
    logging.getLogger(SERVER_LOGGER).addFilter(lambda record: "Python threads" not in record.getMessage())
    Granian(interface=Interfaces.WSGI, log_dictconfig=log_settings, **options).serve()


if __name__ == "__main__":
    main()
