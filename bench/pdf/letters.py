"""The letter that every engine renders, and its signatories: real names if available, then invented ones."""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from itertools import chain, count, islice

from letterhub.domain.letters.letter_document import (
    Addressee,
    LetterDocument,
    Letterhead,
    LetterText,
    Signatory,
    SignatoryOrder,
)
from letterhub.intake.tables.signatory_table import read_signatories, valid_signatories
from letterhub.paths import ROOT

REAL = ROOT.parent / "shared" / "letters"
PARAGRAPHS = tuple(
    f"Point {number}: rivers are where we come from, and headwaters feed the drinking water of one in three people. "
    "What is let into a stream on Monday stands in a kitchen on Friday; whoever lives at the mouth of a river drinks what "
    "everyone above has left in it. We ask that every permit be read by people who live downstream before it is granted"
    for number in range(1, 9)
)
NOTES = tuple(f"Example Institute, Report {number} on the state of rivers, 2021, page {number * 7}." for number in range(1, 9))
CLOSING = "Respectfully,"

_SYLLABLES = [first + second for first in "bdfghjklmnprstvwxz" for second in ("a", "e", "i", "o", "u", "an")][:100]
_KINDS = (
    "Alliance",
    "Association",
    "Center",
    "Coalition",
    "Council",
    "Foundation",
    "League",
    "Network",
    "Society",
    "Trust",
    "Union",
)
_TITLES = ("Executive Director", "Director", "President", "Chair", "Policy Director", "Founder and Director", "Co-Chair")


def letter(mode: str, names: int) -> LetterDocument:
    """Return a letter with eight notes and so many signatories; `mode` is one of `MODES`."""
    body = "\n\n".join(f"{text}.[^{number}]" for number, text in enumerate(PARAGRAPHS, 1))
    notes = "\n".join(f"[^{number}]: {note}" for number, note in enumerate(NOTES, 1))
    text = LetterText(
        title="Clean rivers for everyone",
        body=f"We, the {{{{count}}}} undersigned, write to you.\n\n{body}\n\n{notes}\n",
        date=dt.date(2022, 1, 7),
        addressees=(Addressee("The President", ("The White House", "Washington, DC 20500")),),
        salutation="Dear President Example:",
        closing=CLOSING,
        letterhead=Letterhead("Clean Rivers Coalition", ("12 Mill Street, Springfield",)),
        order=SignatoryOrder.AS_GIVEN,
    )
    return LetterDocument(text, tuple(islice(MODES[mode](), names)))


def _varied_signatories() -> Iterator[Signatory]:
    """Yield the signatories of the real letters, then invented ones with a natural distribution of words."""
    chance = random.Random(2022)
    real = list(_real_signatories())
    chance.shuffle(real)
    return chain(real, _signatories(lambda: invented_word(int(900_000 ** chance.random())), chance))


def _pooled_signatories() -> Iterator[Signatory]:
    """Yield invented signatories out of two hundred words."""
    chance = random.Random(2022)
    return _signatories(lambda: invented_word(chance.randrange(200)), chance)


def _unrepeated_signatories() -> Iterator[Signatory]:
    """Yield invented signatories without any repeated word, so that no shaped word can be reused."""
    numbers = count()
    return (
        Signatory(
            " ".join(invented_word(next(numbers)) for _ in range(4)),
            " ".join(invented_word(next(numbers)) for _ in range(2)),
            invented_word(next(numbers)),
        )
        for _ in numbers
    )


MODES: dict[str, Callable[[], Iterator[Signatory]]] = {
    "varied": _varied_signatories,
    "pooled": _pooled_signatories,
    "unrepeated": _unrepeated_signatories,
}


def invented_word(number: int) -> str:
    """Return the invented word of a number below a million: unique, long and short ones mixed."""
    scattered = number * 7919 % 1_000_000
    return (_SYLLABLES[scattered // 10_000] + _SYLLABLES[scattered // 100 % 100] + _SYLLABLES[scattered % 100]).capitalize()


def _real_signatories() -> Iterator[Signatory]:
    for table in sorted(REAL.glob("*/*.csv")):
        if table.stem == table.parent.name:
            yield from valid_signatories(read_signatories(table.read_bytes(), table.name), table.name)


def _signatories(draw: Callable[[], str], chance: random.Random) -> Iterator[Signatory]:
    for _ in count():
        yield Signatory(_organization(draw, chance), f"{draw()} {draw()}", chance.choice(_TITLES))


def _organization(draw: Callable[[], str], chance: random.Random) -> str:
    kind, first, second = chance.choice(_KINDS), draw(), draw()
    return chance.choice(
        (f"{first} {kind}", f"{kind} for {first} {second}", f"{first} {second} {kind}", f"The {first} {kind} of {second}")
    )
