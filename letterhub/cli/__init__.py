"""Command line for operators: `letterhub COMMAND`, each command in the file of its name."""

from collections.abc import Mapping
from importlib import import_module

import click

COMMANDS: Mapping[str, str] = {
    "render": "Draw a letter from files, without a database.",
    "demo": "Look around: a coalition, a letter, a mailbox, with nothing set up.",
    "serve": "Serve the site.",
    "worker": "Send the emails and make the files that are waiting.",
    "letter": "Import letters that were written elsewhere.",
    "signatories": "Import names that were gathered elsewhere.",
    "export": "Write an edition, or a letter as it stands, as HTML, PDF or CSV.",
    "migrate": "Bring the database up to the tables of this version.",
    "check": "Say whether everything is in order.",
    "coalition": "The coalitions of this site.",
    "staff": "The people who work for them.",
    "backup": "Write a backup of the whole database, while the site runs.",
    "files": "Where the files of editions stand, and whether each is whole.",
    "restore": "Replace the database with a backup.",
    "forget": "Erase personal data that has been kept long enough.",
    "outbox": "See the site’s emails, and try those that failed again.",
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
        command: click.Command = getattr(import_module(f"letterhub.cli.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the table of commands for the help, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=CommandTable, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="letterhub")
def main() -> None:
    """Host open letters that organizations sign, and deliver them."""
