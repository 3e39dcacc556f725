"""Answers that consent to being listed: a clear yes does, and nothing else."""

import pytest

from letterhub.intake.tables.listing_consent import consent_problem
from letterhub.intake.tables.signatory_table import read_signatories

YES = """
    Yes|yes|YES!|Yes.|Y|y|true|TRUE|1|x|X|✓|✔️|✅|☑|checked|agree|Agreed|I agree|I consent|OK|ok.|Okay|oui|Sí|si|sì|Ja|sim|tak
    |wahr|vrai
    |Yes, please|Yes, of course!|Yes, you may list us.|Yes — list us|Yes (organization)|yes please list our name
    |Yes: Friends of the River|I agree to be listed as a signatory|I am authorized to sign|OK to list us|Oui, bien sûr|Sí, claro
    |I confirm that I am authorized to sign on behalf of my organization|By checking this box, I agree to be listed
    |J’accepte|D’accord|De acuerdo|Ich stimme zu|Einverstanden|Concordo|Accetto|Zgadzam się|Ja, gerne|Ye\u0301s|Ｙｅｓ
"""
NO = "No|no|NO|No.|no!|N|false|FALSE|0|non|nein|não|nie|Declined|No, thank you|No thanks.|✓ No|falsch|faux"
UNCLEAR = """
    Not publicly|Decline|please do not list us|Absolutely not|No problem, list us|maybe|Maybe later|ask Sam
    |2026-01-05|City|?|-|n/a|☒|❌
    |Yes, but not publicly|Yes, but do not list us|Yes if the text changes|Yes?|Yes / No|Y/N|yes and no|Yes, except our logo
    |Yes, only my title|Yes, please withhold our name|yes, anonymously|yes in private|Yesterday|Yes, please remove us
    |I agree with the letter but don’t list me|I agree. Don't list us|I don't agree|OK, not now|Oui, mais pas publiquement
    |Ja, aber nicht öffentlich|Sí, pero no|1/2|X Corp|y tú|true story|agree to disagree|Yes, we decline|ok, never|yes, nope
    |I confirm that we do not want to be listed|Ich stimme nicht zu|Einverstanden, aber anonym|Yes ❌|❌ yes|✓ no way
    |Yes, once our board approves|Yes, pending approval|I would agree|да|👍
"""


def answers(written: str) -> list[str]:
    return [answer.strip() for answer in written.split("|")]


@pytest.mark.parametrize("answer", answers(YES))
def test_a_clear_yes_is_listed(answer: str) -> None:
    assert consent_problem(answer) == ""


@pytest.mark.parametrize("answer", answers(NO))
def test_a_clear_no_is_left_out(answer: str) -> None:
    assert consent_problem(answer) == "the answer is no, so this row is not to be listed."


@pytest.mark.parametrize("answer", answers(UNCLEAR))
def test_what_is_neither_is_quoted_for_staff_to_decide(answer: str) -> None:
    assert consent_problem(answer) == (
        f"the answer “{answer}” is not a clear yes, so this row is left out. Write yes there if the row may be listed."
    )


def test_a_long_answer_is_quoted_by_its_beginning() -> None:
    assert "the answer “" + "so " * 20 + "…” is not" in consent_problem("so " * 200)


@pytest.mark.parametrize("answer", ["", " ", "\u00a0"])
def test_no_answer_is_no_yes_since_that_is_how_a_box_that_nobody_ticked_is_exported(answer: str) -> None:
    [row] = read_signatories(f"Organization,Consent\nOne,{answer}\n".encode(), "names.csv").rows
    assert [problem.sentence for problem in row.problems] == [
        "there is no answer, so this row is left out. Write yes there if the row may be listed."
    ]


