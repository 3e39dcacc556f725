"""Flush of in-process metrics to the database, where all processes share them."""

from collections.abc import Mapping

from letterhub.infrastructure.db import db, insert_into, one_transaction
from letterhub.infrastructure.monitoring import UNFLUSHED, Series
from letterhub.models import Metric


def flush_metrics() -> None:
    """Flush new counts. If the database fails, they are kept for the next flush; the lock keeps threads from flushing twice."""
    with UNFLUSHED.lock:
        counts = UNFLUSHED.pending()
        if counts:
            add_metric_counts(counts)
            UNFLUSHED.mark_flushed(counts)


@one_transaction
def add_metric_counts(counts: Mapping[Series, float]) -> None:
    """Add to each metric, in sorted order so that processes cannot deadlock."""
    for (name, labels), value in sorted(counts.items()):
        statement = insert_into(Metric).values(name=name, labels=labels, value=value)
        total = {"value": Metric.value + statement.excluded.value}
        db.session.execute(statement.on_conflict_do_update(index_elements=["name", "labels"], set_=total))
