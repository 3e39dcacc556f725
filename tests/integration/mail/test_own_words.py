"""Own words of emails: subject, text and sender's name with fields, a preview and a test, and what no words can remove."""

from email import message_from_bytes, policy

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.invitations.invitations import InvitationContext, invite_by_name
from letterhub.commands.mail._mail_holds import TESTS_PER_HOUR
from letterhub.commands.mail.mail_words import save_mail_words
from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.mail_words import InvalidWords, MailWords, WordedMail
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.mail.outbox import queue_mail
from letterhub.models import CoalitionWording, Invitation, Letter, MailWording, Staff
from tests.support import cast, factories
from tests.support.html_forms import form_data, form_with_button
from tests.support.servers.database_copies import SITE
from tests.support.servers.mail_server import Inbox, ReceivedEmail
from tests.support.signing_steps import audit_actions
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
ADDRESS = "ada@willow.example"
HOSTILE_NAME = "Rivers *and* <b>lakes</b> [x](https://evil.example) {{title}}"


@pytest.fixture
def letter(app: Flask) -> Letter:
    return factories.open_letter()


def save(
    letter: Letter, text: str, subject: str = "Sign: {{title}}", mail: WordedMail = WordedMail.INVITATION, **more: str
) -> None:
    words = MailWords(subject, text, more.get("sender_name", ""))
    save_mail_words(letter.id, mail, words, 0, actor="staff-1", at=now())


def invited(letter: Letter, settings: Settings, postbox: Inbox, name: str = "Willow Watch", person: str = "") -> ReceivedEmail:
    """Return the invitation that an organization gets."""
    staff_id = db.session.query(Staff.id).filter_by(email=cast.OTTO.email).scalar() or factories.staff(cast.OTTO).id
    end_read_transaction()
    invite_by_name(InvitationContext(letter.id, staff_id, "staff-1", now()), Signatory(name, person), ADDRESS)
    send_due_mail(settings)
    return postbox.to(ADDRESS)[-1]


def editor(otto: Visitor, letter: Letter, mail: WordedMail = WordedMail.INVITATION) -> Page:
    return otto.visit("mail_words.edit", coalition=HOME, slug=letter.slug, mail=mail)


