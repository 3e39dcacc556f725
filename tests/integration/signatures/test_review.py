"""Sam empties the queue: one name, many names, undone again; and concurrent reviewers do not overwrite each other."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

from letterhub.commands.signatures.sign import correct_signature
from letterhub.domain.signatures.review import line_version
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Letter, OutboxMessage, Signature
from tests.conftest import NOON
from tests.support import cast, factories
from tests.support.database_statements import record_statements
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Page, Visitor

CONFIRMED, PUBLISHED, DECLINED = SignatureState.CONFIRMED, SignatureState.PUBLISHED, SignatureState.DECLINED
Queue = Callable[[Visitor], Page]


def test_a_name_is_published_and_its_publishing_undone(sam: Visitor, waiting: Signature, queue: Queue) -> None:
    page = queue(sam).says("Example Alliance", "Clara Example, Director", "mailbox ✓", "domain ✓")
    page = page.submit("Publish Example Alliance").says("Published Example Alliance.", "Every name has been reviewed.")
    assert state_of(waiting) is PUBLISHED
    page.submit("Undo").says("Example Alliance is back in the queue.")
    assert state_of(waiting) is CONFIRMED
    assert actions() == ["published", "returned"]


def test_a_name_is_declined_with_a_reason_that_stays(sam: Visitor, waiting: Signature, queue: Queue) -> None:
    page = queue(sam).submit("Decline Example Alliance", reason="Not theirs to sign").says("Declined Example Alliance.")
    assert state_of(waiting) is DECLINED
    detail = sam.visit("signatures.detail", **letter_path(), signature_id=waiting.id)
    detail.says("Declined because: Not theirs to sign", "Sam Reviewer declined Example Alliance.")
    page.submit("Undo")
    assert state_of(waiting) is CONFIRMED


def test_many_names_are_decided_on_together(sam: Visitor, waiting: Signature, hiro: Signature, queue: Queue) -> None:
    chosen = [form_choice(waiting), form_choice(hiro)]
    queue(sam).submit("Publish selected", chosen=chosen).says("Published 2 names.").submit("Undo")
    asking = queue(sam).submit("Decline selected", chosen=chosen).never_says("Enter a reason")
    asking.says("Decline these 2 names?", "Example Alliance", "例示市民会議")
    asking.submit("Decline 2 names").says("Enter a reason")
    asking.submit("Decline 2 names", reason="Twice").says("Declined 2 names.")
    assert {state_of(waiting), state_of(hiro)} == {DECLINED}


def test_nothing_is_decided_where_no_name_is_chosen(sam: Visitor, waiting: Signature, queue: Queue) -> None:
    queue(sam).submit("Publish selected").says("No names are selected")
    queue(sam).submit("Decline selected").says("No names are selected")
    assert state_of(waiting) is CONFIRMED


@pytest.mark.parametrize("button", ["Publish Example Alliance", "Decline Example Alliance"])
def test_the_second_of_two_reviewers_hears_who_was_first(
    sam: Visitor, olive: Visitor, waiting: Signature, queue: Queue, button: str
) -> None:
    seen_by_sam = queue(sam)
    queue(olive).submit("Publish Example Alliance")
    late = {"reason": "Too late"} if button.startswith("Decline") else {}
    seen_by_sam.submit(button, **late).says(
        "Example Alliance was published by Olive Owner in the meantime. Nothing was changed."
    )
    assert state_of(waiting) is PUBLISHED


def test_what_was_refused_fits_into_a_cookie_that_browsers_keep(sam: Visitor, waiting: Signature, queue: Queue) -> None:
    letter = db.session.get_one(Letter, waiting.letter_id)
    names = [factories.signature(letter, state=CONFIRMED, organization_name=f"{n} {'Alliance ' * 28}") for n in range(30)]
    page, chosen = queue(sam), [form_choice(one) for one in names]
    queue(sam).submit("Publish selected", chosen=chosen)
    page.submit("Publish selected", chosen=chosen).says("0 Alliance", "27 more names were not decided.")


@pytest.mark.parametrize(
    ("button", "typed"),
    [
        ("Publish Example Alliance", {}),
        ("Publish selected", {}),
        ("Decline Example Alliance", {"reason": "Not theirs to sign"}),
    ],
)
def test_a_line_that_its_signatory_corrected_meanwhile_is_seen_before_it_is_decided_on(
    sam: Visitor, waiting: Signature, queue: Queue, button: str, typed: dict[str, str]
) -> None:
    page, chosen = queue(sam), {"chosen": [form_choice(waiting)]} if button == "Publish selected" else {}
    correct_signature(waiting.id, replace(waiting.signatory, organization="Rude Words Inc"), NOON)
    page.submit(button, **typed, **chosen).says("Rude Words Inc was changed while you were looking at it")
    assert state_of(waiting) is CONFIRMED
    queue(sam).submit("Publish Rude Words Inc").says("Published Rude Words Inc.")


@pytest.mark.parametrize(("button", "typed"), [("Publish", {}), ("Decline this name", {"reason": "Not theirs"})])
def test_on_its_own_page_a_line_is_decided_on_as_it_was_seen(
    sam: Visitor, waiting: Signature, button: str, typed: dict[str, str]
) -> None:
    page = sam.visit("signatures.detail", **letter_path(), signature_id=waiting.id)
    correct_signature(waiting.id, replace(waiting.signatory, organization="Rude Words Inc"), NOON)
    page.submit(button, **typed).says("Rude Words Inc was changed while you were looking at it")
    assert state_of(waiting) is CONFIRMED


def test_undoing_leaves_alone_what_another_reviewer_decided_since(
    sam: Visitor, olive: Visitor, waiting: Signature, queue: Queue
) -> None:
    published = queue(sam).submit("Publish Example Alliance")
    olive.visit("signatures.detail", **letter_path(), signature_id=waiting.id).submit(
        "Decline this name", reason="Asked to be taken off"
    )
    published.submit("Undo").says("Example Alliance was declined by Olive Owner in the meantime.")
    assert state_of(waiting) is DECLINED


def test_a_declined_name_returns_beside_the_one_that_took_its_place(sam: Visitor, waiting: Signature, queue: Queue) -> None:
    queue(sam).submit("Decline Example Alliance", reason="Wrong signer")
    factories.signature(db.session.get_one(Letter, waiting.letter_id), cast.CLARA, PUBLISHED)
    sam.visit("signatures.detail", **letter_path(), signature_id=waiting.id).submit("Back to the queue").submit("Publish").says(
        "is already on this letter"
    )
    assert state_of(waiting) is CONFIRMED


def test_a_correction_is_recorded_and_mailed_with_what_stood_before(sam: Visitor, waiting: Signature, queue: Queue) -> None:
    page = queue(sam).follow("Edit Example Alliance")
    page = page.submit("Save the correction", organization="The Example Alliance", signer_title="President")
    page.says("The signatory is being emailed about it.")
    (mail,) = db.session.query(OutboxMessage).filter_by(kind="corrected").all()
    assert mail.recipient == cast.CLARA.email
    assert mail.parameters == {
        "before": ["Example Alliance", "Clara Example, Director"],
        "after": ["The Example Alliance", "Clara Example, President"],
    }
    entry = db.session.query(AuditEntry).filter_by(action="corrected").one()
    assert entry.before == {"organization": "Example Alliance", "signer_title": "Director"}


def test_where_a_name_stands_is_corrected_without_a_mail(sam: Visitor, waiting: Signature, queue: Queue) -> None:
    page = queue(sam).follow("Edit Example Alliance")
    page.submit("Save the correction", lead=True, sort_name="Alliance", section="state").says("Corrected.", "lead")
    assert db.session.query(OutboxMessage).count() == 0


def test_a_correction_upon_an_older_line_is_not_kept(sam: Visitor, olive: Visitor, waiting: Signature) -> None:
    seen_by_sam = sam.visit("signatures.detail", **letter_path(), signature_id=waiting.id)
    olive.visit("signatures.detail", **letter_path(), signature_id=waiting.id).submit(
        "Save the correction", organization="Example Union"
    )
    seen_by_sam.submit("Save the correction", organization="Exemplary Alliance").says("was changed while you were looking")
    assert db.session.get_one(Signature, waiting.id).organization_name == "Example Union"


def test_a_correction_cannot_take_the_place_of_another(sam: Visitor, waiting: Signature, hiro: Signature) -> None:
    page = sam.visit("signatures.detail", **letter_path(), signature_id=hiro.id)
    factories.signature(
        db.session.get_one(Letter, waiting.letter_id), cast.FREE_MAIL_SIGNER, PUBLISHED, website=cast.HIRO.website
    )
    page.submit("Save the correction", organization="Riverbank Friends").says("is already on this letter")
    assert db.session.get_one(Signature, hiro.id).organization_name == cast.HIRO.organization


def test_an_organization_keeps_a_name(sam: Visitor, waiting: Signature) -> None:
    page = sam.visit("signatures.detail", **letter_path(), signature_id=waiting.id)
    page.submit("Save the correction", organization=" \u200b ").says("Enter the name of the organization.")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "alliance"}, {"Example Alliance"}),
        ({"q": "HANAKO@"}, {"例示市民会議"}),
        ({"q": "50%"}, set()),
        ({"pick": "clear"}, {"Example Alliance", "例示市民会議"}),
        ({"pick": "free-mail"}, {"Riverbank Friends"}),
        ({"pick": "free-mail", "q": "alliance"}, set()),
        *(({"q": written}, {"例示市民会議"}) for written in ("Élodie", "élodie", "ÉLODIE ŁÓ", "Łódź", "łódź")),
        ({"pick": "nonsense", "page": "99"}, {"Example Alliance", "例示市民会議", "Riverbank Friends"}),
    ],
)
def test_the_queue_shows_what_is_looked_for(
    sam: Visitor, waiting: Signature, hiro: Signature, query: dict[str, str], found: set[str]
) -> None:
    factories.signature(db.session.get_one(Letter, waiting.letter_id), cast.FREE_MAIL_SIGNER, CONFIRMED)
    hiro.signer_name = "Élodie Łódź"
    db.session.commit()
    page = sam.visit("review.index", **letter_path(), **query)
    names = {"Example Alliance", "例示市民会議", "Riverbank Friends"}
    assert {name for name in names if name in page.text} == found


def test_the_names_tab_finds_a_name_in_every_state(sam: Visitor, waiting: Signature) -> None:
    letter = db.session.get_one(Letter, waiting.letter_id)
    for state in set(SignatureState) - {CONFIRMED}:
        factories.signature(letter, cast.FREE_MAIL_SIGNER, state, organization_name=f"Friends {state}")
    sam.visit("signatures.index", **letter_path()).says(
        *(f"Friends {state}" for state in set(SignatureState) - {CONFIRMED}), "7 names"
    )
    sam.visit("signatures.index", **letter_path(), state="expired").says("Friends expired", "One name").never_says(
        "Friends pending"
    )


@pytest.mark.parametrize("endpoint", ["review.index", "signatures.index"])
def test_a_page_of_many_names_asks_as_few_questions_as_one_of_few(
    sam: Visitor, waiting: Signature, endpoint: str, statement_count: Callable[[], int]
) -> None:
    letter = db.session.get_one(Letter, waiting.letter_id)
    few = asked_for(statement_count, lambda: sam.visit(endpoint, **letter_path()))
    for number in range(45):
        factories.signature(letter, cast.FREE_MAIL_SIGNER, CONFIRMED, organization_name=f"Friends of River {number}")
    assert asked_for(statement_count, lambda: sam.visit(endpoint, **letter_path()).says("Friends of River 44")) == few


def test_names_of_another_letter_are_not_touched(sam: Visitor, waiting: Signature, queue: Queue, elsewhere: Signature) -> None:
    page = queue(sam)
    token = next(field.get("value") for field in page.tree.iter("input") if field.get("name") == "csrf_token")
    sent = {"csrf_token": token, "chosen": str(elsewhere.id), "reason": "Not mine"}
    for act in ("publish", "decline"):
        sam.open(f"{page.path}/{act}", method="POST", data=sent).says("No names are selected")
    sam.visit("signatures.detail", status=404, **letter_path(), signature_id=elsewhere.id)
    assert state_of(elsewhere) is CONFIRMED


def test_staff_of_another_coalition_find_no_queue(app: Flask, waiting: Signature, elsewhere: Signature) -> None:
    stranger = Visitor(app, SITE)
    stranger.sign_in(cast.STRANGER)
    stranger.visit("review.index", status=404, **letter_path())
    stranger.visit("signatures.detail", status=404, **letter_path(), signature_id=waiting.id)


def letter_path() -> dict[str, str]:
    return {"coalition": "coalition-for-clean-rivers", "slug": "clean-rivers-for-everyone"}


def state_of(signature: Signature) -> SignatureState:
    return db.session.get_one(Signature, signature.id).state


def form_choice(signature: Signature) -> str:
    return f"{signature.id}-{line_version(signature.signatory)}"


def actions() -> list[str]:
    return [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.number)]


def asked_for(statement_count: Callable[[], int], act: Callable[[], object]) -> int:
    before = statement_count()
    act()
    return statement_count() - before


@pytest.fixture
def queue() -> Queue:
    return lambda visitor: visitor.visit("review.index", **letter_path())


@pytest.fixture
def waiting(app: Flask) -> Signature:
    return factories.signature(factories.open_letter(), cast.CLARA, CONFIRMED)


@pytest.fixture
def hiro(waiting: Signature) -> Signature:
    return factories.signature(db.session.get_one(Letter, waiting.letter_id), cast.HIRO, CONFIRMED)


@pytest.fixture
def elsewhere(waiting: Signature) -> Signature:
    skies = factories.coalition(cast.OTHER_COALITION)
    factories.staff(cast.STRANGER, skies)
    other = replace(factories.TEXT, title="Quiet skies for everyone")
    return factories.signature(factories.open_letter(other, skies), cast.FREE_MAIL_SIGNER, CONFIRMED)


@pytest.fixture
def statement_count(app: Flask) -> Iterator[Callable[[], int]]:
    """Return the number of statements sent to the database so far."""
    with record_statements() as statements:
        yield lambda: len(statements)
