"""The app, for a WSGI server."""

import gc

from letterhub.app import create_app
from letterhub.config import settings_from_environment
from letterhub.infrastructure.monitoring import configure_logging
from letterhub.infrastructure.telemetry import start_telemetry
from letterhub.web.monitoring import start_flushing_metrics

settings = settings_from_environment()
configure_logging(settings.log_format)
start_telemetry(settings.sentry_dsn, settings.otlp_endpoint, settings.host)
app = create_app(settings)
start_flushing_metrics(app)

gc.collect()
gc.freeze()  # what is there by now stays: it is not searched again and again for what nobody holds
