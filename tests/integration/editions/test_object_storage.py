"""Edition files in an S3 store: uploaded before their row refers to them, checked when read, moved both ways."""

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, update

from letterhub.app import create_app
from letterhub.cli import files
from letterhub.cli._production_checks import CheckFailed
from letterhub.cli.check import CHECKS
from letterhub.clock import now
from letterhub.commands.editions import file_jobs
from letterhub.commands.editions.file_jobs import render_edition_file
from letterhub.commands.operations._render_jobs import MOST_ATTEMPTS
from letterhub.commands.operations.storage_migration import move_to_store
from letterhub.config import Settings
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.operations.render_jobs import JobState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.object_store import ObjectStore, StorageUnavailable
from letterhub.models import Edition, EditionFile
from letterhub.queries.editions.editions import edition_files_to_render
from letterhub.queries.operations.storage import IN_DATABASE
from tests.support import editions, factories
from tests.support.cast import SAM
from tests.support.servers.command_line import run_letterhub
from tests.support.servers.database_copies import SITE
from tests.support.servers.s3_server import S3Server
from tests.support.visitor import Visitor

BUCKETS = (f"letters-{number}" for number in itertools.count())
DRAWN = (FileFormat.CSV, FileFormat.TXT, FileFormat.HTML)
LISTED = "/staff/coalition-for-clean-rivers/letters/clean-rivers-for-everyone/editions"
NOWHERE = "s3://name:secret@127.0.0.1:9/letters?tls=no"


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    server = S3Server()
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def settings(settings: Settings, server: S3Server) -> Settings:
    return replace(settings, files_url=server.make_bucket(next(BUCKETS)))


@pytest.fixture
def place(app: Flask) -> ObjectStore:
    """The store of the site under test."""
    place: ObjectStore = app.extensions["files"]
    return place


@pytest.fixture
def edition(app: Flask) -> Edition:
    """An edition with one name, none of its files rendered."""
    letter = factories.open_letter()
    factories.signature(letter)
    return editions.freeze_unrendered(letter)


def file(edition: Edition, file_format: FileFormat) -> EditionFile:
    db.session.rollback()
    found = db.session.query(EditionFile).filter_by(edition_id=edition.id, format=file_format).one()
    db.session.refresh(found, ["content"])
    return found


def render_files(edition: Edition) -> dict[FileFormat, str]:
    """Render some files; return their hashes."""
    assert [render_edition_file(file(edition, file_format).id) for file_format in DRAWN] == [True] * len(DRAWN)
    return {file_format: file(edition, file_format).sha256 for file_format in DRAWN}


def sam(app: Flask) -> Visitor:
    factories.staff(SAM)
    visitor = Visitor(app, SITE)
    visitor.sign_in(SAM)
    return visitor


def test_a_file_stands_in_the_store_under_its_hash_and_nowhere_else(app: Flask, edition: Edition, place: ObjectStore) -> None:
    hashes = render_files(edition)
    assert {stored.sha256 for stored in place.all()} == set(hashes.values())
    assert [file(edition, file_format).content for file_format in DRAWN] == [None] * len(DRAWN)
    answer = sam(app).ask(f"{LISTED}/1/csv")
    assert b'"Example Alliance","Clara Example","Director"' in answer.data
    assert answer.get_etag() == (hashes[FileFormat.CSV], False)


def test_a_worker_that_dies_before_the_row_tells_of_it_leaves_an_orphan_and_no_more(
    app: Flask,
    settings: Settings,
    edition: Edition,
    place: ObjectStore,
    monkeypatch: pytest.MonkeyPatch,
    clock: time_machine.Traveller,
) -> None:
    def die(*_args: object, **_facts: object) -> bool:
        raise SystemExit("killed")

    with monkeypatch.context() as killing:
        killing.setattr(file_jobs, "_save_rendered", die)
        with pytest.raises(SystemExit):
            render_edition_file(file(edition, FileFormat.CSV).id)
    (orphan,) = place.all()
    assert (file(edition, FileFormat.CSV).state, file(edition, FileFormat.CSV).sha256) == (JobState.RUNNING, "")

    clock.move_to(orphan.stored_at + dt.timedelta(hours=23))
    assert run_letterhub(settings, "files", "clean").stdout == "0 erased\n"
    clock.move_to(orphan.stored_at + dt.timedelta(hours=25))
    assert run_letterhub(settings, "files", "clean", "--dry-run").stdout.split("\t")[:2] == [orphan.sha256, str(orphan.size)]
    assert len(list(place.all())) == 1
    assert run_letterhub(settings, "files", "clean").stdout == "1 erased\n"
    assert list(place.all()) == []
    hashes = render_files(edition)
    assert hashes[FileFormat.CSV] == orphan.sha256
    clock.move_to(orphan.stored_at + dt.timedelta(days=9))
    assert run_letterhub(settings, "files", "clean").stdout == "0 erased\n"
    assert {stored.sha256 for stored in place.all()} == set(hashes.values())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_while_the_store_is_away_files_wait_and_pages_say_so(
    app: Flask, settings: Settings, edition: Edition, place: ObjectStore, clock: time_machine.Traveller
) -> None:
    render_files(edition)
    app.extensions["files"] = ObjectStore(NOWHERE)
    page, waiting = sam(app), file(edition, FileFormat.COMMENT)
    answer = page.ask(f"{LISTED}/1/csv")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "Our file storage isn’t responding." in answer.text
    for _ in range(MOST_ATTEMPTS + 1):
        assert not render_edition_file(waiting.id)
        assert waiting.id not in edition_files_to_render(now())
        clock.shift(dt.timedelta(minutes=2))
        assert waiting.id in edition_files_to_render(now())
    app.extensions["files"] = place
    assert render_edition_file(waiting.id)
    assert page.ask(f"{LISTED}/1/csv").status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_check_says_where_files_stand_and_what_is_wrong_with_that(
    app: Flask, settings: Settings, server: S3Server, edition: Edition, place: ObjectStore
) -> None:
    render_files(edition)

    def check_files(place: ObjectStore | None) -> str:
        app.extensions["files"] = place
        try:
            return CHECKS["Files"](settings)
        except CheckFailed as trouble:
            return f"NO: {trouble}"

    assert check_files(place) == f"3 in the file storage at {place.place}, 0 in the database"
    assert check_files(None) == "NO: 3 are in a file storage that LETTERHUB_FILES_URL no longer names"
    assert check_files(ObjectStore(NOWHERE)).startswith(
        "NO: The file storage at 127.0.0.1/letters cannot be used: HTTP error: error sending"
    )
    no_bucket = check_files(ObjectStore(server.url("none-of-this-name")))
    assert no_bucket == "NO: There is no bucket for files at 127.0.0.1/none-of-this-name."
    db.session.execute(delete(EditionFile))
    assert check_files(None) == "0 in the database"


