"""Own words of emails: what staff type costs little, whatever it is."""

from time import process_time

import pytest

from letterhub.domain.mail.mail_words import MAX_TEXT, InvalidWords, MailField, MailWords, WordedMail, check_words, fill_fields
from letterhub.queries.mail.mail_words import fill_words


def test_white_space_in_a_field_counts_for_nothing() -> None:
    assert fill_fields("Dear {{\t name  |you }}", {MailField.NAME: "Nia"}, lambda _field, value: value) == "Dear Nia"


@pytest.mark.shows("S32")
@pytest.mark.parametrize(
    "text", ["{{" + " " * (MAX_TEXT - 3) + "{", "{{name" + " " * (MAX_TEXT - 7) + "!", "{{" * (MAX_TEXT // 2)]
)
def test_an_unfinished_field_is_found_at_once(text: str) -> None:
    started = process_time()
    with pytest.raises(InvalidWords):
        check_words(WordedMail.INVITATION, MailWords("Sign", text), ())
    assert process_time() - started < 0.5


@pytest.mark.shows("S17")
@pytest.mark.parametrize("typed", ["%EE%80%80%EE%84%99%EE%80%81", "%ee%80%80%ee%84%99%ee%80%81", "%EE%80%80%EE%41%41%EE%80%81"])
def test_an_address_that_looks_like_a_placeholder_is_an_address(typed: str) -> None:
    words = MailWords("Sign", f"{{{{name}}}}: [here](https://example.org/{typed})")
    assert "Nia" in fill_words(words, {MailField.NAME: "Nia", MailField.LINK: "https://example.org"}, "en").html
