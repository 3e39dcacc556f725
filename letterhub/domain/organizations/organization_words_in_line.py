"""Vocabulary check of a signatory's line: a signer, title or place that reads like another organization.

See docs/design/organizations.md.
"""

import re

from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.organizations.job_titles import has_only_degrees_after, is_job_title
from letterhub.domain.organizations.name_parts import word_tokens
from letterhub.domain.organizations.vocabulary import BODY_WORDS, GENERIC_WORDS, LEGAL_FORMS, MEANINGS, WORLD_WORDS
from letterhub.domain.signatures.line_fields import line_texts

_NOUNS = """
    action agency aid alliance amnesty assembly association brotherhood bureau care caucus charities charity church circle
    citizens climate club coalition collective college commission committee communities company confederation conference
    congregation congress consortium coop cooperative corporation corps council diocese educators farmers federation fellowship
    forum foundation friends fund greenpeace group guild guardians healthcare hospital initiative institute institution
    journal justice labs lawyers league library ministries mission mosque mothers movement museum national neighbors network
    nurses observatory organization parents parish partners partnership party physicians physicists press project relief
    rights scientists service services sisterhood society solidarity students synagogue synod taskforce teachers team temple
    tribe trust union united university veterans voices volunteers voters watch watchdog workers workgroup youth"""
NOUNS = (
    frozenset(_NOUNS.split()) | (BODY_WORDS - {"action", "men", "law", "business", "research", "education"}) | LEGAL_FORMS
) - {"ab"}
"""Words of organization names that no person's name has."""

_OFFICES = """
    acting administrator advisor adviser advocate ambassador analyst archbishop assistant associate attorney bishop board
    captain ceo cfo chair chairman chairperson chairwoman chancellor chaplain chief clerk cochair cofounder commissioner
    consultant convener convenor coo coordinator counsel counselor curator dean delegate deputy developer director directors
    editor elder emerita emeritus engineer executive facilitator fellow founder general governor head imam judge lawyer lead
    leader lecturer liaison librarian manager mayor member minister moderator mother nurse officer organizer owner partner
    pastor physician presidency president priest principal producer professor provost rabbi rector registrar representative
    researcher retired reverend scholar scientist secretary senator shareholder sister specialist spokesperson staff steward
    strategist student superintendent supervisor teacher treasurer trustee trustees vice volunteer vp writer dr
    directora director directrice directeur presidente presidenta presidente président présidente secretaria secretario
    coordinadora coordinador leiter leiterin vorsitzende vorsitzender geschäftsführer geschäftsführerin"""
OFFICES = frozenset(word for office in _OFFICES.split() for word in word_tokens(office))
"""Words of job titles."""

_PLACES = """
    alliance assembly circle college corps diocese friends friendship forum guardians hospital institute library mission
    mothers museum national parish park partners press rights school services service temple union united university youth
    academy council post trust care aid climate justice watch fund group business national jersey"""
PLACES = frozenset(_PLACES.split())
"""Words of organization names that are also place names: Union City, College Park, Temple, Alliance."""

PLACE_CODES = frozenset("nsw qld vic act tas cdmx pei nwt drc prc rsa sar uae gbr usa afb apo fpo ncr kzn".split())
"""Abbreviations of regions and countries in capitals."""

_FUNCTION = frozenset("of the for from via in on to at without against with".split())
_COUNTRIES = """
    america american americans usa uk canada europe australia africa asia india deutschland germany espana italia brasil mexico
    ohio texas california florida michigan oregon alaska hawaii illinois minnesota wisconsin colorado kansas iowa utah nebraska
    oklahoma arkansas alabama tennessee kentucky louisiana mississippi massachusetts connecticut vermont maryland idaho
    wyoming"""
COUNTRIES = frozenset(_COUNTRIES.split())
"""Countries and states that end organization names, and few personal names."""

_CAUSES = """
    citizen citizens parenthood commons cause causes knowledge access amnesty rebellion extinction progress change habitat
    humanity electronic frontier frontiers digital rainforest earth oceana planet wildlife salvation army industries reports
    consumer consumers unlimited voter votes democracy democratic republican republicans democrats indivisible planned
    human humans people peoples world future action freedom liberty liberties civil families children kids seniors women
    men moms dads survivors immigrants refugees tenants renters animals ocean oceans energy food water health housing education
    reproductive indigenous environmental environment conservation defenders advocates campaign resistance abolition wikimedia
    wikipedia oxfam unicef greenpeace attac pen internet privacy software solutions technologies media news radio times post
    magazine review online center lawyers doctors engineers writers artists farmworkers bakers reporters wikileaks actblue"""
CAUSES = frozenset(_CAUSES.split()) - {"earth", "pen", "post", "times", "future", "freedom", "liberty", "ocean", "change"}
"""More words of organization names that hardly any personal name has; not checked in titles and places."""

