"""The app, for a WSGI server and for the `flask` command."""

from letterhub.app import create_app
from letterhub.config import from_environment

app = create_app(from_environment())
