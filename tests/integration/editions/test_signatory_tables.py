"""Sam exports the names as a table: complete, with a good file name, and unchanged by a re-import."""

import csv
import io
from dataclasses import replace

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.signatures.signatory_import import import_file
from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature
from tests.support import cast, factories
from tests.support.visitor import Visitor

LETTER_VALUES = {"coalition": "coalition-for-clean-rivers", "slug": "clean-rivers-for-everyone"}
TABLE = "/staff/coalition-for-clean-rivers/letters/clean-rivers-for-everyone/signatures/csv"


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter with a lead, a name that looks like a formula, a person and a name that was declined."""
    letter = factories.open_letter()
    factories.signature(letter, cast.CLARA, SignatureState.PUBLISHED, lead=True, sort_name="Alliance")
    factories.signature(letter, cast.HIRO, SignatureState.PUBLISHED, organization_name="=1+1", signer_title="@home")
    person = {"kind": SignatoryKind.INDIVIDUAL, "organization_name": "", "affiliation": "-Example University", "section": ""}
    factories.signature(letter, cast.FREE_MAIL_SIGNER, SignatureState.CONFIRMED, **person)
    factories.signature(letter, cast.FREE_MAIL_SIGNER, SignatureState.DECLINED, organization_name="Gone Group", website="")
    return letter


def lines(letter: Letter) -> set[str]:
    found = db.session.query(Signature).filter_by(letter_id=letter.id, state=SignatureState.CONFIRMED)
    return {repr(one.signatory) for one in found}


@pytest.mark.shows("S11")
def test_the_table_holds_every_column_and_no_address(sam: Visitor, letter: Letter) -> None:
    page = sam.visit("signatures.index", **LETTER_VALUES).says("4 names.", "The CSV has no email addresses.")
    answer = sam.ask(TABLE)
    assert answer.headers["Content-Disposition"] == "attachment; filename=clean-rivers-for-everyone-2022-01-05.csv"
    rows = {row["signer_name"]: row for row in csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig")))}
    assert len(rows) == 3  # one of them signed twice
    clara = rows["Clara Example"]
    assert (clara["section"], clara["lead"], clara["location"], clara["sort_name"]) == (
        "national", "yes", "Springfield, IL", "Alliance",
    )  # fmt: skip
    assert "@" + cast.CLARA.email.partition("@")[2] not in answer.text
    assert page.html.count("/signatures/csv") == 1


def test_the_table_holds_what_was_searched_for(sam: Visitor, letter: Letter) -> None:
    assert "Gone Group" in sam.ask(f"{TABLE}?state=declined").text
    assert sam.ask(f"{TABLE}?state=declined").text.count("\n") == 2
    assert sam.ask(f"{TABLE}?pick=doubt&q=gone").text.count("\n") == 2


@pytest.mark.shows("S4")
def test_importing_the_table_gives_the_same_lines_back(sam: Visitor, letter: Letter) -> None:
    factories.signature(letter, cast.HIRO, SignatureState.CONFIRMED, organization_name="＋Peace", location="'quoted")
    other = factories.open_letter(replace(factories.TEXT, title="Quiet rivers for everyone"), who_may_sign="both")
    table = sam.ask(f"{TABLE}?state=confirmed").get_data()
    assert import_file(other.id, "names.csv", table, actor="operator", at=now()) == 2
    assert lines(other) == lines(letter)