_FOR_ANOTHER = re.compile(
    r"""
    \bbehalf\b | \balso\s+(?:for|of|signing|with)\b | \bc\s*/\s*o\b | \bcare\s+of\b
    | \bd\s*/\s*b\s*/\s*a\b | \bdba\b | \ba\.?k\.?a\b
    | \bformer(?:ly)?\s+(?:known\s+as\b|called\b|the\b) | \bformerly\b | \brepresenting\b | \bin\s+the\s+name\s+of\b
    | \b(?:signing|acting|speaking)\s+(?:for|as)\b | \band\s+(?:its\s+)?(?:friends|members|partners|affiliates|supporters)\b
    | \bau\s+nom\s+de\b | \ben\s+nombre\s+de\b | \bim\s+namen\b | \bin\s+vertretung\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
CREDENTIALS = frozenset(
    """ceo cfo coo cto cio cmo cpo vp svp evp phd mph mba msw lcsw lmsw jd md rn bsn msn dnp np pa dds dvm cpa cfa esq edd psyd
    mdiv dmin mfa ma ba bs ms msc bsc llm llb pe rd it hr pr gis usa uk us uae eu nyc la dc sf""".split()
)
"""Abbreviations in capitals after names and in titles that are not an organization's acronym."""

_NO_NAMES = NOUNS | CAUSES | GENERIC_WORDS | WORLD_WORDS | _FUNCTION
_NO_PLACES = NOUNS - PLACES - LEGAL_FORMS
_CODES = CREDENTIALS | PLACE_CODES
_SYMBOLS = re.compile(r"[@&+|]")
_CAMEL_CASE = re.compile(r"[a-z](?<!\bMc)(?<!\bMac)(?<!\bDe)(?<!\bLa)(?<!\bLe)(?<!\bDu)(?<!\bVan)[A-Z]")
_WORDS = re.compile(r"[^\W\d_]+")
_SIGNS = re.compile(r"[&+/@|:#\d]")
MAX_NAME_WORDS, MAX_ACRONYM_LETTERS = 6, 5
"""Limits in words of a personal name, and in letters of a place in capitals that may be an acronym."""


def reads_like_organization(line: Signatory) -> bool:
    """Return whether signer, title, affiliation or place reads like an organization, or the line speaks for another one.

    An individual names an organization by any affiliation, and by more of a title than a job.
    """
    texts = line_texts(line, without=("organization",))
    if any(map(_FOR_ANOTHER.search, texts)) or not _reads_like_place(line.location):
        return True
    if _is_not_a_persons_name(line.signer_name) and word_tokens(line.signer_name) != word_tokens(line.organization):
        return True
    if line.kind is SignatoryKind.INDIVIDUAL:
        return bool(line.affiliation or line.organization) or not is_job_title(line.signer_title)
    title_words = set(word_tokens(line.signer_title))
    is_of_own_name = title_words <= set(word_tokens(line.organization))
    return bool(title_words & NOUNS) and not title_words & OFFICES and not is_of_own_name


def _is_not_a_persons_name(name: str) -> bool:
    """Return whether a signer's name has signs, capitals or words that personal names do not have."""
    if not name:
        return False
    words = word_tokens(name)
    if not words:
        return True
    if _SIGNS.search(name) or len(words) > MAX_NAME_WORDS or (len(name.split()) < 2 and name.isascii()):
        return True
    has_word_in_capitals = any(
        len(word) > 2 and word.isupper() and set(word) - set("IVX") and word.lower() not in CREDENTIALS
        for word in _WORDS.findall(name)
    )
    if has_word_in_capitals and not name.isupper():
        return True
    if not has_only_degrees_after(name) or re.search(r"\band\b", name, re.IGNORECASE):
        return True
    return words[-1] in COUNTRIES or bool(_with_meanings(words) & _NO_NAMES)


def _with_meanings(words: tuple[str, ...]) -> set[str]:
    return set(words) | {MEANINGS.get(word, word) for word in words}


def _reads_like_place(place: str) -> bool:
    """Return whether a place has no words of organizations, symbols, or acronyms.

    In a place that is all in capitals, only a part of one short word between commas counts as an acronym.
    """
    has_organization_words = bool(_with_meanings(word_tokens(place)) & _NO_PLACES)
    if has_organization_words or _SYMBOLS.search(place) or _CAMEL_CASE.search(place):
        return False
    words_in_capitals = [
        word for word in _WORDS.findall(place) if len(word) > 2 and word.isupper() and word.lower() not in _CODES
    ]
    if not place.isupper():
        return not words_in_capitals
    parts = map(str.strip, place.split(","))
    return not any(part in words_in_capitals and len(part) <= MAX_ACRONYM_LETTERS for part in parts)
