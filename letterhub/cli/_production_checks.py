"""Checks of `letterhub check --production`: is the setup safe for a site that others can reach, and how can it be mended."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr

from letterhub.config import Settings
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.operations.readiness import WORKER_TIMEOUT
from letterhub.infrastructure.machine import folder_info, folder_problem, machine_id
from letterhub.mail.dns import DnsUnavailable, dmarc_record, has_dkim_key, spf_records
from letterhub.queries.operations.health import (
    clock_problem,
    database_now,
    disk_space_problem,
    live_worker_machines,
    seconds_ahead,
    site_heartbeats,
)
from letterhub.queries.operations.production_checks import count_forms_of_one_network, count_without_two_factor
from letterhub.setting_parsers import LOOPBACK


class CheckFailed(Exception):
    """Raised when an operator has to fix something; the message says what and how."""


class CheckImpossible(Exception):
    """Raised when a check is impossible here; the message says why, and what to do."""


NETWORK_FILE_SYSTEMS = frozenset(
    "nfs nfs4 cifs smb3 smbfs 9p afs ceph glusterfs lustre fuse.sshfs fuse.glusterfs fuse.s3fs".split()
)
MAX_PREFERRED_SKEW = 5.0  # seconds
MIN_FREE_BYTES = 1024**3  # bytes
MIN_FREE_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class ProductionOptions:
    """Options of the command: the selector of the DKIM key, and the maximum age of a backup in days."""

    dkim: str = ""
    backup_days: int = 2


def _check_address(settings: Settings, _options: ProductionOptions) -> str:
    if not settings.https:
        raise CheckFailed(
            f"LETTERHUB_PUBLIC_URL is {settings.public_url}, which only this machine can reach. Set the https:// address of "
            "the site, and put a proxy with TLS in front of it, as in deploy/nginx"
        )
    return settings.public_url


def _demo(settings: Settings, _options: ProductionOptions) -> str:
    if settings.demo:
        raise CheckFailed("LETTERHUB_DEMO lets everyone read every email. Take it out of the environment")
    return "off"


def _webhooks(settings: Settings, _options: ProductionOptions) -> str:
    if settings.webhooks_to_loopback:
        raise CheckFailed(
            "LETTERHUB_WEBHOOKS_TO_LOOPBACK lets owners of coalitions call services of this machine. Take it out of the "
            "environment"
        )
    return "to public addresses only"


def _known(settings: Settings, _options: ProductionOptions) -> str:
    if settings.ignored_variables:
        raise CheckFailed(
            f"this version does not know {', '.join(settings.ignored_variables)}, and LETTERHUB_IGNORE_UNKNOWN_SETTINGS passes "
            "over every misspelled setting, too. Once you stay with this version, take all of them out of the environment"
        )
    return "this version knows each of them"


def _proxy(settings: Settings, _options: ProductionOptions) -> str:
    if not settings.trusted_proxies:
        raise CheckFailed(
            "LETTERHUB_TRUSTED_PROXIES is not set, so all visitors count as one, the proxy: sign-in limits shut out everyone "
            "at once, and floods are not seen. Set it to the number of proxies in front, 1 for nginx or Caddy on this machine"
        )
    return f"{settings.trusted_proxies} in front"


def _visitors(_settings: Settings, _options: ProductionOptions) -> str:
    if forms := count_forms_of_one_network(database_now()):
        raise CheckFailed(
            f"{forms} forms came within a week from one address, though from mailboxes of many domains: it is the proxy’s, and "
            "all visitors count as one. Let the proxy send X-Forwarded-For, as in deploy/nginx, and set "
            "LETTERHUB_TRUSTED_PROXIES to the number of proxies in front"
        )
    return "no letter has had many forms from one address alone"


def _mail_login(settings: Settings, _options: ProductionOptions) -> str:
    server = settings.mail_server
    if server is None:
        raise CheckFailed("there is no mail server. Set LETTERHUB_MAIL_URL=smtps://name:password@host")
    if server.host in LOOPBACK:
        return "a mail server on this machine, which needs none"
    if not server.name:
        raise CheckFailed(
            f"{server.host} is given no name and no password, so mail may go there without TLS, and to anyone who claims to be "
            "it. Set LETTERHUB_MAIL_URL=smtps://name:password@host, or hand mail to a relay on this machine"
        )
    return f"as {server.name}, over TLS only"


def _database_place(settings: Settings, _options: ProductionOptions) -> str:
    if settings.database_url.startswith("postgresql"):
        return "PostgreSQL, which any number of machines may share"
    if (kind := folder_info(settings.data_dir).kind) in NETWORK_FILE_SYSTEMS:
        raise CheckFailed(
            f"SQLite is on a network disk ({kind}), where its locks do not hold and it will be damaged. Move "
            "LETTERHUB_DATA_DIR to a disk of this machine, or set LETTERHUB_DATABASE_URL to a PostgreSQL database"
        )
    if others := set(live_worker_machines(database_now())) - {machine_id()}:
        raise CheckFailed(
            f"workers on {len(others)} other machines share this SQLite file, and it will be damaged. Stop them, or move to "
            "PostgreSQL and set LETTERHUB_DATABASE_URL on every machine"
        )
    return "SQLite, on this machine only"


def _data_folder(settings: Settings, _options: ProductionOptions) -> str:
    folder = folder_info(settings.data_dir)
    if not folder.is_ours:
        raise CheckFailed(
            f"{settings.data_dir} belongs to someone else. Run this command, serve and worker as its owner, or give "
            "it to their user"
        )
    if folder.mode & 0o077:
        raise CheckFailed(
            f"others on this machine can read {settings.data_dir}, which holds addresses. Run: chmod 700 {settings.data_dir}"
        )
    return f"{settings.data_dir}, for its owner alone"


def _disk(settings: Settings, _options: ProductionOptions) -> str:
    folder = folder_info(settings.data_dir)
    space = f"{folder.free / 1024**3:.1f} GiB of {folder.size / 1024**3:.1f} free where {settings.data_dir} is"
    if folder.free < max(MIN_FREE_BYTES, MIN_FREE_SHARE * folder.size):
        raise CheckFailed(f"{space}. Make room: with a full disk, nobody can sign")
    if problem := folder_problem(settings.data_dir):
        raise CheckFailed(problem.rstrip("."))
    return space


def _database_disk_space(_settings: Settings, _options: ProductionOptions) -> str:
    if problem := disk_space_problem():
        raise CheckFailed(f"{problem} Make room: nobody can sign")
    return "the database can grow"


def _operator(settings: Settings, _options: ProductionOptions) -> str:
    if not settings.operator_email:
        raise CheckImpossible("nobody is emailed when a backup or a check fails. Set LETTERHUB_OPERATOR_EMAIL")
    return f"{settings.operator_email} is emailed when a backup or a check fails"


def _clock(_settings: Settings, _options: ProductionOptions) -> str:
    ahead = seconds_ahead()
    if problem := clock_problem():
        raise CheckFailed(f"{str(problem).rstrip('.')}. Deadlines, second steps and leases of jobs depend on it")
    if abs(ahead) > MAX_PREFERRED_SKEW:
        way = "ahead of" if ahead > 0 else "behind"
        raise CheckFailed(
            f"this machine's is {abs(ahead):.0f} seconds {way} the database's. Let both keep time by NTP "
            "(timedatectl set-ntp true), as deadlines and leases of jobs depend on them"
        )
    return "this machine, the database and the workers agree"


def _worker(_settings: Settings, _options: ProductionOptions) -> str:
    at = database_now()
    last = site_heartbeats(at).worker
    if last is None or at - last > WORKER_TIMEOUT:
        seen = "none has ever been seen" if last is None else f"none has been seen since {last:%Y-%m-%d %H:%M} UTC"
        raise CheckFailed(
            f"{seen}, so no mail is sent. Start letterhub worker: systemctl start letterhub-worker with the units of deploy/"
        )
    return f"{len(live_worker_machines(at))} running"


def _backup(_settings: Settings, options: ProductionOptions) -> str:
    at = database_now()
    last = site_heartbeats(at).backup
    if last is None or at - last > dt.timedelta(days=options.backup_days):
        seen = "none has ever been made" if last is None else f"the last was made on {last:%Y-%m-%d}"
        raise CheckFailed(
            f"{seen}. Make one every night with letterhub backup FILE, and keep it on another machine; if another tool "
            "makes them, have it say so with letterhub backup --made-elsewhere"
        )
    return f"the last one is from {last:%Y-%m-%d %H:%M} UTC"


def _second_step(_settings: Settings, _options: ProductionOptions) -> str:
    if count := count_without_two_factor():
        who = "one member" if count == 1 else f"{count} members"
        raise CheckFailed(
            f"{who} of staff can sign in but have set up no second step yet: whoever has the password could set one up. "
            "Have them sign in now, or have an owner take them off the team"
        )
    return "everyone on the staff has one"


def _spf(settings: Settings, _options: ProductionOptions) -> str:
    domain, records = _domain(settings), spf_records(_domain(settings))
    if len(records) != 1:
        count = "no SPF record" if not records else f"{len(records)} SPF records, and receivers accept none of them"
        raise CheckFailed(
            f'{domain} has {count}. Publish one TXT record that names your mail server: "v=spf1 a:mail.{domain} -all"'
        )
    if records[0].casefold().endswith("+all"):
        raise CheckFailed(f'{domain} lets the whole world send its mail ("+all"). End its SPF record with -all')
    return records[0]


def _dkim(settings: Settings, options: ProductionOptions) -> str:
    domain = _domain(settings)
    if not options.dkim:
        raise CheckImpossible("your mail server chooses the name of the key. Add it: letterhub check --production --dkim NAME")
    if not has_dkim_key(domain, options.dkim):
        raise CheckFailed(
            f"{options.dkim}._domainkey.{domain} shows no key. Publish the TXT record that your mail server gives you"
        )
    return f"{options.dkim}._domainkey.{domain} shows a key"


def _dmarc(settings: Settings, _options: ProductionOptions) -> str:
    domain = _domain(settings)
    if record := dmarc_record(domain, EmailAddress(parseaddr(settings.mail_from)[1]).domain):
        return record
    raise CheckFailed(f'{domain} has no DMARC record. Publish a TXT record at _dmarc.{domain}: "v=DMARC1; p=quarantine"')


def _domain(settings: Settings) -> str:
    return parseaddr(settings.mail_from)[1].rpartition("@")[2]


def _with_dns(run_check: Callable[[Settings, ProductionOptions], str]) -> Callable[[Settings, ProductionOptions], str]:
    """Wrap a check whose DNS lookup may fail."""

    def with_dns(settings: Settings, options: ProductionOptions) -> str:
        try:
            return run_check(settings, options)
        except DnsUnavailable as reason:
            raise CheckImpossible(f"the DNS cannot be asked: {reason}. Run this on a machine that can") from reason

    return with_dns


CHECKS: Mapping[str, Callable[[Settings, ProductionOptions], str]] = {
    "Address": _check_address,
    "Demo": _demo,
    "Webhooks": _webhooks,
    "Known settings": _known,
    "Proxy": _proxy,
    "Visitors' addresses": _visitors,
    "Mail login": _mail_login,
    "SPF": _with_dns(_spf),
    "DKIM": _with_dns(_dkim),
    "DMARC": _with_dns(_dmarc),
    "Database's place": _database_place,
    "Data folder": _data_folder,
    "Disk": _disk,
    "Database's disk": _database_disk_space,
    "Clock": _clock,
    "Worker": _worker,
    "Backup": _backup,
    "Operator": _operator,
    "Second step": _second_step,
}
NEED_TABLES = frozenset(
    {"Visitors' addresses", "Database's place", "Database's disk", "Clock", "Worker", "Backup", "Second step"}
)
