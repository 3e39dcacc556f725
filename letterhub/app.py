"""Application factory: wiring only."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from whitenoise import WhiteNoise

from letterhub.config import Settings
from letterhub.infrastructure import object_store as files
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import LinkSigner
from letterhub.paths import ROOT, STATIC
from letterhub.web import (
    assets,
    blueprints,
    error_pages,
    flask_security,
    languages,
    monitoring,
    request_hooks,
    request_security,
    templates,
)
from letterhub.web.page_cache import PageCacheMiddleware


def create_app(settings: Settings) -> Flask:
    """Create the app for these settings, without touching the database or the network."""
    app = Flask("letterhub", root_path=str(ROOT), template_folder="templates", static_folder=None)
    app.config.from_mapping(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True},  # no error message holds values of a row
        BABEL_DEFAULT_LOCALE="en",
        BABEL_DEFAULT_TIMEZONE="UTC",
    )
    app.extensions["settings"] = settings
    app.extensions["links"] = LinkSigner((settings.secret_key, *settings.secret_key_fallbacks))
    files.init_app(app, settings.files_url)
    db.init_app(app)
    templates.init_app(app, settings)
    monitoring.init_app(app)
    request_security.init_app(app, settings)
    request_hooks.init_app(app, settings)
    flask_security.init_app(app, settings)
    blueprints.init_app(app, settings)
    languages.init_app(app)
    error_pages.init_app(app)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=STATIC,
        prefix="static/",
        add_headers_function=assets.allow_caching,
    )
    if settings.page_cache_seconds:
        app.wsgi_app = PageCacheMiddleware(app.wsgi_app, settings)  # type: ignore[method-assign, assignment]
    return app


@contextmanager
def site_context(settings: Settings) -> Iterator[Flask]:
    """Run a block in the context of a new app, and close its database connections at the end."""
    app = create_app(settings)
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()
