"""The text while staff write on it: what of it counts, where two texts differ, and when it may no longer change."""

import datetime as dt
import re
from dataclasses import fields, replace

from letterhub.domain.document import Addressee, Letterhead, LetterText
from letterhub.domain.letters import Missing
from letterhub.domain.normalizing import normalized
from letterhub.domain.refusals import Refused
from letterhub.domain.snapshot import facts_of_text, fingerprint
from letterhub.domain.states import LetterState

FIXED = {
    LetterState.CLOSED: "This letter is closed, so its text can no longer be changed.",
    LetterState.DELIVERED: "This letter was delivered, so its text can no longer be changed.",
    LetterState.WITHDRAWN: "This letter was withdrawn, so its text can no longer be changed.",
}

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x85\u2028]")
_PARAGRAPH_ENDS = re.compile("[\x0c\u2029]")
_BROKEN_LINE = re.compile("(?<![ \t])[ \t]*+[\x0b\u2028][ \t]*+(?![\r\n\x0b\x0c\x85\u2028\u2029]|$)")

MOST_ADDRESSEES = 60
MOST_LOGOS = 6
STEPS = {"up": -1, "down": 1, "remove": None}
MARK = 12  # hex digits: enough to tell one text of a letter from another


class TextIsFixed(Refused):
    """The text may no longer be changed."""


class TextMovedOn(Refused):
    """Someone else saved the text in the meantime. `version` is the one that is kept now."""

    def __init__(self, saved_by: str, saved_at: dt.datetime, version: int) -> None:
        super().__init__(f"{saved_by} saved this letter after you opened it.")
        self.saved_by = saved_by
        self.saved_at = saved_at
        self.version = version


class NotReady(Refused):
    """A letter that cannot open yet; `missing` says what it needs."""

    def __init__(self, missing: tuple[Missing, ...]) -> None:
        super().__init__(" ".join(one.sentence for one in missing))
        self.missing = missing


def why_fixed(state: LetterState) -> str:
    """The sentence that says why a letter's text may no longer be changed; "" where it may: before it closes."""
    return FIXED.get(state, "")


def many_lines(text: str) -> str:
    """What was typed into a large field: composed, with one kind of line end and no controls that paper cannot show."""
    text = _LINE_ENDS.sub("\n", _PARAGRAPH_ENDS.sub("\n\n", text))
    return _CONTROLS.sub("", normalized("NFC", text))


def body_lines(markdown: str) -> str:
    """The text of a letter as `many_lines` has it; what a word processor breaks in a paragraph is broken there too."""
    return many_lines(_BROKEN_LINE.sub("  \n", markdown))


def settled(text: LetterText) -> LetterText:
    """The text without what is only there while it is written: empty addressees, empty lines, blanks at the ends."""
    return replace(
        text,
        title=text.title.strip(),
        via=text.via.strip(),
        re=text.re.strip(),
        salutation=text.salutation.strip(),
        body=text.body.rstrip(),
        closing=text.closing.strip(),
        addressees=tuple(filter(_named, map(_settled_addressee, text.addressees))),
        cc=tuple(name.strip() for name in text.cc if name.strip()),
        letterhead=replace(text.letterhead, name=text.letterhead.name.strip(), lines=_settled_lines(text.letterhead.lines)),
    )


def different_parts(one: LetterText, other: LetterText) -> tuple[str, ...]:
    """The names of the parts in which two texts differ, in the order of the paper."""
    here, there = settled(one), settled(other)
    return tuple(part.name for part in fields(LetterText) if getattr(here, part.name) != getattr(there, part.name))


def rearranged(text: LetterText, act: str) -> LetterText:
    """The text after an act upon its parts: "add", "remove-1", "up-1", "down-0" upon its addressees, "remove-logo-0" upon its
    logos; any other act changes nothing."""
    if act.startswith("remove-logo-"):
        return replace(text, letterhead=_without_logo(text.letterhead, act.rpartition("-")[2]))
    verb, _dash, number = act.partition("-")
    blocks = list(text.addressees) or [Addressee("")]
    if verb == "add" and len(blocks) < MOST_ADDRESSEES:
        return replace(text, addressees=(*blocks, Addressee("")))
    if verb not in STEPS or number not in map(str, range(len(blocks))):
        return text
    at, step = int(number), STEPS[verb]
    block = blocks.pop(at)
    if step is not None:
        blocks.insert(max(at + step, 0), block)
    return replace(text, addressees=tuple(blocks))


def _without_logo(head: Letterhead, number: str) -> Letterhead:
    return head.with_logos(tuple(logo for place, logo in enumerate(head.logos) if str(place) != number))


def marks_of(text: LetterText) -> str:
    """A mark for each part of a text, to tell later which parts were changed: "title:1f0c… body:9a3b…"."""
    facts = facts_of_text(settled(text))
    parts = [part.name for part in fields(LetterText)]
    return " ".join(f"{part}:{fingerprint({part: facts.get(part)})[:MARK]}" for part in parts)


def touched(text: LetterText, base: str) -> frozenset[str]:
    """The parts of a text that are not as they were when `base` was marked; every part that has no mark there."""
    return frozenset(mark.partition(":")[0] for mark in set(marks_of(text).split()) - set(base.split()))


def merged(mine: LetterText, theirs: LetterText, base: str) -> LetterText:
    """My text with what only they changed since `base`: parts that I left alone come from theirs."""
    left_alone = {part.name for part in fields(LetterText)} - touched(mine, base)
    return replace(mine, **{name: getattr(theirs, name) for name in left_alone})


def _settled_addressee(addressee: Addressee) -> Addressee:
    lines = _settled_lines(addressee.lines)
    name = addressee.name.strip()
    return Addressee(name, lines) if name or not lines else Addressee(lines[0], lines[1:])


def _named(addressee: Addressee) -> bool:
    return bool(addressee.name)


def _settled_lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(line.strip() for line in lines if line.strip())
