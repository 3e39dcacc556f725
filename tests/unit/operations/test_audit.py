"""The audit attacks each kind of URL and form once, and skips none."""

import sqlite3
from contextlib import closing
from pathlib import Path

from audit.findings import Finding, split_findings
from audit.wapiti import remove_duplicates

SITE = "http://127.0.0.1:1"
MET = [
    ("GET", f"{SITE}/staff/rivers/organizations/6/edit", []),
    ("GET", f"{SITE}/staff/rivers/organizations/7/edit", []),
    ("POST", f"{SITE}/staff/rivers/organizations/7/edit", ["name", "website"]),
    ("POST", f"{SITE}/staff/rivers/organizations/8/edit", ["website", "name"]),
    ("POST", f"{SITE}/staff/rivers/organizations/8/edit", ["name"]),
    ("GET", f"{SITE}/staff/rivers/letters/clean-rivers/signatures", ["q"]),
    ("GET", f"{SITE}/staff/rivers/letters/clear-lakes/signatures", ["q"]),
    ("GET", f"{SITE}/staff/rivers/letters/clear-lakes/signatures", []),
    ("GET", f"{SITE}/staff/rivers/letters/new", []),
]


def test_one_of_each_kind_stays(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "met.db")) as database, database:
        database.execute("CREATE TABLE paths (path_id INTEGER PRIMARY KEY, method, path, headers)")
        database.execute("CREATE TABLE params (path_id, name)")
        for number, (method, path, names) in enumerate(MET, 1):
            database.execute("INSERT INTO paths VALUES (?, ?, ?, x'00')", (number, method, path))
            database.executemany("INSERT INTO params VALUES (?, ?)", [(number, name) for name in names])
        database.execute("INSERT INTO paths VALUES (99, 'GET', ?, NULL)", (f"{SITE}/not-visited",))
    assert remove_duplicates(tmp_path) == (9, 6)
    with closing(sqlite3.connect(tmp_path / "met.db")) as database, database:
        assert [number for (number,) in database.execute("SELECT path_id FROM paths ORDER BY 1")] == [1, 3, 5, 6, 8, 9]
        assert {number for (number,) in database.execute("SELECT path_id FROM params")} == {3, 5, 6}


def test_what_was_looked_at_elsewhere_is_new_here() -> None:
    known = Finding("bandit", "B704 marked as safe", "letterhub/rendering/letter/markdown.py")
    new = Finding("bandit", "B704 marked as safe", "letterhub/web/public/letters/letters.py")
    assert [one.where for one in split_findings([known, new])[0]] == [new.where]
