"""Names use the field's words and the few of docs/glossary.md; no name has a private word."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

from jinja2 import nodes

from letterhub.paths import ROOT
from tests.house.sources import all_nodes, assert_none, own_files, place, python_files, syntax_tree
from tests.house.test_templates import PARSER, TEMPLATES

MOST_PRODUCT_WORDS = 30
FOLDERS = ("letterhub", "bench", "audit", "tests")
FORBIDDEN = {
    **dict.fromkeys(("floor", "room", "door", "house", "press"), "name the layer, page, area or process"),
    **dict.fromkeys(("purse", "turn"), "bucket, rate limit, slot or lock"),
    **dict.fromkeys(("pulse", "beat"), "heartbeat"),
    "occasion": "scheduled run",
    "sweep": "bulk decline",
    "tally": "count",
    "trace": "origin of a submission",
    "mark": "hash, tag, token, flag or reference",
    **dict.fromkeys(("told", "said"), "message, text, reply or output"),
    "seen": "expected version; as a local set of visited things it is fine",
    "stands": "status, or what is shown",
    **dict.fromkeys(("kept", "carried", "begun"), "stored, cached, attached or started, before a noun"),
    **dict.fromkeys(("welcome", "knowing"), "say what it does"),
}
"""Private words with what to write instead; as parts of a name, also in the plural."""

ALLOWED = (
    (r"((problem|context|start|end)_)?mark", "letterhub/intake/letters/", "PyYAML's place of an error"),
    (r"_?mark_(as_)?[a-z]+", "letterhub/", "the verb, as in “mark as read”"),
    (r"_?(BYTE_ORDER|CHECK)_MARKS", "letterhub/intake/", "Unicode's names of characters"),
    (r"\w*mark_run|\w*_marks?|\w*MARKS?|marks", "letterhub/domain/|tests/unit/text/", "Unicode's category of combining marks"),
    (r"marks?(_below)?|MarkInfo", "letterhub/rendering/pdf/|tests/(conformance|unit/rendering)/", "marked content of a PDF"),
    (
        r"\w*_?marks?(_\w+)?|MARK_ORDER|_MARKS|marked_letters",
        "letterhub/rendering/editor/|tests/unit/rendering/editor",
        "ProseMirror's formatting of words",
    ),
    (
        r"press|PRESS|\w*press_?(page|link|quote|contact|words|token)\w*|\w*Press[A-Z]\w*",
        "letterhub/|tests/|bench/growth",
        "news media: a press page",
    ),
    (r"press", "tests/browser/", "Playwright's method for a key"),
    (r"trace", "letterhub/mail/", "debug output of an SMTP session"),
    (r"ExportTraceServiceRequest", "tests/integration/operator/", "OpenTelemetry's own name"),
    (r"\w*[Tt]race\w*", "bench/hops.py", "trace functions of sys.settrace"),
)
"""Names in which such a word is the field's own: pattern of the name, of its place, and the reason."""
OTHER_VALUES = {
    "ActorFilter": "no filter in an address",
    "EventType": "types of events in payloads of webhooks, by the custom of Standard Webhooks",
    "ErasableData": "words of a list on the command line",
    "LinePart": "one character in an index of many rows",
    "Margins": "as style sheets write it",
    "RunKind": "as HTML writes it",
    "TextSize": "as style sheets write it",
}
"""Enumerations whose values are not the names of their members, and why."""


def test_the_glossary_is_short() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = re.findall(r"^\| ([a-z ]+) \| [A-Z]", text, re.MULTILINE)
    assert 10 < len(words) <= MOST_PRODUCT_WORDS, f"docs/glossary.md: at most {MOST_PRODUCT_WORDS} words; use the field's terms"
    assert len(words) == len(set(words)), "docs/glossary.md: define each word once"


def names(tree: ast.Module) -> Iterator[tuple[int, str, bool]]:
    """Yield line and text of each name in a file, and whether it is a plain local name; tests are sentences, not names."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name):
                yield node.lineno, name, True
            case ast.Attribute(ast.Name("pytest"), "mark"):
                pass
            case ast.Attribute(attr=name) | ast.keyword(arg=str(name)) | ast.arg(arg=name) | ast.ClassDef(name=name):
                yield node.lineno, name, False
            case ast.FunctionDef(name=name) if not name.startswith("test_"):
                yield node.lineno, name, False


def template_names() -> Iterator[tuple[str, int, str]]:
    """Yield file, line and text of each variable, parameter and macro of the templates."""
    for path in own_files(".html", ".txt"):
        if path.is_relative_to(TEMPLATES):
            tree = PARSER.parse(path.read_text(encoding="utf-8"))
            yield from ((place(path), node.lineno, node.name) for node in tree.find_all(nodes.Name))
            yield from ((place(path), node.lineno, node.name) for node in tree.find_all(nodes.Macro))


def words(name: str) -> set[str]:
    """Return the words of a name in snake_case or CamelCase, in lower case and the singular."""
    parts = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower().split("_")
    return {*parts, *(part.removesuffix("s") for part in parts)}


def private_words() -> dict[str, list[str]]:
    """Return the places of each forbidden word in names of files and in files, each name once in a file."""
    found: defaultdict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for path in (path for folder in FOLDERS for path in python_files(folder)):
        where = place(path)
        for line, name, local in [(1, path.stem, False), *names(syntax_tree(path))]:
            for word in FORBIDDEN.keys() & words(name):
                if not (word == "seen" and local) and not is_allowed(name, where):
                    found[word].setdefault((where, name), line)
    for where, line, name in template_names():
        for word in FORBIDDEN.keys() & words(name):
            found[word].setdefault((where, name), line)
    return {word: [f"{where}:{line} {name}" for (where, name), line in places.items()] for word, places in found.items()}


def is_allowed(name: str, where: str) -> bool:
    return any(re.fullmatch(pattern, name) and re.match(start, where) for pattern, start, _reason in ALLOWED)


def test_private_words_are_not_used_as_names() -> None:
    for word, places in private_words().items():
        assert_none(
            places, f"rename it: instead of “{word}”, {FORBIDDEN[word]} (docs/glossary.md; `ALLOWED` for the field's own)"
        )


def test_a_member_of_an_enumeration_has_its_name_as_value() -> None:
    places = [
        f"{place(path)}:{member.lineno} {enumeration.name}.{name} = {value!r}"
        for path in python_files("letterhub")
        for enumeration in all_nodes(path)
        if isinstance(enumeration, ast.ClassDef) and "enum.StrEnum" in map(ast.unparse, enumeration.bases)
        for member in enumeration.body
        if isinstance(member, ast.Assign) and isinstance(member.value, ast.Constant)
        for name, value in [(ast.unparse(member.targets[0]), member.value.value)]
        if enumeration.name not in OTHER_VALUES and value != name.lower().replace("_", "-")
    ]
    assert_none(places, "write the member's name in lower case, with hyphens (`OTHER_VALUES` for what another format fixes)")
