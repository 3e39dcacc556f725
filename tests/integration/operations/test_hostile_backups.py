"""A restore loads our tables and nothing executable: anything else in a backup is refused or ignored."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from letterhub.commands.operations.backup import back_up
from letterhub.config import Settings
from letterhub.infrastructure.db import db
from tests.integration.operations.test_restore import restorable_state, restored
from tests.support import factories
from tests.support.audit_backfill import backfill_audit_log

pytestmark = pytest.mark.shows("R5")


@pytest.fixture
def letter_id(app: Flask) -> int:
    """The number of a letter that someone has signed."""
    letter = factories.open_letter()
    factories.signature(letter)
    backfill_audit_log()
    number: int = letter.id
    return number


HOSTILE = {
    "sqlite": {
        "the trigger publishes": "CREATE TRIGGER publishes AFTER INSERT ON signature BEGIN DELETE FROM mail_suppression; END",
        "the view mails": "CREATE VIEW mails AS SELECT 1",
        "the table of_others": "CREATE TABLE of_others (id INTEGER)",
        "the table words": "CREATE VIRTUAL TABLE words USING fts5(word)",
    },
    "postgresql": {
        "the function publish()": "CREATE FUNCTION publish() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "the trigger signature publishes": "CREATE TRIGGER publishes BEFORE UPDATE ON signature FOR EACH ROW "
        "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "the view mails": "CREATE VIEW mails AS SELECT 1",
        "the rule mail_suppression never": "CREATE RULE never AS ON INSERT TO mail_suppression DO INSTEAD NOTHING",
        "the row security signature": "ALTER TABLE signature ENABLE ROW LEVEL SECURITY",
    },
}


THEIRS = (
    "CREATE TABLE theirs (id serial PRIMARY KEY)",
    "CREATE INDEX theirs_x ON theirs (id)",
    "CREATE SCHEMA other",
    "CREATE TABLE other.letter (id int)",
    "CREATE SCHEMA billing",
    "CREATE TABLE billing.alembic_version (version_num text)",
    "INSERT INTO billing.alembic_version VALUES ('b1117')",
    "COMMENT ON TABLE letter IS 'ours'",
    "GRANT SELECT ON letter TO PUBLIC",
)


def indexes() -> set[str]:
    """Return the names of all indexes in the schema `public`."""
    return set(db.session.scalars(text("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'")))


def test_what_acts_by_itself_in_a_backup_is_refused(app: Flask, settings: Settings, letter_id: int, tmp_path: Path) -> None:
    for statement in HOSTILE[db.engine.dialect.name].values():
        db.session.execute(text(statement))
        db.session.commit()
    db.session.remove()
    was = restorable_state()
    back_up(tmp_path / "backup")
    result = restored(settings, settings.database_url, str(tmp_path / "backup"), "--replace")
    assert (result.exit_code, "contains objects that Letterhub never creates" in result.stderr) == (1, True), result.output
    for name in HOSTILE[db.engine.dialect.name]:
        assert name in result.stderr
    assert restorable_state() == was


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_others_keep_in_the_same_database_stays_theirs(
    app: Flask, settings: Settings, letter_id: int, tmp_path: Path
) -> None:
    for statement in THEIRS:
        db.session.execute(text(statement))
    db.session.commit()
    was, here, backup = restorable_state(), indexes(), tmp_path / "backup"
    back_up(backup)
    db.session.execute(text("INSERT INTO theirs DEFAULT VALUES"))
    db.session.commit()
    db.session.remove()
    result = restored(settings, settings.database_url, str(backup), "--replace")
    assert result.exit_code == 0, result.output
    assert restorable_state() == was
    assert db.session.scalar(text("SELECT count(*) FROM theirs")) == 1
    assert indexes() == here
    db.session.execute(text("DROP TABLE theirs"))
    db.session.commit()
    db.session.remove()
    result = restored(settings, settings.database_url, str(backup), "--replace")
    assert result.exit_code == 0, result.output
    assert indexes() == here - {"theirs_x", "theirs_pkey"}
