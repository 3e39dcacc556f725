"""Matching of organization names by explicit reasons instead of a score. See docs/design/organizations.md."""

import enum
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from letterhub.domain.mail.email_addresses import is_free_mail, is_one_slip_apart
from letterhub.domain.organizations.confusables import look_of
from letterhub.domain.organizations.name_parts import Parts, Words, parts_of
from letterhub.domain.organizations.vocabulary import BODIES, CHAPTERS, COUNTRIES, GENERIC, REGIONS, WORLD


class Verdict(enum.StrEnum):
    """Result of a comparison: merge two names, ask staff, or keep both."""

    SAME = "same"
    ASK = "ask"
    TWO = "two"


class Reason(enum.StrEnum):
    """Shared trait of two names, or the difference that tells them apart."""

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
    """Name, and the registrable domain of its website, "" for none."""

    name: str
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Verdict on two names, and its reasons, the strongest first."""

    verdict: Verdict
    reasons: tuple[Reason, ...]


KEYS_VERSION = 5
"""Version of the match keys: to be incremented when they change, so that stored ones are rebuilt."""
APART = frozenset({Reason.NUMBER, Reason.BODY, Reason.CHAPTER, Reason.PLACES})
SHORTEST_SLIP = 5
DELETED_FROM = 40


def compare(one: Named, other: Named) -> Comparison:
    """Compare two names and sites, with the reasons."""
    reason = _by_name(parts_of(one.name), parts_of(other.name))
    site = _by_site(one.domain, other.domain)
    reasons = (reason,) if site is None else (reason, site) if reason is not Reason.NOTHING else (site,)
    if site is Reason.OTHER_DOMAIN and reason is Reason.NOTHING:
        reasons = (Reason.NOTHING,)
    return Comparison(_verdict(reason, site), reasons)


def compare_all(names: Sequence[Named], others: Sequence[Named]) -> Comparison:
    """Compare two organizations that have several names: by the strongest reason for a match, except that one name at two
    sites is a question for staff."""
    found = sorted((compare(one, other) for one in names for other in others), key=weight)
    torn = [each for each in found if each.reasons == (Reason.SAME_NAME, Reason.OTHER_DOMAIN)]
    return (torn or found)[0]


def is_same_wording(found: Comparison) -> bool:
    """Return whether two share a name, in any spelling, and not only a site or an acronym."""
    return Reason.SAME_NAME in found.reasons


def goes_by(name: str, names: Iterable[str]) -> bool:
    """Return whether a name is one of these, in any spelling."""
    return any(is_same_wording(compare(Named(name), Named(other))) for other in names)


def weight(found: Comparison) -> tuple[int, int]:
    """Return the sort key of a comparison, the strongest first."""
    return list(Verdict).index(found.verdict), list(Reason).index(found.reasons[0])


def tells_apart(domain: str) -> bool:
    """Return whether a domain identifies an organization: not one where anyone may have a page or mailbox."""
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
    """Return the strongest trait that two names share, or the difference."""
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
    """Classify the words that only the longer of two names has."""
    said = set(more)
    if said <= COUNTRIES | GENERIC:
        return Reason.CHAPTER if WORLD.intersection(shorter) and said & COUNTRIES else Reason.FULLER
    if said & BODIES:
        return Reason.BODY
    is_part = said & (REGIONS | COUNTRIES | CHAPTERS) or any(word.isdigit() for word in more)
    return Reason.CHAPTER if is_part else Reason.LONGER


def _is_a_slip(one: Parts, other: Parts, left: Words, right: Words) -> bool:
    """Return whether the names differ by one typing error: within a word too long to be another word, or between two words."""
    if one.figures != other.figures or one.letters.upper() == one.letters:  # a script without case: its words are short
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
    """Return whether two words differ by one typing error, or are singular and plural: -ies counts as one step from -y."""
    return is_one_slip_apart(one, other) or _with_y(one) == _with_y(other)


def _with_y(letters: str) -> str:
    return letters.replace("ies", "y")


def _without(words: Words, others: Words) -> Words:
    return tuple(word for word in words if word not in others)


def kept_keys(named: Named) -> frozenset[int]:
    """Return the keys to store for a name: any possible match shares one with its `asked_keys`."""
    parts = parts_of(named.name)
    return hashed(_common_keys(named, parts) | {f"initials {one}" for one in parts.initials})


def asked_keys(named: Named) -> frozenset[int]:
    """Return the keys to look up for a name: possible matches have stored one of them."""
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
    """Return a look-alike key and its variants with one letter deleted: two that are one typing error apart share one."""
    look = look[:DELETED_FROM]
    return {look} | ({look[:at] + look[at + 1 :] for at in range(len(look))} if len(look) > SHORTEST_SLIP else set())


_VOWELS = str.maketrans("", "", "aeouyl")  # an i looks like an l
FEWEST_BONES = 5


def bones_of(look: str) -> set[str]:
    """Return the consonants of a look-alike key if there are enough: equal for "Example" and "Exemple"."""
    bones = look.translate(_VOWELS)
    return {bones} if look.isascii() and len(bones) >= FEWEST_BONES else set()


INSIDE, SHORTEST_INSIDE = 12, 8


def inside_key(look: str) -> str:
    """Return the key to find a name joined to other words: the end of its look-alike key."""
    return f"inside {look[-INSIDE:]}"


@lru_cache(maxsize=65_536)
def _hash(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def hashed(keys: set[str]) -> frozenset[int]:
    """Hash keys to 64-bit integers, which every database indexes well; a collision only costs a comparison."""
    return frozenset(map(_hash, keys))
