"""The first process of the server, by itself: it starts and watches those that hold the app, and holds nothing of it.

`letterhub serve` becomes this: `python -m letterhub.serving` with what Granian is told and the format of the log, as JSON.
"""

import json
import sys
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces

from letterhub.logs import log_config


def main() -> None:
    """Serves until it is told to end. Raises what Granian raises for what it is not to be told."""
    told = json.loads(sys.argv[1])
    logging = log_config(told.pop("log_format"))
    here = Path(__file__).parent.parent
    Granian("wsgi:app", interface=Interfaces.WSGI, working_dir=here, log_dictconfig=logging, **told).serve()


if __name__ == "__main__":
    main()
