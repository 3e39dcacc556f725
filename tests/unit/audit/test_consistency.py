"""The name of a signature agrees with its audit log, however it was corrected."""

import pytest

from letterhub.domain.audit.consistency import LoggedSignature, StoredSignature, TextChanges, inconsistency_of
from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import SignatureState

Parts = dict[str, str]


def inconsistency(signatory: Signatory, *corrections: tuple[Parts, Parts]) -> str:
    """Return the errors found in a row whose log says that River Group confirmed it and that it was corrected afterwards."""
    logged = LoggedSignature()
    logged.apply(1, "confirmed", {}, {"state": "confirmed", "name": "River Group"})
    for number, (before, after) in enumerate(corrections, start=2):
        logged.apply(number, "corrected", before, after)
    line = dict.fromkeys(logged.line, "") | {"organization": signatory.organization, "signer_name": signatory.signer_name}
    row = StoredSignature(SignatureState.CONFIRMED, Source.FORM, signatory.name, line, erased=False)
    return inconsistency_of(row, logged, TextChanges())


SIGNER = ({"signer_name": "Nia"}, {"signer_name": "Ada"})
NAME = ({"organization": "River Group"}, {"organization": "Lake Group"})
NAME_AGAIN = ({"organization": "Lake Group"}, {"organization": "Sea Group"})
NO_SIGNER = ({"signer_name": "Ada"}, {"signer_name": ""})
NO_NAME = ({"organization": "River Group"}, {"organization": ""})


@pytest.mark.parametrize(
    ("signatory", "corrections"),
    [
        (Signatory("River Group", "Nia"), ()),
        (Signatory("River Group", "Ada"), (SIGNER,)),
        (Signatory("Lake Group", "Ada"), (SIGNER, NAME)),
        (Signatory("Sea Group", ""), (SIGNER, NAME, NO_SIGNER, NAME_AGAIN)),
        (Signatory("", "Ada", kind=SignatoryKind.INDIVIDUAL), (SIGNER, NO_NAME)),
        (Signatory("", "River Group", kind=SignatoryKind.INDIVIDUAL), ()),
        (Signatory("Lake Group", "River Group"), (({"organization": ""}, {"organization": "Lake Group"}),)),
    ],
)
def test_a_name_that_was_corrected_is_as_its_record_tells(
    signatory: Signatory, corrections: tuple[tuple[Parts, Parts], ...]
) -> None:
    assert inconsistency(signatory, *corrections) == ""


@pytest.mark.parametrize(
    ("signatory", "corrections"),
    [
        (Signatory("Forged", "River Group"), ()),
        (Signatory("Forged", "Ada"), (SIGNER,)),
        (Signatory("River Group", "Ada", kind=SignatoryKind.INDIVIDUAL), (SIGNER,)),
        (Signatory("Lake Group", "Ada", kind=SignatoryKind.INDIVIDUAL), (SIGNER, NAME)),
        (Signatory("River Group", "Nia", kind=SignatoryKind.INDIVIDUAL), ()),
    ],
)
def test_a_name_that_no_entry_tells_is_another(signatory: Signatory, corrections: tuple[tuple[Parts, Parts], ...]) -> None:
    assert inconsistency(signatory, *corrections) == "has a different name than the audit log says"
