"""Letter in several languages: ids of its parts made unique, and what its links lead to in words.

See docs/design/pdf.md.
"""

from collections.abc import Mapping
from typing import Any

from letterhub.rendering.letter.document_locale import document_locale
from letterhub.rendering.pdf.typesetting.list_job import ListJob

Element = Any

NOTE, NOTE_REFERENCE = "note-", "note-mark-"
_SEPARATOR = ":"  # between the language of a part and an id in it


def separate_ids(sheet: Element, job: ListJob) -> None:
    """Put the language of each part before the ids in it, and in its links to them: the same notes are in each."""
    languages = {part.id: part.language for part in job.parts}
    for section in [element for element in sheet.iter("section") if element.get("id") in languages]:
        prefix = languages[section.get("id")] + _SEPARATOR
        for element in [one for one in section.iter() if one is not section]:
            for name in ("id", "aria-labelledby"):
                if element.get(name):
                    element.set(name, prefix + element.get(name))
            if element.get("href", "").startswith(f"#{NOTE}"):
                element.set("href", f"#{prefix}{element.get('href')[1:]}")


def link_descriptions(sheet: Element, job: ListJob) -> Mapping[str, str]:
    """Return what the links to each place of a letter say, by the place's id; empty for a letter in one language."""
    links = (link for link in sheet.iter("a") if link.get("href", "").startswith("#") and job.parts)
    return {link.get("href")[1:]: "".join(link.itertext()).strip() for link in links}


def note_description(target: str, language: str, layout: int) -> str:
    """Return what a link to a note, or back from it, says in the language of its part, else in that of the letter."""
    part, _, name = target.rpartition(_SEPARATOR)
    strings = document_locale(part or language, layout).words
    return strings.back if name.startswith(NOTE_REFERENCE) else f"{strings.note} {name.removeprefix(NOTE)}"


def is_note(target: str) -> bool:
    """Return whether the id of a place is that of a note or of its mark."""
    return target.rpartition(_SEPARATOR)[2].startswith(NOTE)
