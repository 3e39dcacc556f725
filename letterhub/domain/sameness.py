"""Whether two names are one organization: by named evidence, each with its reason in words, and never by a score."""

import enum
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from letterhub.domain.confusables import look_of
from letterhub.domain.mailboxes import is_free_mail, is_one_slip_apart
from letterhub.domain.name_parts import Parts, Words, parts_of
from letterhub.domain.organization_words import BODIES, CHAPTERS, COUNTRIES, GENERIC, REGIONS, WORLD


class Verdict(enum.StrEnum):
    """What is to be done: take two names for one, ask staff, or let both stand."""

    SAME = "same"
    ASK = "ask"
    TWO = "two"


class Reason(enum.StrEnum):
    """What two names have in common, or what sets them apart."""

    SAME_NAME = "same-name"
    SAME_DOMAIN = "same-domain"
    OTHER_DOMAIN = "other-domain"
    SPACES = "spaces"
    LOOK_ALIKE = "look-alike"
    ACRONYM = "acronym"
    FULLER = "fuller"
    WEB_NAME = "web-name"
    LANGUAGE = "language"
    ORDER = "order"
    SLIP = "slip"
    NUMBER = "number"
    BODY = "body"
    CHAPTER = "chapter"
    PLACES = "places"
    LONGER = "longer"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Named:
    """A name, and the registrable domain of its site; "" where it gave none."""

    name: str
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The verdict on two names, and its reasons, the weightiest first."""

    verdict: Verdict
    reasons: tuple[Reason, ...]


KEYS_VERSION = 5
"""Grows whenever the keys of a name change, so that those that were kept are made anew."""
APART = frozenset({Reason.NUMBER, Reason.BODY, Reason.CHAPTER, Reason.PLACES})
SHORTEST_SLIP = 5
DELETED_FROM = 40


def compare(one: Named, other: Named) -> Comparison:
    """Whether two names are one organization, and why."""
    reason = _by_name(parts_of(one.name), parts_of(other.name))
    site = _by_site(one.domain, other.domain)
    reasons = (reason,) if site is None else (reason, site) if reason is not Reason.NOTHING else (site,)
    if site is Reason.OTHER_DOMAIN and reason is Reason.NOTHING:
        reasons = (Reason.NOTHING,)
    return Comparison(_verdict(reason, site), reasons)


def compare_all(names: Sequence[Named], others: Sequence[Named]) -> Comparison:
    """How two organizations compare that go by several names: by the weightiest that speaks for their being one, unless one
    name stands at two sites, which is a question.
    """
    found = sorted((compare(one, other) for one in names for other in others), key=weight)
    torn = [each for each in found if each.reasons == (Reason.SAME_NAME, Reason.OTHER_DOMAIN)]
    return (torn or found)[0]


def is_same_wording(found: Comparison) -> bool:
    """Whether two go by one name, however it is spelled, and not only by their site or an acronym."""
    return Reason.SAME_NAME in found.reasons


def goes_by(name: str, names: Iterable[str]) -> bool:
    """Whether a name is one of these, however it is spelled."""
    return any(is_same_wording(compare(Named(name), Named(other))) for other in names)


def weight(found: Comparison) -> tuple[int, int]:
    """What comparisons are sorted by, the weightiest first."""
    return list(Verdict).index(found.verdict), list(Reason).index(found.reasons[0])


def tells_apart(domain: str) -> bool:
    """Whether a domain says whose site it is: not where anyone may have a page or a mailbox."""
    return bool(domain) and not is_free_mail(domain)


def _verdict(reason: Reason, site: Reason | None) -> Verdict:
    together = site is Reason.SAME_DOMAIN
    match reason:
        case Reason.SAME_NAME:
            return Verdict.ASK if site is Reason.OTHER_DOMAIN else Verdict.SAME
        case Reason.LOOK_ALIKE:
            return Verdict.ASK
        case Reason.NOTHING | Reason.LONGER:
            return Verdict.ASK if together else Verdict.TWO
    if reason in APART:
        return Verdict.TWO
    return Verdict.SAME if together else Verdict.ASK


def _by_site(one: str, other: str) -> Reason | None:
    if not tells_apart(one) or not tells_apart(other):
        return None
    return Reason.SAME_DOMAIN if one == other else Reason.OTHER_DOMAIN


def _by_name(one: Parts, other: Parts) -> Reason:
    """The weightiest thing that two names share, or what sets them apart."""
    if one.wordings & other.wordings:
        return Reason.SAME_NAME
    if one.look == other.look:
        return _same_look(one, other)
    if one.figures != other.figures and _without(one.said, one.figures) == _without(other.said, other.figures):
        return Reason.NUMBER
    if one.acronyms & (other.acronyms | other.initials) or other.acronyms & one.initials:
        return Reason.ACRONYM
    return _by_words(one, other)


def _same_look(one: Parts, other: Parts) -> Reason:
    if one.letters != other.letters:
        return Reason.LOOK_ALIKE
    return Reason.WEB_NAME if one.is_web_name != other.is_web_name else Reason.SPACES


def _by_words(one: Parts, other: Parts) -> Reason:
    left, right = _without(one.said, other.said), _without(other.said, one.said)
    if not left and not right:
        return Reason.ORDER
    if not left or not right:
        return _what_is_more(one.said if not left else other.said, left or right)
    if {*left, *right} <= REGIONS | COUNTRIES and one.meaning != other.meaning:
        return Reason.PLACES
    if one.meaning == other.meaning:
        return Reason.LANGUAGE
    return Reason.SLIP if _is_a_slip(one, other, left, right) else Reason.NOTHING


def _what_is_more(shorter: Words, more: Words) -> Reason:
    """What the words say that one of two names has more than the other."""
    said = set(more)
    if said <= COUNTRIES | GENERIC:
        return Reason.CHAPTER if WORLD.intersection(shorter) and said & COUNTRIES else Reason.FULLER
    if said & BODIES:
        return Reason.BODY
    is_part = said & (REGIONS | COUNTRIES | CHAPTERS) or any(word.isdigit() for word in more)
    return Reason.CHAPTER if is_part else Reason.LONGER


def _is_a_slip(one: Parts, other: Parts, left: Words, right: Words) -> bool:
    """Whether one key was hit wrong: in a word that is long enough for it to be no other word, or between two words."""
    if one.figures != other.figures or one.letters.upper() == one.letters:  # a script without capitals: words are short there
        return False
    if (
        not (one.letters + other.letters).isascii()
        and len(one.look) > SHORTEST_SLIP
        and is_one_slip_apart(one.look, other.look)
    ):
        return True
    if len(left) == len(right) == 1:
        return min(len(left[0]), len(right[0])) >= SHORTEST_SLIP and _nearly(left[0], right[0])
    return len(one.said) != len(other.said) and is_one_slip_apart(one.letters, other.letters)


def _nearly(one: str, other: str) -> bool:
    """Whether a word is one slip from another, or its plural: -ies is as far from -y as -s is from nothing."""
    return is_one_slip_apart(one, other) or _with_y(one) == _with_y(other)


def _with_y(letters: str) -> str:
    return letters.replace("ies", "y")


def _without(words: Words, others: Words) -> Words:
    return tuple(word for word in words if word not in others)


def kept_keys(named: Named) -> frozenset[int]:
    """The keys that a name is found by: whatever may be the same or a question shares one with what `asked_keys` gives."""
    parts = parts_of(named.name)
    return hashed(_common_keys(named, parts) | {f"initials {one}" for one in parts.initials})


def asked_keys(named: Named) -> frozenset[int]:
    """The keys under which those are kept that a name has to be compared with."""
    parts = parts_of(named.name)
    of_short = {f"initials {one}" for one in parts.acronyms}
    return hashed(_common_keys(named, parts) | of_short | {f"acronym {one}" for one in parts.initials})


def _common_keys(named: Named, parts: Parts) -> set[str]:
    plural = look_of(_with_y(parts.letters))
    return (
        {f"name {wording}" for wording in parts.wordings}
        | {f"acronym {one}" for one in parts.acronyms}
        | {f"slip {one}" for one in slips_of(parts.look) | {plural[:DELETED_FROM]}}
        | {f"look {parts.look}", f"core {' '.join(parts.core)}", f"meaning {' '.join(parts.meaning)}", inside_key(parts.look)}
        | {f"bones {one}" for one in bones_of(parts.look)}
        | ({f"site {named.domain}"} if tells_apart(named.domain) else set())
    )


def slips_of(look: str) -> set[str]:
    """What a name looks like, and with each letter left out: two that are one slip apart have one of these in common."""
    look = look[:DELETED_FROM]
    return {look} | ({look[:at] + look[at + 1 :] for at in range(len(look))} if len(look) > SHORTEST_SLIP else set())


_VOWELS = str.maketrans("", "", "aeouyl")  # an i looks like an l
FEWEST_BONES = 5


def bones_of(look: str) -> set[str]:
    """What is left of a name without its vowels, where enough is: the same of "Example" and "Exemple"."""
    bones = look.translate(_VOWELS)
    return {bones} if look.isascii() and len(bones) >= FEWEST_BONES else set()


INSIDE, SHORTEST_INSIDE = 12, 8


def inside_key(look: str) -> str:
    """The key by which a name is found within other words: the last letters of what it looks like."""
    return f"inside {look[-INSIDE:]}"


@lru_cache(maxsize=65_536)
def _hash(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def hashed(keys: set[str]) -> frozenset[int]:
    """Numbers of 64 bits, which every database indexes well; where two keys meet in one, the comparison decides."""
    return frozenset(map(_hash, keys))
