"""The manifest of an edition as JSON: its identity, its signatories in order, and the hash of each of its files."""

import json
from collections.abc import Sequence

from letterhub.domain.editions.file_formats import MEDIA_TYPES, EditionFileInfo
from letterhub.domain.letters.letter_document import LetterDocument, SignatoryKind
from letterhub.domain.letters.serialization import document_to_facts, fingerprint
from letterhub.rendering.tables.csv_export import printed_columns, printed_row

VERSION = 1


def manifest(document: LetterDocument, files: Sequence[EditionFileInfo] = ()) -> bytes:
    """Return the manifest in UTF-8; its signatories in printing order, each with what the letter prints of it and nothing else.

    `files` are the edition's files. A manifest that is embedded in one of them lists none, as no file can contain its own hash.
    """
    edition, columns = document.edition, printed_columns(document)
    rows = [zip(columns, printed_row(signatory, document, columns), strict=True) for signatory in document.signatories]
    people = sum(signatory.kind is SignatoryKind.INDIVIDUAL for signatory in document.signatories)
    contents = {
        "manifest": VERSION,
        "title": document.text.title,
        "language": document.text.language,
        "edition": {
            "number": edition.number,
            "id": edition.id,
            "frozen_at": edition.frozen_at.isoformat(),
            "check": edition.check_url,
        }
        if edition
        else None,
        "revision_sha256": document.revision_hash,
        "document_sha256": fingerprint(document_to_facts(document)),
        "counts": {"signatories": document.count, "organizations": document.count - people, "individuals": people},
        "signatories": [{name: value for name, value in row if value} for row in rows],
        "files": [
            {"name": file.name, "media_type": MEDIA_TYPES[file.format], "size": file.size, "sha256": file.sha256}
            | ({"language": file.language} if file.language else {})
            for file in files
        ],
    }
    return (json.dumps(contents, ensure_ascii=False, indent=2) + "\n").encode("utf-8", errors="replace")
