"""Errors of the YAML front matter in sentences for its writer: the YAML parser addresses programmers."""

import re
from collections.abc import Sequence

import yaml

from letterhub.intake.letters.plain_yaml import YamlRefused

_SPECIAL_CHARACTERS = "@`%*&!|>[{?-,#"
_EARLIER_CONTEXTS = ("while scanning", "while parsing a flow")
_LINE_PARTS = re.compile(r"(?P<lead>\s*(?:- +)*)(?:(?P<key>\w[\w -]*):(?: +|$))?(?P<value>.*)")
UNREADABLE = "the head of the letter cannot be read: "


def explain_yaml_error(problem: Exception, source: str) -> tuple[int, str]:
    """Return the line of a mistake in the source, counted from 0, and a sentence that says what to do."""
    if isinstance(problem, RecursionError):
        return 0, f"{UNREADABLE}it nests too deeply."
    if not isinstance(problem, yaml.MarkedYAMLError) or not problem.problem_mark:
        return 0, f"{UNREADABLE}{problem}."
    if isinstance(problem, YamlRefused):
        return problem.problem_mark.line, str(problem.problem)
    earlier = problem.context_mark if (problem.context or "").startswith(_EARLIER_CONTEXTS) else None
    at = (earlier or problem.problem_mark).line
    return at, _sentence(problem, _line(source.split("\n"), at))


def _line(lines: Sequence[str], at: int) -> str:
    return lines[at] if at < len(lines) else ""


def _sentence(problem: yaml.MarkedYAMLError, line: str) -> str:
    said, context = str(problem.problem), str(problem.context)
    parts = _LINE_PARTS.match(line)
    value = parts["value"].rstrip() if parts else ""
    if re.match(r" *\t", line):
        return "this line begins with a tab. Indent it with blanks."
    if context == "while scanning a simple key":
        return f"“{line.strip()}” has no colon. A line begins a part, as “re: …” does, or is indented and goes on with one."
    if "escape" in said:
        return f"“\\” means something else in double quotes. {_corrected_line(line)}"
    if context.startswith("while parsing a flow"):
        return (
            f"“{value[:1] or '['}” opens a list here that does not close as it should. Put a text with such a sign in quotes."
        )
    if value[:1] in tuple("\"'"):
        return f"a quotation mark opens here and does not close at the end of the text. {_corrected_line(line)}"
    if value and value[0] in _SPECIAL_CHARACTERS:
        return f"a text that begins with “{value[0]}” has to stand in quotes. {_corrected_line(line)}".rstrip()
    if said.startswith("mapping values") and re.search(r":(?:\s|$)", value):
        return f"a text with a colon in it has to stand in quotes. {_corrected_line(line)}"
    if said.startswith(("mapping values", "expected <block end>")):
        return "this line begins further left or right than those around it, or a text with a colon stands without quotes."
    return f"{UNREADABLE}{said}."


def _corrected_line(line: str) -> str:
    """Return the corrected line; "" if it is no key with a text."""
    parts = _LINE_PARTS.match(line)
    if not parts or not parts["key"] or not parts["value"]:
        return ""
    value = parts["value"].strip()
    if '"' in value or "\\" in value:
        bare = value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' and value.count('"') == 2 else value
        return f"Write {parts['key']}: '{bare.replace(chr(39), chr(39) * 2)}'"
    return f'Write {parts["key"]}: "{value}"'
