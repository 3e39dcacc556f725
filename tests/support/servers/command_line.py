"""The `letterhub` command with settings as environment variables."""

from click.testing import CliRunner, Result

from letterhub.cli import main
from letterhub.config import Settings
from tests.support.servers.database_copies import SECRET_KEY


def settings_environment(settings: Settings) -> dict[str, str]:
    """Return the environment variables of these settings."""
    server = settings.mail_server
    assert server is not None
    login = f"{server.name}:{server.password}@" if server.name else ""
    return {
        "LETTERHUB_DATABASE_URL": settings.database_url,
        "LETTERHUB_SECRET_KEY": SECRET_KEY,
        "LETTERHUB_PUBLIC_URL": settings.public_url,
        "LETTERHUB_MAIL_URL": f"{'smtps' if server.tls else 'smtp'}://{login}{server.host}:{server.port}",
        "LETTERHUB_MAIL_FROM": settings.mail_from,
        "LETTERHUB_DATA_DIR": str(settings.data_dir),
        "LETTERHUB_REDIS_URL": settings.redis_url,
        "LETTERHUB_FILES_URL": settings.files_url,
        "LETTERHUB_WEBHOOKS_TO_LOOPBACK": "yes" if settings.webhooks_to_loopback else "",
    }


def run_letterhub(settings: Settings, *words: str, **changes: str | None) -> Result:
    """Run the command with these settings; `changes` override variables, None removes one."""
    return CliRunner().invoke(main, list(words), env=settings_environment(settings) | changes, prog_name="letterhub")
