"""Trust guarantees (S1, R1, …) and the tests that show each. `python -m tests.support.trust` rewrites docs/trust.md.

See docs/design/testing.md.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from letterhub.config import ROOT

PAGE = ROOT / "docs" / "trust.md"
GUARANTEES = {
    "S1": "Whatever a letter's text, names or logo reach for, drawing it opens no file but our own and no connection, and the "
    "PDF holds no file that we did not put there.",
    "S2": "A letter is drawn in a process of its own, with an end to its time and memory. One that takes too much fails with a "
    "reason, the next is drawn, and pages go on answering.",
    "S3": "Nothing that anyone types runs or becomes an element, wherever it is shown: page, mail, queue, confirmation, "
    "comparison, preview for sharing, PDF, Word. The policy for scripts and styles has no exception, and no page breaks it.",
    "S4": "A name that a spreadsheet would take for a formula opens as text and is imported again as it was. It may sign all "
    "the same.",
    "S5": "Line ends and NUL reach no header of a mail, and a mail has one recipient.",
    "S6": "Opening a link, running its page and sending its untouched forms changes nothing: whoever decides ticks a box.",
    "S7": "A mailed link is for one purpose, one signature and one text; it ends, cannot be guessed, and stays out of caches, "
    "referrers and logs.",
    "S8": "Links in mail begin with the site's own address whatever a request claims; another host is not answered; what "
    "proxies say counts as far as they are trusted.",
    "S9": "The spellings of one organization or one mailbox are one signature or a question for staff, at any number of "
    "confirmations at once. One person may sign for several organizations.",
    "S10": "A mailbox that anyone can have vouches for nobody, unless a named member of staff does. The count is the number of "
    "names that a reader can list.",
    "S11": "Pages answer alike for known and unknown addresses, and no address of a signatory stands in anything public.",
    "S12": "Whoever signs in stays on this site, whatever address she was sent with.",
    "S13": "No page of ours may be framed, nothing changes state in a frame, and public pages set no cookie.",
    "S14": "A session gets another id when someone signs in or has another role, and ends on the server at once when she or "
    "an owner ends it. Its cookie goes over TLS alone. Staff of a public site need a second step.",
    "S15": "An upload is one of three kinds of picture, small, and drawn anew, a table of text, or a Word draft, of which only "
    "the text is unpacked; everything else, however it was folded, is refused in under a second.",
    "S16": "Every address says who may enter, and turns away strangers, lower roles and other coalitions without a word of "
    "what is behind it.",
    "S17": "No string in any field is a fault of ours: it comes back as it was typed, or is refused with a sentence.",
    "S18": "A site does not start on a known or short key, or on a setting that is bad or unknown. An older key keeps links "
    "alive.",
    "S19": "A signature belongs to the text that was signed. A typo is told to signatories; a change of substance asks them "
    "again, and an edition lists those who hold its text.",
    "S20": "What is decided, edited, exported or given is in a record that nobody rewrites unnoticed.",
    "S21": "Keys for programs and calls to other sites would be hashed, scoped and revocable, and reach no private network.",
    "S22": "Limits hold across processes and on both databases, and shut no real organization or member of staff out.",
    "S23": "A place on a letter belongs to whoever proves best to be the organization; who proves less waits beside it, as a "
    "question for staff. The organization itself signs, and can say “that signature is not ours”, whoever was first.",
    "S24": "However many forms one network sends, another network's first mail to its own mailbox leaves at once, and a page "
    "says only what becomes of it.",
    "S25": "No rule publishes an organization's name that staff never reviewed letter by letter, nor a line that names or "
    "resembles an organization which is not its own. The public page says how its names were checked.",
    "S26": "Domains that give mailboxes to many who do not speak for them (lists, bug trackers, alumni, students, shared "
    "hosts) count as free mail.",
    "S27": "Who proved less takes nothing from who proved more, nor stands in the way of a later change. A second person hears "
    "of each change, and staff at once of whatever becomes of a published or seconded name.",
    "S28": "Alarms and evidence say only what was proven: that someone reads mail at a domain only where the mailbox is there.",
    "S29": "No answer tells of another coalition's drafts: until a letter opens it has an address that nobody guesses.",
    "S31": "A link that confirms only confirms. The link that manages a signature goes to its mailbox alone, and the data that "
    "a signatory can download says nothing of which checks fired.",
    "S32": "What strangers ask costs little: no request of theirs takes a second of a processor at its size limit, forms "
    "without a file are small, no password is hashed before a limit by network and by account was asked, few hashes wait, "
    "however many forms come at once, public pages are answered, one network leaves so many unconfirmed forms a day, and a "
    "form's stamp is spent once.",
    "S33": "A form that a stranger sends and nobody confirms changes nothing that staff go by: no invitation's state, no "
    "reminder, no alarm about somebody else's domain.",
    "R1": "Six processes that confirm a hundred signatures each leave six hundred.",
    "R2": "A process that is killed loses no signature that was acknowledged and no mail, and leaves no half-written file.",
    "R3": "A mail server that is down, slow or refusing delays nothing on a page; mail is tried again, and staff see it.",
    "R4": "A database or Redis that restarts is told clearly, and everything goes on by itself.",
    "R5": "Tables move up and down with their rows on both databases, and a backup restores to an equal letter.",
    "R6": "The same letter is the same file, byte by byte.",
}
NOT_BUILT = {
    "S21": "**There is nothing to show.** Letterhub has no interface for programs, hands out no keys, and calls no other site. "
    "Whoever builds one of these writes the tests first."
}
HEAD = """# What must hold, and which tests show it

