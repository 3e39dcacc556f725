"""The app, for a WSGI server, with a worker in each of its processes: `letterhub serve --with-worker`."""

from letterhub.jobs.runner import start_beside_server
from letterhub.wsgi import app

start_beside_server(app)

__all__ = ["app"]
