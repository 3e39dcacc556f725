"""Command `letterhub check`: checks the installation."""

from collections.abc import Callable, Iterator, Mapping

import click
from flask import Flask

from letterhub.cli import _production_checks as production
from letterhub.cli._production_checks import CheckFailed, CheckImpossible
from letterhub.cli.bootstrap import app_or_exit
from letterhub.clock import now
from letterhub.commands.operations.heartbeat import record_audit_log_check
from letterhub.config import Settings
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.letter_document import LetterDocument, LetterText
from letterhub.identity_provider import CALLBACK_PATH
from letterhub.infrastructure.bounded_http import ServerUnavailable
from letterhub.infrastructure.monitoring import describe_error
from letterhub.infrastructure.object_store import store
from letterhub.infrastructure.openid_connect import client_of
from letterhub.infrastructure.telemetry import telemetry_extras
from letterhub.jobs.runner import queue_location, queue_problem
from letterhub.mail.transport import mail_operator
from letterhub.queries.accounts import coalition_id_by_slug
from letterhub.queries.operations.health import audit_log_problems, database_now, database_problem, mail_server_problem
from letterhub.queries.operations.migrations import current_migration
from letterhub.queries.operations.storage import storage_counts
from letterhub.queries.sign_in_methods import provider_only_slugs, with_current_slugs
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
        checks = CHECKS | (production_checks(production.ProductionOptions(dkim, backup_days)) if for_production else {})
        failed = {name: sentence for name, sentence, is_fine in run_checks(app, checks) if not is_fine}
        if failed and mailing:
            sentences = [f"{name}: {sentence}" for name, sentence in failed.items()]
            if mail_error := mail_operator(app.extensions["settings"], "a check failed", sentences, now()):
                click.echo(mail_error, err=True)
    if failed:
        raise click.ClickException(f"failed: {', '.join(failed)}")


def run_checks(app: Flask, checks: Mapping[str, Check]) -> Iterator[tuple[str, str, bool]]:
    """Run checks and print each result; yield name, sentence, and whether nothing needs fixing."""
    settings: Settings = app.extensions["settings"]
    for name, run_check in checks.items():
        try:
            status, sentence = "ok ", run_check(settings)
        except CheckFailed as error:
            status, sentence = "NO ", str(error)
        except CheckImpossible as error:
            status, sentence = "?? ", str(error)
        except Exception as error:  # noqa: BLE001 - a failing check must not hide the others
            status, sentence = "NO ", f"could not be checked: {describe_error(error)}"
        click.echo(f"{status} {name}: {sentence}")
        yield name, sentence, status != "NO "


def production_checks(options: production.ProductionOptions) -> dict[str, Check]:
    """Return the additional checks for production, with these options. Those that need tables raise CheckImpossible without."""

    def with_options(name: str) -> Check:
        def run_check(settings: Settings) -> str:
            if name in production.NEED_TABLES and database_problem():
                raise CheckImpossible("cannot be checked without the database")
            return production.CHECKS[name](settings, options)

        return run_check

    return {name: with_options(name) for name in production.CHECKS}


def _settings(settings: Settings) -> str:
    """Return the main settings as a sentence: they were valid, or the command would have ended."""
    proxies = "no proxy" if not settings.trusted_proxies else f"{settings.trusted_proxies} trusted in front"
    mode = "the demo" if settings.demo else "a site"
    return f"{mode} at {settings.public_url}, {proxies}; email from {settings.mail_from}; data in {settings.data_dir}"


def _database(settings: Settings) -> str:
    if problem := database_problem():
        raise CheckFailed(problem)
    kind = "PostgreSQL" if settings.database_url.startswith("postgresql") else "SQLite"
    return f"{kind}, at {current_migration()}"


def _mail_server(settings: Settings) -> str:
    """Return which mail server answers. Raises CheckFailed if it does not."""
    if settings.mail_server is None:
        return "none: emails go to /demo/mailbox"
    if problem := mail_server_problem(settings):
        raise CheckFailed(problem)
    return f"{settings.mail_server.host}, port {settings.mail_server.port}, answers"


def _queue(settings: Settings) -> str:
    """Return where the queue of jobs is. Raises CheckFailed if it is in Redis and Redis does not answer."""
    if settings.redis_url:
        if problem := queue_problem(settings):
            raise CheckFailed(problem)
        return "Redis answers"
    return "in the database" if settings.database_url.startswith("postgresql") else queue_location(settings)