def test_an_invitation_has_the_coalitions_words_in_text_and_html_and_keeps_what_it_must_say(
    letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    text = "Dear {{name|friends}},\n\n**Please** sign by {{deadline}}: {{link}}\n\n- one\n- [two](https://rivers.example/why)"
    save(letter, text, subject="{{organization}}: sign {{title}}", sender_name="Nia of Clean Rivers")
    mail = invited(letter, settings, postbox)
    link = next(word for word in mail.text.split() if "/invited/" in word)
    assert mail.message["Subject"] == "Willow Watch: sign Clean rivers for everyone"
    assert str(mail.message["From"]) == "Nia of Clean Rivers <letters@letters.example.org>"
    assert "Dear friends,\n\nPlease sign by Friday, January 7, 2022, 12:00 p.m. Eastern: " in mail.text
    assert "- two (https://rivers.example/why)" in mail.text
    assert "<strong>Please</strong>" in mail.html
    assert mail.html.count(f'href="{link}"') == 2
    for needed in ("would print like this", "Willow Watch", "You haven’t signed until", "invited you by name", "/unsubscribe/"):
        assert needed in mail.text
        assert needed in mail.html


def test_the_reminder_has_words_of_its_own(letter: Letter, settings: Settings, postbox: Inbox) -> None:
    save(letter, "Once more.", mail=WordedMail.REMINDER, subject="Still time")
    assert "invites you to sign" in str(invited(letter, settings, postbox).message["Subject"])
    row = db.session.query(Invitation).one()
    about = {"coalition_id": letter.coalition_id, "letter_id": letter.id}
    factories.save(queue_mail(MailKind.INVITE, ADDRESS, {"invitation_id": row.id, "again": 1}, at=now(), **about))
    send_due_mail(settings)
    assert postbox.mails[-1].message["Subject"] == "Still time"
    assert postbox.mails[-1].text.startswith("Once more.\n")


def test_thanks_stand_above_the_line_and_the_link_that_manages_the_signature(
    letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    save(letter, "{{name}} of {{organization}}: thank you!", mail=WordedMail.THANKS)
    signature = factories.signature(letter, cast.CLARA, state=SignatureState.CONFIRMED)
    about = {"coalition_id": letter.coalition_id, "letter_id": letter.id, "signature_id": signature.id}
    factories.save(queue_mail(MailKind.SIGNED, signature.email, at=now(), **about))
    send_due_mail(settings)
    assert postbox.mails[0].text.startswith("Clara Example of Example Alliance: thank you!\n\nYour signature on")
    assert "/signatures/" in postbox.mails[0].text


@pytest.mark.shows("S3")
def test_a_value_is_no_markup_no_field_no_link_and_no_header(letter: Letter, settings: Settings, postbox: Inbox) -> None:
    save(letter, "For {{organization}}: [site](https://rivers.example/?for={{organization}})", subject="{{organization}}")
    mail = invited(letter, settings, postbox, HOSTILE_NAME)
    words = mail.html.partition("would print like this")[0]
    assert "Rivers *and* &lt;b&gt;lakes&lt;/b&gt; [x](https" in words
    assert words.count("<a ") == 1
    assert "for=Rivers%20%2Aand%2A%20%3Cb%3E" in words
    assert "<em>" not in words
    assert "{{title}}" in mail.text.partition("would print like this")[0]
    assert mail.message.get_all("Subject") == [str(mail.message["Subject"])]


@pytest.mark.shows("S5")
@pytest.mark.parametrize(
    "evil", ["\r\nBcc: eve@evil.example", "\nX-Evil: 1", "\u2028Bcc: eve@evil.example", "\x00Bcc: x@evil.example"]
)
def test_no_header_can_be_added_by_subject_or_sender(
    letter: Letter, settings: Settings, postbox: Inbox, otto: Visitor, evil: str
) -> None:
    typed = {"subject": f"Hello{evil}", "sender_name": f"Nia{evil.replace('@', ' at ')}", "text": f"Hello{evil}"}
    editor(otto, letter).submit("Save words", **typed).says("Saved.")
    raw = invited(letter, settings, postbox).raw
    read = message_from_bytes(raw, policy=policy.default)
    assert "Bcc" not in read
    assert "X-Evil" not in read
    assert len(read.get_all("To")) == 1
    assert postbox.mails[-1].recipients == (ADDRESS,)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text": "Dear {{firstname}},"}, "{{firstname}} isn’t a field of this email."),
        ({"subject": "{{recipient}} reads"}, "{{recipient}} isn’t a field of this email."),
        ({"text": "Dear {{name}},"}, "{{name}} is sometimes empty. Add words for that, such as {{name|colleague}}."),
        ({"text": "Dear {{name|}},"}, "{{name}} is sometimes empty."),
        ({"text": "Dear {{organization,"}, "A field isn’t finished"),
        ({"sender_name": "Bank <help@bank.example>"}, "can’t look like an email address"),
        ({"subject": ""}, "Enter a subject."),
        ({"text": "x" * 10_001}, "Field cannot be longer than 10000 characters."),
        ({"text": ">" * 200 + " deep"}, "nests quotes or lists too deeply"),
    ],
)
def test_what_makes_no_email_is_told_beside_its_box_and_kept(
    letter: Letter, otto: Visitor, typed: dict[str, str], sentence: str
) -> None:
    for button in ("Save words", "Preview", "Send me a test"):
        page = editor(otto, letter).submit(button, status=422, **typed).says(sentence)
        stored = form_data(page.tree, *form_with_button(page.tree, button), {})
        assert {name: stored[name] for name in typed} == {name: [value] for name, value in typed.items()}
    assert db.session.query(MailWording).count() == 0


