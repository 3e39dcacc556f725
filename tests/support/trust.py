"""Trust guarantees (S1, R1, …) and the tests that show each. `python -m tests.support.trust` rewrites docs/trust.md.

See docs/design/testing.md.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from letterhub.paths import ROOT

PAGE = ROOT / "docs" / "trust.md"
GUARANTEES = {
    "S1": "Whatever a letter's text, names or logo refer to, rendering opens no file but our own and no connection, and the "
    "PDF holds no file that we did not put there.",
    "S2": "A letter is rendered in a process of its own, with limits on time and memory. One that takes too much fails with a "
    "reason, the next is rendered, and pages keep answering.",
    "S3": "Nothing that anyone types runs or becomes an element, wherever it is shown: page, email, queue, confirmation, "
    "comparison, link preview, PDF, Word. The policy for scripts and styles has no exception, and no page breaks it.",
    "S4": "A name that a spreadsheet would take for a formula opens as text and is imported again unchanged. "
    "It can still sign.",
    "S5": "Line ends and NUL reach no email header, and an email has one recipient.",
    "S6": "Opening a link, running its page and submitting its untouched forms changes nothing: every "
    "decision needs a ticked box.",
    "S7": "A mailed link is for one purpose, one signature and one text; it ends, cannot be guessed, and stays out of caches, "
    "referrers and logs.",
    "S8": "Links in emails begin with the site's own address whatever a request claims; other hosts get no answer; "
    "proxies' headers count only as far as the proxies are trusted.",
    "S9": "The spellings of one organization or one mailbox are one signature or a question for staff, at any number of "
    "confirmations at once. One person may sign for several organizations.",
    "S10": "A mailbox that anyone can have proves nothing, unless a named member of staff vouches. The count is the number of "
    "names that a reader can list.",
    "S11": "Pages are the same for known and unknown addresses, and nothing public contains a signatory's address.",
    "S12": "Signing in never leads to another site, whatever the link said.",
    "S13": "No page of ours may be framed, nothing changes state in a frame, and public pages set no cookie.",
    "S14": "A session gets a new id at sign-in and with a new role, and ends on the server at once when its member or "
    "an owner ends it. Its cookie goes over TLS only. Staff of a public site need two factors.",
    "S15": "An upload is one of three kinds of picture, small, and drawn anew, a table of text, or a Word draft, of which only "
    "the text is unpacked; everything else, however it was folded, is refused in under a second.",
    "S16": "Every address declares who may open it, and refuses strangers, lower roles and other coalitions without revealing "
    "what is behind it.",
    "S17": "No string in any field causes an error: it is shown as typed, or refused with a sentence.",
    "S18": "A site does not start on a known or short key, or on a setting that is bad or unknown. An older key keeps links "
    "alive.",
    "S19": "A signature belongs to the text that was signed. Signatories are told of a corrected typo; a change of "
    "substance asks them again by a deadline, and an edition lists only those who signed its text, or did not object to it "
    "after a notice that arrived, where the coalition said so beforehand.",
    "S20": "Every decision, edit, export and grant is in an audit log that nobody can rewrite unnoticed.",
    "S21": "Keys for programs are hashed, scoped and revocable, with their last use shown; calls to other sites reach no "
    "private network.",
    "S22": "Limits hold across processes and on both databases, and lock out no real organization or member of staff.",
    "S23": "A place on a letter belongs to the signature with the best proof; a weaker one waits beside it, as a "
    "question for staff. The organization itself can always sign, and say “this signature isn’t ours”, whoever was first.",
    "S24": "However many forms one network sends, another network's first email to its own mailbox leaves at once, and a page "
    "says only what happens to that email.",
    "S25": "No rule publishes an organization's name that staff never reviewed letter by letter, nor a line that names or "
    "resembles an organization which is not its own. The public page says how its names were checked.",
    "S26": "Domains that give mailboxes to many who do not speak for them (lists, bug trackers, alumni, students, shared "
    "hosts) count as free mail.",
    "S27": "A weaker signature takes nothing from a stronger one and blocks no later change. A second person is told "
    "of each change, and staff at once of every change to a published or seconded name.",
    "S28": "Alarms and evidence say only what was proven: they name a domain only if the mailbox is at that domain.",
    "S29": "No response reveals another coalition's drafts: until a letter opens, nobody can guess its address.",
    "S30": "Signing in by an identity provider uses PKCE, state and nonce, each once, and trusts the configured issuer and its "
    "verified addresses alone. An account is linked only from within a session. Passkeys verify origin, owner and counter.",
    "S31": "A link that confirms only confirms. The link that manages a signature goes to its mailbox alone, and the data that "
    "a signatory can download says nothing of which checks fired.",
    "S32": "Strangers' requests are cheap: none takes a second of CPU at its size limit, forms without a file are small, no "
    "password is hashed before the limits by network and account are checked, few hashes wait, public pages answer however "
    "many forms arrive at once, one network can leave only so many unconfirmed forms a day, and a form's token works once.",
    "S33": "A stranger's form that nobody confirms changes nothing that staff rely on: no invitation's state, no reminder, no "
    "alarm about somebody else's domain.",
    "R1": "Six processes that confirm a hundred signatures each yield six hundred.",
    "R2": "A killed process loses no acknowledged signature and no email, and leaves no half-written file.",
    "R3": "A mail server that is down, slow or refusing delays no page; emails are retried, and staff see them.",
    "R4": "A restart of the database or Redis is reported clearly, and everything resumes by itself.",
    "R5": "Tables move up and down with their rows on both databases, and a backup restores to an equal letter.",
    "R6": "The same letter is the same file, byte by byte.",
}
NOT_BUILT: dict[str, str] = {}
HEAD = """# Guarantees, and the tests that show them

Generated by `.venv/bin/python -m tests.support.trust` from the `shows` markers in the tests. `tests/house/test_trust.py`
fails if this page is out of date, or if a guarantee has no test.
"""


def guarantee_tests() -> dict[str, list[str]]:
    """Return for each guarantee the IDs of the tests that show it; a file where all of its tests do."""
    found: dict[str, list[str]] = {line: [] for line in GUARANTEES}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        place = str(path.relative_to(ROOT))
        for name, marker in _shows_markers(ast.parse(path.read_text(encoding="utf-8"))):
            for line in marker.args:
                found[ast.literal_eval(line)].append(f"{place}::{name}" if name else place)
    return found


def _shows_markers(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Yield each `shows` marker of a file with the test that has it, "" where the whole file does."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield from ((node.name, marker) for marker in node.decorator_list if _is_shows_marker(marker))  # type: ignore[misc]
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "pytestmark":
            yield from (("", marker) for marker in ast.walk(node.value) if _is_shows_marker(marker))  # type: ignore[misc]


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
    lines = [f"  - {name}" for name in names] or [f"  - all of it: {opening.partition(chr(10))[0]}"]
    return "\n".join([f"- `{place}`", *lines])


def write_page(path: Path = PAGE) -> None:
    """Write docs/trust.md."""
    path.write_text(render_page(), encoding="utf-8")


if __name__ == "__main__":
    write_page()
