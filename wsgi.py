"""The app, for a WSGI server."""

import gc

from letterhub.app import create_app
from letterhub.config import from_environment
from letterhub.infrastructure.logs import set_up_log
from letterhub.web.metrics import keep_handing_over

settings = from_environment()
set_up_log(settings.log_format)
app = create_app(settings)
keep_handing_over(app)

gc.collect()
gc.freeze()  # what is there by now stays: it is not searched again and again for what nobody holds
