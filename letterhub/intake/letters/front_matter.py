"""Front matter of a letter file: YAML between two lines of dashes, read value by value, each mistake with its line.

See docs/design/letters.md.
"""

import datetime as dt
import enum
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, TypeVar

import yaml

from letterhub.domain.i18n import _
from letterhub.domain.line_validation import normalize_line
from letterhub.intake.errors import FileRefused
from letterhub.intake.letters.plain_yaml import PlainLoader, YamlBlock, explain_yaml_error, texts_cut_by_comments

Choice = TypeVar("Choice", bound=enum.StrEnum)

_YES, _NO = ("yes", "true"), ("", "no", "false")
_MONTH_OR_SEASON = re.compile(r"[^\W\d_][^\d]{0,40}\d{4}")
_DATE_FORMATS = ("%Y-%m-%d", "%B %d, %Y", "%d %B %Y", "%b %d, %Y", "%m/%d/%Y")


class FrontMatter:
    """The values of the front matter by key. `first_line` is its first line in `file`, for error messages.

    Reading a key removes it; keys left at the end are unknown.
    """

    def __init__(self, source: str, file: str, first_line: int) -> None:
        self._file = file
        self._first_line = first_line
        self._values = YamlBlock()
        self._cut_texts: dict[str, FileRefused] = {}
        self._notes: list[str] = []
        self._unread_block_keys: list[str] = []
        try:
            self._read(source)
        except (yaml.YAMLError, ValueError, RecursionError) as problem:
            line, sentence = explain_yaml_error(problem, source)
            raise FileRefused(file, sentence, line=first_line + line) from None

    def _read(self, source: str) -> None:
        """Parse the YAML, and note the texts that a comment cuts."""
        loader = PlainLoader(source)
        try:
            node = loader.get_single_node()
            if node is None:
                return
            if not isinstance(node, yaml.MappingNode):
                sentence = _("the head of the letter must consist of lines such as “title: …”.")
                raise FileRefused(self._file, sentence, line=self._first_line)
            self._values = loader.construct_document(node)
            for key, line, comment in texts_cut_by_comments(source, node):
                sentence = _(
                    "“%(key)s” would lose “%(lost)s”, since “#” after a space starts a comment. Put the whole text "
                    "in quotes, or the comment on a line of its own.",
                    key=key,
                    lost=comment,
                )
                self._cut_texts.setdefault(key, FileRefused(self._file, sentence, line=self._first_line + line))
        finally:
            loader.dispose()

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes on what was read, and in the end on unknown keys."""
        unread_keys = [
            *(_("%(key)s (line %(line)s)", key=key, line=self._line_number(self._values, key)) for key in self._values),
            *self._unread_block_keys,
        ]
        if not unread_keys:
            return tuple(self._notes)
        keys = ", ".join(map(str, unread_keys))
        return (*self._notes, _("Left out because we don’t know these keys: %(keys)s.", keys=keys))

    def note(self, key: str, sentence: str) -> None:
        """Add a note about a key that was read."""
        self._notes.append(_("Line %(line)s: %(sentence)s", line=self._line_number(self._values, key), sentence=sentence))

    def note_whole(self, sentence: str) -> None:
        """Add a note on the letter as a whole."""
        self._notes.append(sentence)

    def note_unread(self, key: str, block: YamlBlock) -> None:
        """Add a note on the unread keys of a block."""
        self._unread_block_keys.extend(
            _("%(name)s in %(key)s (line %(line)s)", name=name, key=key, line=self._line_number(block, name)) for name in block
        )

    def _line_number(self, block: YamlBlock, key: str) -> int:
        return self._first_line + block.lines.get(key, 0)

    def refusal(self, key: str, sentence: str) -> FileRefused:
        """Return a refusal with the line of a key."""
        return FileRefused(
            self._file, _("“%(key)s” %(problem)s", key=key, problem=sentence), line=self._line_number(self._values, key)
        )

    def text(self, key: str) -> str:
        """Return a value on one line; "" if it is not given."""
        self._check_whole(key)
        return self._single_word(key)

    def _single_word(self, key: str) -> str:
        """Return a value that only a few words can be, "" if it is not given. A comment beside such a word is no mistake."""
        word = self._one_line(key, self._values.pop(key, None))
        if not word:
            self._check_whole(key)
        return word

    def _check_whole(self, key: str) -> None:
        """Raise FileRefused if a comment cuts the text of a key."""
        if key in self._cut_texts:
            raise self._cut_texts[key]

    def texts(self, *keys: str) -> tuple[str, ...]:
        """Return one value or a list of them, under any of the keys."""
        return tuple(text for key in keys for item in self._items(key) if (text := self._one_line(key, item)))

    def entries(self, *keys: str) -> Iterator[tuple[str, Any]]:
        """Yield each item under any of the keys, with its key, for the caller to check."""
        for key in keys:
            yield from ((key, item) for item in self._items(key))

    def block(self, key: str) -> YamlBlock:
        """Return the values under a key; a bare text is read as their `name`. Empty if the key is not given."""
        self._check_whole(key)
        value = self._values.pop(key, None)
        if value is None or isinstance(value, YamlBlock):
            return value or YamlBlock()
        return YamlBlock({"name": self._one_line(key, value)})

    def date(self, key: str) -> tuple[dt.date | None, str]:
        """Return a date, written as 2026-01-07 or as January 7, 2026, or the words of one without a day, "June 2013".

        Neither if it is not given. Raises FileRefused for anything else.
        """
        value = self._values.pop(key, None)
        if isinstance(value, dt.datetime):
            return value.date(), ""
        if value is None:
            self._check_whole(key)
        if value is None or isinstance(value, dt.date):
            return value, ""
        for form in _DATE_FORMATS:
            with suppress(ValueError):
                return dt.datetime.strptime(str(value).strip(), form).replace(tzinfo=dt.UTC).date(), ""
        words = self._one_line(key, value)
        if _MONTH_OR_SEASON.fullmatch(words):
            return None, words
        raise self.refusal(key, _("must be a date such as 2026-01-07 or June 2013, not “%(value)s”.", value=value))

    def choice(self, key: str, kind: type[Choice], default: Choice) -> Choice:
        """Return one of a few words as a member of an enum."""
        word = self._single_word(key).casefold()
        try:
            return kind(word) if word else default
        except ValueError:
            raise self.refusal(
                key, _("must be one of %(choices)s, not “%(value)s”.", choices=", ".join(kind), value=word)
            ) from None

    def is_yes(self, key: str) -> bool:
        """Return whether a key says yes."""
        word = self._single_word(key).casefold()
        if word not in _YES and word not in _NO:
            raise self.refusal(key, _("must be yes or no, not “%(value)s”.", value=word))
        return word in _YES

    def _items(self, key: str) -> list[Any]:
        """Return a value as a list of items, and remove it."""
        self._check_whole(key)
        value = self._values.pop(key, None)
        if value is None:
            return []
        return value if isinstance(value, list) else [value]

    def _one_line(self, key: str, value: Any) -> str:
        """Return a plain value as text on one line. Raises FileRefused for a list or a block."""
        if value is None:
            return ""
        if isinstance(value, dict):
            raise self.refusal(key, _("must be text. Put text with a colon or braces in quotes."))
        if isinstance(value, list):
            raise self.refusal(key, _("must be text. Put text with brackets in quotes."))
        return normalize_line(str(value))
