"""Files are short, open with a sentence, and have a specific name."""

import ast
import re
import subprocess
from collections import Counter
from pathlib import Path

from letterhub.paths import ROOT
from tests.house.sources import all_nodes, assert_none, own_files, place, python_files, syntax_tree, tracked_files

LINES = 300
FUNCTION_LINES = 40
FOLDER_FILES = 25
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "core", "manager", "managers", "base"}
SENTENCE = {
    ".html": re.compile(r"\{#-?\s[^#]*?\w[.?]\s"),
    ".css": re.compile(r"/\*\s[^*]*?\w[.?]\s"),
    ".js": re.compile(r"(//|/\*)\s[^*]*?\w[.?]\s"),
}


def opens_with_sentence(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return (ast.get_docstring(syntax_tree(path)) or "").partition("\n\n")[0].endswith((".", "?"))
    return bool(SENTENCE[path.suffix].match(text))


def test_files_are_short() -> None:
    # a migration is as long as its change
    read = [path for path in own_files(".py", ".html", ".css", ".js") if "migrations" not in path.parts]
    lengths = {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in read}
    long = [f"{name}: {length} lines" for name, length in lengths.items() if length > LINES]
    assert_none(long, f"split the file by subject, into files of at most {LINES} lines")


def test_folders_are_small() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    counts = Counter(str(Path(name).parent) for name in listed)
    large = [f"{folder}: {count} files" for folder, count in sorted(counts.items()) if count > FOLDER_FILES]
    assert_none(large, f"divide the folder by feature (docs/architecture.md), into folders of at most {FOLDER_FILES} files")


def test_functions_are_short() -> None:
    functions = [(path, node) for path in python_files() for node in all_nodes(path) if isinstance(node, ast.FunctionDef)]
    lengths = {f"{place(path, node.lineno)} {node.name}": (node.end_lineno or 0) - node.lineno + 1 for path, node in functions}
    long = [f"{name}: {length} lines" for name, length in lengths.items() if length > FUNCTION_LINES]
    assert_none(long, f"move a part into a function of its own; at most {FUNCTION_LINES} lines")


def test_files_open_with_a_sentence() -> None:
    silent = [place(path) for path in own_files(".py", ".html", ".css", ".js") if not opens_with_sentence(path)]
    assert_none(silent, "open the file with a sentence that says what it is: a docstring, or a comment in HTML, CSS and JS")


def test_public_functions_and_classes_say_what_their_names_cannot() -> None:
    silent = [
        place(path, node.lineno)
        for path in python_files()
        for node in syntax_tree(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert_none(silent, "add a docstring that says what it is or does: `Return …`, `Send …`, `Table of …`")


def test_no_file_is_an_attic() -> None:
    attics = [place(path) for path in own_files(".py", ".html", ".js") if path.stem.strip("_") in VAGUE_NAMES]
    assert_none(attics, "name the file after its one subject; put each function with its own")


def test_no_file_names_the_host_of_a_package_registry() -> None:
    host = re.compile(
        r"(pypi|pythonhosted|npmjs|jsdelivr|unpkg|registry[a-z.-]*)\.(org|com|net|io)|(deb|ftp|security)\.debian\.org", re.I
    )
    texts = ((path, path.read_bytes().decode("utf-8", "replace")) for path in tracked_files())
    named = [f"{place(path)}: {found[0]}" for path, text in texts if (found := host.search(text))]
    assert_none(named, "leave the host out: pip, npm and apt take it from their own configuration")


def test_no_symbolic_link_is_in_git() -> None:
    listed = subprocess.check_output(["git", "ls-files", "--stage"], cwd=ROOT, text=True).splitlines()
    links = [line.partition("\t")[2] for line in listed if line.startswith("120000")]
    assert_none(links, "take it out with `git rm --cached`: on another machine it leads nowhere")


def test_rows_that_are_compared_are_of_a_test() -> None:
    references = [path for path in tracked_files() if path.parent.name == "references" and path.suffix == ".txt"]
    lost = [
        place(path)
        for path in references
        if not any(f"def {path.stem}(" in file.read_text(encoding="utf-8") for file in path.parents[1].glob("test_*.py"))
    ]
    assert references, "tests/house/test_files.py: look for references where tests/integration/conftest.py does"
    assert_none(lost, "rename the reference with its test, or remove it: nothing is compared with it")


def test_a_blueprint_has_the_name_of_its_module() -> None:
    named = (
        (path, re.search(r'Blueprint\(\s*"(\w+)"', path.read_text(encoding="utf-8"))) for path in python_files("letterhub/web")
    )
    wrong = [f"{place(path)} {found[1]}" for path, found in named if found and found[1] != path.stem]
    assert_none(wrong, "name the blueprint as its module, so that an endpoint leads to the file of its view")
