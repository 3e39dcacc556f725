"""Searches among the names of a letter: a table of queries and what each finds, on both databases."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text

from letterhub.clock import now
from letterhub.commands.signatures.sign import withdraw_signature
from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, SearchLine, Signature
from letterhub.models.signature_search import optimize_index
from letterhub.queries.letters.public_letter import public_letter
from letterhub.queries.signatures import listing, search
from letterhub.queries.signatures.listing import PageRequest, list_page
from letterhub.queries.signatures.review import SignatureSearch, sorted_signatures
from tests.support import factories

NAMES = (
    "AT&T Workers", "Bank of the Rivers", "Die Ökologen", "İstanbul Çevre", "Łódź dla rzek", "O’Neil Family Trust",
    "Société d’Énergie", "The Arc", "Union of Rivers", "Union Station Friends", "YMCA’s Youth", "Общество Рек", "مؤسسة الأنهار",
    "環境市民会議", "กลุ่มรักษ์น้ำ", "नदी मित्र", "한강 친구들", "100% Clean", "!!!",
)  # fmt: skip
FOUND = {
    "at&t": ["AT&T Workers"],
    "AT and T": ["AT&T Workers"],
    "t": ["AT&T Workers", "Bank of the Rivers", "O’Neil Family Trust", "The Arc"],
    "o'neil": ["O’Neil Family Trust"],
    "o’n": ["O’Neil Family Trust"],
    "neil": ["O’Neil Family Trust"],
    "YMCA's": ["YMCA’s Youth"],
    "ymca": ["YMCA’s Youth"],
    "okolo": ["Die Ökologen"],
    "ÖKOLOGEN": ["Die Ökologen"],
    "istanbul": ["İstanbul Çevre"],
    "cev": ["İstanbul Çevre"],
    "ÉNERGIE": ["Société d’Énergie"],
    "societe energie": ["Société d’Énergie"],
    "the arc": ["The Arc"],
    "arc": ["The Arc"],
    "union sta": ["Union Station Friends"],
    "UNION": ["Union of Rivers", "Union Station Friends"],
    "ｕｎｉｏｎ": ["Union of Rivers", "Union Station Friends"],
    "sta union": ["Union Station Friends"],
    "union union u": ["Union of Rivers", "Union Station Friends"],
    "of": ["Bank of the Rivers", "Union of Rivers"],
    "общ": ["Общество Рек"],
    "РЕК": ["Общество Рек"],
    "مؤ": ["مؤسسة الأنهار"],
    "市民": ["環境市民会議"],
    "会議": ["環境市民会議"],
    "議": ["環境市民会議"],
    "環境 会": ["環境市民会議"],
    "รักษ์": ["กลุ่มรักษ์น้ำ"],
    "น้ำ": ["กลุ่มรักษ์น้ำ"],
    "मित्र": ["नदी मित्र"],
    "한강": ["한강 친구들"],
    "100%": ["100% Clean"],
    "!!!": ["!!!"],
    "nion": [],
    "民市": [],
    "union nobody": [],
    "union bank": [],
    "z" * 200: [],
}
PLAIN = (
    "union*", "\"union\"", "“union”", "union:*", "-union", "!union", "^union", "(union", "union)", "{union}", "union\\",
    "union'", "+union", "union |", "<-> union", "union;--", "%union%", "\x00union",
)  # fmt: skip
"""Signs that mean something to a database: they are no part of a word."""
WORDS = {"union & of": [], "terms: union": [], "union OR bank": [], "union AND of": [], "NOT union": [], "union NEAR of": []}
"""Operators of FTS5 are words as any others."""


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter with names in many scripts."""
    letter = factories.open_letter()
    for name in NAMES:
        factories.signature(letter, organization_name=name, signer_name="", signer_title="", location="")
    factories.signature(
        letter, kind=SignatoryKind.INDIVIDUAL, organization_name="", signer_name="Zoë Unity", signer_title="Poet", section=""
    )
    factories.signature(letter, state=SignatureState.CONFIRMED, organization_name="Union in the Queue")
    other = factories.open_letter(replace(factories.TEXT, title="Another letter"))
    factories.signature(other, organization_name="Union of Another Letter")
    return letter


