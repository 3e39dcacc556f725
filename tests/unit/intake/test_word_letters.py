"""Parts found in letters as Word files: right, asked, and never wrong without a question."""

import re
import time
from collections.abc import Callable

import pytest

from letterhub.domain.letters.letter_document import LetterText
from letterhub.intake.documents.layout_tags import BLANK_LINE, TAB
from letterhub.intake.letters.draft_file import read_word_draft
from letterhub.intake.letters.found_lines import FoundParts
from letterhub.intake.letters.found_lines import PartKind as P
from letterhub.intake.letters.letter_parts import find_parts, found_sentence, place_parts
from tests.support.files.word_letters import LETTERS, PROSE, WordLetter, assistant, german, lawyer
from tests.support.missing import SHARED, require_shared


def found_in(letter: WordLetter) -> FoundParts:
    return find_parts(read_word_draft(letter.data, "draft.docx", "River path")[0])


def verdicts(letter: WordLetter, found: FoundParts) -> dict[str, list[str]]:
    """Return the lines of a letter by what became of them."""
    lines = [*found.before, *found.after]
    result: dict[str, list[str]] = {"right": [], "asked": [], "wrong": []}
    for kind, text in letter.parts:
        if line := next((one for one in lines if (one.kind, one.text) == (kind, text)), None):
            result["right" if line.certain else "asked"].append(text)
            lines.remove(line)
        else:
            doubtful = any(not one.certain and set(text.split("; ")) & set(one.text.split("; ")) for one in lines)
            result["asked" if doubtful else "wrong"].append(f"{kind}: {text}")
    result["wrong"] += [f"{line.kind}: {line.text}" for line in lines if line.certain]
    return result


@pytest.mark.parametrize(
    ("make", "right", "asked"),
    list(zip(LETTERS, (12, 10, 7, 3, 6, 6), (6, 4, 1, 9, 0, 2), strict=True)),
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_no_part_is_wrong_without_a_question(make: Callable[[], WordLetter], right: int, asked: int) -> None:
    letter = make()
    found = found_in(letter)
    result = verdicts(letter, found)
    assert result["wrong"] == []
    assert (len(result["right"]), len(result["asked"])) == (right, asked), result
    assert not re.search(f"[{TAB}{BLANK_LINE}]", found.body)


def test_signature_blocks_in_tabbed_columns_are_names() -> None:
    found = found_in(lawyer())
    names = [line.text for line in found.after if line.kind is P.NAME]
    assert names == ["River Friends; Alex One; President", "Path Alliance; Bo Two; Chair"]
    assert found.body.startswith(f"## 1. What the law says\n\n{PROSE}\n\n> The path")
    assert found_sentence(found).startswith(
        "letterhead, date, way of sending, subject, 2 addressees, salutation, closing, names"
    )


def test_an_annex_goes_behind_its_line() -> None:
    assert found_in(german()).body.endswith(":::annex Anlage 1\n\nDie Karte des Weges.")


def test_what_is_uncertain_stays_where_nobody_can_be_asked() -> None:
    text, names, notes = place_parts(read_word_draft(assistant().data, "draft.docx", "Snow")[0])
    assert (text.salutation, text.closing, text.cc) == ("Dear Mayor and Clerk,", "", ())
    assert [one.name for one in text.addressees] == ["The Mayor", "The Clerk"]
    assert "Sincerely," in text.body
    assert "Path Club" in text.body
    assert "names" not in names
    assert any("closing, names" in note for note in notes), notes


@pytest.mark.parametrize(
    ("body", "salutation", "remaining"),
    [
        ("\n\n".join(["An address line"] * 300) + f"\n\nDear Mayor:\n\n{PROSE}", "", "An address line"),
        (f"{PROSE}\n\nDear Mayor:\n\n{PROSE}", "", "Dear Mayor:"),
        (f"Dear Mayor:\n\n{PROSE}\n\nRe: the path\n\n{PROSE}", "Dear Mayor:", "Re: the path"),
        (f"{PROSE}\n\n{PROSE}", "", PROSE),
        (f"Dear Mayor:\n\n{PROSE}\n\nSincerely,\n\n{PROSE}", "Dear Mayor:", "Sincerely,"),
    ],
    ids=["300 lines", "dear in the middle", "re in the body", "no salutation", "closing in the middle"],
)
def test_hostile_drafts_keep_every_line(body: str, salutation: str, remaining: str) -> None:
    found = find_parts(LetterText("River path", body))
    assert [line.text for line in found.before if line.kind is P.SALUTATION] == ([salutation] if salutation else [])
    assert remaining in found.body
    words = " ".join([*(line.text for line in (*found.before, *found.after)), found.body]).split()
    assert sorted(words) == sorted(body.replace("Re: ", "Re: ").split())


@pytest.mark.parametrize("piece", ["a", "|a", "**", "***a ", "re:", "_", "A\tB\n", "x\n\n", "Sincerely,\n\n", f"{TAB}a ", TAB])
def test_no_text_takes_a_second(piece: str) -> None:
    for opening in ("", "Dear ", "Nous vous prions d’", "|"):
        body = f"{opening}{piece * (150_000 // len(piece))}"
        before = time.process_time()
        find_parts(LetterText("River path", body))
        assert time.process_time() - before < 1, opening


def test_of_real_letters_nothing_is_lost() -> None:
    require_shared(SHARED / "letters")
    for file in sorted((SHARED / "letters").glob("*/**/*.md")):
        body = file.read_text(encoding="utf-8").split("\n---\n", 1)[-1]
        found = find_parts(LetterText(file.stem, body))
        lines = " ".join(line.text for line in (*found.before, *found.after))
        before, after = (sorted(re.findall(r"\w+", text)) for text in (body, f"{lines} {found.body}"))
        assert {word for word in before if before.count(word) > after.count(word)} <= {"Date", "To", "CC", "Re"}, file
