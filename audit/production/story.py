"""The life of a letter on the site: staff join, a signature is made, reviewed, frozen and delivered, all through nginx."""

import re
import time
from email.message import EmailMessage

from passlib.totp import TOTP

from audit.production.people import Page, Visitor
from audit.production.stage import RunContext, UnexpectedResult, wait_until
from tests.support.html_checks import text_of

OWNER, PASSWORD = "you@example.org", "a long and quiet password"
COALITION = "coalition-for-clean-rivers"
SIGNER = "nia@o1.example"
RECIPIENT = "office@recipient.example"


def accept_owner_invitation(stage: RunContext) -> tuple[Visitor, str]:
    """Accept the owner's invitation, choose a password, and set up two-factor; return the visitor, and the key."""
    if wait_until(lambda: bool(stage.mailbox.to(OWNER)), 60) is None:
        raise UnexpectedResult("the invitation to the staff did not arrive")
    visitor = stage.visitor()
    page = visitor.open(stage.mailbox.link(OWNER, "/join/"))
    page = page.submit("Join the team", name="Olive Owner", password=PASSWORD, password_again=PASSWORD)
    page = page.submit("Sign in", email=OWNER, password=PASSWORD)
    page = page.submit("Set up")
    key = text_of(next(element for element in page.tree.iter() if element.get("class") == "authenticator-key"))
    page.submit("Turn on two-step sign-in", code=totp_code(key)).says("You are signed in.")
    return visitor, key


def totp_code(key: str) -> str:
    """Return the current code of an authenticator app with that key."""
    return str(TOTP(key=key.replace("-", "").replace(" ", "")).generate().token)


def open_letter(stage: RunContext, owner: Visitor) -> str:
    """Open the letter that was imported, as the owner; return its slug."""
    output = stage.chroot.type("letterhub letter import /srv/letterhub/demo/open-libraries.md")
    slug = re.findall(rf"/staff/{COALITION}/letters/([^/\s]+)/write", output)[0]
    page = owner.open(f"/staff/{COALITION}/letters/{slug}/settings").submit("Open the letter").submit("Open now")
    slug = (re.findall(r"/letters/([a-z0-9-]+)", page.text) or [slug])[-1]  # its public address, which opening asks for
    if stage.visitor().open(f"/letters/{slug}").status != 200:
        raise UnexpectedResult(f"the letter did not open: {page.text[:600]}")
    return slug


def confirm_signature(stage: RunContext, address: str) -> Page:
    """Confirm by the link in that mailbox; return the page that thanks."""
    if wait_until(lambda: bool(stage.mailbox.to(address)), 60) is None:
        raise UnexpectedResult(f"no mail came to {address}")
    page = stage.visitor().open(stage.mailbox.link(address, "/confirm/"))
    return page.submit("Sign for our organization", authorized="y")


def deliver_edition(stage: RunContext, owner: Visitor) -> str:
    """Review, freeze, close and deliver by email; return a sentence about the recipient's PDF."""
    letter_url = f"/staff/{COALITION}/letters/{stage.letter}"
    name = "Harbor Maple Alliance"
    owner.open(f"{letter_url}/review").submit(f"Publish {name}")
    if name not in stage.visitor().open(f"/letters/{stage.letter}").text:
        time.sleep(3)  # nginx caches the page for a second or two
        stage.visitor().open(f"/letters/{stage.letter}").says(name)
    owner.open(f"{letter_url}/editions/freeze").submit("Freeze this edition with one name")
    made = wait_until(lambda: owner.open(f"{letter_url}/editions/1/pdf").body[:5] == b"%PDF-", 240)
    if made is None:
        raise UnexpectedResult("the PDF of the edition was not made")
    owner.open(f"{letter_url}/settings").submit("Close the letter")
    if wait_until(lambda: "Email edition 1" in owner.open(f"{letter_url}/editions").text, 240) is None:
        raise UnexpectedResult("the other files of the edition were not made")
    page = owner.open(f"{letter_url}/editions").follow("Email edition 1")
    recipient = {"recipients-0-name": "The Office", "recipients-0-address": RECIPIENT}
    page.submit("Preview the email", **recipient).submit("Send to one recipient")
    if wait_until(lambda: bool(stage.mailbox.to(RECIPIENT)), 60) is None:
        raise UnexpectedResult("the delivery did not arrive")
    return _check_attachment(stage.mailbox.to(RECIPIENT)[-1], f"PDF after {made:.0f} s")


def _check_attachment(message: EmailMessage, prefix: str) -> str:
    for part in message.iter_attachments():
        if part.get_content_type() == "application/pdf":
            content = part.get_content()
            if content[:5] == b"%PDF-":
                return f"{prefix}, {len(content) / 1000:.0f} kB with the mail"
    raise UnexpectedResult("the mail of the delivery has no PDF")
