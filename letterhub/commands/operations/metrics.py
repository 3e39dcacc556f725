"""Flush of in-process metrics to the database, where all processes share them."""

from collections.abc import Mapping

from letterhub.infrastructure.db import db, inserting, one_transaction
from letterhub.infrastructure.metrics import NEWS, Series
from letterhub.models import Figure


def hand_over() -> None:
    """Flush new counts. If the database fails, they are kept for the next flush; the lock keeps threads from flushing twice."""
    with NEWS.lock:
        news = NEWS.since()
        if news:
            keep_counts(news)
            NEWS.settle(news)


@one_transaction
def keep_counts(more: Mapping[Series, float]) -> None:
    """Add to each metric, in sorted order so that processes cannot deadlock."""
    for (name, labels), value in sorted(more.items()):
        new = inserting(Figure).values(name=name, labels=labels, value=value)
        grown = {"value": Figure.value + new.excluded.value}
        db.session.execute(new.on_conflict_do_update(index_elements=["name", "labels"], set_=grown))
