"""The tests' mail server speaks SMTP, and keeps what it accepted."""

import smtplib
from email.message import EmailMessage

import pytest

from tests.support.servers.mail_server import Inbox


def send(port: int) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "Grüße"
    message.set_content("Guten Tag.\n")
    with smtplib.SMTP("127.0.0.1", port) as connection:
        connection.send_message(message)


def test_what_was_sent_is_kept_as_it_was_received(postbox: Inbox) -> None:
    send(postbox.port)
    (mail,) = postbox.to("b@example.org")
    assert (mail.sender, mail.recipients, mail.message["Subject"]) == ("a@example.org", ("b@example.org",), "Grüße")
    assert mail.text == "Guten Tag.\n"
    assert postbox.to("c@example.org") == []


def test_what_was_refused_is_not_kept(postbox: Inbox) -> None:
    postbox.answer = "451 later"
    with pytest.raises(smtplib.SMTPDataError, match="later"):
        send(postbox.port)
    assert postbox.mails == []