def test_a_deadline_that_is_taken_away_later_brings_back_the_default_words(
    letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    save(letter, "Sign by {{deadline}}.")
    letter.deadline_at = None
    factories.save(letter)
    assert "invites you to sign the open letter" in invited(letter, settings, postbox).text


@pytest.mark.parametrize(
    "text",
    [
        "نرجو توقيع الرسالة قبل {{deadline}} 🌊",
        "Wir bitten um Ihre Unterschrift, {{organization}}.\n\n> Flüsse für alle",
        "请签名 {{title}}。",
        "word " * 1999,
        "![tracker](https://evil.example/pixel.png) <img src=https://evil.example/x.png> <script>alert(1)</script>",
    ],
)
def test_any_language_emoji_length_and_markup_arrives_whole_and_harmless(
    letter: Letter, settings: Settings, postbox: Inbox, text: str
) -> None:
    save(letter, text, subject="🌊 نهر {{title}}", sender_name="نيا")
    mail = invited(letter, settings, postbox)
    assert mail.message["Subject"] == "🌊 نهر Clean rivers for everyone"
    assert "<script" not in mail.html
    assert "<img" not in mail.html
    assert all(len(row) <= 998 for row in mail.raw.splitlines())
    if "نرجو" in text:
        assert 'dir="rtl"' in mail.html


def test_the_preview_shows_what_was_typed_and_saves_nothing(letter: Letter, otto: Visitor) -> None:
    typed = {"subject": "To {{organization}}", "text": "Dear {{name|friend}}"}
    page = editor(otto, letter).submit("Preview", **typed)
    page.says("To Example Alliance", "Dear Nia Example", "it isn’t saved yet", "You haven’t signed until", "To unsubscribe")
    assert db.session.query(MailWording).count() == 0


def test_the_html_is_shown_in_a_page_that_can_do_nothing(letter: Letter, otto: Visitor) -> None:
    page = editor(otto, letter)
    token = form_data(page.tree, *form_with_button(page.tree, "Preview"), {})["csrf_token"]
    path = f"/staff/{HOME}/letters/{letter.slug}/emails/invitation/html"
    response = otto.ask(path, method="POST", data={"subject": "S", "text": "T", "csrf_token": token})
    rules = response.headers["Content-Security-Policy"]
    assert rules.startswith("sandbox allow-popups; default-src 'none'; style-src 'unsafe-hashes' 'sha256-")
    assert "unsafe-inline" not in rules
    assert response.get_data(as_text=True).lstrip().startswith("<!doctype html>")


def test_a_test_goes_to_oneself_with_harmless_links(letter: Letter, otto: Visitor, settings: Settings, postbox: Inbox) -> None:
    page = editor(otto, letter).submit("Send me a test", subject="Hello", text="Dear {{name|friend}}: {{link}}")
    page.says(f"A test is on its way to {cast.OTTO.email}")
    send_due_mail(settings)
    [mail] = postbox.mails
    assert mail.recipients == (cast.OTTO.email,)
    assert mail.message["Subject"] == "[Test] Hello"
    assert f"Dear Nia Example: {SITE}/letters/{letter.slug}" in mail.text
    assert "/invited/" not in mail.text


def test_tests_are_limited(letter: Letter, otto: Visitor) -> None:
    for _ in range(TESTS_PER_HOUR):
        editor(otto, letter).submit("Send me a test")
    editor(otto, letter).submit("Send me a test", status=422).says("You sent yourself many tests")


def test_words_that_someone_else_changed_meanwhile_are_not_overwritten_unseen(letter: Letter, otto: Visitor) -> None:
    mine = editor(otto, letter)
    save(letter, "Theirs")
    page = mine.submit("Save words", status=422, text="Mine").says("Someone else changed these words.")
    page.submit("Save words").says("Saved.")
    assert db.session.query(MailWording).one().text == "Mine"
    assert audit_actions()[-2:] == ["mail words changed", "mail words changed"]


def test_a_reset_brings_the_default_back(letter: Letter, otto: Visitor) -> None:
    save(letter, "Ours")
    editor(otto, letter).submit("Delete my words").says("The default words are back.", "These are the default words.")
    assert db.session.query(MailWording).count() == 0


def test_every_default_makes_an_email_also_of_a_letter_for_everybody(app: Flask, otto: Visitor) -> None:
    letter = factories.open_letter(deadline_at=None)
    for mail in WordedMail:
        save_button = "Save draft" if mail is WordedMail.MESSAGE else "Save words"
        editor(otto, letter, mail).submit(save_button).says("Saved.")


def test_the_command_refuses_what_the_form_refuses(letter: Letter) -> None:
    with pytest.raises(InvalidWords):
        save(letter, "{{nothing}}")


def test_words_of_one_letter_become_those_of_all_that_have_none_of_their_own(
    letter: Letter, otto: Visitor, settings: Settings, postbox: Inbox
) -> None:
    other = factories.open_letter(factories.replace(factories.TEXT, title="Quiet rivers"))
    third = factories.open_letter(factories.replace(factories.TEXT, title="Deep rivers"))
    save(letter, "Words of all", "From all: {{title}}")
    save(third, "Mine", "Mine: {{title}}")
    editor(otto, letter).submit("Use in all letters").says("All your letters use these words now")
    assert invited(other, settings, postbox).message["Subject"] == "From all: Quiet rivers"
    assert invited(third, settings, postbox).message["Subject"] == "Mine: Deep rivers"
    page = editor(otto, other).says("These are the words of all your letters.")
    page.submit("Save words", text="Changed here").says("Saved.")
    assert db.session.query(MailWording).filter_by(letter_id=other.id).one().subject == "From all: {{title}}"
    editor(otto, other).submit("Delete my words").says("The coalition’s words are back.", "Words of all")
    editor(otto, other).submit("Delete the words of all letters").never_says("Words of all")
    assert db.session.query(CoalitionWording).count() == 0
    assert audit_actions()[-1] == "mail words reset"


def test_words_that_changed_meanwhile_and_drafts_of_messages_are_not_shared(letter: Letter, otto: Visitor) -> None:
    save(letter, "Words of all")
    page = editor(otto, letter)
    editor(otto, letter).submit("Save words", text="Newer")
    page.submit("Use in all letters").says("Someone else changed these words.")
    save(letter, "A message", mail=WordedMail.MESSAGE)
    editor(otto, letter, WordedMail.MESSAGE).never_says("Use in all letters")
    assert db.session.query(CoalitionWording).count() == 0
