"""Benchmark of the review queue, by number of pending signatures: `make bench`."""

import re
import secrets
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password

from letterhub.app import create_app
from letterhub.clock import now
from letterhub.config import demo_environment, parse_settings
from letterhub.domain.accounts.roles import Role
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.serialization import fingerprint, text_to_facts
from letterhub.domain.signatures.evidence import Fact, FactKind
from letterhub.domain.states import LetterMove, SignatureMove, SignatureState
from letterhub.infrastructure.db import Base, db
from letterhub.models import Coalition, Draft, Letter, Membership, Organization, Revision, Signature, Staff, add_evidence

SIZES = (50, 5_000)
PENDING = SignatureState.PENDING
TRIES = 25
SITE = "http://127.0.0.1:8000"
EMAIL, PASSWORD = "sam@rivers.example", "a long and quiet password"
REVIEW_FILTERS = ("", "clear", "doubt")


def fill(size: int) -> str:
    """Make a letter with that many pending signatures, four of five of them clear; return the URL of its queue."""
    coalition = db.session.query(Coalition).one()
    text = LetterText(title=f"Letter {size}", body="Clean water, now.")
    letter = Letter(coalition_id=coalition.id, slug=f"letter-{size}", created_at=now())
    db.session.add(letter)
    db.session.flush()
    content = text_to_facts(text)
    revision = Revision(letter_id=letter.id, number=1, content=content, sha256=fingerprint(content), created_at=now())
    db.session.add_all([Draft(letter_id=letter.id, text=content, saved_at=now()), revision])
    letter.move(LetterMove.OPEN, now())
    db.session.flush()
    for number in range(size):
        add(letter, revision, number)
    db.session.commit()
    return f"/staff/bench/letters/{letter.slug}/review"


def add(letter: Letter, revision: Revision, number: int) -> None:
    """Add one pending signature, of an organization of its own."""
    domain = f"alliance{letter.id}-{number}.example"
    name = f"Alliance {number} of Letter {letter.id}"
    organization = Organization(
        coalition_id=letter.coalition_id, name=name, name_key=name.casefold(), domain=domain, created_at=now(), keys_version=1
    )
    db.session.add(organization)
    db.session.flush()
    mail = f"nia@{domain}" if number % 5 else f"nia{number}@gmail.com"
    signature = Signature(
        letter_id=letter.id, revision_id=revision.id, organization_id=organization.id, created_at=now(), email=mail,
        state=PENDING, organization_name=name, website=f"https://{domain}", signer_name="Nia Example", signer_title="Director",
    )  # fmt: skip
    db.session.add(signature)
    db.session.flush()  # with the defaults of its empty fields
    signature.move(SignatureMove.CONFIRM, now())
    facts = [Fact(FactKind.MAILBOX, f"signatory-{signature.id}", now(), facts={"domain": mail.partition("@")[2]})]
    if number % 5:
        facts.append(Fact(FactKind.OWN_DOMAIN, "worker", now(), facts={"domain": domain}))
    for fact in facts:
        add_evidence(db.session(), signature.id, fact)


def staff_client(app: Flask) -> FlaskClient:
    """Return a client signed in as a member of staff."""
    coalition = Coalition(slug="bench", name="Bench", created_at=now())
    member = Staff(
        name="Sam", email=EMAIL, password=hash_password(PASSWORD), fs_uniquifier=secrets.token_hex(16), created_at=now()
    )
    db.session.add_all([coalition, member])
    db.session.flush()
    role = Membership(staff_id=member.id, coalition_id=coalition.id, role=Role.OWNER, invited_at=now(), joined_at=now())
    db.session.add(role)
    db.session.commit()
    client = app.test_client()
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in", base_url=SITE).get_data(as_text=True))
    typed = {"email": EMAIL, "password": PASSWORD, "csrf_token": found[1] if found else ""}
    assert client.post("/sign-in", base_url=SITE, data=typed).status_code == 302
    return client


def median_milliseconds(client: FlaskClient, address: str) -> float:
    """Return the median CPU time of the page, in milliseconds."""
    took = []
    for _ in range(TRIES):
        start = time.process_time()
        answer = client.get(address, base_url=SITE)
        took.append(time.process_time() - start)
        assert answer.status_code == 200, answer.status_code
    return statistics.median(took) * 1000


def main() -> None:
    """Print a row for each filter: with few names, with many, and how many times longer that takes."""
    with tempfile.TemporaryDirectory() as folder:
        environment = demo_environment(SITE) | {"LETTERHUB_DATA_DIR": folder}
        settings = replace(parse_settings(environment), database_url=f"sqlite:///{Path(folder) / 'bench.sqlite'}")
        app = create_app(settings)
        with app.app_context():
            Base.metadata.create_all(db.engine)
            client = staff_client(app)
            urls = [fill(size) for size in SIZES]
            print(f"pick        {SIZES[0]} waiting (ms)   {SIZES[1]} waiting (ms)   ratio")
            for pick in REVIEW_FILTERS:
                few, many = (median_milliseconds(client, f"{url}?pick={pick}") for url in urls)
                print(f"{pick or 'all':11} {few:15.1f} {many:19.1f} {many / few:7.2f}", flush=True)
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