@pytest.mark.parametrize(
    ("heading", "asks"),
    [
        ("Does your organization have permission to list you as a signatory?", True),
        ("Do we have your permission to list your name and title?", True),
        ("Consent", True),
        ("I am authorized to sign", True),
        ("Are you authorised to sign for your organisation?", True),
        ("May we list you?", True),
        ("Name may be listed with permission", True),
        ("Authorized to sign?", True),
        ("Person authorized to sign", False),
        ("Name of the person authorized to sign", False),
        ("Title of who is authorized to sign", False),
        ("Name and title of signer, with consent", False),
        ("E-mail of who gives consent", False),
        ("Sentiment", False),
        ("Do you want to be listed publicly?", True),
        ("May we list you and contact you?", True),
        ("I consent to the processing of my data", True),
        ("I consent to receive updates by e-mail", False),
        ("Do we have permission to contact you?", False),
        ("Consent to join the mailing list", False),
        ("Do we have permission to use your logo?", False),
        ("Do you authorize us to add your organization?", True),
        ("Would you like your organization to be added to the letter?", True),
        ("Will you sign on?", True),
        ("May your name appear in print?", True),
        ("Authorization", True),
        ("Do you authorize us to send you e-mail?", False),
        ("Would you like to be added to our newsletter?", False),
        ("Are you a member?", False),
    ],
)
def test_a_heading_asks_for_permission_or_for_the_person_who_gives_it(heading: str, asks: bool) -> None:
    table = read_signatories(f'Organization,"{heading}"\nOne,Nia Example\n'.encode(), "names.csv")
    assert bool(table.rows[0].problems) is asks
    assert (table.notes == ()) is asks


def test_a_question_that_is_not_known_is_told_if_some_answer_no() -> None:
    table = read_signatories(b"Organization,Member?,On board?,Size\nOne,yes,Yes,no\nTwo,yes,No,12\nThree,yes,,3\n", "n.csv")
    assert [row.problems for row in table.rows] == [()] * 3
    unused, answered = table.notes
    assert unused == "These columns are not used: “Member?”, “On board?”, “Size”."
    assert answered == (
        "“On board?” is not used, and answered with no: line 3. If no means that the row may not be listed, rename the column "
        "“Consent”."
    )


def test_every_question_has_to_be_answered_with_yes() -> None:
    table = read_signatories(b"Organization,I am authorized to sign,May we list you?\nOne,x,No\nTwo,No,x\nThree,x,x\n", "n.csv")
    assert [[problem.column for problem in row.problems] for row in table.rows] == [
        ["May we list you?"], ["I am authorized to sign"], [],
    ]  # fmt: skip
    assert table.notes == ()


@pytest.mark.parametrize(
    ("heading", "word"),
    [
        ("I do not consent to be listed publicly", "not"),
        ("I don’t give permission to list us", "not"),
        ("We do NOT want to be listed", "not"),
        ("I'd rather not be listed", "rather"),
        ("Do you want to be listed anonymously?", "anonymously"),
        ("Would you like to be listed as anonymous", "anonymous"),
        ("Consent to be listed privately", "privately"),
        ("Permission refused", "refused"),
        ("I decline permission to be listed", "decline"),
        ("Do you object to being listed?", "object"),
        ("I withhold my consent", "withhold"),
        ("Consent revoked", "revoked"),
        ("Consent denied", "denied"),
        ("Opt out of permission to list", "out"),
        ("Without my consent you may…", "without"),
        ("May we list everybody except your chair?", "except"),
        ("May we list only your members?", "only"),
        ("May we list your organization publicly? (no e-mail addresses will be shown)", "no"),
        ("Please do not list us", "not"),
        ("Never publish our name", "never"),
        ("We want to stay anonymous", "anonymous"),
        ("Keine Einwilligung", "keine"),
        ("Einwilligung verweigert", "verweigert"),
        ("Ich bin nicht einverstanden", "nicht"),
        ("Je ne donne pas mon consentement", "ne"),
        ("Sin mi consentimiento", "sin"),
        ("Nie wyrażam zgody; zgoda", "nie"),
    ],
)
def test_a_heading_of_which_a_yes_may_be_a_no_lists_nobody(heading: str, word: str) -> None:
    table = read_signatories(f'Organization,"{heading}"\nOne,TRUE\nTwo,\nThree,No\n'.encode(), "names.csv")
    assert [[problem.column for problem in row.problems] for row in table.rows] == [[heading]] * 3
    assert [row.problems[0].sentence for row in table.rows] == [
        f"the heading contains “{word}”, so it is not clear what {answer} means, and this row is left out. If yes there means "
        "that the row may be listed, rename the column “Consent”."
        for answer in ("“TRUE”", "an empty cell", "“No”")
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "May we list you? (Yes/No)",
        "Consent, Y/N",
        "Authorized to sign: yes or no?",
        "Zustimmung ja/nein",
        "May we list your non-profit?",
    ],
)
def test_a_heading_may_say_which_answers_there_are_and_what_is_asked(heading: str) -> None:
    table = read_signatories(f'Organization,"{heading}"\nOne,Yes\nTwo,No\n'.encode(), "names.csv")
    assert [len(row.problems) for row in table.rows] == [0, 1]
