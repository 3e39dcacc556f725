"""What a line says by its words alone: that a person, a title or a place reads like an organization nobody asked about."""

import re

from letterhub.domain.document import Kind, Signatory
from letterhub.domain.name_parts import tokens_of
from letterhub.domain.organization_words import BODIES, GENERIC, LEGAL, MEANINGS, WORLD

_NOUNS = """
    action agency aid alliance amnesty assembly association brotherhood bureau care caucus charities charity church circle
    citizens climate club coalition collective college commission committee communities company confederation conference
    congregation congress consortium coop cooperative corporation corps council diocese educators farmers federation fellowship
    forum foundation friends fund greenpeace group guild guardians healthcare hospital initiative institute institution
    journal justice labs lawyers league library ministries mission mosque mothers movement museum national neighbors network
    nurses observatory organization parents parish partners partnership party physicians physicists press project relief
    rights scientists service services sisterhood society solidarity students synagogue synod taskforce teachers team temple
    tribe trust union united university veterans voices volunteers voters watch watchdog workers workgroup youth"""
NOUNS = (frozenset(_NOUNS.split()) | (BODIES - {"action", "men", "law", "business", "research", "education"}) | LEGAL) - {"ab"}
"""Words that names of organizations are made of; no person is called so."""

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
OFFICES = frozenset(word for office in _OFFICES.split() for word in tokens_of(office))
"""Words that titles are made of."""

_SUBJECTS = """
    law medicine chemistry biology physics history english economics education nursing science sciences engineering philosophy
    sociology psychology music art arts theology divinity ministry operations communications policy research programs program
    advocacy development finance staff mathematics linguistics anthropology geography politics political public social
    environmental computer religious studies theater literature astronomy geology statistics pediatrics surgery psychiatry
    the a an two three four five"""
SUBJECTS = frozenset(_SUBJECTS.split())
"""What one may be a professor or a director of without naming an organization."""

_PLACES = """
    alliance assembly circle college corps diocese friends friendship forum guardians hospital institute library mission
    mothers museum national parish park partners press rights school services service temple union united university youth
    academy council post trust care aid climate justice watch fund group business national jersey"""
PLACES = frozenset(_PLACES.split())
"""Words of organizations that towns are called by too: Union City, College Park, Temple, Alliance."""

_FUNCTION = frozenset("of the for in on to at without against with".split())
_COUNTRIES = frozenset("america usa uk canada europe australia".split())
"""Countries that names of organizations end with, and few names of people."""

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
"""What stands behind names and in titles in capitals, and is no organization's acronym."""

_SEGMENTS = re.compile(r"\s*[,;:()\[\]|–—/]\s*|\s+-\s+")
_CREDENTIAL = re.compile(r"(?:[A-Z][A-Za-z]{0,4}\.?){1,4}|Jr\.?|Sr\.?|Esq\.?|[IVX]+")
_WORDS = re.compile(r"[^\W\d_]+")
_SIGNS = re.compile(r"[&+/@|:#\d]")
LONGEST_NAME = 6


def reads_like_an_organization(line: Signatory) -> bool:
    """Whether who signs, her title, affiliation or place reads like an organization, or the line speaks for another one.

    A person who signs for herself names one by any affiliation, and by more of a title than an office.
    """
    texts = (line.signer_name, line.signer_title, line.affiliation, line.location)
    if any(map(_FOR_ANOTHER.search, texts)) or _is_no_place(line.location):
        return True
    if _is_no_persons_name(line.signer_name) and tokens_of(line.signer_name) != tokens_of(line.organization):
        return True
    if line.kind is Kind.INDIVIDUAL:
        return bool(line.affiliation or line.organization) or _says_more_than_an_office(line.signer_title)
    words = set(tokens_of(line.signer_title))
    return bool(words & NOUNS) and not words & OFFICES and not set(tokens_of(line.organization)) >= words


def _is_no_persons_name(name: str) -> bool:
    if not name:
        return False
    words = tokens_of(name)
    if not words:
        return True
    if _SIGNS.search(name) or len(words) > LONGEST_NAME or (len(words) < 2 and name.isascii()):
        return True
    shouts = any(
        len(word) > 2 and word.isupper() and set(word) - set("IVX") and word.lower() not in CREDENTIALS
        for word in _WORDS.findall(name)
    )
    if (shouts and not name.isupper()) or re.search(r"\band\b", name, re.IGNORECASE):
        return True
    return words[-1] in _COUNTRIES or bool(_meant(words) & (NOUNS | GENERIC | WORLD | _FUNCTION))


def _meant(words: tuple[str, ...]) -> set[str]:
    return set(words) | {MEANINGS.get(word, word) for word in words}


def _is_no_place(place: str) -> bool:
    words = tokens_of(place)
    return bool(_meant(words) & (NOUNS - PLACES - LEGAL)) or bool(re.search(r"[@&+|]", place))


def _says_more_than_an_office(title: str) -> bool:
    """Whether a title goes on after the office: "Director, Example", "Chair of Example", "Teacher at Example"."""
    office, *more = [part for part in _SEGMENTS.split(title) if part] if title else [""]
    if any(part[:1].isupper() and not _CREDENTIAL.fullmatch(part) for part in more):
        return True
    words = tokens_of(office)
    if set(words) & {"at", "with", "for", "chez", "bei", "en"} and words[-2:] not in (("at", "law"), ("at", "large")):
        return True
    of = words.index("of") + 1 if "of" in words else len(words)
    named = bool(words[of:]) and words[of] not in SUBJECTS and bool(re.search(r"\bof\s+(?:the\s+)?[^\Wa-z\d_]", office))
    known = not words or bool(set(words) & (OFFICES | SUBJECTS)) or office.islower() or len(words) == 1
    return named or bool(set(words) & NOUNS and not set(words) & OFFICES) or not known
