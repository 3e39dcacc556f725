"""Test data of the benchmarks: one letter with so many published signatures, and unconfirmed ones."""

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

import minimal
from ours import SECRET, settings
from sqlalchemy import Engine, create_engine, insert
from sqlalchemy.orm import Session

from letterhub.app import site_context
from letterhub.clock import now
from letterhub.domain.letters.letter_document import LetterText, SignatoryKind
from letterhub.domain.letters.serialization import fingerprint, text_to_facts
from letterhub.domain.organizations.name_keys import sort_key
from letterhub.domain.states import LetterState, SignatureState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import LinkSigner, Purpose
from letterhub.models import Coalition, Draft, Letter, Revision, Signature, write_search_lines

SLUG = "clean-rivers"
INSERT_BATCH = 1_000
SYLLABLES = ("ba", "ke", "lo", "mu", "ni", "ra", "sto", "ve", "wa", "zi", "cha", "dor", "fel", "gru", "hal", "pim")
KINDS = ("Alliance", "Coalition", "League", "Network", "Union", "Trust", "Council", "Society", "Institute", "Association")
OTHER_OWN = (
    "Société Énergie", "Łódź", "Ökologie", "İstanbul", "Общество Рек", "Εταιρεία Ποταμών", "مؤسسة الأنهار", "עמותה",
    "環境市民会議", "กลุ่มรักษ์น้ำ", "नदी", "한강", "O’Neil", "AT&T", "YMCA’s", "the Green and Blue",
)  # fmt: skip
"""Names of every tenth organization, in other scripts and with signs."""
BODY = "We, the {{count}} undersigned organizations, ask you to protect our rivers.\n\n" + 6 * (
    "Clean water is *everyone's*, and it is ours to keep. The rivers of this country carry what we put into them.\n\n"
)


@dataclass(frozen=True, slots=True)
class FilledDatabase:
    """A filled database: the confirmation tokens of unconfirmed signatures."""

    tokens: list[str]


def test_rows(count: int, waiting: int) -> list[dict[str, Any]]:
    """Return the rows of that many published signatures and of so many unconfirmed ones.

    Their names sort as real ones do.
    """
    chance, at = random.Random(7), now() - dt.timedelta(days=5)
    rows = []
    for number in range(1, count + waiting + 1):
        own = "".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))).capitalize()
        own = own if number % 10 else OTHER_OWN[number // 10 % len(OTHER_OWN)]
        name = f"{chance.choice(KINDS)} of {own} {number}"
        facts = {
            "id": number, "letter_id": 1, "revision_id": 1, "organization_name": name, "signer_name": "Nia Example",
            "signer_title": "Director", "location": "Springfield, IL", "email": f"n{number}@a{number}.example",
            "section": "national", "website": f"https://a{number}.example", "lead": False, "lead_order": 0,
            "lead_key": "1", "kind_key": "1", "sort_key": sort_key(name), "section_key": "12",
            "location_key": "10", "alphabet": "", "created_at": at,
        }  # fmt: skip
        listed = number <= count
        rows.append(
            facts
            | {"state": SignatureState.PUBLISHED if listed else SignatureState.PENDING, "kind": SignatoryKind.ORGANIZATION}
            | {"confirmed_at": at if listed else None, "published_at": at if listed else None}
            | {"place_key": f"organization|{number}" if listed else None, "affiliation": "", "sort_name": ""}
        )
    return rows


def fill_letterhub(url: str, folder: str, rows: list[dict[str, Any]], count: int) -> FilledDatabase:
    """Create Letterhub's tables and insert the rows."""
    with site_context(settings(url, folder)):
        db.create_all()
        text = text_to_facts(LetterText(title="Clean rivers for everyone", body=BODY))
        session = db.session()
        at = now() - dt.timedelta(days=6)
        session.add(Coalition(id=1, slug="bench", name="Bench", created_at=at))
        session.flush()
        session.add(
            Letter(
                id=1,
                coalition_id=1,
                slug=SLUG,
                state=LetterState.OPEN,
                organization_count=count,
                pending_count=len(rows) - count,
                created_at=at,
            )
        )
        session.flush()
        session.add(Draft(letter_id=1, text=text, saved_at=at))
        session.add(Revision(id=1, letter_id=1, number=1, content=text, sha256=fingerprint(text), created_at=at))
        session.flush()
        for begin in range(0, len(rows), INSERT_BATCH):
            some = rows[begin : begin + INSERT_BATCH]
            session.execute(insert(Signature), some)
            write_search_lines(session.connection(), [Signature(**row) for row in some])
        session.commit()
        _update_statistics(db.engine, "coalition", "letter", "revision", "signature")
    links = LinkSigner((SECRET,))
    return FilledDatabase([links.token(Purpose.CONFIRM, row["id"], 1) for row in rows[count:]])


def fill_minimal(url: str, rows: list[dict[str, Any]], count: int) -> None:
    """Insert the same names into the tables of the minimal app."""
    engine = create_engine(url)
    minimal.Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(minimal.Letter(id=1, title="Clean rivers for everyone", count=count))
        session.flush()
        for begin in range(0, len(rows), INSERT_BATCH):
            some = [
                {
                    "id": row["id"], "letter_id": 1, "state": str(row["state"]), "name": row["organization_name"],
                    "person": row["signer_name"], "email": row["email"],
                }
                for row in rows[begin : begin + INSERT_BATCH]
            ]  # fmt: skip
            session.execute(insert(minimal.Signature), some)
        session.commit()
    _update_statistics(engine, "minimal_letter", "minimal_signature")
    engine.dispose()


def _update_statistics(engine: Engine, *tables: str) -> None:
    """Advance the id sequences past the inserted ids, and update the planner's statistics."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in tables:
                connection.exec_driver_sql(f"SELECT setval('{table}_id_seq', (SELECT MAX(id) FROM {table}))")
            connection.exec_driver_sql("VACUUM ANALYZE")