Made by `.venv/bin/python -m tests.support.trust` from the marks `shows` in the tests. `tests/house/test_trust.py` fails while
it is out of date, or while a line has no test.
"""


def guarantee_tests() -> dict[str, list[str]]:
    """Return for each guarantee the IDs of the tests that show it; a file where all of its tests do."""
    found: dict[str, list[str]] = {line: [] for line in GUARANTEES}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        place = str(path.relative_to(ROOT))
        for name, mark in _shows_markers(ast.parse(path.read_text(encoding="utf-8"))):
            for line in mark.args:
                found[ast.literal_eval(line)].append(f"{place}::{name}" if name else place)
    return found


def _shows_markers(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Yield each `shows` marker of a file with the test that has it, "" where the whole file does."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield from ((node.name, mark) for mark in node.decorator_list if _is_shows_marker(mark))  # type: ignore[misc]
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "pytestmark":
            yield from (("", mark) for mark in ast.walk(node.value) if _is_shows_marker(mark))  # type: ignore[misc]


def _is_shows_marker(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.shows"


def render_page() -> str:
    """Return the content of docs/trust.md."""
    parts = [HEAD]
    for line, tests in guarantee_tests().items():
        parts.append(f"\n## {line}\n\n{GUARANTEES[line]}\n\n{NOT_BUILT.get(line) or _test_list(tests)}\n")
    return "".join(parts)


def _test_list(tests: list[str]) -> str:
    """Return the tests of a guarantee, by file: names are sentences."""
    files: dict[str, list[str]] = {}
    for test in tests:
        place, _, name = test.partition("::")
        files.setdefault(place, []).append(name.removeprefix("test_").replace("_", " "))
    return "\n".join(_of_file(place, list(filter(None, names))) for place, names in files.items())


def _of_file(place: str, names: list[str]) -> str:
    opening = ast.get_docstring(ast.parse((ROOT / place).read_text(encoding="utf-8"))) or ""
    told = [f"  - {name}" for name in names] or [f"  - all of it: {opening.partition(chr(10))[0]}"]
    return "\n".join([f"- `{place}`", *told])


def write_page(path: Path = PAGE) -> None:
    """Write docs/trust.md."""
    path.write_text(render_page(), encoding="utf-8")


if __name__ == "__main__":
    write_page()
