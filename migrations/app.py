"""App for writing migrations: `flask --app migrations.app db …`."""

from letterhub.app import create_app
from letterhub.commands.operations.migrate import init_migrations
from letterhub.config import settings_from_environment

app = create_app(settings_from_environment())
init_migrations(app)
