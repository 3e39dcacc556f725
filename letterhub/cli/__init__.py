"""Command line for operators: `letterhub COMMAND`, each command in the file of its name."""

import gc
from collections.abc import Mapping
from importlib import import_module

import click

COMMANDS: Mapping[str, str] = {
    "render": "Render a letter from files, without a database.",
    "demo": "Try Letterhub with sample data, with nothing to set up.",
    "start": "Set up and run a site in one process; without settings, the demo.",
    "setup": "Make a Debian server run Letterhub as services: user, settings, units.",
    "serve": "Run the web server.",
    "worker": "Run the background worker, which sends email and renders files.",
    "letter": "Import letters written elsewhere.",
    "signatories": "Import names collected elsewhere.",
    "export": "Write an edition, or a letter as it stands, as HTML, PDF or CSV.",
    "migrate": "Migrate the database to this version.",
    "check": "Check that everything works.",
    "coalition": "Create coalitions, invite people to found one, close one to new letters.",
    "staff": "Invite staff, make operators of the site, and reset two-factor sign-in.",
    "backup": "Back up the whole database, while the site runs.",
    "files": "Move, check and clean up the stored files of editions.",
    "restore": "Replace the database with a backup.",
    "purge": "Erase personal data whose retention period is over.",
    "mail": "Send a test email, and check SPF, DKIM and DMARC.",
    "outbox": "List the site’s emails, and retry failed ones.",
}
"""All commands in the order of `letterhub --help`, with their help texts."""


class CommandTable(click.Group):
    """Command group that imports a command's module only when it is called, so that `render` starts without the site."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command of a name, with a hyphen where its file has an underscore."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        gc.disable()  # modules are no garbage, and looking for some takes a tenth of importing them
        command: click.Command = getattr(import_module(f"letterhub.cli.{name}"), name)
        gc.freeze()
        gc.enable()
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the table of commands for the help, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=CommandTable, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="letterhub")
def main() -> None:
    """Host open letters that organizations sign, and deliver them."""
