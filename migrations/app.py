"""App for writing migrations: `flask --app migrations.app db …`."""

from letterhub.app import create_app
from letterhub.commands.operations.migrate import ready_to_migrate
from letterhub.config import from_environment

app = create_app(from_environment())
ready_to_migrate(app)
