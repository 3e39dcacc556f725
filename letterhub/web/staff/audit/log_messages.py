"""Sentences for audit log entries, and the values that an entry changed."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from letterhub.domain.i18n import number_in_digits
from letterhub.queries.audit.log import ActorFilter, LoggedAction
from letterhub.web.dates import full_datetime
from letterhub.web.staff.audit.field_labels import FIELD_LABELS, METHOD_LABELS, RULE_LABELS
from letterhub.web.staff.audit.sign_in_messages import SIGN_IN_SENTENCES
from letterhub.web.staff.audit.site_messages import SITE_SENTENCES
from letterhub.web.staff.audit.substantive_change_messages import CHANGE_SENTENCES

STAFF_SENTENCES: Mapping[str, LazyString] = {
    "created": _("%(who)s created “%(what)s”."),
    "copied": _("%(who)s copied the letter to “%(what)s”."),
    "archived": _("%(who)s archived the letter."),
    "unarchived": _("%(who)s returned the letter to the working list."),
    "draft deleted": _("%(who)s deleted the draft “%(what)s”."),
    "draft restored": _("%(who)s restored the draft “%(what)s”."),
    "draft erased": _("A draft was erased 30 days after it was deleted."),
    "opened": _("%(who)s opened the letter for signatures."),
    "opening scheduled": _("%(who)s scheduled the opening of the letter."),
    "opening canceled": _("%(who)s canceled the scheduled opening."),
    "opening failed": _("The letter could not be opened at its hour."),
    "closed": _("%(who)s closed the letter."),
    "late names taken": _("%(who)s kept the form open for the next edition."),
    "reopened": _("%(who)s reopened the letter."),
    "withdrawn": _("%(who)s withdrew the letter."),
    "delivered": _("%(who)s recorded the delivery of %(what)s."),
    "left as a link": _("An email with %(what)s was sent with links: its files are too large for the recipient’s mail server."),
    "delivery emailed": _("%(who)s emailed %(what)s to its recipients."),
    "delivery emailed again": _("%(who)s emailed %(what)s to a recipient again."),
    "delivery email canceled": _("%(who)s held back an email with %(what)s."),
    "delivery accepted": _("A recipient’s mail server accepted the email with %(what)s."),
    "recipients chosen": _("%(who)s chose which recipients the letter is checked for."),
    "recipient profile saved": _("%(who)s saved the recipient profile %(what)s."),
    "recipient profile deleted": _("%(who)s deleted the recipient profile %(what)s."),
    "delivery bounced": _("%(who)s recorded that an email with %(what)s bounced."),
    "delivery taken back": _("%(who)s took back a delivery of %(what)s."),
    "revised": _("%(who)s published a new text."),
    "typo corrected": _("%(who)s published a correction to the text."),
    "text changed": _("%(who)s published a substantive change. Signatories are asked to reply."),
    **CHANGE_SENTENCES,
    "change taken back": _("%(who)s took back the last substantive change. The text and signatures from before are back."),
    "translation added": _("%(who)s began a translation of the letter."),
    "translation published": _("%(who)s published a translation of the letter."),
    "translation unpublished": _("%(who)s took a translation off the letter’s page."),
    "asked again": _("%(who)s asked signatories whether they still support the letter."),
    "consent limit moved": _("%(who)s changed when signatories can be asked again."),
    "deadline moved": _("%(who)s changed the deadline."),
    "sign-up changed": _("%(who)s changed the signing settings."),
    "address changed": _("%(who)s changed the letter’s web address."),
    "published": _("%(who)s published %(what)s."),
    "declined": _("%(who)s declined %(what)s."),
    "returned": _("%(who)s returned %(what)s to the queue."),
    "corrected": _("%(who)s corrected the line of %(what)s."),
    "vouched": _("%(who)s marked %(what)s as verified."),
    "vouch ended": _("%(who)s removed the verification of %(what)s."),
    "asked a second address": _("%(who)s asked %(what)s at another address whether the signature is its own."),
    "said yes": _("%(who)s answered that the signature of %(what)s is its own."),
    "said no": _("%(who)s answered that the signature of %(what)s is not its own."),
    "held": _(
        "%(what)s is waiting for review again: a signature of the same organization or mailbox was disowned, or was erased "
        "while its organization was being asked."
    ),
    "reported": _("%(who)s exported the verification report."),
    "import requested": _("%(who)s had names imported from a file."),
    "imported": _("%(who)s imported names from a file."),
    "added by hand": _("%(who)s added %(what)s by hand."),
    "expired": _("The signature of %(what)s expired: nobody confirmed it."),
    "erased": _("Data past its retention period was erased."),
    "bulk declined": _("%(who)s declined many names from one source."),
    "bulk decline undone": _("%(who)s restored names that were declined in bulk."),
    "alerts dismissed": _("%(who)s dismissed the warnings."),
    "frozen": _("%(who)s froze %(what)s."),
    "exported": _("A file of %(what)s was prepared."),
    "exported as it stands": _("%(who)s exported the current letter."),
    "invited to sign": _("%(who)s invited organizations to sign."),
    "reminder planned": _("%(who)s planned a reminder of invitations."),
    "reminder removed": _("%(who)s removed a planned reminder of invitations."),
    "reminded of invitations": _("%(who)s reminded organizations that hadn’t answered an invitation."),
    "question added": _("%(who)s added a question to the form."),
    "question changed": _("%(who)s changed a question of the form."),
    "question removed": _("%(who)s removed a question from the form."),
    "questions ordered": _("%(who)s changed the order of the form’s questions."),
    "news offered": _("%(who)s offered news on the form."),
    "news no longer offered": _("%(who)s no longer offers news on the form."),
    "news contacts exported": _("%(who)s exported the signatories who want news."),
    "news ended": _("%(who)s ended the news of %(what)s."),
    "answers corrected": _("%(who)s corrected answers of %(what)s."),
    "mail words changed": _("%(who)s changed the words of an email."),
    "mail words reset": _("%(who)s returned to the default words of an email."),
    "press page saved": _("%(who)s saved the press page."),
    "press page released": _("%(who)s set the hour from which the press page is public."),
    "press page held": _("%(who)s took the press page back."),
    "press link created": _("%(who)s made a secret link to the press page."),
    "press link revoked": _("%(who)s revoked a secret link to the press page."),
    "quote asked for": _("%(who)s asked %(what)s to approve a quote."),
    "quote removed": _("%(who)s removed a quote of %(what)s."),
    "message sent": _("%(who)s sent a message to all signatories."),
    "reply recorded": _("%(who)s recorded a reply of %(what)s."),
    "reply corrected": _("%(who)s corrected the reply of %(what)s."),
    "reply retracted": _("%(who)s retracted the reply of %(what)s."),
    "reply emailed": _("%(who)s emailed the reply of %(what)s to the signatories."),
    "api token created": _("%(who)s created the API token %(what)s."),
    "api token revoked": _("%(who)s revoked the API token %(what)s."),
    "draft link created": _("%(who)s made a secret link to the draft."),
    "draft link revoked": _("%(who)s revoked a secret link to the draft."),
    "suggestion accepted": _("%(who)s accepted a suggested change of the draft."),
    "suggestion rejected": _("%(who)s declined a suggested change of the draft."),
    "sign-off requested": _("%(who)s asked a lead organization to agree to the draft."),
    "sign-off request withdrawn": _("%(who)s withdrew a request to agree to the draft."),
    "sign-offs required": _("%(who)s changed whether all lead organizations must agree before the letter opens."),
    "signed off": _("%(who)s agreed to the draft’s text."),
    "progress link created": _("%(who)s created a link to the progress page."),
    "progress link revoked": _("%(who)s revoked a link to the progress page."),
    "partner added": _("%(who)s gave %(what)s a link of its own."),
    "partner removed": _("%(who)s removed the partner %(what)s."),
    "answer recorded": _("%(who)s recorded an answer of %(what)s."),
    "contact added": _("%(who)s added the contact %(what)s."),
    "contact edited": _("%(who)s edited the contact %(what)s."),
    "contact noted": _("%(who)s wrote a note about %(what)s."),
    "contact deleted": _("%(who)s deleted %(what)s from the contacts."),
    "contacts imported": _("%(who)s imported a list of contacts."),
    "contacts exported": _("%(who)s exported contacts."),
    "invitations exported": _("%(who)s exported the list of invitations."),
    "invited": _("%(who)s invited %(what)s."),
    "invited again": _("%(who)s resent the invitation to %(what)s."),
    "joined": _("%(who)s joined the team."),
    "role changed": _("%(who)s changed the role of %(what)s."),
    **SIGN_IN_SENTENCES,
    "webhook added": _("%(who)s added the webhook “%(what)s”."),
    "webhook changed": _("%(who)s changed the webhook “%(what)s”."),
    "webhook secret replaced": _("%(who)s made a new secret for the webhook “%(what)s”."),
    "webhook paused": _("%(who)s paused the webhook “%(what)s”."),
    "webhook resumed": _("%(who)s resumed the webhook “%(what)s”."),
    "webhook removed": _("%(who)s removed the webhook “%(what)s”."),
    "look changed": _("%(who)s changed the branding."),
    "contact changed": _("%(who)s changed the public contact address."),
    "embedding changed": _("%(who)s changed the websites that may show letters."),
    "coalition address changed": _("%(who)s changed the web address of the coalition’s pages."),
    "signed out everywhere": _("%(who)s signed %(what)s out everywhere."),
    "removed": _("%(who)s removed %(what)s from the team."),
    "described": _("%(who)s edited %(what)s."),
    "vouched for": _("%(who)s marked %(what)s as verified."),
    "vouch taken back": _("%(who)s removed the verification of %(what)s."),
    "merged": _("%(who)s merged %(what)s into another organization."),
    "taken out": _("%(who)s separated %(what)s from another organization again."),
    "told apart": _("%(who)s marked %(what)s and a similar organization as different."),
    "scanned signature added": _("%(who)s added a scanned signature to %(what)s."),
    "scanned signature removed": _("%(who)s removed the scanned signature of %(what)s."),
    "given a logo": _("%(who)s added a logo for %(what)s."),
    "logo taken away": _("%(who)s removed the logo of %(what)s."),
    "given a parent": _("%(who)s changed the parent of %(what)s."),
    **SITE_SENTENCES,
}

SIGNATORY_SENTENCES: Mapping[str, LazyString] = {
    "confirmed": _("%(who)s confirmed its signature."),
    "confirmed again": _("%(who)s signed the changed text."),
    "renewed": _("%(who)s said that it still supports the letter."),
    "confirmed another": _("%(who)s confirmed a signature that its organization already had."),
    "better proof": _("%(what)s was replaced: %(who)s confirmed a signature of the same name with better proof."),
    "said not ours": _(
        "Someone with a mailbox at the organization’s website said that the signature of %(what)s is not theirs."
    ),
    "corrected": _("%(who)s corrected its line."),
    "news ended": _("%(who)s no longer wants news."),
    "withdrawn": _("%(who)s withdrew its signature."),
    "erased": _("%(who)s had its data erased."),
    "quote approved": _("%(who)s approved a quote."),
    "quote declined": _("%(who)s declined a quote."),
    "quote withdrawn": _("%(who)s withdrew its approval of a quote."),
    "disowned": _("Someone who reads its mailbox said that this signature is not theirs."),
}

FIELDS_IN_SENTENCE = {
    "created": ("title", "name"),
    **dict.fromkeys(SITE_SENTENCES, ("name",)),
    **{f"webhook {done}": ("name",) for done in ("added", "changed", "secret replaced", "paused", "resumed", "removed")},
    "copied": ("title",),
    "draft deleted": ("title",),
    "draft restored": ("title",),
    "returned": ("state",),
    "said no": ("state",),
    "held": ("state",),
    "said not ours": ("state",),
}

ACTOR_NAMES: Mapping[ActorFilter, LazyString] = {
    ActorFilter.LETTERHUB: _("Letterhub"),
    ActorFilter.OPERATORS: _("The operator of this site"),
}

SIZES = ("size", "mail_limit")
EDITION_PATTERN = re.compile(r"^edition-(\d+)$")


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """A value that an entry changed. `before` is "" if there was none."""

    label: str
    before: str
    after: str


def entry_sentence(entry: LoggedAction) -> str:
    """Return the sentence of an audit log entry; an action without one is named as it is."""
    who = str(ACTOR_NAMES.get(entry.actor_kind, entry.actor_name))
    sentence = STAFF_SENTENCES.get(entry.action)
    if entry.actor_kind is ActorFilter.SIGNATORIES:
        sentence = SIGNATORY_SENTENCES.get(entry.action, sentence)
    if sentence is None:
        return " ".join(part for part in (f"{who}:", entry.action, entry.subject_name) if part)
    what = (
        EDITION_PATTERN.sub(lambda edition: str(_("edition %(number)s", number=edition[1])), entry.subject_name)
        or entry.after.get("title")
        or entry.after.get("name", "")
    )
    return str(sentence) % {"who": who, "what": what}


def entry_changes(entry: LoggedAction, zone: str) -> Iterator[ChangedValue]:
    """Yield the values that an entry changed and its sentence does not name; datetimes are formatted in `zone`."""
    for name in dict.fromkeys((*entry.before, *entry.after)):
        before, after = (
            _format_value(name, entry.before.get(name), zone),
            _format_value(name, entry.after.get(name), zone),
        )
        if before != after and after != entry.action and name not in FIELDS_IN_SENTENCE.get(entry.action, ()):
            yield ChangedValue(str(FIELD_LABELS.get(name, name)), before, after)


def _format_value(name: str, value: Any, zone: str) -> str:
    """Return a logged value as staff read it."""
    match value:
        case None:
            return ""
        case True | False:
            return str(_("yes") if value else _("no"))
        case list() | tuple():
            return ", ".join(_format_value(name, field, zone) for field in value)
        case str() if name in ("publish_rule", "rule"):
            return str(RULE_LABELS.get(value, value))
        case str() if name == "method":
            return str(METHOD_LABELS.get(value, value))
        case str() if name.endswith("_at"):
            return full_datetime(dt.datetime.fromisoformat(value), zone)
        case int() if name in SIZES:
            return number_in_digits(value)
        case _:
            return str(value)
