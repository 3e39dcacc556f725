"""Progress of a PDF, by the events of its worker, and the limits at which one is given up."""

import signal
from collections.abc import Mapping

import pytest

from letterhub.rendering.pdf import client, letter_pdf
from letterhub.rendering.pdf.typesetting.list_job import TABLE_CUT_EVENT


@pytest.mark.parametrize(
    ("event", "progress"),
    [
        ({}, 0.05),
        ({"step": "Step 1"}, 0.05),
        ({"step": "Step 5", "page": 0}, 0.05),
        ({"step": "Step 5", "page": 1}, 0.2),
        ({"step": "Step 5", "page": 4}, 0.5),
        ({"step": "Step 5", "page": 9}, 0.5),
        ({"names": 0}, 0.5),
        ({"names": 0.5}, 0.65),
        ({"names": 1, "page": 2}, 0.8),
        ({"step": "Step 6"}, 0.85),
        ({"step": "Step 7"}, 0.9),
        ({"step": "Step 8"}, 0.95),
    ],
)
def test_text_names_and_file_each_have_their_share(event: Mapping[str, object], progress: float) -> None:
    reported: list[float] = []
    letter_pdf._ProgressListener(reported.append, pages=4).on_event(event)
    assert reported == [pytest.approx(progress)]


def test_progress_never_goes_back_and_a_warning_is_none() -> None:
    shown: list[float] = []
    listener = letter_pdf._ProgressListener(shown.append, pages=4)
    for event in ({"names": 1}, {"step": TABLE_CUT_EVENT}, {"page": 1}, {"step": "Step 8"}):
        listener.on_event(event)
    assert shown == pytest.approx([0.8, 0.8, 0.95])
    assert len(listener.warnings) == 1


def test_nobody_needs_to_ask_for_progress() -> None:
    listener = letter_pdf._ProgressListener(None, pages=1)
    listener.on_event({"page": 1})
    assert (listener.progress, listener.warnings) == (0.0, [])


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (0, ""),
        (1, "crash"),
        (None, "crash"),
        (client.EXIT_OUT_OF_MEMORY, "memory"),
        (-signal.SIGXCPU, "time"),
        (-signal.SIGKILL, "time"),
        (-signal.SIGABRT, "memory"),
        (-signal.SIGSEGV, "memory"),
        (-signal.SIGTERM, "crash"),
    ],
)
def test_a_worker_ends_for_a_reason(code: int | None, reason: str) -> None:
    assert client._failure_reason(code) == reason
