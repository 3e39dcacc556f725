"""Sam imports names gathered elsewhere: previewed row by row, then added to the queue, or discarded."""

import datetime as dt
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.signatures import _import_steps, signatory_import
from letterhub.commands.signatures.signatory_import import purge_uploads
from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.letters.signing_settings import WhoMaySign
from letterhub.domain.signatures.signatory_import import ParsedRow
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import AuditEntry, Letter, Organization, SignatoryImport, Upload
from letterhub.queries.signatures.signatory_import import plan_rows
from tests.support import cast, factories
from tests.support.imports import LETTER_VALUES, RIVERS, ServerKilled, import_from, imported, killed_at_the_second_call, look_at
from tests.support.missing import SHARED
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Visitor

TABLES = SHARED / "csv"
GATHERED = b"""Organization,Website,Name,Title,Email,City
The Example Alliance,alliance.example,Clara Example,Director,clara@alliance.example,Springfield
Willow Watch,willow.example,Ada Example,Chair,ada@willow.example,Dover
Willow Watch,willow.example,Ada Example,Chair,ada@willow.example,Dover
Gone Group,,Gus Example,Chair,gus@gone.example,Dover
,,Nobody Example,,not an address,
"+Peace",none,Paz Example,Chair,unknown,Dover
"""


def test_each_row_shows_its_fate_before_anything_is_kept(sam: Visitor, letter: Letter) -> None:
    page = look_at(sam, GATHERED)
    page.says(
        "gathered.csv", "2 of 6 names would be imported. Nothing has been imported yet.", "Already on the letter 1",
        "Same name as on line 3.", "was declined before", "Nobody Example", "“none” is not a website and was left out.",
        "“unknown” is not an email address and was left out.",
    )  # fmt: skip
    assert imported() == []
    page.submit("Discard file").says("Nothing was imported.")
    assert (imported(), db.session.query(Upload).count()) == ([], 0)


def test_what_people_wrote_beside_their_row_is_shown_and_not_imported(sam: Visitor, letter: Letter) -> None:
    page = look_at(sam, "Organization,Comments\nWillow Watch,Please list us as “Willow”\nمركز المثال,\n".encode())
    page.says("Comments: Please list us as “Willow”", "Shown with each row and not imported: “Comments”.")
    import_from(sam, page)
    assert [one.organization_name for one in imported()] == ["Willow Watch", "مركز المثال"]


def test_lines_that_would_print_alike_are_pointed_out_with_what_is_not_printed(sam: Visitor, letter: Letter) -> None:
    rows = "".join(f"Peace,peace{number}.example,Ada Example,Chair\n" for number in range(5))
    page = look_at(sam, f"Organization,Website,Name,Title\n{rows}Quiet,,Ada Example,Chair\n".encode())
    page.says(
        "6 of 6 names would be imported.", "“Peace — Ada Example, Chair” is printed and counted 5 times: lines 2, 3, 4, 5"
    )
    page.says("They differ only in what is not printed: Website.")


def test_people_of_one_name_without_addresses_are_imported_if_the_letter_prints_them_otherwise(
    sam: Visitor, letter: Letter
) -> None:
    letter.who_may_sign = WhoMaySign.BOTH
    db.session.commit()
    table = b"Signer,Title,Kind\nJo Example,Teacher,individual\nJo Example,Nurse,individual\nJo Example,teacher,individual\n"
    import_from(sam, look_at(sam, table).says("2 of 3 names would be imported.", "Same name as on line 2."))
    assert [(one.signer_title, one.place_key is not None) for one in imported()] == [("Teacher", True), ("Nurse", True)]
    look_at(sam, table).says("There are no new names in this file.")


def test_a_row_of_which_nothing_can_be_seen_names_nobody(sam: Visitor, letter: Letter) -> None:
    page = look_at(sam, "Organization,Name\n\u3164,\u2800\n\u200e\u034f,\u200d\nWillow\u3164 Watch,Ada\u2800Example\n".encode())
    page.says("One of 3 names would be imported.", "the row names nobody.")
    import_from(sam, page)
    assert [(one.organization_name, one.signer_name) for one in imported()] == [("Willow Watch", "Ada Example")]


def test_an_answer_that_is_no_clear_yes_is_quoted_and_its_row_left_out(sam: Visitor, letter: Letter) -> None:
    page = look_at(sam, b"Organization,May we list you?\nWillow Watch,Yes\nSilent Org,Not publicly\nNew Org,\n")
    page.says("One of 3 names", "the answer “Not publicly” is not a clear yes", "there is no answer")
    import_from(sam, page)
    assert [one.organization_name for one in imported()] == ["Willow Watch"]


def test_rows_above_the_headings_are_asked_about_instead_of_getting_lost(sam: Visitor, letter: Letter) -> None:
    page = look_at(sam, b"Who,Where\nWillow Watch,Dover\nOrganization,Website\n")
    page.says("We couldn’t tell which row has the headings.", "line 3: Organization · Website")


