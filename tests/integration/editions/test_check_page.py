"""The holder of a file can verify it: its edition, its recipient, the edition that supersedes it, its errata."""

import datetime as dt
import hashlib

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.editions.deliveries import undo_delivery
from letterhub.commands.signatures.sign import withdraw_signature
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.states import LetterMove, SignatureMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Delivery, Edition, EditionFile, Letter, Signature
from letterhub.web.public.editions.check_page import MAX_FILE_BYTES
from tests.support import cast, editions, factories
from tests.support.servers.database_copies import SITE
from tests.support.text_changes import make_signers
from tests.support.visitor import Page, Visitor

DAY = dt.timedelta(days=1)


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A closed letter that Clara's organization signed."""
    letter = factories.open_letter()
    factories.signature(letter, cast.CLARA)
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    return letter


def check_page(visitor: Visitor, edition: Edition, **query: str) -> Page:
    return visitor.visit("check_page.detail", public_id=edition.public_id, **query)


def verify_hash(visitor: Visitor, edition: Edition, sha256: str, status: int = 200) -> Page:
    """Return the response to a hash entered on the check page."""
    return check_page(visitor, edition).submit("Check the file", sha256=sha256, status=status)


def edition_file(edition: Edition, file_format: FileFormat = FileFormat.PDF) -> EditionFile:
    return db.session.query(EditionFile).filter_by(edition_id=edition.id, format=file_format).one()


def letter_page(visitor: Visitor, letter: Letter) -> Page:
    return visitor.visit("letters.detail", slug=letter.slug)


def test_before_its_delivery_an_edition_says_that_it_was_frozen_and_nothing_else(visitor: Visitor, letter: Letter) -> None:
    edition = editions.freeze_edition(letter)
    page = check_page(visitor, edition)
    page.says("This edition was frozen on Wednesday, January 5, 2022, 12:00 p.m. Eastern. It has not been delivered.")
    page.never_says(cast.CLARA.organization, edition.sha256, edition_file(edition).sha256, "Fingerprints")
    for file_format in FileFormat:
        assert visitor.ask(f"{page.path}/{file_format}").status_code == 404
    visitor.open(f"{page.path}/differences", status=404)
    letter_page(visitor, letter).never_says(edition.public_id)


