"""Personal names as alphabetical lists sort them: by surname, in the order of the script and the custom that a name shows.

After The Chicago Manual of Style (indexes, personal names) and IFLA's "Names of Persons". Where the name alone does not tell
its surname, a sort name does, which staff or a table give.
"""

import re
import unicodedata
from functools import lru_cache

from letterhub.domain.organizations.job_titles import DEGREES, JOBS, RANKS
from letterhub.domain.unicode import collation_key, normalize_unicode

SURNAME_END = "  "
"""Separator of surname and given names: it sorts before a letter, so that "Smith  John" precedes "Smith Jones  Amy"."""

_TITLES = frozenset(
    """the honorable hon dr prof professor doctor rev reverend pastor father fr sister sr brother bishop archbishop
    cardinal rabbi imam sheikh elder deacon canon chief judge justice sen senator rep representative gov governor
    mayor president ambassador amb mr mrs ms mx miss sir dame baroness capt captain col colonel gen general lt maj
    major sgt adm admiral sra srta herr frau mme mlle shri smt""".split()
)
_GENERATIONS = frozenset(("Jr", "Sr", "jr", "sr", "JR", "SR", "II", "III", "IV", "2nd", "3rd"))
_PORTUGUESE_GENERATIONS = frozenset("filho neto júnior sobrinho".split())
_CREDENTIALS = frozenset(
    """PhD MD JD Esq DO RN NP MPH MSW LCSW MBA MA MS BA BS BSN MSN DNP DDS DMD DVM EdD PsyD LLM LLB CPA MPA MPP PE AIA
    FAIA OP SJ OSB OFM CSC MP MEP MLA OBE MBE CBE KC QC DPhil ScD DrPH LMFT LPC LMSW PharmD FACP FAAP MFA ThD DMin RSM
    SND CSJ Ret""".split()
)
_PARTICLES = frozenset(
    """de del dela delos della delle degli dei di da dal dalla do dos das du des la le las los van von vom vander
    vanden zu zum zur und ten ter te op den der het 't 's al el bin bint binti ibn ben abu av af ap nic ní ó mac mc
    fitz st saint ste sainte san santa""".split()
)
"""Words that belong to the surname after them; written small, they do not count in sorting."""
_CONNECTORS = ("y", "i", "e")  # "Ortega y Gasset", "Puig i Cadafalch", "Costa e Silva"
_SPANISH_SURNAMES = frozenset(
    """García Garcia Rodríguez Rodriguez Martínez Martinez Hernández Hernandez López Lopez González Gonzalez Gonzales
    Pérez Perez Sánchez Sanchez Ramírez Ramirez Torres Flores Rivera Gómez Gomez Díaz Diaz Cruz Morales Reyes
    Gutiérrez Gutierrez Ortiz Ramos Chávez Chavez Ruiz Álvarez Alvarez Castillo Jiménez Jimenez Moreno Romero Vargas
    Mendoza Herrera Medina Aguilar Castro Méndez Mendez Vásquez Vasquez Vázquez Vazquez Fernández Fernandez Guzmán
    Guzman Muñoz Munoz Rojas Salazar Soto Contreras Delgado Guerrero Ríos Rios Vega Ortega Núñez Nunez Arias Márquez
    Marquez Silva Santos Molina Suárez Suarez Navarro Cabrera Acosta Fuentes Maldonado Espinoza Sandoval Valdez Campos
    Miranda Mejía Mejia Cortés Cortes Obrador Lorca""".split()
)
"""Common surnames: two of them in a row are one surname, the father's and the mother's."""
_ARTICLE = re.compile(r"(?:[Aa]l|[Ee]l|as|ash|an|ar|at|az|ad)[-‐](?=\w)|[dl]['’](?=\w)")
_NICKNAME = re.compile(r"\([^()]*\)|“[^“”]*”|\"[^\"]*\"|‘[^‘’]*’")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+")
_IN_CAPITALS = re.compile(r"(?!.*[a-z.])(?:\w[\w'’-]{2,}|[BCDFGHJ-NP-TV-Z][AEIOU])|D[EOAU]")  # "DE LA CRUZ", "XI", but no "JP"
_HYPHENATED_GIVEN_NAME = re.compile(r"[A-Z][a-z]{1,6} [A-Z][a-z]+[-‐][a-z]+")  # "Moon Jae-in", "Tsai Ing-wen"
_SPANISH_ENDING = "ez"  # of surnames made from a father's name: Pérez, Núñez
_VIETNAMESE_FULL_NAME = re.compile(r"(?:Nguyen|Tran|Le|Pham|Huynh|Hoang|Phan|Vu|Vo|Dang|Bui|Do|Ho|Ngo|Duong|Ly) (?:Van|Thi) .+")
_SORTED_AS_WRITTEN = (
    *("CJK", "HIRAGANA", "KATAKANA", "HANGUL"),  # the family name is first
    *("ARABIC", "ETHIOPIC", "THAI", "LAO", "KHMER", "MYANMAR", "TAMIL", "MALAYALAM", "TIBETAN"),  # lists sort by given name
)
"""Beginnings of the Unicode names of letters in scripts whose names are sorted as they are written."""


_REVERSED = re.compile(r"(?P<last>[^\W\d_][^,;:()/&\d]*), (?P<first>[^\W\d_][^,;:()/&\d]*)")
_SORTED_AS_WRITTEN_IN = frozenset({"hu", "is"})
"""Collations of languages that write the surname first, or sort by the given name."""


