"""Which column of a signatory file is which of ours, by the headings that forms, lists and people give them."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from letterhub.domain.normalizing import normalized

FIELDS = (
    "organization",
    "signer_name",
    "signer_title",
    "email",
    "location",
    "kind",
    "url",
    "section",
    "lead",
    "sort_name",
    "affiliation",
    "logo",
)
"""Our own columns, in the order of the issue that named them."""

_HEADINGS: Mapping[str, str] = {
    "organization": """organization; organisation; organization name; organisation name; name of organization; name of
        organisation; name of your organization; organization or group; group; group name; company;
        institution; employer; association; nom de l organisation; nom de l organization; nom de l
        association; nombre de la organizacion; organizacion; organizacao; nome da organizacao; name der
        organisation; verein; organizzazione; organizacja""",
    "signer_name": """signer name; signer; signatory; signatory name; signed by; full name; contact name; contact;
        representative; name of authorized signer; name of signer; name of signatory; authorized signer;
        authorized representative; your name; signataire; nom du signataire; nom complet; nom et prenom;
        firmante; nombre completo; nombre del firmante; nome completo; unterzeichner; unterzeichnerin; vor
        und nachname""",
    "signer_title": """signer title; title; job title; title of authorized signer; title of signer; signatory title;
        position; role; your title; title or position; fonction; poste; titre; cargo; puesto; funktion;
        position title""",
    "email": """email; e mail; email address; e mail address; contact email; your email; signer email; mail; adresse
        e mail; adresse email; courriel; correo electronico; correo; e mail adresse""",
    "location": """location; city state; city and state; city and state country; city state country; country; city;
        city country; pays; ville; ciudad; pais; cidade; ort; stadt; land""",
    "kind": "kind; signatory kind; organization or individual; type of signatory",
    "url": """url; website; web site; organization website; organisation website; site; web; homepage; link; site
        web; site internet; sitio web; pagina web; webseite; internetseite; website url""",
    "section": "section; scope; national state or local; reach; level",
    "lead": "lead; lead organization; leads; leading",
    "sort_name": "sort name; sort as; sort; sort by; alphabetize as; sort key",
    "affiliation": "affiliation; affiliation for identification purposes only; affiliation for identification",
    "logo": "logo; logo file",
    "first_name": "first name; given name; firstname; prenom; vorname; primer nombre",
    "last_name": "last name; family name; surname; lastname; nom de famille; nachname; apellido; apellidos",
    "city": "can2 user city",
    "state": "can2 user state",
    "name": "name; nom; nombre; nome",
    "remark": """anything else; anything else to add; comment; comments; additional comments; questions or comments; message;
        note; notes; remark; remarks; removal; removals; commentaire; commentaires; comentarios; bemerkung; bemerkungen""",
}
_KNOWN = {
    heading.strip(): field for field, headings in _HEADINGS.items() for heading in re.sub(r"\s+", " ", headings).split(";")
}
_SAY_WHO_SIGNED = frozenset({"organization", "signer_name", "first_name", "last_name", "name"})
_PERMISSION = re.compile(
    r"\b(?:permissions?|consents?|(?:may|can) we (?:publicly )?(?:list|name|publish|include)|ok(?:ay)? to list|"
    r"(?:agree|want|wish|like|willing|happy|okay) to be (?:publicly )?(?:listed|named)|authori[sz]ed to sign|"
    r"(?:not|cannot|never|t) (?:to )?(?:be )?(?:publicly )?(?:list(?:ed)?|named|publish(?:ed)?|included?)|"
    r"(?:object|oppose|opposed) to (?:be|being) (?:publicly )?(?:listed|named)|(?:remain|stay|be|sign) anonymous(?:ly)?|"
    r"einwilligung|zustimmung|einverstanden|erlaubnis|autorisation|consentement|autorizacion|consentimiento|permiso|"
    r"autorizacao|consentimento|permissao|autorizzazione|consenso|permesso|zgoda)\b"
)
_OTHER_MATTER = re.compile(
    r"\b(?:contact(?:ed|ing)?|e ?mails?|newsletters?|mailings?|updates?|news|sms|text messages?|receive|logos?|photos?)\b"
)
_LISTING = re.compile(
    r"\b(?:listed|listing|(?<!mailing )(?<!mail )list|sign(?:ed|ing|er|atory|atories)?|named?|names|publicly)\b"
)
_SOMEBODY = r"(?:person|people|individual|signer|signatory|representative|officer|whoever|who)"
_WHO_GIVES_IT = re.compile(
    rf"(?:(?:full |printed )?(?:name|title|position|role|e ?mail|phone|signature)(?: address| number)?(?: and \w+)* of "
    rf"(?:the |your |an? )?{_SOMEBODY}\b|{_SOMEBODY}\b.* authori[sz]ed to sign\b)"
)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands in a row, and where people wrote what has no field; `notes` say which columns were left out.

    `permissions` are the columns that ask whether the row may be listed: each has to be answered.
    """

    places: Mapping[str, int]
    permissions: tuple[int, ...]
    remarks: tuple[int, ...]
    notes: tuple[str, ...]

    def cell(self, cells: Sequence[str], field: str) -> str:
        """The cell of a field in a row; "" where there is none."""
        at = self.places.get(field, -1)
        return cells[at] if 0 <= at < len(cells) else ""

    def heading(self, header: Sequence[str], field: str) -> str:
        """How the file itself calls a field."""
        at = self.places.get(field, -1)
        return header[at].strip() if 0 <= at < len(header) else field


