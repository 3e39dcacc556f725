"""What is written to the log: one line for each event, as text or JSON, with the request or job it belongs to and no person.

What a fault says may hold what someone typed. So a line tells of which kind it is and where in the code it came up; its words
stand there only where they are about code. Whatever else is written loses what looks like an email address or a token.
"""

import datetime as dt
import json
import logging
import logging.config
import re
import sys
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any

FORMATS = ("text", "json")
OURS = "letterhub"
SERVER = "_granian"
FRAMES = 12
LAST = 3
HERE = f"{Path(__file__).parent.parent}/"

ADDRESS = re.compile(r"[^\s<>\"'(),;:=/]+@[^\s<>\"'(),;:/]+")
TOKEN = re.compile(r"[\w-]+\.[\w-]{5,}\.[\w-]{20,}|[\w-]{32,}")
ABOUT_CODE = (AttributeError, ImportError, NameError, NotImplementedError, RuntimeError)

_about: ContextVar[Mapping[str, Any]] = ContextVar("about", default={})  # noqa: B039 - never changed in place


def tell_about(**facts: Any) -> None:
    """From here on, every line of this request or job holds these facts and no earlier ones."""
    _about.set(facts)


def told(error: BaseException) -> str:
    """What may be said of a fault: its kind, a database's code for it, and its words where they are about code alone."""
    name = type(error).__name__
    own = getattr(error, "orig", None) or error
    code = getattr(own, "sqlstate", None) or getattr(own, "sqlite_errorname", None)
    if code:
        return f"{name} ({code})"
    if isinstance(error, OSError):
        return f"{name}: {error.strerror}" if error.strerror else name
    speaks = isinstance(error, ABOUT_CODE) or type(error).__module__.startswith("jinja2")
    return f"{name}: {without_persons(str(error))}" if speaks else name


def without_persons(words: str) -> str:
    """The words, but for what looks like an email address or a token."""
    return TOKEN.sub("(token)", ADDRESS.sub("(address)", words))


class Lines(logging.Formatter):
    """A record as one line: JSON with a field for each fact, or text for people who look on."""

    def __init__(self, form: str = "text") -> None:
        super().__init__()
        self.form = form

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        facts: dict[str, Any] = {**_about.get(), **getattr(record, "facts", {})}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            facts |= {"error": told(error), "after": [told(one) for one in _before(error)], "at": _places(error)}
        at = dt.datetime.fromtimestamp(record.created, dt.UTC)
        message = without_persons(record.getMessage())
        if self.form == "json":
            line = {"time": at.isoformat(timespec="milliseconds"), "level": record.levelname.lower(), "logger": record.name}
            return json.dumps(line | {"message": message} | facts, ensure_ascii=False, default=str)
        said = "  ".join(f"{name}={_in_text(value)}" for name, value in facts.items() if value not in ("", []))
        return f"{at:%Y-%m-%d %H:%M:%S} {record.levelname} {record.name}: {message}  {said}".rstrip()


def _in_text(value: Any) -> str:
    return " < ".join(reversed(value)) if isinstance(value, list) else str(value)


def _before(error: BaseException) -> list[BaseException]:
    """The faults that led to this one, the nearest first."""
    chain: list[BaseException] = []
    while (earlier := error.__cause__ or error.__context__) is not None and earlier not in chain and len(chain) < FRAMES:
        chain.append(earlier)
        error = earlier
    return chain


def _places(error: BaseException) -> list[str]:
    """Where it came up: the calls in our own code that led there and the last ones of others, the innermost last."""
    calls = traceback.extract_tb(error.__traceback__)
    told_of = [call for call in calls[:-LAST] if "site-packages" not in call.filename][-FRAMES:] + list(calls[-LAST:])
    return [f"{call.filename.rpartition('site-packages/')[2].removeprefix(HERE)}:{call.lineno} {call.name}" for call in told_of]


def settled(form: str) -> str:
    """The format: as the setting says it, otherwise text where someone looks on and JSON where a machine reads."""
    return form or ("text" if sys.stderr.isatty() else "json")


def log_config(form: str) -> dict[str, Any]:
    """The configuration of logging in a process of ours, as `logging.config` and the server take it."""
    handlers = {"handlers": ["lines"], "propagate": False, "level": "INFO"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": Lines, "form": settled(form)}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}},
        "loggers": {OURS: handlers, SERVER: handlers},
        "root": {"handlers": ["lines"], "level": "WARNING"},
    }


def set_up_log(form: str) -> None:
    """Writes what this process logs to its standard error in the format."""
    logging.config.dictConfig(log_config(form))