def test_a_file_that_is_no_table_is_refused_beside_its_field(sam: Visitor, letter: Letter) -> None:
    look_at(sam, b"", status=422).says("gathered.csv: the file is empty.")
    look_at(sam, b"\x89PNG\r\n\x1a\n", status=422).says("gathered.csv: this is a picture.")
    look_at(sam, b"PK\x03\x04xl/workbook.xml", status=422).says("the spreadsheet is damaged")


def test_new_names_go_into_the_queue(sam: Visitor, letter: Letter) -> None:
    page = import_from(sam, look_at(sam, GATHERED)).says("2 names were added to the queue.")
    page.follow("Review the queue").says("Willow Watch", "imported", "no website")
    names = imported()
    assert [(one.organization_name, one.state, one.email) for one in names] == [
        ("Willow Watch", SignatureState.CONFIRMED, "ada@willow.example"),
        ("+Peace", SignatureState.CONFIRMED, ""),
    ]
    assert {db.session.get_one(Organization, one.organization_id).name for one in names} == {"Willow Watch", "+Peace"}
    assert [(entry.action, entry.after) for entry in db.session.query(AuditEntry)] == [
        ("import requested", {"file": "gathered.csv"}),
        ("imported", {"count": 2, "file": "gathered.csv", "notified": "yes"}),
    ]
    look_at(sam, GATHERED).says("There are no new names in this file.")


def test_what_changed_while_one_looked_is_looked_at_again(sam: Visitor, letter: Letter) -> None:
    page = look_at(sam, GATHERED)
    factories.signature(letter, cast.FREE_MAIL_SIGNER, organization_name="Willow Watch", website="https://willow.example")
    import_from(sam, page).says("changed while you were looking at the file", "Upload the file again")
    assert imported() == []


def test_other_rows_than_those_that_were_shown_are_not_imported(sam: Visitor, letter: Letter) -> None:
    page = look_at(sam, GATHERED)
    db.session.query(Upload).one().content = GATHERED.replace(b"Willow", b"Walnut")
    db.session.commit()
    import_from(sam, page).says("changed while you were looking at the file", "Upload the file again")
    assert imported() == []


def test_an_import_that_was_broken_off_is_finished_by_the_same_file(
    sam: Visitor, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signatory_import, "BATCH_SIZE", 2)
    with monkeypatch.context() as broken:
        broken.setattr(_import_steps, "append_audit_entry", killed_at_the_second_call())
        with pytest.raises(ServerKilled):
            signatory_import.import_file(letter.id, "rivers.csv", RIVERS, actor="operator", at=now())
    assert len(imported()) == 2
    import_from(sam, look_at(sam, RIVERS)).says("3 names were added to the queue.")
    assert [one.organization_name for one in imported()] == [f"Friends of River {number}" for number in range(5)]
    assert [entry.after.get("count") for entry in db.session.query(AuditEntry)] == [2, None, 3]