def plain_heading(heading: str) -> str:
    """A heading without case, accents and punctuation: "E-mail  Address*" is "e mail address"."""
    letters = normalized("NFKD", heading).casefold()
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", " ", letters).strip()


def recognized(cells: Sequence[str]) -> int:
    """How many different fields of ours a row of cells names, as a header does; 0 where none of them says who signed."""
    named = {field for cell in cells if (field := _field_of(plain_heading(cell)))}
    return len(named) if named & _SAY_WHO_SIGNED else 0


def columns_of(header: Sequence[str]) -> Columns:
    """Which cell is which, the first of each where several say the same, with notes on those left out."""
    places: dict[str, int] = {}
    permissions: list[int] = []
    remarks: list[int] = []
    extra: list[str] = []
    notes: list[str] = []
    for at, heading in enumerate(header):
        field = _field_of(plain_heading(heading))
        if field == "remark":
            remarks.append(at)
        elif field == "permission":
            permissions.append(at)
        elif field and field not in places:
            places[field] = at
        elif field:
            notes.append(f"Column {at + 1}, “{heading.strip()}”, says the same as column {places[field] + 1} and was left out.")
        elif heading.strip():
            extra.append(f"“{heading.strip()}”")
    if extra:
        notes.append(f"These columns are not used: {', '.join(extra)}.")
    if remarks:
        told = ", ".join(f"“{header[at].strip()}”" for at in remarks)
        notes.append(f"Shown with each row and not imported: {told}.")
    return Columns(_with_name_placed(places), tuple(permissions), tuple(remarks), tuple(notes))


def _field_of(plain: str) -> str:
    """The field that a heading names; a question whether the row may be listed is `permission`, however it is put."""
    if plain in _KNOWN:
        return _KNOWN[plain]
    if not _PERMISSION.search(plain) or _WHO_GIVES_IT.match(plain):
        return ""
    return "permission" if _LISTING.search(plain) or not _OTHER_MATTER.search(plain) else ""


def _with_name_placed(places: dict[str, int]) -> dict[str, int]:
    """Says whose name a bare "Name" is: the organization's where nothing else names one, the signer's otherwise."""
    if "name" not in places:
        return places
    field = "signer_name" if "organization" in places else "organization"
    return {field: places["name"]} | {key: at for key, at in places.items() if key != "name"}
