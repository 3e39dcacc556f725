"""An organizer configures how a letter is signed, opens it, and closes it."""

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from time_machine import Traveller

from letterhub.clock import now
from letterhub.commands.letters.drafts import create_letter
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.serialization import text_to_facts
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Draft, Letter, Revision
from tests.conftest import NOON
from tests.support import cast, factories
from tests.support.html_checks import accessible_name
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
DESK = f"/staff/{HOME}/letters"
RULES = "Save deadline and rules"


@pytest.fixture
def otto(visitor: Visitor) -> Visitor:
    """An organizer, signed in."""
    factories.staff(cast.OTTO)
    visitor.sign_in(cast.OTTO)
    return visitor


def terms(by: Visitor, letter: Letter) -> Page:
    return by.visit("signing_settings.edit", coalition=HOME, slug=letter.slug)


def reload(letter: Letter) -> Letter:
    """Return the letter as the database has it now."""
    db.session.expire_all()
    return db.session.get_one(Letter, letter.id)


def field_error(page: Page, name: str) -> str:
    """Return the page's error message beside a field."""
    (field,) = (one for one in page.tree.iter("input") if one.get("name") == name and one.get("aria-invalid") == "true")
    notes = (field.get("aria-describedby") or "").split()
    return "".join(text for one in page.tree.iter() if one.get("id") in notes for text in one.itertext()).strip()


def recorded() -> list[tuple[str, str, dict[str, Any]]]:
    rows = db.session.query(AuditEntry).order_by(AuditEntry.id)
    return [(row.actor, row.action, row.after) for row in rows]


def test_a_deadline_has_an_hour_and_a_zone(otto: Visitor) -> None:
    letter = factories.draft()
    page = terms(otto, letter).submit(RULES, deadline_date="2022-01-07", deadline_time="16:00", deadline_zone="America/Chicago")
    page.says("Saved.", "It closes Friday, January 7, 2022, 4:00 p.m. Central.")
    assert reload(letter).deadline_at == dt.datetime(2022, 1, 7, 22, tzinfo=dt.UTC)


def test_an_hour_that_clocks_skip_is_refused_beside_its_field(otto: Visitor) -> None:
    page = terms(otto, factories.draft())
    page = page.submit(RULES, deadline_date="2022-03-13", deadline_time="02:30", status=422)
    page.says("Clocks go forward on this day and skip 02:30. Choose an hour earlier or later.")
    page.submit(RULES, deadline_time="03:30").says("Saved.", "3:30 a.m. Eastern")


def test_two_who_change_the_rules_at_once_do_not_undo_each_other(otto: Visitor) -> None:
    letter = factories.draft()
    late = terms(otto, letter)
    terms(otto, letter).submit(RULES, grace_hours="5")
    late = late.submit(RULES, deadline_date="2022-01-07", deadline_time="16:00", status=422)
    late.says("changed after you opened this page, so nothing was saved")
    assert (reload(letter).grace_hours, reload(letter).deadline_at) == (5, None)
    late.submit(RULES).says("Saved.", "It closes Friday, January 7, 2022, 4:00 p.m. Eastern.")
    assert reload(letter).grace_hours == 48


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "9999-12-31"])
@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_a_year_that_is_a_slip_of_the_hand_is_refused_beside_its_field(otto: Visitor, day: str, zone: str) -> None:
    letter = factories.draft()
    page = terms(otto, letter).submit(RULES, deadline_date=day, deadline_zone=zone, status=422)
    assert field_error(page, "deadline_date") == "Check the year. It must be between 2000 and 2100."
    assert reload(letter).deadline_at is None


def test_no_deadline_is_a_decision_too(otto: Visitor) -> None:
    letter = factories.draft(deadline_at=now() + dt.timedelta(days=2))
    terms(otto, letter).submit(RULES, deadline_date="").says("It has no deadline.")
    assert reload(letter).deadline_at is None


def test_who_may_sign_and_what_is_asked_are_kept(otto: Visitor) -> None:
    letter = factories.draft()
    terms(otto, letter).submit(
        RULES, who_may_sign="both", optional_fields=["website"], publish_rule="reviewed", grace_hours="12"
    )
    stored = reload(letter)
    assert (stored.who_may_sign, stored.optional_fields, stored.publish_rule, stored.grace_hours) == (
        "both",
        ["website"],
        "reviewed",
        12,
    )


def test_what_is_missing_is_said_with_the_way_to_each_field(otto: Visitor) -> None:
    letter = factories.draft(LetterText(title="Clean rivers", body=""))
    page = terms(otto, letter).says("4 things are missing:", "Write the text of the letter.")
    page.follow("Add a closing, such as “Respectfully,”.").says("Saved at")
    page = page.submit("Check before opening").says("4 things are missing", "The letter can’t open like this.")
    page.never_says("Open now").submit("Open at this time", status=422).says("Choose the day on which the letter opens.")


