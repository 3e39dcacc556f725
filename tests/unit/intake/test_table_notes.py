"""Oddities in a table of signatories are reported, and printed unchanged."""

from letterhub.domain.letters.letter_document import LetterText, SignatoryStyle
from letterhub.intake.tables.signatory_table import read_signatories
from letterhub.intake.tables.table_lint import duplicate_line_notes
from letterhub.rendering.text.text_export import one_line_signatory


def notes(*rows: str) -> tuple[str, ...]:
    return read_signatories("\n".join(("organization,signer_name,section", *rows)).encode(), "names.csv").notes


def twice(*rows: str, shown: SignatoryStyle = SignatoryStyle.SIGNER) -> list[str]:
    table = read_signatories("\n".join(("organization,signer_name,location", *rows)).encode(), "names.csv")
    text = LetterText("T", "B", shown=shown)
    return list(
        duplicate_line_notes(((row.line, row.signatory) for row in table.rows), lambda one: one_line_signatory(one, text))
    )


def test_sections_that_differ_in_case_alone_are_one() -> None:
    table = read_signatories(b"organization,section\nA,TEXAS\nB,texas\nC,Texas \nD,National\nE,national\nF,Ohio\n", "n.csv")
    assert [row.signatory.section for row in table.rows] == ["Texas", "Texas", "Texas", "national", "national", "Ohio"]
    assert table.notes == ("The spellings “Texas”, “TEXAS”, “texas” were combined into one section, “Texas”.",)


def test_marks_of_web_pages_are_told_with_their_lines() -> None:
    assert notes("A &amp; B,X", "C &amp; D,&#39;Y&#39;", "R&D;E,AT&T", "<b>Bold,Tom <tom@b.example>", "A < B > C,<3") == (
        "“&amp;” is HTML and is printed as it stands: lines 2 and 3. Write what it stands for.",
        "“&#39;” is HTML and is printed as it stands: line 3. Write what it stands for.",
        "“<b>” is HTML and is printed as it stands: line 5. Write what it stands for.",
    )


def test_signers_whose_last_name_stands_first_are_told_with_their_lines() -> None:
    [note] = notes('A,"Doe, Jane"', 'B,"Roe, Chair"', 'C,"van der Berg, Jan"', "D,Jane Doe")
    assert note == (
        "“Doe, Jane” reads like a last name before a first name and is printed as it stands: lines 2 and 4. Write the first "
        "name first, or put the two into columns “First name” and “Last name”."
    )


def test_letters_of_a_wrong_encoding_are_told_with_what_they_may_mean() -> None:
    assert notes("CafÃ© â€œXâ€\x9d,JosÃ©") == (
        "“CafÃ© â€œXâ€” may mean “Café “X””: line 2. If so, export the table again as UTF-8.",
        "“JosÃ©” may mean “José”: line 2. If so, export the table again as UTF-8.",
    )


def test_words_of_many_languages_are_not_taken_for_garbled() -> None:
    assert notes("«CAFÉ»,É»", "SÃO PAULO,Łódź", "Ä Ö Ü ß – “x”,Ñandú", "منظمة,例示", "Åse Øst,ÅÄÖ") == ()


def test_names_that_stand_twice_are_told() -> None:
    assert twice("A Fund,Ann,", "A Fund,ann,", "a fund,Ann,", "A Fund,Eve,") == [
        "“A Fund — Ann” is printed and counted 3 times: lines 2, 3 and 4."
    ]


def test_lines_that_differ_only_in_what_is_not_printed_are_told_with_what_differs() -> None:
    rows = ("B,Bo,Rome", "B,Bo,Oslo", "B,Eve,Rome")
    differing = "They differ only in what is not printed:"
    assert twice(*rows) == [f"“B — Bo” is printed and counted 2 times: lines 2 and 3. {differing} Location."]
    assert twice(*rows, shown=SignatoryStyle.LOCATION) == []
    assert twice(*rows, shown=SignatoryStyle.ORGANIZATION) == [
        f"“B” is printed and counted 3 times: lines 2, 3 and 4. {differing} Signer, Location."
    ]


def test_of_many_the_first_are_told() -> None:
    sentences = twice(*(f"A{number}," for number in range(20)), *(f"a{number}," for number in range(20)))
    assert (len(sentences), sentences[-1]) == (13, "8 more lines are printed several times.")
    [many] = notes(*("A &amp; B,x",) * 20)
    assert "lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 and 8 more." in many


def test_columns_that_are_none_of_ours_are_named() -> None:
    table = read_signatories(b"Organization,Phone,,Organisation,Notes\nOne,1,x,Two,n\n", "n.csv")
    assert table.rows[0].signatory.organization == "One"
    assert table.notes == (
        "Column 4, “Organisation”, repeats column 1 and was left out.",
        "These columns are not used: “Phone”.",
        "Shown with each row and not imported: “Notes”.",
        "Column 3 has no heading and is not used: “x” in line 2.",
    )


def test_cells_without_a_heading_are_told() -> None:
    table = read_signatories(b"Organization,,\nOne,,\nTwo,x,\nThree,y,\n", "n.csv")
    assert table.notes == ("Column 2 has no heading and is not used: 2 cells, such as “x” in line 3.",)