def person_sort_key(name: str, sort_name: str = "", alphabet: str = "") -> str:
    """Return the collation key of a person's name by surname, or of a `sort_name` such as "Thompson, A. J."; in Hungarian and
    Icelandic lists, of the name as it is written."""
    if sort_name:
        by_surname = SURNAME_END.join(map(str.strip, sort_name.split(",", 1)))
    elif alphabet in _SORTED_AS_WRITTEN_IN:
        by_surname = " ".join(name.split())
    else:
        by_surname = surname_first(name)
    return collation_key(by_surname[:80], alphabet)[:1200]


@lru_cache(maxsize=16_384)
def surname_first(name: str) -> str:
    """Return a person's name in the order that lists sort it: "Beethoven  Ludwig van" of "Ludwig van Beethoven"."""
    text = " ".join(_NICKNAME.sub(" ", normalize_unicode("NFC", name)).split()) or name.strip()
    first_letter = next(filter(str.isalpha, text), "")
    if unicodedata.name(first_letter or " ").startswith(_SORTED_AS_WRITTEN):
        return text
    before_comma, _comma, after_comma = text.partition(",")
    words, suffixes = _split_suffixes(before_comma.split())
    if not words:
        return text
    given = after_comma.replace(",", " ").split()
    if given and not all(_is_suffix(word, certain=len(words) > 1) for word in given):
        start, end = 0, len(words)  # the surname is first already
    else:
        suffixes, given = [*suffixes, *given], []
        while len(words) > 2 and words[0].rstrip(".").casefold() in _TITLES:
            words = words[1:]
        start, end = _surname_span(words)
    surname, particles = _split_particles(words[start:end])
    return SURNAME_END.join(filter(None, (surname, " ".join((*words[:start], *words[end:], *given, *particles, *suffixes)))))


def _split_suffixes(words: list[str]) -> tuple[list[str], list[str]]:
    """Return the words of a name, and those at its end that are no part of a name: "Jr.", "PhD"."""
    end = len(words)
    while end > 1 and _is_suffix(words[end - 1], certain=False) and (end > 2 or words[end - 1].rstrip(".") in _GENERATIONS):
        end -= 1
    return words[:end], words[end:]


def _is_suffix(word: str, *, certain: bool) -> bool:
    """Return whether a word is a generation or credential. After a comma behind a whole name it is `certain` to be one if it is
    no word in small letters."""
    bare = word.replace(".", "")
    if bare in _GENERATIONS or bare in _CREDENTIALS or bare.casefold() in _PORTUGUESE_GENERATIONS:
        return not _INITIALS.fullmatch(word) or bare in _CREDENTIALS
    return certain and sum(map(str.isupper, bare)) > 1


def _capitalized_surname(words: list[str]) -> tuple[int, int] | None:
    """Return the span of a surname that is in capitals where the rest of the name is not: "OUÉDRAOGO Awa", "Mei LIN"."""
    if all(map(str.isupper, words)):
        return None
    last = len(words) - 1
    capitals = [
        at
        for at, word in enumerate(words)
        if _IN_CAPITALS.fullmatch(word) or (at == last and word.isupper() and "." not in word)
    ]
    start, end = (capitals[0], capitals[-1] + 1) if capitals else (0, 0)
    return (start, end) if capitals and all(map(str.isupper, words[start:end])) else None


def _comes_first(words: list[str]) -> bool:
    """Return whether the surname is the first word: in Korean, Chinese and Vietnamese names, and before initials."""
    whole = " ".join(words)
    if _HYPHENATED_GIVEN_NAME.fullmatch(whole) or _VIETNAMESE_FULL_NAME.fullmatch(whole):
        return True
    return bool(_INITIALS.fullmatch(words[-1])) and not _INITIALS.fullmatch(words[0])  # "Narayanan K. R."


def _surname_span(words: list[str]) -> tuple[int, int]:
    """Return the start and end (exclusive) of the surname with its particles among the words of a name."""
    if capitalized := _capitalized_surname(words):
        return capitalized
    if _comes_first(words):
        return 0, 1
    start = last = len(words) - 1
    if last > 2 and words[last - 1] in _CONNECTORS:
        start = last - 2
    elif (
        last > 1
        and words[last - 1] in _SPANISH_SURNAMES
        and (words[last] in _SPANISH_SURNAMES or words[last].endswith(_SPANISH_ENDING))
    ):
        start = last - 1
    while start > 1 and words[start - 1].rstrip(".").replace("’", "'").casefold() in _PARTICLES:
        start -= 1
    return start, last + 1


def _split_particles(words: list[str]) -> tuple[str, list[str]]:
    """Return a surname without the particles and articles that do not count, and these."""
    start = next((at for at, word in enumerate(words[:-1]) if not word.replace("’", "'").strip("'").islower()), len(words) - 1)
    surname, particles = " ".join(words[start:]), words[:start]
    if article := _ARTICLE.match(surname):
        return surname[article.end() :], [*particles, article[0]]
    return surname, particles


def reads_last_name_first(name: str) -> bool:
    """Return whether a name reads like a surname before given names, as lists have them: "García-Pérez, María", and neither
    "Jane Doe, Director" nor "Doe, PhD"."""
    match = _REVERSED.fullmatch(name)
    if match is None:
        return False
    last, first = ([word for word in match[part].split() if word.casefold() not in _PARTICLES] for part in ("last", "first"))
    is_surname = len(last) == 1 or bool(last and _SPANISH_SURNAMES.issuperset(last))
    return is_surname and 0 < len(first) <= 3 and all(map(_may_be_given_name, first))


def _may_be_given_name(word: str) -> bool:
    """Return whether a word may be a given name or an initial: with a capital, and no degree, generation or job."""
    letters = word.replace(".", "")
    is_known = letters in _CREDENTIALS | _GENERATIONS or letters.casefold() in _TITLES | JOBS | RANKS | DEGREES
    return word[:1].isupper() and not is_known