def test_a_ready_letter_opens_with_its_first_revision(otto: Visitor) -> None:
    letter = factories.draft()
    terms(otto, letter).submit("Open the letter").submit("Open now").says("The letter is open", "Organizations can sign")
    assert reload(letter).state is LetterState.OPEN
    assert (factories.revision_of(letter).number, factories.revision_of(letter).text) == (1, factories.TEXT)
    assert [(actor[:6], action) for actor, action, _ in recorded()] == [("staff-", "opened")]


def test_a_letter_opens_with_the_deadline_and_rules_beside_the_button(otto: Visitor) -> None:
    letter = factories.draft()
    page = terms(otto, letter)
    typed = {"deadline_date": "2022-01-07", "deadline_time": "16:00", "publish_rule": "reviewed"}
    opening = page.submit("Open the letter", **typed).says("Before it opens", "Friday, January 7, 2022, 4:00 p.m. Eastern")
    opening.submit("Open now").says("The letter is open")
    opening.submit("Open now").says("The letter is open").never_says("nothing was saved")  # by a double click
    stored = reload(letter)
    assert (stored.state, stored.publish_rule) == (LetterState.OPEN, "reviewed")
    assert stored.deadline_at == dt.datetime(2022, 1, 7, 21, tzinfo=dt.UTC)
    assert [action for _, action, _ in recorded()] == ["deadline moved", "sign-up changed", "opened"]
    otto.open(opening.path).says("Open", "Since Wednesday")  # the page is over: its address leads to the settings


def test_terms_that_cannot_be_kept_stay_in_the_form(otto: Visitor) -> None:
    letter = factories.draft()
    page = terms(otto, letter).submit("Open the letter", status=422, deadline_date="2022-01-01", grace_hours="7")
    assert field_error(page, "deadline_date") == "This time has passed. Choose a later deadline."
    assert (reload(letter).state, reload(letter).grace_hours) == (LetterState.DRAFT, 48)
    page.submit("Open the letter", deadline_date="").says("It has no deadline.").submit("Open now").says("The letter is open")
    assert reload(letter).grace_hours == 7


def test_a_key_in_a_field_saves_and_does_not_open(otto: Visitor) -> None:
    """Browsers press the first button of a form on Enter in a field."""
    page = terms(otto, factories.draft())
    first = next(one for one in page.tree.iter("button") if one.get("form") == "terms")
    assert (accessible_name(page.tree, first), first.get("formaction")) == (RULES, None)


def test_a_letter_opens_only_with_the_text_and_the_rules_that_were_decided_on(otto: Visitor) -> None:
    letter = factories.draft()
    decided = otto.visit("opening.index", coalition=HOME, slug=letter.slug)
    otto.visit("editor.edit", coalition=HOME, slug=letter.slug).submit("Save", closing="Sincerely,")
    page = decided.submit("Open now", status=422, slug="rivers").says("saved this letter after you opened it")
    terms(otto, letter).submit(RULES, grace_hours="7")
    page = page.submit("Open now", status=422).says("The deadline or the rules changed after you opened this page.")
    assert reload(letter).state is LetterState.DRAFT
    page.submit("Open now").says("The letter is open")
    assert (reload(letter).slug, factories.revision_of(letter).text.closing) == ("rivers", "Sincerely,")


def test_a_letter_whose_deadline_went_by_meanwhile_does_not_open(otto: Visitor, clock: Traveller) -> None:
    letter = factories.draft(deadline_at=now() + dt.timedelta(hours=1))
    decided = terms(otto, letter).submit("Open the letter")
    clock.shift(dt.timedelta(hours=2))
    page = decided.submit("Open now", status=422).says("The deadline has passed. Choose a later one.", "It can’t open now")
    page.never_says("Open now")
    assert db.session.query(Revision).count() == 0


def test_a_moved_deadline_stands_in_the_record(otto: Visitor) -> None:
    letter = factories.open_letter()
    terms(otto, letter).submit(RULES, deadline_date="2022-02-01", deadline_time="17:00")
    _actor, action, after = recorded()[-1]
    assert (action, after) == ("deadline moved", {"deadline_at": "2022-02-01T22:00:00+00:00"})
    before = len(recorded())
    terms(otto, letter).submit(RULES)
    assert len(recorded()) == before


def test_an_open_letter_is_not_closed_by_a_deadline_in_the_past(otto: Visitor) -> None:
    page = terms(otto, factories.open_letter()).submit(RULES, deadline_date="2022-01-01", status=422)
    assert field_error(page, "deadline_date") == "This time has passed. To stop signatures now, close the letter instead."


def test_a_draft_is_not_given_a_deadline_in_the_past(otto: Visitor) -> None:
    page = terms(otto, factories.draft()).submit(RULES, deadline_date="2022-01-01", status=422)
    assert field_error(page, "deadline_date") == "This time has passed. Choose a later deadline."


def test_a_letter_closes_reopens_and_leads_on_to_its_editions(otto: Visitor, clock: Traveller) -> None:
    letter = factories.open_letter()
    page = terms(otto, letter).submit("Close the letter").says("The letter is closed.")
    page = page.submit("Reopen the letter").says("The letter is open again.")
    page = page.submit("Close the letter")
    page.says("freeze the version you deliver").follow("Go to Editions")
    assert [action for _, action, _ in recorded()] == ["closed", "reopened", "closed"]


