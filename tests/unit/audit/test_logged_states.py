"""The state of a signature agrees with its audit log, also where only an entry about many signatures explains it."""

import pytest

from letterhub.domain.audit.consistency import (
    CONFIRMED_ANOTHER,
    InconsistencySummary,
    LoggedSignature,
    StoredSignature,
    TextChanges,
    inconsistency_of,
)
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import SignatureState as State

FORM, IMPORT = Source.FORM, Source.IMPORT
LINE = {"organization": "", "signer_name": ""}


def state_error(
    state: State, last: State | None, *, source: Source = FORM, changed: int = 0, reversed_at: int = 0, declined: int = 0
) -> str:
    """Return the error of a row in a state, where entry 5 recorded the logged one."""
    logged = LoggedSignature()
    if last:
        logged.apply(5, "moved", {}, {"state": last.value})
    row = StoredSignature(state, source, "", LINE, erased=False, bulk_decline_entry=declined)
    return inconsistency_of(row, logged, TextChanges(changed, reversed_at))


@pytest.mark.parametrize(
    ("state", "logged", "facts"),
    [
        (State.PENDING, None, {}),
        (State.CONFIRMED, None, {"source": IMPORT}),
        (State.WITHDRAWN, None, {}),
        (State.PUBLISHED, State.PUBLISHED, {}),
        (State.OUTDATED, State.PUBLISHED, {"changed": 6}),
        (State.OUTDATED, State.CONFIRMED, {"changed": 6}),
        (State.CONFIRMED, State.OUTDATED, {"reversed_at": 6}),
        (State.CONFIRMED, State.PUBLISHED, {"reversed_at": 6}),
        (State.DECLINED, State.CONFIRMED, {"declined": 6}),
        (State.DECLINED, None, {"declined": 1}),
    ],
)
def test_a_state_is_explained(state: State, logged: State | None, facts: dict[str, object]) -> None:
    assert state_error(state, logged, **facts) == ""  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "logged", "facts"),
    [
        (State.CONFIRMED, None, {}),
        (State.PENDING, None, {"source": IMPORT}),
        (State.WITHDRAWN, None, {"source": IMPORT}),
        (State.WITHDRAWN, State.CONFIRMED, {}),
        (State.OUTDATED, State.PUBLISHED, {}),
        (State.OUTDATED, State.PUBLISHED, {"changed": 5}),
        (State.OUTDATED, State.PUBLISHED, {"reversed_at": 6}),
        (State.OUTDATED, State.WITHDRAWN, {"changed": 6}),
        (State.CONFIRMED, State.OUTDATED, {"reversed_at": 5}),
        (State.CONFIRMED, State.OUTDATED, {"changed": 6}),
        (State.CONFIRMED, State.DECLINED, {"reversed_at": 6}),
        (State.DECLINED, State.CONFIRMED, {"declined": 5}),
        (State.DECLINED, None, {}),
        (State.PUBLISHED, State.CONFIRMED, {"changed": 6, "reversed_at": 6, "declined": 6}),
    ],
)
def test_a_state_that_no_entry_explains_is_an_error(state: State, logged: State | None, facts: dict[str, object]) -> None:
    last = logged or (State.CONFIRMED if facts.get("source") is IMPORT else State.PENDING)
    assert state_error(state, logged, **facts) == f"is {state}, but the audit log says {last}"  # type: ignore[arg-type]


def test_an_entry_with_no_state_keeps_the_last_and_an_expired_one_needs_none() -> None:
    logged = LoggedSignature()
    logged.apply(1, "confirmed", {}, {"state": "confirmed"})
    logged.apply(2, "corrected", {}, {})
    logged.apply(3, "corrected", {}, {"state": "forged"})
    assert (logged.state, logged.since, logged.line, logged.names) == (
        State.CONFIRMED,
        1,
        {},
        set(),
    )
    logged.apply(4, "expired", {}, {"state": "confirmed"})
    assert (logged.state, logged.since) == (State.EXPIRED, 4)


def test_a_name_is_recorded_unless_another_was_confirmed() -> None:
    logged = LoggedSignature()
    logged.apply(1, CONFIRMED_ANOTHER, {}, {"name": "Lake Group"})
    assert logged.names == set()
    logged.apply(2, "corrected", {"organization": ""}, {"organization": "Sea Group"})
    assert logged.names == set()
    logged.apply(3, "confirmed", {}, {"name": "River Group"})
    logged.apply(4, CONFIRMED_ANOTHER, {}, {"name": "Lake Group"})
    logged.apply(5, "corrected", {}, {"organization": "Sea Group"})
    assert (logged.names, logged.line["organization"]) == ({"River Group", "Sea Group"}, "Sea Group")


@pytest.mark.parametrize(
    ("erased", "state", "organization", "error"),
    [
        (True, State.WITHDRAWN, "", ""),
        (True, State.WITHDRAWN, "Forged", "has a different name than the audit log says"),
        (True, State.CONFIRMED, "", "has a different name than the audit log says"),
        (False, State.WITHDRAWN, "", "has a different name than the audit log says"),
    ],
)
def test_only_an_ended_signature_that_was_erased_has_no_name(erased: bool, state: State, organization: str, error: str) -> None:
    logged = LoggedSignature()
    logged.apply(1, "moved", {}, {"state": state.value, "name": "River Group", "organization": "River Group"})
    row = StoredSignature(state, FORM, organization, LINE | {"organization": organization}, erased=erased)
    assert inconsistency_of(row, logged, TextChanges()) == error


def test_another_field_than_its_name_is_told_by_its_words() -> None:
    logged = LoggedSignature()
    logged.apply(1, "moved", {}, {"state": "confirmed", "signer_title": "Director"})
    row = StoredSignature(State.CONFIRMED, FORM, "River Group", LINE | {"signer_title": "Chair"}, erased=False)
    assert inconsistency_of(row, logged, TextChanges()) == "has a different signer title than the audit log says"


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (0, "First."),
        (1, "First."),
        (2, "First. One more is affected in the same way."),
        (3, "First. 2 more are affected in the same way."),
    ],
)
def test_errors_of_one_kind_are_one_sentence(count: int, sentence: str) -> None:
    assert str(InconsistencySummary("First.", count)) == sentence
