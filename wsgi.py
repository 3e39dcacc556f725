"""The app, for a WSGI server and for the `flask` command."""

from letterhub.app import create_app
from letterhub.config import from_environment
from letterhub.logs import set_up_log

settings = from_environment()
set_up_log(settings.log_format)
app = create_app(settings)
