"""Command `letterhub check`: checks the installation."""

from collections.abc import Callable, Iterator, Mapping

import click
from flask import Flask

from letterhub.cli import production_checks as production
from letterhub.cli.bootstrap import app_or_exit
from letterhub.cli.check_errors import CheckFailed, CheckImpossible
from letterhub.clock import now
from letterhub.config import Settings
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.document import LetterDocument, LetterText
from letterhub.infrastructure.logs import describe_error
from letterhub.infrastructure.object_store import store
from letterhub.jobs.runner import queue_location, queue_problem
from letterhub.mail.operator_mail import mail_operator
from letterhub.queries.operations.health import audit_log_problems, database_problem, mail_server_problem
from letterhub.queries.operations.migrations import current_migration
from letterhub.queries.operations.storage import storage_counts
from letterhub.rendering.pdf.fonts import script_coverage
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf

Check = Callable[[Settings], str]


@click.command()
@click.option("--production", "for_production", is_flag=True, help="Also check that the setup is safe for a public site.")
@click.option(
    "--dkim", default="", metavar="NAME", help="The name (selector) of the DKIM key that your mail server signs with."
)
@click.option(
    "--backup-days", default=2, show_default=True, type=click.IntRange(1, 366), help="Maximum age of a backup, in days."
)
@click.option("--mail-operator", "mailing", is_flag=True, help="If a check fails, email LETTERHUB_OPERATOR_EMAIL.")
def check(for_production: bool, dkim: str, backup_days: int, mailing: bool) -> None:
    """Check settings, database, mail server, fonts and audit log. Exits with status 1 if a check fails.

    With --production, also check that the setup is safe for a public site. What cannot be known from here is marked with ??
    and does not count.
    """
    with app_or_exit() as app:
        checks = CHECKS | (_production_checks(production.ProductionOptions(dkim, backup_days)) if for_production else {})
        bad = {name: sentence for name, sentence, fine in _run_checks(app, checks) if not fine}
        if bad and mailing:
            sentences = [f"{name}: {sentence}" for name, sentence in bad.items()]
            if unsent := mail_operator(app.extensions["settings"], "a check failed", sentences, now()):
                click.echo(unsent, err=True)
    if bad:
        raise click.ClickException(f"failed: {', '.join(bad)}")


def _run_checks(app: Flask, checks: Mapping[str, Check]) -> Iterator[tuple[str, str, bool]]:
    """Run checks and print each result; yield name, sentence, and whether nothing needs fixing."""
    settings: Settings = app.extensions["settings"]
    for name, asked in checks.items():
        try:
            mark, sentence = "ok ", asked(settings)
        except CheckFailed as trouble:
            mark, sentence = "NO ", str(trouble)
        except CheckImpossible as reason:
            mark, sentence = "?? ", str(reason)
        except Exception as fault:  # noqa: BLE001 - a failing check must not hide the others
            mark, sentence = "NO ", f"could not be checked: {describe_error(fault)}"
        click.echo(f"{mark} {name}: {sentence}")
        yield name, sentence, mark != "NO "


def _production_checks(asked: production.ProductionOptions) -> dict[str, Check]:
    """Return the additional checks for production, which report it if there is no database to ask."""

    def bound(name: str) -> Check:
        def answer(settings: Settings) -> str:
            if name in production.NEED_TABLES and database_problem():
                raise CheckImpossible("cannot be checked without the database")
            return production.CHECKS[name](settings, asked)

        return answer

    return {name: bound(name) for name in production.CHECKS}


def _settings(settings: Settings) -> str:
    proxies = "no proxy" if not settings.trusted_proxies else f"{settings.trusted_proxies} trusted in front"
    mode = "the demo" if settings.demo else "a site"
    return f"{mode} at {settings.public_url}, {proxies}; email from {settings.mail_from}; data in {settings.data_dir}"


def _database(settings: Settings) -> str:
    if trouble := database_problem():
        raise CheckFailed(trouble)
    kind = "PostgreSQL" if settings.database_url.startswith("postgresql") else "SQLite"
    return f"{kind}, at {current_migration()}"


def _mail_server(settings: Settings) -> str:
    if settings.mail_server is None:
        return "none: emails go to /demo/mailbox"
    if trouble := mail_server_problem(settings):
        raise CheckFailed(trouble)
    return f"{settings.mail_server.host}, port {settings.mail_server.port}, answers"


def _queue(settings: Settings) -> str:
    if settings.redis_url:
        if trouble := queue_problem(settings):
            raise CheckFailed(trouble)
        return "Redis answers"
    return "in the database" if settings.database_url.startswith("postgresql") else queue_location(settings)


def _files(_settings: Settings) -> str:
    if database_problem():
        raise CheckFailed("cannot be checked without the database")
    place, stand = store(), storage_counts()
    if place is None and stand.store:
        raise CheckFailed(f"{stand.store} are in a file storage that LETTERHUB_FILES_URL no longer names")
    if place is None:
        return f"{stand.database} in the database"
    if trouble := place.problem():
        raise CheckFailed(trouble)
    return f"{stand.store} in the file storage at {place.place}, {stand.database} in the database"


def _certificate(settings: Settings) -> str:
    certificate = settings.certificate
    if certificate is None:
        return "none: editions are not signed"
    until = f"{certificate.not_after:%Y-%m-%d}"
    if certificate.not_after < now():
        raise CheckFailed(
            f"the certificate of {certificate.owner} expired on {until}: PDF readers warn about every edition signed since"
        )
    return f"editions are signed as {certificate.owner}, until {until}"


def _pdf(_settings: Settings) -> str:
    try:
        drawn = render_letter_pdf(LetterDocument(LetterText(title="A check", body="Set by Pango.")))
    except UserFacingError as refusal:
        raise CheckFailed(str(refusal)) from refusal
    return f"rendered a test letter ({len(drawn.data) // 1024:,} KB)"


def _fonts(_settings: Settings) -> str:
    covered = script_coverage()
    missing = [script for script, there in covered.items() if not there]
    sentence = f"fonts cover {', '.join(script for script, there in covered.items() if there)}"
    return f"{sentence}; not {', '.join(missing)}" if missing else sentence


def _record(_settings: Settings) -> str:
    if database_problem():
        raise CheckFailed("cannot be checked without the database")
    if breaks := audit_log_problems():
        raise CheckFailed(" ".join(f"{name}: {sentence}" for name, sentence in breaks.items()))
    return "audit log intact"


CHECKS: dict[str, Check] = {
    "Settings": _settings,
    "Database": _database,
    "Audit log": _record,
    "Mail server": _mail_server,
    "Queue": _queue,
    "Files": _files,
    "Certificate": _certificate,
    "PDF": _pdf,
    "Fonts": _fonts,
}
