"""Matching of organization names by explicit reasons instead of a score. See docs/design/organizations.md."""

import enum
from binascii import crc32, crc_hqx
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from letterhub.domain.mail.email_addresses import is_free_mail, is_one_typo_apart
from letterhub.domain.organizations.confusables import look_alike_key
from letterhub.domain.organizations.name_parts import NameParts, Words, parse_name
from letterhub.domain.organizations.vocabulary import (
    BODY_WORDS,
    CHAPTER_WORDS,
    COUNTRY_WORDS,
    GENERIC_WORDS,
    REGION_WORDS,
    WORLD_WORDS,
)


class MatchVerdict(enum.StrEnum):
    """Result of a comparison: merge two names, ask staff, or keep both."""

    SAME = "same"
    ASK = "ask"
    DIFFERENT = "different"


class MatchReason(enum.StrEnum):
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
class NameAndSite:
    """Name, and the registrable domain of its website, "" for none."""

    name: str
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Verdict on two names, and its reasons, the strongest first."""

    verdict: MatchVerdict
    reasons: tuple[MatchReason, ...]


KEYS_VERSION = 6
"""Version of the match keys: to be incremented when they change, so that stored ones are rebuilt."""
SEPARATING_REASONS = frozenset({MatchReason.NUMBER, MatchReason.BODY, MatchReason.CHAPTER, MatchReason.PLACES})
MIN_TYPO_LENGTH = 5
MAX_TYPO_LENGTH = 40


def compare_names(one: NameAndSite, other: NameAndSite) -> Comparison:
    """Compare two names with their websites. Return the verdict and its reasons: how the names compare, then how the sites
    compare if both identify an organization."""
    reason = _compare_parsed_names(parse_name(one.name), parse_name(other.name))
    site: MatchReason | None = None
    if identifies_organization(one.domain) and identifies_organization(other.domain):
        site = MatchReason.SAME_DOMAIN if one.domain == other.domain else MatchReason.OTHER_DOMAIN
    reasons = (reason,) if site is None else (reason, site)
    if reason is MatchReason.NOTHING:
        reasons = (MatchReason.SAME_DOMAIN,) if site is MatchReason.SAME_DOMAIN else (MatchReason.NOTHING,)
    return Comparison(_decide_verdict(reason, site), reasons)


def compare_organizations(names: Sequence[NameAndSite], others: Sequence[NameAndSite]) -> Comparison:
    """Compare two organizations that have several names, and return the comparison that is the strongest match; but if they
    share a name at different sites, that one, which asks staff."""
    comparisons = sorted((compare_names(one, other) for one in names for other in others), key=comparison_rank)
    same_name_at_two_sites = [
        comparison for comparison in comparisons if comparison.reasons == (MatchReason.SAME_NAME, MatchReason.OTHER_DOMAIN)
    ]
    return (same_name_at_two_sites or comparisons)[0]


def shares_name(comparison: Comparison) -> bool:
    """Return whether the two compared organizations share a name, in any spelling, and not only a site or an acronym."""
    return MatchReason.SAME_NAME in comparison.reasons


def has_name(name: str, names: Iterable[str]) -> bool:
    """Return whether a name is one of these, in any spelling."""
    return any(shares_name(compare_names(NameAndSite(name), NameAndSite(other))) for other in names)


def comparison_rank(comparison: Comparison) -> tuple[int, int]:
    """Return the sort key of a comparison, the strongest first."""
    return list(MatchVerdict).index(comparison.verdict), list(MatchReason).index(comparison.reasons[0])


def identifies_organization(domain: str) -> bool:
    """Return whether a domain identifies an organization: not one where anyone may have a page or mailbox."""
    return bool(domain) and not is_free_mail(domain)


def _decide_verdict(reason: MatchReason, site: MatchReason | None) -> MatchVerdict:
    """Return the verdict on two names from the comparison of the names and of their sites; `site` is None if a name has no
    site."""
    same_site = site is MatchReason.SAME_DOMAIN
    match reason:
        case MatchReason.SAME_NAME:
            return MatchVerdict.ASK if site is MatchReason.OTHER_DOMAIN else MatchVerdict.SAME
        case MatchReason.LOOK_ALIKE:
            return MatchVerdict.ASK
        case MatchReason.NOTHING | MatchReason.LONGER:
            return MatchVerdict.ASK if same_site else MatchVerdict.DIFFERENT
    if reason in SEPARATING_REASONS:
        return MatchVerdict.DIFFERENT
    return MatchVerdict.SAME if same_site else MatchVerdict.ASK


def _compare_parsed_names(one: NameParts, other: NameParts) -> MatchReason:
    """Return the strongest trait that two names share, or the difference."""
    if one.wordings & other.wordings:
        return MatchReason.SAME_NAME
    if one.look == other.look:
        if one.letters != other.letters:
            return MatchReason.LOOK_ALIKE
        return MatchReason.WEB_NAME if one.is_web_name != other.is_web_name else MatchReason.SPACES
    same_without_figures = _without(one.words, one.figures) == _without(other.words, other.figures)
    if one.figures != other.figures and same_without_figures:
        return MatchReason.NUMBER
    abbreviates_other, is_abbreviated = one.acronyms & other.initials, other.acronyms & one.initials
    if one.acronyms & other.acronyms or abbreviates_other or is_abbreviated:
        return MatchReason.ACRONYM
    return _compare_words(one, other)


def _compare_words(one: NameParts, other: NameParts) -> MatchReason:
    """Return how two names are related by the words that only one of them has."""
    only_in_one, only_in_other = _without(one.words, other.words), _without(other.words, one.words)
    if not only_in_one and not only_in_other:
        return MatchReason.ORDER
    if not only_in_one:
        return _classify_extra_words(one.words, only_in_other)
    if not only_in_other:
        return _classify_extra_words(other.words, only_in_one)
    if one.meaning == other.meaning:
        return MatchReason.LANGUAGE
    if {*only_in_one, *only_in_other} <= REGION_WORDS | COUNTRY_WORDS:
        return MatchReason.PLACES
    return MatchReason.SLIP if _is_typo(one, other, only_in_one, only_in_other) else MatchReason.NOTHING


def _classify_extra_words(shorter: Words, additional: Words) -> MatchReason:
    """Return how the longer of two names is related to the `shorter` one by its `additional` words: the same name in full, a
    separate body or a chapter of it, or just longer."""
    extra = set(additional)
    if extra <= COUNTRY_WORDS | GENERIC_WORDS:
        is_country_chapter = WORLD_WORDS.intersection(shorter) and extra & COUNTRY_WORDS
        return MatchReason.CHAPTER if is_country_chapter else MatchReason.FULLER
    if extra & BODY_WORDS:
        return MatchReason.BODY
    names_place_or_part = extra & (REGION_WORDS | COUNTRY_WORDS | CHAPTER_WORDS)
    has_number = any(word.isdigit() for word in additional)
    return MatchReason.CHAPTER if names_place_or_part or has_number else MatchReason.LONGER


def _is_typo(one: NameParts, other: NameParts, left: Words, right: Words) -> bool:
    """Return whether two names differ by one typing error: within a word too long to be another word, or in a space between
    words. `left` and `right` are the words that only one or only the other has."""
    if one.figures != other.figures or one.letters.upper() == one.letters:  # a script without case: its words are short
        return False
    has_foreign_letters = not (one.letters + other.letters).isascii()
    if has_foreign_letters and len(one.look) > MIN_TYPO_LENGTH and is_one_typo_apart(one.look, other.look):
        return True
    if len(left) == len(right) == 1:
        same_plural = _normalize_plural(left[0]) == _normalize_plural(right[0])
        is_long = min(len(left[0]), len(right[0])) >= MIN_TYPO_LENGTH
        return is_long and (same_plural or is_one_typo_apart(left[0], right[0]))
    return len(one.words) != len(other.words) and is_one_typo_apart(one.letters, other.letters)


def _normalize_plural(letters: str) -> str:
    """Return words with -y for -ies: singular and plural then differ by one letter or none."""
    return letters.replace("ies", "y")


def _without(words: Words, others: Words) -> Words:
    return tuple(word for word in words if word not in others)


@lru_cache(maxsize=256)
def stored_keys(name_and_site: NameAndSite) -> frozenset[int]:
    """Return the match keys to store for a name, as hashes: a name that may match it has one of them among its
    `lookup_keys`."""
    parts = parse_name(name_and_site.name)
    return hash_keys(_common_keys(name_and_site, parts) | {f"initials {initials}" for initials in parts.initials})


@lru_cache(maxsize=256)
def lookup_keys(name_and_site: NameAndSite) -> frozenset[int]:
    """Return the match keys to look up for a name, as hashes: each name that may match it has stored one of them."""
    parts = parse_name(name_and_site.name)
    initials_keys = {f"initials {short_name}" for short_name in parts.acronyms}
    return hash_keys(
        _common_keys(name_and_site, parts) | initials_keys | {f"acronym {short_name}" for short_name in parts.initials}
    )


def _common_keys(name_and_site: NameAndSite, parts: NameParts) -> set[str]:
    """Return the keys, before hashing, that are both stored and looked up for a name: one for each way to match, such as the
    same name, a look-alike, one typing error or the same site."""
    plural = look_alike_key(_normalize_plural(parts.letters))
    return (
        {f"name {wording}" for wording in parts.wordings}
        | {f"acronym {variant}" for variant in parts.acronyms}
        | {f"slip {variant}" for variant in deletion_variants(parts.look) | {plural[:MAX_TYPO_LENGTH]}}
        | {f"look {parts.look}", f"core {' '.join(parts.core)}", f"meaning {' '.join(parts.meaning)}", suffix_key(parts.look)}
        | {f"bones {variant}" for variant in consonant_keys(parts.look)}
        | ({f"site {name_and_site.domain}"} if identifies_organization(name_and_site.domain) else set())
    )


def deletion_variants(look: str) -> set[str]:
    """Return a look-alike key and all its variants with one letter deleted: two keys that are one typing error apart have a
    variant in common."""
    look = look[:MAX_TYPO_LENGTH]
    if len(look) <= MIN_TYPO_LENGTH:
        return {look}
    return {look} | {look[:index] + look[index + 1 :] for index in range(len(look))}


_VOWELS = str.maketrans("", "", "aeouyl")  # an i looks like an l
MIN_CONSONANTS = 5


def consonant_keys(look: str) -> set[str]:
    """Return the consonants of a look-alike key as a set of one, equal for "Example" and "Exemple"; empty if they are too few
    or not Latin."""
    consonants = look.translate(_VOWELS)
    return {consonants} if look.isascii() and len(consonants) >= MIN_CONSONANTS else set()


SUFFIX_LENGTH, MIN_SUFFIX_LENGTH = 12, 8


def suffix_key(look: str) -> str:
    """Return the match key by which a name is found within a longer word: the end of its look-alike key."""
    return f"inside {look[-SUFFIX_LENGTH:]}"


def hash_keys(keys: Iterable[str]) -> frozenset[int]:
    """Hash keys to integers of 48 bits by two checksums, which every database indexes well; a collision only costs a
    comparison."""
    return frozenset({crc32(data) << 16 | crc_hqx(data, 0) for data in map(str.encode, keys)})
