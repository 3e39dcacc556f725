"""The app of this checkout, for a WSGI server that looks for `wsgi:app`."""

from letterhub.wsgi import app

__all__ = ["app"]