def test_who_took_a_place_while_a_file_was_read_is_passed_over(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    end = end_read_transaction

    def willow_signs() -> None:
        end()
        factories.signature(letter, cast.FREE_MAIL_SIGNER, organization_name="Willow Watch", website="https://willow.example")

    monkeypatch.setattr(signatory_import, "end_read_transaction", willow_signs)
    assert signatory_import.import_file(letter.id, "gathered.csv", GATHERED, actor="operator", at=now()) == 1
    assert [one.organization_name for one in imported()] == ["+Peace"]


def test_an_organization_is_seen_for_the_first_time_until_it_is_in_a_list(letter: Letter) -> None:
    other = factories.open_letter(replace(factories.TEXT, title="Quiet rivers for everyone"))
    assert signatory_import.import_file(letter.id, "gathered.csv", GATHERED, actor="operator", at=now()) == 2
    imported()[0].move(SignatureMove.PUBLISH, now())
    db.session.commit()
    assert signatory_import.import_file(other.id, "gathered.csv", GATHERED, actor="operator", at=now()) == 4
    names = [(one.organization_name, one.is_new_organization) for one in imported()]
    assert names[:2] == [("Willow Watch", True), ("+Peace", True)]
    assert dict(names[2:]) == {"The Example Alliance": True, "Willow Watch": False, "Gone Group": True, "+Peace": True}


def test_a_file_is_imported_once(sam: Visitor, letter: Letter) -> None:
    page = look_at(sam, GATHERED)
    import_from(sam, page)
    page.submit("Import 2 names").says("has since been imported or discarded")
    assert len(imported()) == 2


def test_imported_names_are_published_like_all_others(sam: Visitor, letter: Letter) -> None:
    queue = import_from(sam, look_at(sam, GATHERED)).follow("Review the queue")
    queue.submit("Publish Willow Watch").says("Published Willow Watch.")
    page = sam.visit("signatures.index", **LETTER_VALUES, q="willow").follow("Willow Watch")
    page.says("Imported from a file.", "This name was imported, so no email is sent.")
    page.submit("Save the correction", signer_title="President").says("Corrected.").never_says("is being emailed about it")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "gathered.csv"),
        (b'Organization,Name\n"Open,Example\n', "never closes"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(
    sam: Visitor, letter: Letter, content: bytes, sentence: str
) -> None:
    look_at(sam, content, status=422).says(sentence)
    assert db.session.query(Upload).count() == 0


def test_a_file_has_to_be_chosen(sam: Visitor, letter: Letter) -> None:
    sam.visit("signatory_import.create", **LETTER_VALUES).submit("Preview", status=422).says(
        "Choose a file, or paste the names below."
    )


def test_a_file_nobody_decides_on_is_forgotten_after_a_day(sam: Visitor, letter: Letter, clock: time_machine.Traveller) -> None:
    look_at(sam, GATHERED)
    clock.shift(dt.timedelta(hours=23))
    purge_uploads(now())
    assert db.session.query(Upload).count() == 1
    clock.shift(dt.timedelta(hours=2))
    purge_uploads(now())
    assert db.session.query(Upload).count() == 0
    import_from(sam, look_at(sam, GATHERED))
    clock.shift(dt.timedelta(hours=25))
    purge_uploads(now())
    assert db.session.query(SignatoryImport).count() == 0


def test_another_coalition_does_not_see_an_upload(app: Flask, sam: Visitor, letter: Letter) -> None:
    page = look_at(sam, GATHERED)
    factories.staff(cast.STRANGER, factories.coalition(cast.OTHER_COALITION))
    stranger = Visitor(app, SITE)
    stranger.sign_in(cast.STRANGER)
    stranger.open(page.path, status=404)


def test_a_thousand_names_are_imported_together(sam: Visitor, letter: Letter) -> None:
    rows = "".join(f"Friends of River {number},friends{number}.example,Person {number}\n" for number in range(1000))
    page = look_at(sam, f"Organization,Website,Name\n{rows}".encode()).says("1 to 100 of 1,000")
    page.follow("Next").says("101 to 200 of 1,000", "Friends of River 150")
    page = import_from(sam, page).says("1,000 names were added to the queue.")
    page.follow("Review the queue").says("1 to 50 of 1,000")


@pytest.mark.needs_shared("csv")
def test_every_kind_of_table_is_shown_row_by_row_or_refused_with_a_sentence(sam: Visitor, letter: Letter) -> None:
    refused = {"broken-utf8.csv": "mixes two encodings", "ragged.csv": "a quotation mark opens here and never closes."}
    asked = {"google-forms-french-windows1252-semicolon.csv": "Hélène Œuvrard", "airtable-grid-view-bom.csv": "Status"}
    for path in sorted(TABLES.iterdir()):
        page = look_at(sam, path.read_bytes(), path.name, status=422 if path.name in refused else 200)
        expected = refused.get(path.name) or asked.get(path.name)
        page.says(path.name, expected or "Change how the columns are read")


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter with a signature of Clara's organization and a declined one."""
    letter = factories.open_letter()
    factories.signature(letter, cast.CLARA)
    factories.signature(letter, cast.FREE_MAIL_SIGNER, SignatureState.DECLINED, organization_name="Gone Group", website="")
    return letter


ALREADY_THERE = (
    ("organization", "The Stream Alliance", "https://stream.example", "", SignatureState.PUBLISHED),
    ("organization", "Ríos & Mares", "", "", SignatureState.DECLINED),
    ("organization", "例示市民会議", "https://rei.example", "", SignatureState.CONFIRMED),
    ("organization", "+Peace", "", "", SignatureState.WITHDRAWN),
    ("individual", "Ada Example", "", "Ada.Example+news@Stream.example", SignatureState.PUBLISHED),
    ("individual", "Bo Example", "", "b.o@gmail.com", SignatureState.DECLINED),
    ("individual", "Cy O’Example", "", "", SignatureState.PUBLISHED),
)
SPELLED_AGAIN = (
    ("organization", "stream alliance", "stream.example", ""), ("organization", "STREAM ALLIANCE", "other.example", ""),
    ("organization", "Rios and mares", "", ""), ("organization", "例示市民会議", "", ""), ("organization", "Peace", "", ""),
    ("organization", "Stream Alliance of Rivers", "", ""), ("individual", "Somebody Else", "", "ada.example@stream.example"),
    ("individual", "Somebody New", "", "bo@gmail.com"), ("individual", "cy oʼexample", "", "cy@stream.example"),
)  # fmt: skip


@pytest.mark.parametrize("row", SPELLED_AGAIN)
def test_the_index_finds_whoever_a_row_may_be(letter: Letter, monkeypatch: pytest.MonkeyPatch, row: tuple[str, ...]) -> None:
    for kind, name, website, email, state in ALREADY_THERE:
        names = {"organization_name": name} if kind == "organization" else {"organization_name": "", "signer_name": name}
        factories.signature(letter, state=state, kind=SignatoryKind(kind), website=website, email=email, **names)
    kind, name, website, email = row
    line = Signatory(name, website=website) if kind == "organization" else Signatory("", name, kind=SignatoryKind.INDIVIDUAL)
    parsed = [ParsedRow(2, line, email)]
    by_index = plan_rows(letter.id, parsed)
    monkeypatch.setattr("letterhub.queries.signatures.existing_signers.SEARCHED_ROWS", 0)
    assert plan_rows(letter.id, parsed) == by_index
