"""Headers of an email as they leave: a subject on its own line, and nothing typed that becomes another header."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest

from letterhub.mail.messages import MESSAGE_POLICY, header_text, named_address


def lines_of(subject: str) -> list[bytes]:
    message = EmailMessage(policy=MESSAGE_POLICY)
    message["Subject"] = subject
    return message.as_bytes(policy=SMTP).rstrip().split(b"\r\n")


@pytest.mark.parametrize("length", [1, 60, 70, 71, 80, 200])
def test_a_subject_begins_on_the_line_of_its_name(length: int) -> None:
    subject = ("Signed " * 30)[:length].strip()
    assert lines_of(subject) == [f"Subject: {subject}".encode()]


@pytest.mark.parametrize("subject", ["Zażółć " * 12, "署名 " * 40])
def test_a_subject_in_other_letters_is_encoded(subject: str) -> None:
    first, *others = lines_of(subject)
    assert first.startswith(b"Subject: =?utf-8?")
    assert {line[:1] for line in others} == {b" "}


@pytest.mark.parametrize(
    "typed", ["=?utf-8?q?a=0D=0ABcc:_x@y.example?=", "a=?utf-8?b?DQpCY2M6IGFAYi5jCg==?=", "=?=?utf-8?q?=0A?="]
)
def test_a_typed_encoded_word_is_not_decoded_into_another_header(typed: str) -> None:
    assert lines_of(header_text(typed)) == [f"Subject: {typed.replace('=?', '= ?')}".encode()]
    sender = EmailMessage(policy=MESSAGE_POLICY)
    sender["From"] = named_address(typed, "letters@example.org")
    assert b"\n" not in sender.as_bytes(policy=SMTP).rstrip().replace(b"\r\n ", b"")
