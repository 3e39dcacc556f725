"""Sentences about each kind of evidence and each doubt, with all that a fact may say and with nothing of it."""

import datetime as dt
from pathlib import Path

from letterhub.domain.signatures.evidence import Assessment, Doubt, Evidence, Fact, FactKind
from letterhub.rendering.text.evidence_sentences import doubt_sentences, evidence_sentence, format_report_time
from tests.support.references import changed_lines

AT = dt.datetime(2022, 1, 5, 17, tzinfo=dt.UTC)
FACTS = {
    "domain": "rivers.example", "file": "list.csv", "title": "Clean rivers", "published": "rivers.example/contact",
    "reason": "They called", "name": "Sierra Club", "address": "office@rivers.example",
}  # fmt: skip


def fact_lines() -> list[str]:
    lines = []
    for kind in FactKind:
        for facts in (FACTS, {}, *({name: value} for name, value in FACTS.items())):
            for holds in (True, False) if facts is FACTS else (True,):
                made = evidence_sentence(Fact(kind, "staff-1", AT, facts=facts), "Sam", holds=holds)
                lines.append(f"{kind} {','.join(facts)}: {made.sentence} {made.at == AT} {made.supports} {made.is_in_force}")
    return lines


def doubt_lines() -> list[str]:
    lines = []
    for evidence in (frozenset(), frozenset({Evidence.OWN_DOMAIN})):
        for doubts in (frozenset(), *(frozenset({doubt}) for doubt in Doubt), frozenset(Doubt)):
            for email, website in (
                ("nia@rivers.example", "https://rivers.example"),
                ("nia@lakes.example", "rivers.example"),
                ("", ""),
            ):
                made = doubt_sentences(Assessment(evidence, doubts), email, website)
                lines.append(
                    f"{len(evidence)} {len(doubts)} {email} {website}: {[(one.sentence, one.supports) for one in made]}"
                )
    return lines


def test_sentences_are_as_they_were() -> None:
    assert changed_lines(Path(__file__).with_name("evidence_sentences.txt"), [*fact_lines(), *doubt_lines()]) == []


def test_a_report_says_times_in_its_zone() -> None:
    assert format_report_time(AT, "America/New_York") == "January 5, 2022, 12:00\u202fPM EST".replace("\u202f", "\u00a0")
