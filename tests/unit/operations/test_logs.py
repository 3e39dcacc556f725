"""A log line has the event, the request and the place in the code, and nothing that someone typed."""

import json
import logging
import sqlite3
import sys
from collections.abc import Callable

import pytest

from letterhub.infrastructure.monitoring import LineFormatter, describe_error, log_config, redact, set_log_context

TOKEN = "WzEyLDFd.Ydn9gA.7bJmZ3c1J9x0aQm0b1n2v3c4x5z6l7k8j9h0g1f2d3s"


@pytest.fixture(autouse=True)
def no_log_context() -> None:
    set_log_context()


def line_of(form: str, message: str = "answered", error: BaseException | None = None, **facts: object) -> str:
    fault = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("letterhub.web", logging.INFO, __file__, 1, message, (), fault)
    record.created = 1_641_402_000.25
    record.facts = facts
    return LineFormatter(form).format(record)


def fault(raises: Callable[[], object]) -> BaseException:
    try:
        raises()
    except Exception:  # noqa: BLE001 - any exception
        found = sys.exc_info()[1]
        assert found
        return found
    raise AssertionError("nothing was raised")


def test_json_has_a_field_for_each_fact() -> None:
    set_log_context(request="a1b2c3d4", route="/confirm/<token>")
    line = json.loads(line_of("json", status=303))
    assert line == {
        "time": "2022-01-05T17:00:00.250+00:00", "level": "info", "logger": "letterhub.web", "message": "answered",
        "request": "a1b2c3d4", "route": "/confirm/<token>", "status": 303,
    }  # fmt: skip


def test_text_is_one_line_for_people() -> None:
    assert line_of("text", status=303, route="") == "2022-01-05 17:00:00 INFO letterhub.web: answered  status=303"


def test_a_line_is_about_what_is_told_last() -> None:
    set_log_context(job="send_mail", letter="clean-rivers")
    set_log_context(job="render_edition_file")
    assert ("render_edition_file" in line_of("json"), "clean-rivers" in line_of("json")) == (True, False)
    set_log_context()
    assert "job" not in line_of("json")


def test_a_fault_tells_its_kind_and_its_places_and_not_what_was_typed() -> None:
    def typed() -> None:
        try:
            int("Clara Example")
        except ValueError as first:
            raise KeyError("clara@alliance.example") from first

    line = line_of("json", error=fault(typed))
    entry = json.loads(line)
    assert (entry["error"], entry["after"]) == ("KeyError", ["ValueError"])
    assert [place.rpartition(" ")[2] for place in entry["at"]] == ["fault", "typed"]
    assert "lara" not in line
    assert "lara" not in line_of("text", error=fault(typed))


def test_what_is_about_code_and_what_machines_answer_is_told() -> None:
    assert describe_error(fault(lambda: None.missing)) == "AttributeError: 'NoneType' object has no attribute 'missing'"  # type: ignore[attr-defined]
    assert describe_error(OSError(28, "No space left on device")) == "OSError: No space left on device"
    with sqlite3.connect(":memory:") as connection:
        broken = fault(lambda: connection.execute("SELECT 'clara@alliance.example' FROM nowhere"))
    connection.close()
    assert describe_error(broken) == "OperationalError (SQLITE_ERROR)"


@pytest.mark.parametrize("secret", ["clara@alliance.example", "<clara@alliance.example>:", TOKEN, f"/confirm/{TOKEN}/thanks"])
def test_addresses_and_tokens_are_taken_out_of_whatever_a_library_writes(secret: str) -> None:
    left = redact(f"550 {secret} is unknown")
    assert "clara" not in left
    assert TOKEN[:8] not in left
    assert left.startswith("550 ")


def test_the_format_is_json_wherever_nobody_looks_on() -> None:
    assert log_config("")["formatters"]["lines"]["form"] == "json"  # tests have no terminal
    assert log_config("text")["formatters"]["lines"]["form"] == "text"