def test_a_letter_past_its_deadline_says_so_and_reopens_only_with_a_later_one(otto: Visitor, clock: Traveller) -> None:
    letter = factories.open_letter()
    clock.shift(dt.timedelta(days=3))
    page = terms(otto, letter).says("Deadline passed", "nobody can sign anymore").submit("Close the letter")
    page = page.submit("Reopen the letter", status=422)
    assert field_error(page, "deadline_date").startswith("The deadline has passed. Choose a later one")
    page.submit(RULES, deadline_date="2022-02-01").submit("Reopen the letter").says("The letter is open again.")


def test_withdrawing_asks_first(otto: Visitor) -> None:
    letter = factories.open_letter()
    page = terms(otto, letter).follow("Withdraw this letter").says("Withdraw this letter?", "This cannot be undone.")
    assert reload(letter).state is LetterState.OPEN
    page.submit("Withdraw the letter").says("The letter is withdrawn.")
    assert reload(letter).state is LetterState.WITHDRAWN


def test_a_draft_is_deleted_and_not_withdrawn(otto: Visitor) -> None:
    letter = factories.draft()
    page = terms(otto, letter).says("Delete this draft").never_says("Withdraw")
    otto.open(page.path + "/withdraw").says("Delete this draft?")


def test_an_address_is_chosen_when_the_letter_opens(otto: Visitor) -> None:
    factories.open_letter(replace(factories.TEXT, title="Taken"))
    page = terms(otto, factories.draft()).submit("Open the letter").says("Before it opens")
    page.submit("Open now", slug="taken", status=422).says("Another letter is already at /letters/taken.")
    page.submit("Open now", slug="Not an address", status=422).says("Use lowercase letters, digits and single hyphens")
    page.submit("Open now", slug="new", status=422).says("Use lowercase letters")
    opened = page.submit("Open now", slug="rivers-2022").says("The letter is open")
    assert opened.path.endswith("/letters/rivers-2022/settings")
    otto.open("/letters/rivers-2022").says("Clean rivers for everyone")


def test_the_address_that_is_suggested_is_that_of_the_title_as_it_is_now(otto: Visitor) -> None:
    page = otto.visit("dashboard.new_letter", coalition=HOME).submit("Create draft", title="Seed")
    letter = factories.db.session.query(Letter).one()
    old = letter.slug
    assert re.fullmatch(r"seed-[0-9a-f]{12}", old)
    number = letter.id
    for title, suggested in (("Für saubere Flüsse", "fur-saubere-flusse"), ("Łódź", "lodz"), ("أنهار نظيفة", "")):
        draft = factories.db.session.get_one(Draft, number)
        draft.text = text_to_facts(replace(factories.TEXT, title=title))
        factories.db.session.commit()
        confirm_page = otto.visit("signing_settings.edit", coalition=HOME, slug=old).submit("Open the letter")
        assert f'value="{suggested}"' in confirm_page.html
    confirm_page.submit("Open now", status=422).says("Enter a web address.")
    confirm_page.submit("Open now", slug="clean-rivers").says("The letter is open")
    for slug in (old, "clean-rivers"):  # pages still open elsewhere link to it
        otto.visit("editor.edit", coalition=HOME, slug=slug).says("أنهار نظيفة")
    otto.open(f"/letters/{old}", status=404)
    assert page


@pytest.mark.shows("S29")
def test_no_answer_tells_of_another_coalitions_draft(app: Flask, otto: Visitor) -> None:
    other = factories.coalition("Quiet Skies Network")
    text = replace(factories.TEXT, title="Stop the secret merger")
    drafts = [create_letter(other.id, text, actor="staff-9", staff_id=None, at=NOON) for _ in range(2)]
    assert len(set(drafts)) == 2
    mine = [create_letter(factories.coalition().id, text, actor="staff-1", staff_id=None, at=NOON) for _ in range(2)]
    page = otto.visit("signing_settings.edit", coalition=HOME, slug=mine[0]).submit("Open the letter")
    assert 'value="stop-the-secret-merger"' in page.html
    page.submit("Open now").says("The letter is open")
    assert otto.open("/letters/stop-the-secret-merger").says("Stop the secret merger")
    for slug in (*drafts, "nothing-at-all"):
        for address in (f"/letters/{slug}", f"/letters/{slug}/sign", f"/letters/{slug}/history", f"{DESK}/{slug}/write"):
            assert otto.ask(address).status_code == 404, address


def test_two_who_close_at_once_are_told_what_happened(otto: Visitor) -> None:
    page = terms(otto, factories.open_letter())
    page.submit("Close the letter")
    page.submit("Close the letter").says("This letter is closed, so that isn’t possible now.")


def test_a_reviewer_sees_the_terms_and_cannot_change_them(visitor: Visitor) -> None:
    factories.staff(cast.SAM)
    visitor.sign_in(cast.SAM)
    page = terms(visitor, factories.draft()).says("anyone can read and sign it")
    page.never_says(RULES, "Open the letter", "Withdraw this letter")
    assert page.tree.find(".//fieldset").get("disabled") is not None
