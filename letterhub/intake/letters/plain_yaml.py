"""YAML restricted to texts, dates, lists and blocks, with its errors in sentences for its writer."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from letterhub.domain.i18n import _

_RESOLVED_TAGS = ("tag:yaml.org,2002:null", "tag:yaml.org,2002:timestamp")
_PLAIN_TAGS = tuple(f"tag:yaml.org,2002:{kind}" for kind in ("null", "str", "seq", "map", "timestamp"))


class YamlRefused(yaml.MarkedYAMLError):
    """Raised for YAML that is valid and refused here. `problem` is a sentence."""


class YamlBlock(dict[str, Any]):
    """Values by key, each with its line, counted from 0. Reading a value removes it; what is left was not read."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        super().__init__(values or {})
        self.lines: dict[str, int] = {}

    def take(self, *keys: str) -> Any:
        """Return the first of these keys that is given, and remove it; None if none is."""
        given_key = next((key for key in keys if self.get(key) not in (None, "")), keys[0])
        return self.pop(given_key, None)


class PlainLoader(yaml.SafeLoader):
    """YAML loader of plain values: all are texts, so that 02134 stays a postal code, or dates.

    No tags, which would make something else of a text, and no aliases, which could expand endlessly.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012
        first_character: [(tag, pattern) for tag, pattern in resolvers if tag in _RESOLVED_TAGS]
        for first_character, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    yaml_constructors = {  # noqa: RUF012
        tag: constructor for tag, constructor in yaml.SafeLoader.yaml_constructors.items() if tag is None or tag in _PLAIN_TAGS
    }

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Return the next node.

        Raises a ComposerError for aliases, anchors and tags: "& Sons" and "! Now" are meant as texts.
        """
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or event.anchor or event.tag:
            raise yaml.composer.ComposerError(problem="aliases and tags are not used here", problem_mark=event.start_mark)
        return super().compose_node(parent, index)

    def construct_block(self, node: yaml.Node) -> Iterator[YamlBlock]:
        """Yield a block, then fill it with its values and their lines. Raises YamlRefused for a duplicate key."""
        block = YamlBlock()
        yield block
        if not isinstance(node, yaml.MappingNode):
            raise yaml.constructor.ConstructorError(problem="a block was expected", problem_mark=node.start_mark)
        for key, _value in node.value:
            name = str(self.construct_object(key, deep=True))
            if name in block.lines:
                sentence = _(
                    "“%(key)s” appears here a second time, and only one of the two would be read. Keep one. To list "
                    "several, write each on a line of its own that starts with a hyphen.",
                    key=name,
                )
                raise YamlRefused(problem=sentence, problem_mark=key.start_mark)
            block.lines[name] = key.start_mark.line
        block.update({str(key): value for key, value in self.construct_mapping(node).items()})

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        """Return a date, or the text if the calendar has no such day, so that the reader of a date can refuse it."""
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError:
            return str(node.value)


PlainLoader.add_constructor("tag:yaml.org,2002:timestamp", PlainLoader.construct_yaml_timestamp)
PlainLoader.add_constructor("tag:yaml.org,2002:map", PlainLoader.construct_block)


def texts_cut_by_comments(source: str, node: yaml.MappingNode) -> Iterator[tuple[str, int, str]]:
    """Yield each text of which YAML drops a part as a comment: its key in the block, its line, and the part."""
    for key, value in node.value:
        for line, lost in _cut_texts(source, key, value):
            yield str(key.value), line, lost