def found(letter: Letter, query: str) -> list[str]:
    """Return the names that a search finds, sorted."""
    shown = public_letter(letter.slug)
    assert shown is not None
    return [line.name for line in list_page(shown.id, shown.text, shown.count, PageRequest(query)).signatories]


def test_what_each_query_finds(letter: Letter) -> None:
    assert {query: sorted(found(letter, query)) for query in FOUND} == {query: sorted(names) for query, names in FOUND.items()}


def test_signs_and_operators_are_plain_characters(letter: Letter) -> None:
    union = ["Union of Rivers", "Union Station Friends"]
    assert {query: found(letter, query) for query in PLAIN} == dict.fromkeys(PLAIN, union)
    assert {query: found(letter, query) for query in WORDS} == WORDS


@pytest.mark.parametrize("many", [0, 1, 3, 3_000])
def test_every_way_of_searching_finds_the_same(letter: Letter, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    monkeypatch.setattr(search, "MANY", many)
    monkeypatch.setattr(listing, "MANY", many)
    monkeypatch.setattr(search, "POSITIONS", max(many, 2))
    monkeypatch.setattr(listing, "NAMES_PER_PAGE", 2)
    for scanned in (1, 3, 300):
        monkeypatch.setattr(listing, "SCANNED", scanned)
        monkeypatch.setattr(listing, "SCANNED_FIRST", scanned)
        assert found(letter, "u") == ["Union of Rivers", "Union Station Friends"]
        assert found(letter, "of")[:2] == ["Bank of the Rivers", "Union of Rivers"]
        assert found(letter, "zo") == ["Zoë Unity"]


def test_what_is_erased_leaves_the_index(letter: Letter) -> None:
    row = db.session.query(Signature).filter_by(organization_name="Общество Рек").one()
    withdraw_signature(row.id, now())
    assert found(letter, "общ") == []
    row.clear_contact(now())
    row.clear_line()
    db.session.commit()
    assert db.session.query(SearchLine).filter_by(signature_id=row.id).all() == []
    if db.engine.dialect.name == "sqlite":
        optimize_index(db.session.connection())
        blocks = db.session.scalars(text("SELECT block FROM search_index_data")).all()
        assert not any("общество".encode()[2:8] in block for block in blocks)
        assert any(b"union" in block for block in blocks)
        db.session.commit()


def test_staff_find_every_confirmed_name_by_what_is_known_of_it(letter: Letter) -> None:
    factories.signature(letter, state=SignatureState.PENDING, organization_name="Unconfirmed Union", email="late@union.example")

    def listed(words: str, *states: SignatureState) -> list[str]:
        page = sorted_signatures(letter.id, SignatureSearch(states or tuple(SignatureState), words))
        return [signature.signatory.name for signature in page.signatures]

    union = ["Unconfirmed Union", "Union in the Queue", "Union of Rivers", "Union Station Friends"]
    assert sorted(listed("union")) == sorted(union)
    assert listed("union", SignatureState.CONFIRMED) == ["Union in the Queue"]
    assert listed("union", SignatureState.PUBLISHED) == ["Union of Rivers", "Union Station Friends"]
    assert listed("nconf") == listed("late@union.example") == ["Unconfirmed Union"]
    row = db.session.query(Signature).filter_by(organization_name="Union of Rivers").one()
    row.email, row.website = "clara.doe@stream.example", "https://www.stream.example/a"
    db.session.commit()
    assert listed("clara.doe@stream.example") == listed("https://stream.example") == listed("doe") == ["Union of Rivers"]
    assert found(letter, "clara") == found(letter, "stream") == []
    row.clear_contact(now())
    db.session.commit()
    assert listed("doe") == []