def test_a_delivered_edition_tells_to_whom_and_hands_out_its_files(visitor: Visitor, letter: Letter) -> None:
    edition = editions.deliver_edition(letter)
    page = check_page(visitor, edition)
    page.says("to the President on Wednesday, January 5, 2022, 12:00 p.m. Eastern, by hand", edition_file(edition).sha256)
    for file_format in FileFormat:
        answer = visitor.ask(f"{page.path}/{file_format}")
        assert hashlib.sha256(answer.data).hexdigest() == edition_file(edition, file_format).sha256
        assert answer.headers["Content-Disposition"].startswith("attachment")
        again = visitor.ask(f"{page.path}/{file_format}", headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.shows("S13")
def test_the_page_sets_no_cookie_and_may_be_kept_for_a_moment(visitor: Visitor, letter: Letter) -> None:
    edition = editions.deliver_edition(letter)
    for address in (f"/editions/{edition.public_id}", f"/editions/{edition.public_id}/pdf"):
        answer = visitor.ask(address)
        assert not {"Set-Cookie", "Vary"} & set(answer.headers.keys())
        assert answer.headers["Cache-Control"].startswith("public, max-age=0, s-maxage=")
        assert "ETag" in answer.headers
        assert "unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("typed", ["{0}", "lower", "bare", "spaced"])
def test_an_id_is_found_however_it_is_typed(visitor: Visitor, letter: Letter, typed: str) -> None:
    public_id = editions.freeze_edition(letter).public_id
    spelled = {"lower": public_id.lower(), "bare": public_id.replace("-", ""), "spaced": public_id.replace("-", " ")}
    assert visitor.open(f"/editions/{spelled.get(typed, public_id)}").path == f"/editions/{public_id}"


@pytest.mark.parametrize("typed", ["AAAA-AAAA-AAAA", "--", "x", "%20"])
def test_an_id_that_is_none_is_not_found(visitor: Visitor, letter: Letter, typed: str) -> None:
    visitor.open(f"/editions/{typed}", status=404)


def test_a_file_is_known_by_its_hash_without_being_sent(visitor: Visitor, letter: Letter) -> None:
    edition = editions.deliver_edition(letter)
    real = edition_file(edition).sha256
    verify_hash(visitor, edition, real.upper()).says(
        "Result for the file with this fingerprint:", real, "This is edition 1, as delivered."
    )
    verify_hash(visitor, edition, f" {real[:32]} {real[32:]}\n").says("This is edition 1, as delivered.", "File: PDF.")
    verify_hash(visitor, edition, "0" * 64).says("We don’t know this file.")
    verify_hash(visitor, edition, "<b>", status=422).says("A SHA-256 fingerprint has 64 characters").never_says(
        "We don’t know this file.", "<b>"
    )
    verify_hash(visitor, edition, "", status=422).says("Choose a file, or enter its SHA-256 fingerprint.")


def test_a_link_alone_never_says_that_a_file_is_real(visitor: Visitor, letter: Letter) -> None:
    edition = editions.deliver_edition(letter)
    real = edition_file(edition).sha256
    page = check_page(visitor, edition, sha256=real.upper()).never_says("as delivered.", "Result for the file")
    assert f'value="{real}"' in page.html
    page.submit("Check the file").says("This is edition 1, as delivered.")
    check_page(visitor, edition, sha256="0" * 64).never_says("We don’t know this file.")
    check_page(visitor, edition, sha256="<b>").never_says("<b>")


@pytest.mark.parametrize(
    ("headers", "answered"),
    [
        ({"Sec-Fetch-Site": "same-origin", "Origin": SITE}, True),
        ({"Origin": SITE}, True),
        ({}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://forger.example"}, False),
        ({"Sec-Fetch-Site": "same-site", "Origin": "https://other.example.org"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "https://forger.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://["}, False),
    ],
)
def test_the_button_of_another_site_gets_no_verdict(
    visitor: Visitor, letter: Letter, headers: dict[str, str], answered: bool
) -> None:
    edition = editions.deliver_edition(letter)
    request = {"method": "POST", "data": {"sha256": edition_file(edition).sha256}, "headers": headers}
    page = visitor.open(f"/editions/{edition.public_id}", status=200 if answered else 422, **request)
    if answered:
        page.says("This is edition 1, as delivered.")
    else:
        page.says("This request came from another site.").never_says("as delivered.")


def test_a_file_that_is_sent_gets_the_same_answer_and_leaves_no_trace(visitor: Visitor, letter: Letter) -> None:
    edition = editions.deliver_edition(letter)
    address = f"/editions/{edition.public_id}"

    def sent(content: bytes, status: int = 200) -> Page:
        head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
        body = head + content + b"\r\n--edge--\r\n"
        kind = "multipart/form-data; boundary=edge"
        return visitor.open(address, method="POST", status=status, data=body, content_type=kind)

    answer = sent(edition_file(edition).content or b"").says("This is edition 1, as delivered.")
    assert "Set-Cookie" not in answer.response.headers
    sent((edition_file(edition).content or b"") + b"\n").says("No file of ours has this fingerprint").never_says(
        "as delivered."
    )
    sent(b"\0" * (MAX_FILE_BYTES - 1024)).says("We can’t tell what this file is.")
    sent(b"\0" * (MAX_FILE_BYTES + 1024 * 1024), status=413)
    visitor.open(address, method="POST", status=422, data={}).says("Choose a file, or enter its SHA-256 fingerprint.")
    assert db.session.query(EditionFile).count() == len(FileFormat)


def test_a_superseded_edition_says_so_and_what_is_different(visitor: Visitor, letter: Letter) -> None:
    first = editions.deliver_edition(letter)
    factories.signature(letter, cast.HIRO)
    second = editions.deliver_edition(letter)
    page = verify_hash(visitor, first, edition_file(first).sha256)
    page.says("Superseded: edition 2 was delivered later.", "as delivered, but it was superseded by edition 2.")
    page.follow("What’s different").says(
        "Signatories: 1 in edition 1, 2 in edition 2.", "Added 1", cast.HIRO.organization, "We, the one undersigned"
    )
    verify_hash(visitor, second, edition_file(first).sha256).says("it was superseded by edition 2")
    verify_hash(visitor, second, edition_file(second).sha256).says("This is edition 2, as delivered.")
    visitor.visit("check_page.differences", public_id=second.public_id, status=404)


def test_a_file_of_an_edition_that_was_not_delivered_is_known_as_that(visitor: Visitor, letter: Letter) -> None:
    first = editions.deliver_edition(letter)
    factories.signature(letter, cast.HIRO)
    second = editions.freeze_edition(letter)
    page = verify_hash(visitor, first, edition_file(second).sha256)
    page.says("This is edition 2, which has not been delivered. The delivered edition is number 1.").never_says(
        cast.HIRO.organization
    )


def test_a_file_of_another_letter_is_known_as_that(visitor: Visitor, letter: Letter) -> None:
    edition = editions.deliver_edition(letter)
    other = factories.open_letter(editions.TEXT)
    factories.signature(other, cast.HIRO)
    other.move(LetterMove.CLOSE, now())
    db.session.commit()
    theirs = editions.deliver_edition(other)
    page = verify_hash(visitor, edition, edition_file(theirs).sha256)
    page.says("This file belongs to another letter: “Clean rivers”.", "This is edition 1, as delivered.")


def test_the_letter_is_shown_as_it_was_delivered_whoever_signs_or_withdraws_later(
    visitor: Visitor, letter: Letter, clock: time_machine.Traveller
) -> None:
    edition = editions.deliver_edition(letter)
    clock.shift(DAY)
    factories.signature(letter, cast.HIRO)
    withdraw_signature(db.session.query(Signature).filter_by(email=cast.CLARA.email).one().id, now())
    page = letter_page(visitor, letter).says(
        "One organization has signed", "Delivered to the President on Wednesday, January 5, 2022, 12:00 p.m. Eastern.",
        cast.CLARA.organization, f"edition 1, {edition.public_id}",
        f"January 6, 2022: {cast.CLARA.organization} withdrew from the letter.",
    )  # fmt: skip
    page.never_says(cast.HIRO.organization)
    page.follow(f"edition 1, {edition.public_id}").says(
        "Errata",
        "The delivered edition doesn’t change.",
        f"January 6, 2022: {cast.CLARA.organization} withdrew from the letter.",
    )


def test_a_name_that_staff_took_off_is_an_erratum_by_the_name_that_was_printed(
    visitor: Visitor, letter: Letter, clock: time_machine.Traveller
) -> None:
    edition = editions.deliver_edition(letter)
    clock.shift(DAY)
    row = db.session.query(Signature).one()
    row.organization_name = "Renamed since"
    row.move(SignatureMove.DECLINE, now())
    db.session.commit()
    page = check_page(visitor, edition).says(f"{cast.CLARA.organization} was removed by Coalition for Clean Rivers.")
    page.never_says("Renamed since")


@pytest.mark.shows("S19")
def test_a_name_that_waits_for_review_again_is_an_erratum_that_says_no_more(visitor: Visitor, letter: Letter) -> None:
    edition = editions.deliver_edition(letter)
    db.session.query(Signature).one().move(SignatureMove.RETURN, now())
    db.session.commit()
    for page in (check_page(visitor, edition), letter_page(visitor, letter)):
        page.says(f"{cast.CLARA.organization} is waiting for another review.").never_says("removed by", "withdrew")
    db.session.query(Signature).one().move(SignatureMove.PUBLISH, now())
    db.session.commit()
    check_page(visitor, edition).never_says("Errata")


@pytest.mark.shows("S19")
@pytest.mark.parametrize("move", [SignatureMove.WITHDRAW, SignatureMove.DECLINE])
def test_a_name_that_went_by_a_slower_clock_than_that_of_its_edition_is_an_erratum_too(
    visitor: Visitor, letter: Letter, clock: time_machine.Traveller, move: SignatureMove
) -> None:
    edition = editions.deliver_edition(letter)
    clock.shift(-DAY)
    db.session.query(Signature).one().move(move, now())
    factories.signature(letter, cast.HIRO, SignatureState.DECLINED)
    db.session.commit()
    clock.shift(DAY)
    for page in (check_page(visitor, edition), letter_page(visitor, letter)):
        page.says(f"January 4, 2022: {cast.CLARA.organization} w").never_says(cast.HIRO.organization)


def test_names_that_no_edition_printed_are_no_errata(visitor: Visitor, letter: Letter) -> None:
    edition = editions.deliver_edition(letter)
    for signer, state in ((cast.HIRO, SignatureState.CONFIRMED), (cast.FREE_MAIL_SIGNER, SignatureState.OUTDATED)):
        factories.signature(letter, signer, state)
    check_page(visitor, edition).never_says("Errata", cast.HIRO.organization)


def test_the_letter_tells_some_errata_and_its_check_page_all(visitor: Visitor, letter: Letter) -> None:
    signed = [factories.signature(letter, one) for one in make_signers(60)]
    edition = editions.deliver_edition(letter)
    for one in signed:
        one.move(SignatureMove.RETURN, now())
    db.session.commit()
    page = letter_page(visitor, letter)
    page.says("Alliance 50 is waiting for another review.", "10 more names are no longer on the letter")
    page.never_says("Alliance 51 is waiting for another review.")
    check_page(visitor, edition).says(
        "Alliance 01 is waiting for another review.", "Alliance 60 is waiting for another review."
    )


def test_a_letter_that_is_withdrawn_later_says_so_on_its_check_page(visitor: Visitor, letter: Letter) -> None:
    edition = editions.deliver_edition(letter)
    db.session.get_one(Letter, letter.id).move(LetterMove.WITHDRAW, now())
    db.session.commit()
    check_page(visitor, edition).says("On January 5, 2022, Coalition for Clean Rivers withdrew the letter.")
    letter_page(visitor, letter).says("Withdrawn", "Delivered to the President")


def test_a_delivery_that_was_taken_back_leaves_a_sentence_and_no_files(visitor: Visitor, letter: Letter) -> None:
    edition = editions.deliver_edition(letter)
    undo_delivery(db.session.query(Delivery).one().id, "Secret reason", actor="staff-1", at=now())
    page = check_page(visitor, edition).says("It has not been delivered.", "the record was retracted on January 5, 2022.")
    page.never_says("Secret reason")
    assert visitor.ask(f"{page.path}/pdf").status_code == 404
    letter_page(visitor, letter).never_says("Delivered to", edition.public_id)
