"""Adds what this process has counted to the figures that all share."""

from collections.abc import Mapping

from letterhub.counting import NEWS, Series
from letterhub.db import db, inserting, one_transaction
from letterhub.models import Figure


def hand_over() -> None:
    """Hands over what is new. Where the tables cannot take it, it stays news; two threads never hand over the same."""
    with NEWS.lock:
        news = NEWS.since()
        if news:
            keep_counts(news)
            NEWS.settle(news)


@one_transaction
def keep_counts(more: Mapping[Series, float]) -> None:
    """Adds to each figure, in one order, so that no two processes wait for each other in a circle."""
    for (name, labels), value in sorted(more.items()):
        new = inserting(Figure).values(name=name, labels=labels, value=value)
        grown = {"value": Figure.value + new.excluded.value}
        db.session.execute(new.on_conflict_do_update(index_elements=["name", "labels"], set_=grown))
