"""The head of a letter file: YAML between two lines of dashes, read value by value, each mistake with its line."""

import datetime as dt
import enum
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import yaml

from letterhub.domain.lines import one_line
from letterhub.intake.refusals import FileRefused

Choice = TypeVar("Choice", bound=enum.StrEnum)

_YES, _NO = ("yes", "true"), ("", "no", "false")
_TAGS = ("tag:yaml.org,2002:null", "tag:yaml.org,2002:timestamp")
_PLAIN = tuple(f"tag:yaml.org,2002:{kind}" for kind in ("null", "str", "seq", "map", "timestamp"))
_DATES = ("%Y-%m-%d", "%B %d, %Y", "%d %B %Y", "%b %d, %Y", "%m/%d/%Y")


class _Loader(yaml.SafeLoader):
    """Plain values only: what is written is a text, so that 02134 stays a postal code, or a day; no tags that make something
    else of it, and no aliases, which could make much of little.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012
        sign: [(tag, form) for tag, form in known if tag in _TAGS]
        for sign, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    yaml_constructors = {  # noqa: RUF012
        tag: make for tag, make in yaml.SafeLoader.yaml_constructors.items() if tag is None or tag in _PLAIN
    }

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """The next node. Raises a ComposerError for an alias."""
        if self.check_event(yaml.events.AliasEvent):
            place = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(problem="aliases are not used here", problem_mark=place)
        return super().compose_node(parent, index)

    def construct_yaml_timestamp(self, node: yaml.Node) -> Any:
        """A day; the text as it stands where the calendar has none, so that whoever asks for a day says so.

        Raises a ConstructorError where a tag claims a day of what does not look like one.
        """
        if not isinstance(node, yaml.ScalarNode) or not self.timestamp_regexp.match(node.value):
            said = f"“{node.value}”" if isinstance(node, yaml.ScalarNode) else "this"
            raise yaml.constructor.ConstructorError(problem=f"{said} is not a day", problem_mark=node.start_mark)
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError:
            return node.value


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_yaml_timestamp)


class FrontMatter:
    """The values of a head by key. Every reading takes its key away; what is left at the end is none of ours."""

    def __init__(self, source: str, file: str, first_line: int) -> None:
        self._file = file
        self._lines: dict[str, int] = {}
        self._values: dict[str, Any] = {}
        try:
            self._read(source, first_line)
        except yaml.MarkedYAMLError as problem:
            line = first_line + (problem.problem_mark.line if problem.problem_mark else 0)
            raise FileRefused(file, f"the head of the letter cannot be read: {problem.problem}.", line=line) from None
        except (yaml.YAMLError, ValueError, RecursionError) as problem:
            raise FileRefused(file, f"the head of the letter cannot be read: {problem}.", line=first_line) from None

    def _read(self, source: str, first_line: int) -> None:
        loader = _Loader(source)
        try:
            node = loader.get_single_node()
            if node is None:
                return
            values = loader.construct_document(node) if isinstance(node, yaml.MappingNode) else None
            if not isinstance(values, dict):
                raise FileRefused(self._file, "the head of the letter must hold lines such as “title: …”.", line=first_line)
            self._lines = {str(key.value): first_line + key.start_mark.line for key, _ in node.value}
            self._values = {str(key): value for key, value in values.items()}
        finally:
            loader.dispose()

    @property
    def unread(self) -> tuple[str, ...]:
        """The keys that nobody asked for."""
        return tuple(self._values)

    def refused(self, key: str, sentence: str) -> FileRefused:
        """A refusal that points at the line of a key."""
        return FileRefused(self._file, f"“{key}” {sentence}", line=self._lines.get(key, 1))

    def text(self, key: str) -> str:
        """A value on one line; "" where it is not given."""
        return self._one_line(key, self._values.pop(key, None))

    def texts(self, *keys: str) -> tuple[str, ...]:
        """One value or a list of them, under any of the keys."""
        return tuple(text for key in keys for item in self._items(key) if (text := self._one_line(key, item)))

    def entries(self, *keys: str) -> Iterator[tuple[str, Any]]:
        """Each item under any of the keys, with its key, for whoever knows what it may be."""
        for key in keys:
            yield from ((key, item) for item in self._items(key))

    def mapping(self, key: str) -> Mapping[str, Any]:
        """A value that holds values of its own, or a bare text as its name."""
        value = self._values.pop(key, None)
        if value is None or isinstance(value, dict):
            return value or {}
        return {"name": self._one_line(key, value)}

    def date(self, key: str) -> dt.date | None:
        """A day, as 2026-01-07 or as January 7, 2026."""
        value = self._values.pop(key, None)
        if isinstance(value, dt.datetime):
            return value.date()
        if value is None or isinstance(value, dt.date):
            return value
        day = next(filter(None, (_day(str(value), form) for form in _DATES)), None)
        if day is None:
            raise self.refused(key, f"must be a day such as 2026-01-07, not “{value}”.")
        return day

    def choice(self, key: str, kind: type[Choice], default: Choice) -> Choice:
        """One of a few words."""
        word = self.text(key).casefold()
        try:
            return kind(word) if word else default
        except ValueError:
            raise self.refused(key, f"must be one of {', '.join(kind)}, not “{word}”.") from None

    def yes(self, key: str) -> bool:
        """Whether a key says yes."""
        word = self.text(key).casefold()
        if word not in _YES and word not in _NO:
            raise self.refused(key, f"must be yes or no, not “{word}”.")
        return word in _YES

    def _items(self, key: str) -> list[Any]:
        value = self._values.pop(key, None)
        if value is None:
            return []
        return value if isinstance(value, list) else [value]

    def _one_line(self, key: str, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, dict | list):
            raise self.refused(key, "must be a text.")
        return one_line(str(value))


def _day(text: str, form: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(text.strip(), form).replace(tzinfo=dt.UTC).date()
    except ValueError:
        return None
