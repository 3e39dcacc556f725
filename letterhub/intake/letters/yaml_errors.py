"""Errors of the YAML front matter in sentences for its writer: the YAML parser addresses programmers."""

import re
from collections.abc import Sequence

import yaml

from letterhub.domain.i18n import _
from letterhub.intake.letters.plain_yaml import YamlRefused

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
    earlier = problem.context_mark if (problem.context or "").startswith(_EARLIER_CONTEXTS) else None
    at = (earlier or problem.problem_mark).line
    return at, _error_sentence(problem, _line_at(source.split("\n"), at))


def _unreadable(problem: str) -> str:
    return _("the head of the letter cannot be read: %(problem)s.", problem=problem)


def _line_at(lines: Sequence[str], at: int) -> str:
    return lines[at] if at < len(lines) else ""


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
    """Return the corrected line; "" if it is no key with a text."""
    parts = _LINE_PARTS.match(line)
    if not parts or not parts["key"] or not parts["value"]:
        return ""
    value = parts["value"].strip()
    if '"' in value or "\\" in value:
        bare = value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' and value.count('"') == 2 else value
        return _("Write %(line)s", line=f"{parts['key']}: '{bare.replace(chr(39), chr(39) * 2)}'")
    return _("Write %(line)s", line=f'{parts["key"]}: "{value}"')
