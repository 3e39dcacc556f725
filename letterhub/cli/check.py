"""Command `letterhub check`: checks the installation."""

from collections.abc import Callable, Iterator, Mapping

import click
from flask import Flask

from letterhub.cli import production_checks as production
from letterhub.cli.bootstrap import site
from letterhub.cli.check_results import NotInOrder, NotKnown
from letterhub.clock import now
from letterhub.commands.mail.operator import mail_operator
from letterhub.config import Settings
from letterhub.domain.errors import Refused
from letterhub.domain.letters.document import LetterDocument, LetterText
from letterhub.infrastructure.logs import told
from letterhub.infrastructure.storage import store
from letterhub.jobs.runner import place_of_queue, queue_trouble
from letterhub.queries.operations.health import broken_chains, database_trouble, mail_server_trouble
from letterhub.queries.operations.migrations import at_revision
from letterhub.queries.operations.storage import whereabouts
from letterhub.rendering.pdf.fonts import coverage
from letterhub.rendering.pdf.letter_pdf import pdf

Check = Callable[[Settings], str]


@click.command()
@click.option(
    "--production", "for_production", is_flag=True, help="Also ask whether the set-up is safe for a site that others can reach."
)
@click.option(
    "--dkim", default="", metavar="NAME", help="The name (selector) of the DKIM key that your mail server signs with."
)
@click.option("--backup-days", default=2, show_default=True, type=click.IntRange(1, 366), help="How old a backup may be.")
@click.option("--mail-operator", "mailing", is_flag=True, help="If something is not in order, mail LETTERHUB_OPERATOR_EMAIL.")
def check(for_production: bool, dkim: str, backup_days: int, mailing: bool) -> None:
    """Say whether settings, database, mail server, fonts and record are in order; end with status 1 if one is not.

    With --production, also say whether the set-up is safe for a site that others can reach. What cannot be known from here
    is marked with ?? and does not count.
    """
    with site() as app:
        checks = CHECKS | (_for_production(production.OperatorSays(dkim, backup_days)) if for_production else {})
        bad = {name: sentence for name, sentence, fine in _answers(app, checks) if not fine}
        if bad and mailing:
            sentences = [f"{name}: {sentence}" for name, sentence in bad.items()]
            if unsent := mail_operator(app.extensions["settings"], "a check failed", sentences, now()):
                click.echo(unsent, err=True)
    if bad:
        raise click.ClickException(f"not in order: {', '.join(bad)}")


def _answers(app: Flask, checks: Mapping[str, Check]) -> Iterator[tuple[str, str, bool]]:
    """Run checks and print each result; yield name, sentence, and whether nothing needs fixing."""
    settings: Settings = app.extensions["settings"]
    for name, asked in checks.items():
        try:
            mark, sentence = "ok ", asked(settings)
        except NotInOrder as trouble:
            mark, sentence = "NO ", str(trouble)
        except NotKnown as reason:
            mark, sentence = "?? ", str(reason)
        except Exception as fault:  # noqa: BLE001 - a failing check must not hide the others
            mark, sentence = "NO ", f"this could not be checked: {told(fault)}"
        click.echo(f"{mark} {name}: {sentence}")
        yield name, sentence, mark != "NO "


def _for_production(asked: production.OperatorSays) -> dict[str, Check]:
    """Return the additional checks for production, which report it if there is no database to ask."""

    def bound(name: str) -> Check:
        def answer(settings: Settings) -> str:
            if name in production.NEED_TABLES and database_trouble():
                raise NotKnown("this cannot be asked without the database")
            return production.CHECKS[name](settings, asked)

        return answer

    return {name: bound(name) for name in production.CHECKS}


def _settings(settings: Settings) -> str:
    proxies = "no proxy" if not settings.trusted_proxies else f"{settings.trusted_proxies} trusted in front"
    mode = "the demo" if settings.demo else "a site"
    return f"{mode} at {settings.public_url}, {proxies}; mail from {settings.mail_from}; data in {settings.data_dir}"


def _database(settings: Settings) -> str:
    if trouble := database_trouble():
        raise NotInOrder(trouble)
    kind = "PostgreSQL" if settings.database_url.startswith("postgresql") else "SQLite"
    return f"{kind}, at {at_revision()}"


def _mail_server(settings: Settings) -> str:
    if settings.mail_server is None:
        return "none: emails go to /demo/mailbox"
    if trouble := mail_server_trouble(settings):
        raise NotInOrder(trouble)
    return f"{settings.mail_server.host}, port {settings.mail_server.port}, answers"


def _queue(settings: Settings) -> str:
    if settings.redis_url:
        if trouble := queue_trouble(settings):
            raise NotInOrder(trouble)
        return "Redis answers"
    return "in the database" if settings.database_url.startswith("postgresql") else place_of_queue(settings)


def _files(_settings: Settings) -> str:
    if database_trouble():
        raise NotInOrder("where they are cannot be asked without the database")
    place, stand = store(), whereabouts()
    if place is None and stand.store:
        raise NotInOrder(f"{stand.store} are in a store that LETTERHUB_FILES_URL no longer names")
    if place is None:
        return f"{stand.database} in the database"
    if trouble := place.trouble():
        raise NotInOrder(trouble)
    return f"{stand.store} in the store at {place.place}, {stand.database} in the database"


def _certificate(settings: Settings) -> str:
    certificate = settings.certificate
    if certificate is None:
        return "none: editions are not signed"
    until = f"{certificate.until:%Y-%m-%d}"
    if certificate.until < now():
        raise NotInOrder(f"that of {certificate.owner} expired on {until}: PDF readers say so of every edition signed since")
    return f"editions are signed as {certificate.owner}, until {until}"


def _pdf(_settings: Settings) -> str:
    try:
        drawn = pdf(LetterDocument(LetterText(title="A check", body="Set by Pango.")))
    except Refused as refusal:
        raise NotInOrder(str(refusal)) from refusal
    return f"a letter was set, in {len(drawn.data):,} bytes"


def _fonts(_settings: Settings) -> str:
    covered = coverage()
    missing = [script for script, there in covered.items() if not there]
    sentence = f"there are letters for {', '.join(script for script, there in covered.items() if there)}"
    return f"{sentence}; none for {', '.join(missing)}" if missing else sentence


def _record(_settings: Settings) -> str:
    if database_trouble():
        raise NotInOrder("it cannot be read without the database")
    if breaks := broken_chains():
        raise NotInOrder(" ".join(f"{name}: {sentence}" for name, sentence in breaks.items()))
    return "every chain is whole"


CHECKS: dict[str, Check] = {
    "Settings": _settings,
    "Database": _database,
    "Record": _record,
    "Mail server": _mail_server,
    "Queue": _queue,
    "Files": _files,
    "Certificate": _certificate,
    "PDF": _pdf,
    "Fonts": _fonts,
}
