"""Staff say what the columns of a table are, where it does not say so itself; the next one with its headings is known."""

import pytest
from flask import Flask

from letterhub.infrastructure.db import db
from letterhub.models import Letter, RememberedColumns, Upload
from tests.support import factories
from tests.support.imports import LETTER_VALUES, import_from, imported, look_at, look_at_list
from tests.support.visitor import Page, Visitor
from tests.support.workbooks import xlsx

FRENCH = "Votre nom;Votre structure;Ville\nHélène Œuvrard;Ligue de l’Été;Paris\n"


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter."""
    return factories.open_letter()


def pasted(visitor: Visitor, text: str, status: int = 200) -> Page:
    return visitor.visit("signatory_import.create", **LETTER_VALUES).submit("Preview", pasted=text, status=status)


def lines() -> list[tuple[str, str]]:
    return [(one.organization_name, one.signer_name) for one in imported()]


def test_unknown_columns_are_asked_once_and_remembered(sam: Visitor, otto: Visitor, letter: Letter) -> None:
    page = look_at(sam, FRENCH.encode()).says("Votre nom", "Hélène Œuvrard", "say what each column is.")
    page.submit("Continue", status=422).says("No column says who it is about.")
    twice = {"column-0": "signer_name", "column-1": "signer_name"}
    page.submit("Continue", status=422, **twice).says("“Signer” is chosen for “Votre nom” already.")
    chosen = {"column-0": "signer_name", "column-1": "organization"}
    page = page.submit("Continue", **chosen).says("This name would be imported.")
    page.follow("Change how the columns are read").says("Votre structure")
    import_from(sam, page)
    assert lines() == [("Ligue de l’Été", "Hélène Œuvrard")]
    look_at(sam, FRENCH.replace("Ligue", "Comité").encode()).says("This name would be imported.")
    look_at_list(otto, FRENCH.encode()).says("say what each column is.")
    assert db.session.query(RememberedColumns).count() == 1


def test_an_encoding_is_shown_in_the_words_of_the_file_and_chosen(sam: Visitor, letter: Letter) -> None:
    table = "Organization;Name\nSchön Verein;Jörg Example\n".encode("cp850")
    page = look_at(sam, table).says("Is this right?", "Schîn Verein", "Schön Verein")
    assert db.session.query(Upload).one().choices == {}
    import_from(sam, page.submit("Continue", encoding="cp850").says("Schön Verein"))
    assert lines() == [("Schön Verein", "Jörg Example")]


def test_of_several_sheets_one_is_chosen_and_its_columns_shown_before_it_is_read(sam: Visitor, letter: Letter) -> None:
    book = xlsx(sheets={"May": [["Organization"], ["Willow Watch"]], "June": [["Group"], ["Heron House"]]})
    page = look_at(sam, book, "lists.xlsx").says("Which sheet has the names?", "May", "June")
    page = page.submit("Continue", sheet="June").says("This is the file as you chose to read it.", "Heron House")
    import_from(sam, page.submit("Continue", sheet="June"))
    assert lines() == [("Heron House", "")]


def test_names_are_pasted_one_a_line(sam: Visitor, letter: Letter) -> None:
    page = pasted(sam, "Smith, Jones & Partners\nÉcole Exemple").says("We couldn’t tell which row has the headings.")
    page = page.submit("Continue", **{"column-0": "organization"}).says("2 of 2 names would be imported.")
    import_from(sam, page)
    assert lines() == [("Smith, Jones & Partners", ""), ("École Exemple", "")]
    pasted(sam, " ", status=422).says("Choose a file, or paste the names below.")


def test_good_rows_are_taken_without_bad_ones_and_all_of_these_are_told(sam: Visitor, letter: Letter) -> None:
    page = look_at(sam, b"Organization,Lead\nWillow Watch,yes\nOtter Order,perhaps\n,\n,no\n")
    page.says("One of 3 names would be imported.", "must be yes, a place among the leads, or empty.", "the row names nobody.")
    import_from(sam, page)
    assert lines() == [("Willow Watch", "")]
