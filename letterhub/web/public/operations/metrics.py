"""Prometheus metrics for the operator: counts by endpoint, command, reason and job, without personal data."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from letterhub.clock import now
from letterhub.domain.operations.readiness import SitePart
from letterhub.infrastructure.monitoring import REGISTRY
from letterhub.queries.operations.metrics import MetricCounter, SiteMetrics, metric_counters, site_metrics
from letterhub.web.access import Audience, open_to

bp = Blueprint("metrics", __name__)

SIGNATURE_ACTIONS = {
    "sign_letter": "begun",
    "confirm_signature": "confirmed",
    "reconfirm_signature": "confirmed again",
    "correct_signature": "corrected",
    "disown_signature": "disowned",
    "withdraw_signature": "withdrawn",
}
MAIL_OUTCOMES = {"record_sent": "sent", "record_failure": "refused", "record_cancelled": "cancelled"}


@bp.get("/metrics")
@open_to(Audience.OPERATOR)
def index() -> Response:
    """Return all metrics in the Prometheus text format."""
    registry = CollectorRegistry()
    registry.register(_PrebuiltCollector([*_counters(metric_counters()), *_gauges(site_metrics(now()))]))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _PrebuiltCollector:
    """Collector of metrics that are already built."""

    def __init__(self, metrics: list[Metric]) -> None:
        self.metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self.metrics


def _counters(counters: tuple[MetricCounter, ...]) -> Iterator[Metric]:
    """Yield the counters of all processes from the database, described as in this process."""
    by_name: defaultdict[str, list[MetricCounter]] = defaultdict(list)
    for counter in counters:
        by_name[counter.name].append(counter)
    for family in REGISTRY.collect():
        metric = Metric(family.name, family.documentation, family.type)
        for suffix in ("_total",) if family.type == "counter" else ("_bucket", "_count", "_sum"):
            for counter in sorted(by_name[family.name + suffix], key=_sample_sort_key):
                metric.add_sample(counter.name, dict(counter.labels), counter.value)
        yield metric
    command_counts = {
        counter.labels["command"]: counter.value
        for counter in by_name["letterhub_commands_total"]
        if counter.labels["outcome"] == "done"
    }
    yield _action_counter("letterhub_signatures", "What signatories did.", "act", SIGNATURE_ACTIONS, command_counts)
    yield _action_counter("letterhub_mails", "What became of a try to send a mail.", "outcome", MAIL_OUTCOMES, command_counts)


def _sample_sort_key(counter: MetricCounter) -> tuple[list[tuple[str, str]], float]:
    """Return the sort key of a sample: histogram buckets by size."""
    return sorted((name, label) for name, label in counter.labels.items() if name != "le"), float(counter.labels.get("le", "0"))


def _action_counter(
    name: str, documentation: str, label: str, word_by_command: Mapping[str, str], command_counts: Mapping[str, float]
) -> Metric:
    """Return a counter with a sample for each command that is known by a word, 0 if it never ran."""
    metric = CounterMetricFamily(name, documentation, labels=[label])
    for command, word in word_by_command.items():
        metric.add_metric([word], command_counts.get(command, 0.0))
    return metric


def _gauges(site: SiteMetrics) -> Iterator[Metric]:
    """Yield the gauges of mails, jobs, letters, workers and the site's parts."""
    yield _gauge("letterhub_outbox_mails", "Mails that have not left, by state.", "state", site.mails)
    yield _gauge("letterhub_outbox_oldest_due_seconds", "How long the oldest mail is due.", "", {"": site.oldest_due})
    jobs = GaugeMetricFamily("letterhub_jobs", "Drawings that are not done, by state.", labels=["job", "state"])
    for (job, state), count in site.jobs.items():
        jobs.add_metric([job, state], count)
    yield jobs
    yield _gauge("letterhub_letters", "Letters, by state.", "state", site.letters)
    yield _gauge("letterhub_letters_flooded", "Letters that a flood of forms reached within a day.", "", {"": site.flooded})
    yield _gauge("letterhub_workers", "Workers that show themselves.", "", {"": site.workers})
    ages = {"worker": site.worker_age, "queue": site.queue_age, "backup": site.backup_age}
    known_ages = {sign: age for sign, age in ages.items() if age is not None}
    yield _gauge("letterhub_last_sign_seconds", "How long the last sign of life is ago.", "sign", known_ages)
    readiness_by_part = {
        str(part): float(part not in site.silent_parts) for part in SitePart if part not in (SitePart.DATABASE, SitePart.TABLES)
    }
    yield _gauge("letterhub_ready", "Whether a part of the site moves.", "part", readiness_by_part)


def _gauge(name: str, documentation: str, label: str, values: Mapping[str, float]) -> Metric:
    """Return a gauge with a sample for each value of its label; without a `label`, `values` has one key, ""."""
    metric = GaugeMetricFamily(name, documentation, labels=[label] if label else [])
    for word, value in values.items():
        metric.add_metric([str(word)] if label else [], float(value))
    return metric