def test_a_file_that_is_not_what_was_kept_is_given_to_nobody(
    app: Flask, settings: Settings, edition: Edition, place: ObjectStore
) -> None:
    hashes = render_files(edition)
    place._s3.put(f"files/{hashes[FileFormat.CSV]}", b"Another Alliance")
    place.delete(hashes[FileFormat.TXT])
    page = sam(app)
    for file_format in ("csv", "txt"):
        answer = page.ask(f"{LISTED}/1/{file_format}")
        assert (answer.status_code, "This file is damaged" in answer.text, b"Another" in answer.data) == (500, True, False)
    assert page.ask(f"{LISTED}/1/html").status_code == 200
    checked = run_letterhub(settings, "files", "check")
    assert (checked.exit_code, checked.stdout) == (1, "1 read\n")
    names = [line.partition(":")[0] for line in checked.stderr.splitlines()]
    assert names == ["clean-rivers-for-everyone-edition-1.csv", "clean-rivers-for-everyone-edition-1.txt", "Error"]


def test_what_stands_in_the_database_is_checked_as_well(app: Flask, settings: Settings, edition: Edition) -> None:
    app.extensions["files"] = None
    render_files(edition)
    altered = update(EditionFile).where(EditionFile.id == file(edition, FileFormat.CSV).id).values(content=b"Another Alliance")
    db.session.execute(altered)
    db.session.commit()
    assert sam(app).ask(f"{LISTED}/1/csv").status_code == 500


def test_files_move_both_ways_and_go_on_where_they_were_stopped(
    app: Flask, settings: Settings, edition: Edition, place: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.extensions["files"] = None
    render_files(edition)
    before = {file_format: file(edition, file_format).content for file_format in DRAWN}
    calls = itertools.count()

    def stopped(file_id: int) -> None:
        if next(calls) == 2:
            raise KeyboardInterrupt
        move_to_store(file_id)

    with monkeypatch.context() as stopping:
        stopping.setitem(files.DESTINATIONS, "store", (IN_DATABASE, stopped))
        assert run_letterhub(settings, "files", "move", "store").exit_code != 0
    assert sorted(file(edition, file_format).content is None for file_format in DRAWN) == [False, True, True]
    assert run_letterhub(settings, "files", "move", "store").stdout == "1 moved\n"
    assert [file(edition, file_format).content for file_format in DRAWN] == [None] * len(DRAWN)
    assert run_letterhub(settings, "files", "check").stdout == "3 read\n"

    assert run_letterhub(settings, "files", "move", "database").stdout == "3 moved\n"
    assert {file_format: file(edition, file_format).content for file_format in DRAWN} == before
    assert len(list(place.all())) == len(DRAWN)
    assert run_letterhub(replace(settings, files_url=""), "files", "check").stdout == "3 read\n"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_leaves_the_database_only_once_the_store_gives_it_back(
    app: Flask, settings: Settings, edition: Edition, place: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.extensions["files"] = None
    render_files(edition)
    monkeypatch.setattr(ObjectStore, "_put", lambda _store, _name, _content: None)  # a store that acknowledges without storing
    moved = run_letterhub(settings, "files", "move", "store")
    assert (moved.exit_code, moved.stdout) == (1, "0 moved\n")
    assert None not in [file(edition, file_format).content for file_format in DRAWN]
    nowhere = run_letterhub(replace(settings, files_url=""), "files", "move", "store")
    assert nowhere.stderr == "Error: No file storage is configured. Set LETTERHUB_FILES_URL. 0 moved before.\n"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_folder_of_a_bucket_is_a_store_of_its_own(settings: Settings, tmp_path: Path) -> None:
    first, second = (create_app(replace(settings, files_url=settings.files_url.replace("?", f"/{name}?"))) for name in "ab")
    sha256 = first.extensions["files"].put(b"a letter")
    assert [stored.sha256 for stored in first.extensions["files"].all()] == [sha256]
    assert list(second.extensions["files"].all()) == []
    with pytest.raises(StorageUnavailable, match=r"cannot be used"):
        ObjectStore(NOWHERE).put(b"a letter")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_says_that_it_holds_no_file_of_the_store(app: Flask, settings: Settings, tmp_path: Path) -> None:
    assert "LETTERHUB_FILES_URL" in run_letterhub(settings, "backup", str(tmp_path / "one")).stderr
    assert run_letterhub(replace(settings, files_url=""), "backup", str(tmp_path / "two")).stderr == ""