def _cut_texts(source: str, before: yaml.Node, node: yaml.Node) -> Iterator[tuple[int, str]]:
    """Yield the line of each text below a node that a comment cuts, and the part that is lost.

    `before` is the key of the node, or the node itself in a list.
    """
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _cut_texts(source, key, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _cut_texts(source, item, item)
    elif isinstance(node, yaml.ScalarNode) and node.style is None:
        above = source[before.end_mark.index : node.start_mark.index] if before is not node else ""
        line_end = source.find("\n", node.end_mark.index)
        behind = source[node.end_mark.index : line_end if line_end >= 0 else None]
        for gap, line in ((above.partition("\n")[0], before.end_mark.line), (behind, node.end_mark.line)):
            between, sign, lost = gap.partition("#")
            if sign and not between.strip(" \t:"):
                yield line, f"#{lost.rstrip()}"


_SPECIAL_CHARACTERS = "@`%*&!|>[{?-,#"
_EARLIER_CONTEXTS = ("while scanning", "while parsing a flow")
_LINE_PARTS = re.compile(r"(?P<lead>\s*(?:- +)*)(?:(?P<key>\w[\w -]*):(?: +|$))?(?P<value>.*)")


def explain_yaml_error(problem: Exception, source: str) -> tuple[int, str]:
    """Return the line of a mistake in the source, counted from 0, and a sentence that says what to do."""
    if isinstance(problem, RecursionError):
        return 0, _("the head of the letter cannot be read: it nests too deeply.")
    if not isinstance(problem, yaml.MarkedYAMLError) or not problem.problem_mark:
        return 0, _unreadable(str(problem))
    if isinstance(problem, YamlRefused):
        return problem.problem_mark.line, str(problem.problem)
    begins_earlier = (problem.context or "").startswith(_EARLIER_CONTEXTS)
    mark = (problem.context_mark if begins_earlier else None) or problem.problem_mark
    at = mark.line
    lines = source.split("\n")
    return at, _error_sentence(problem, lines[at] if at < len(lines) else "")


def _unreadable(problem: str) -> str:
    return _("the head of the letter cannot be read: %(problem)s.", problem=problem)


def _error_sentence(problem: yaml.MarkedYAMLError, line: str) -> str:
    """Return the sentence for an error of the YAML parser at a line."""
    message, context = str(problem.problem), str(problem.context)
    parts = _LINE_PARTS.match(line)
    value = parts["value"].rstrip() if parts else ""
    if re.match(r" *\t", line):
        return _("this line starts with a tab. Indent it with spaces.")
    if context == "while scanning a simple key":
        return _(
            "“%(line)s” has no colon. A line either starts a part, as “re: …” does, or is indented and continues one.",
            line=line.strip(),
        )
    if "escape" in message:
        return _("“\\” means something else in double quotes. %(correction)s", correction=_corrected_line(line))
    if context.startswith("while parsing a flow"):
        return _(
            "“%(sign)s” starts a list here that doesn’t end as it should. Put text with such a character in quotes.",
            sign=value[:1] or "[",
        )
    if value[:1] in tuple("\"'"):
        return _(
            "a quotation mark opens here and doesn’t close at the end of the text. %(correction)s",
            correction=_corrected_line(line),
        )
    if value and value[0] in _SPECIAL_CHARACTERS:
        return _(
            "text that starts with “%(sign)s” must be in quotes. %(correction)s",
            sign=value[0],
            correction=_corrected_line(line),
        ).rstrip()
    if message.startswith("mapping values") and re.search(r":(?:\s|$)", value):
        return _("text with a colon in it must be in quotes. %(correction)s", correction=_corrected_line(line))
    if message.startswith(("mapping values", "expected <block end>")):
        return _("this line starts further left or right than the lines around it, or text with a colon is not in quotes.")
    return _unreadable(message)


def _corrected_line(line: str) -> str:
    """Return a sentence with the line as it should be, its text in quotes; "" if the line is no key with a text."""
    parts = _LINE_PARTS.match(line)
    if not parts or not parts["key"] or not parts["value"]:
        return ""
    value = parts["value"].strip()
    if '"' in value or "\\" in value:
        is_quoted = len(value) > 1 and value[0] == value[-1] == '"' and value.count('"') == 2
        bare = value[1:-1] if is_quoted else value
        return _("Write %(line)s", line=f"{parts['key']}: '{bare.replace(chr(39), chr(39) * 2)}'")
    return _("Write %(line)s", line=f'{parts["key"]}: "{value}"')