def _files(_settings: Settings) -> str:
    """Return how many files of editions are in which place. Raises CheckFailed if they cannot be read from there."""
    if database_problem():
        raise CheckFailed("cannot be checked without the database")
    object_store, counts = store(), storage_counts()
    if object_store is None and counts.store:
        raise CheckFailed(f"{counts.store} are in a file storage that LETTERHUB_FILES_URL no longer names")
    if object_store is None:
        return f"{counts.database} in the database"
    if problem := object_store.problem():
        raise CheckFailed(problem)
    return f"{counts.store} in the file storage at {object_store.place}, {counts.database} in the database"


def _certificate(settings: Settings) -> str:
    """Return who signs the PDFs of editions, and until when. Raises CheckFailed if the certificate has expired."""
    certificate = settings.certificate
    if certificate is None:
        return "none: editions are not signed"
    until = f"{certificate.not_after:%Y-%m-%d}"
    if certificate.not_after < now():
        raise CheckFailed(
            f"the certificate of {certificate.owner} expired on {until}: PDF readers warn about every edition signed since"
        )
    return f"editions are signed as {certificate.owner}, until {until}"


def _sign_in_provider(settings: Settings) -> str:
    """Return what the identity provider says about itself. Raises CheckFailed if it can't be used, or coalitions need it."""
    provider, needed = settings.identity_provider, () if database_problem() else provider_only_slugs()
    if provider is None:
        if needed:
            raise CheckFailed(
                f"{', '.join(needed)} can be opened by the provider only, and none is set. Set LETTERHUB_OIDC_ISSUER, or run: "
                f"letterhub coalition allow-any-sign-in {needed[0]}"
            )
        return "none: staff sign in with passwords and passkeys"
    try:
        keys = client_of(provider).check()
    except ServerUnavailable as problem:
        raise CheckFailed(f"{provider.issuer} can’t be used: {problem}. Correct LETTERHUB_OIDC_ISSUER") from problem
    slugs = set() if database_problem() else {rule.coalition for rule in with_current_slugs(provider.roles)}
    if unknown := sorted(slug for slug in slugs if coalition_id_by_slug(slug) is None):
        raise CheckFailed(f"LETTERHUB_OIDC_ROLES names {', '.join(unknown)}, and there is no coalition at that address")
    number = "1 key" if keys == 1 else f"{keys} keys"
    return f"{provider.issuer} answers, with {number}; redirect address: {settings.public_url}{CALLBACK_PATH}"


def _pdf(_settings: Settings) -> str:
    try:
        rendered = render_letter_pdf(LetterDocument(LetterText(title="A check", body="Set by Pango.")))
    except UserFacingError as refusal:
        raise CheckFailed(str(refusal)) from refusal
    return f"rendered a test letter ({len(rendered.data) // 1024:,} KB)"


def _fonts(_settings: Settings) -> str:
    """Return which scripts the fonts cover, and which they do not."""
    coverage = script_coverage()
    covered = [script for script, is_covered in coverage.items() if is_covered]
    missing = [script for script, is_covered in coverage.items() if not is_covered]
    sentence = f"fonts cover {', '.join(covered)}"
    return f"{sentence}; not {', '.join(missing)}" if missing else sentence


def _audit_log(_settings: Settings) -> str:
    if database_problem():
        raise CheckFailed("cannot be checked without the database")
    breaks = audit_log_problems()
    record_audit_log_check(database_now(), is_intact=not breaks)
    if breaks:
        raise CheckFailed(" ".join(f"{name}: {sentence}" for name, sentence in breaks.items()))
    return "audit log intact"


def _telemetry(settings: Settings) -> str:
    """Return where errors and spans go. Raises CheckFailed if a library for it is missing."""
    extras = telemetry_extras(settings.sentry_dsn, settings.otlp_endpoint)
    if missing := [(name, extra) for name, extra, is_installed in extras if not is_installed]:
        raise CheckFailed(" ".join(f"{name} is set, but {extra} is not installed." for name, extra in missing))
    return "off: no error and no span leaves this site" if not extras else f"on by {' and '.join(name for name, *_ in extras)}"


CHECKS: dict[str, Check] = {
    "Settings": _settings,
    "Database": _database,
    "Audit log": _audit_log,
    "Mail server": _mail_server,
    "Queue": _queue,
    "Files": _files,
    "Certificate": _certificate,
    "Sign-in provider": _sign_in_provider,
    "PDF": _pdf,
    "Fonts": _fonts,
    "Telemetry": _telemetry,
}
