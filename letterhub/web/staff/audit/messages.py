"""Sentences for audit log entries, and the values that an entry changed."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from letterhub.domain.signatures.line_fields import LINE_FIELDS
from letterhub.queries.audit.log import ActorFilter, LoggedAction
from letterhub.web.filters import full_datetime

STAFF_SENTENCES: Mapping[str, LazyString] = {
    "created": _("%(who)s created “%(what)s”."),
    "opened": _("%(who)s opened the letter for signatures."),
    "closed": _("%(who)s closed the letter."),
    "reopened": _("%(who)s opened the letter again."),
    "withdrawn": _("%(who)s withdrew the letter."),
    "delivered": _("%(who)s recorded the delivery of %(what)s."),
    "left as a link": _(
        "The email with %(what)s was sent with a link: the recipient’s mail server accepts none as large as the PDF."
    ),
    "delivery taken back": _("%(who)s took back the record of a delivery of %(what)s."),
    "revised": _("%(who)s published a new text."),
    "typo corrected": _("%(who)s published a correction of the text."),
    "text changed": _("%(who)s published a change of substance. Every signature needs to be confirmed again."),
    "change taken back": _("%(who)s took back the last change of substance. The text and signatures from before are back."),
    "asked again": _("%(who)s asked signatories whether they still stand by the letter."),
    "consent limit moved": _("%(who)s changed when consent counts as old."),
    "deadline moved": _("%(who)s moved the deadline."),
    "sign-up changed": _("%(who)s changed the sign-up terms."),
    "address changed": _("%(who)s changed the letter’s address."),
    "published": _("%(who)s published %(what)s."),
    "declined": _("%(who)s declined %(what)s."),
    "returned": _("%(who)s returned %(what)s to the queue."),
    "corrected": _("%(who)s corrected the line of %(what)s."),
    "vouched": _("%(who)s vouched for %(what)s."),
    "vouch ended": _("%(who)s took back the vouching for %(what)s."),
    "asked a second address": _("%(who)s asked another address of %(what)s whether the signature is its own."),
    "said yes": _("%(who)s answered that the signature of %(what)s is its own."),
    "said no": _("%(who)s answered that the signature of %(what)s is not its own."),
    "held": _(
        "%(what)s waits for staff again: its organization or its mailbox is that of a signature that was denied, or was erased "
        "while its organization was asked."
    ),
    "reported": _("%(who)s exported the verification report."),
    "imported": _("%(who)s imported names from a file."),
    "expired": _("The signature of %(what)s expired: nobody confirmed it."),
    "erased": _("What had been kept long enough was erased."),
    "swept": _("%(who)s declined many names at once, by where they came from."),
    "sweep restored": _("%(who)s took back a decline of many names."),
    "alarms noted": _("%(who)s took note of the warnings on the desk."),
    "frozen": _("%(who)s froze %(what)s."),
    "exported": _("A file of %(what)s was prepared."),
    "exported as it stands": _("%(who)s exported the letter as it stands."),
    "invited to sign": _("%(who)s invited organizations to sign."),
    "reminded of invitations": _("%(who)s reminded those who had not answered an invitation."),
    "invited": _("%(who)s invited %(what)s."),
    "invited again": _("%(who)s sent %(what)s the invitation again."),
    "joined": _("%(who)s joined the team."),
    "role changed": _("%(who)s changed the role of %(what)s."),
    "look changed": _("%(who)s changed how new letters look."),
    "contact changed": _("%(who)s changed where people can write to."),
    "signed out everywhere": _("%(who)s ended every session of %(what)s."),
    "removed": _("%(who)s removed %(what)s from the team."),
    "described": _("%(who)s changed what is known of %(what)s."),
    "vouched for": _("%(who)s vouched for %(what)s."),
    "vouch taken back": _("%(who)s no longer vouches for %(what)s."),
    "merged": _("%(who)s merged %(what)s into another organization."),
    "taken out": _("%(who)s separated %(what)s from another organization again."),
    "told apart": _("%(who)s said that %(what)s and one that looks like it are different organizations."),
    "given a logo": _("%(who)s gave %(what)s a logo."),
    "logo taken away": _("%(who)s removed the logo of %(what)s."),
    "given a parent": _("%(who)s said whose chapter %(what)s is."),
}

SIGNATORY_SENTENCES: Mapping[str, LazyString] = {
    "confirmed": _("%(who)s confirmed its signature."),
    "confirmed again": _("%(who)s signed the changed text."),
    "renewed": _("%(who)s said that it still stands by the letter."),
    "confirmed another": _("%(who)s confirmed the signature that its organization already has."),
    "better proof": _("%(what)s lost its place: %(who)s confirmed a signature of this name with better proof."),
    "said not ours": _(
        "Someone with a mailbox at the organization’s website said that the signature of %(what)s is not theirs."
    ),
    "corrected": _("%(who)s corrected its line."),
    "withdrawn": _("%(who)s withdrew its signature."),
    "erased": _("%(who)s had its data erased."),
    "disowned": _("Someone who reads its mailbox said that this signature is not theirs."),
}

FIELDS_IN_SENTENCE = {
    "created": ("title", "name"),
    "returned": ("state",),
    "said no": ("state",),
    "held": ("state",),
    "said not ours": ("state",),
}

ACTOR_NAMES: Mapping[ActorFilter, LazyString] = {
    ActorFilter.LETTERHUB: _("Letterhub"),
    ActorFilter.OPERATORS: _("The operator of this site"),
}

FIELD_LABELS: Mapping[str, LazyString] = {
    "title": _("Title"),
    "slug": _("Address"),
    "revision": _("Revision"),
    "sha256": _("Fingerprint"),
    "state": _("State"),
    "delivered_to": _("Delivered to"),
    "delivered_at": _("Delivered at"),
    "way": _("Way"),
    "sent": _("PDF by email"),
    "mail_limit": _("Largest email taken (bytes)"),
    "copies": _("Copies to signatories"),
    "receipt": _("Receipt"),
    "deadline_at": _("Deadline"),
    "deadline_zone": _("Time zone"),
    "who_may_sign": _("Who may sign"),
    "asked": _("Fields asked for"),
    "publish_rule": _("Organizations appear"),
    "publish_individuals": _("Individuals appear once they confirm"),
    "grace_hours": _("Grace period (hours)"),
    "reason": _("Reason"),
    "what": _("What"),
    "pattern": _("Where from"),
    "network_days": _("Network data kept (days)"),
    "contact_months": _("Addresses kept (months after delivery)"),
    "asks_proof": _("Asks for a proof of work"),
    "count": _("Count"),
    "signatures": _("Signatures"),
    "consent_days": _("Days until consent is old"),
    "domain": _("Domain"),
    "published": _("Published at"),
    "with_addresses": _("With email addresses"),
    "file": _("File"),
    "format": _("Format"),
    "size": _("Bytes"),
    "id": _("Id"),
    "role": _("Role"),
    "name": _("Name"),
    **{one.key: one.label for one in LINE_FIELDS},
    "lines": _("Letterhead"),
    "theme": _("Theme"),
    "face": _("Typeface"),
    "accent": _("Accent color"),
    "paper": _("Paper"),
    "other_names": _("Other names"),
    "domains": _("Other domains"),
    "country": _("Country"),
    "into": _("The other organization"),
    "other": _("The other organization"),
    "parent": _("Parent"),
}

RULE_LABELS: Mapping[str, LazyString] = {
    "ask-staff": _("after staff have read them"),
    "reviewed": _("at once if reviewed before"),
}

EDITION_PATTERN = re.compile(r"^edition-(\d+)$")


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """A value that an entry changed. `before` is "" if there was none."""

    label: str
    before: str
    after: str


def entry_sentence(act: LoggedAction) -> str:
    """Return the sentence of an audit log entry."""
    who = str(ACTOR_NAMES.get(act.by, act.who))
    known = (SIGNATORY_SENTENCES if act.by is ActorFilter.SIGNATORIES else {}).get(act.action) or STAFF_SENTENCES.get(
        act.action
    )
    if known is None:
        return " ".join(part for part in (f"{who}:", act.action, act.what) if part)
    what = EDITION_PATTERN.sub(rf"{_('edition')} \1", act.what) or act.after.get("title") or act.after.get("name", "")
    return str(known) % {"who": who, "what": what}


def entry_changes(act: LoggedAction, zone: str) -> Iterator[ChangedValue]:
    """Yield the values that an entry changed and its sentence does not name; datetimes are formatted in `zone`."""
    for name in dict.fromkeys((*act.before, *act.after)):
        before, after = _format_value(name, act.before.get(name), zone), _format_value(name, act.after.get(name), zone)
        if before != after and after != act.action and name not in FIELDS_IN_SENTENCE.get(act.action, ()):
            yield ChangedValue(str(FIELD_LABELS.get(name, name)), before, after)


def _format_value(name: str, value: Any, zone: str) -> str:
    match value:
        case None:
            return ""
        case True | False:
            return str(_("yes") if value else _("no"))
        case list() | tuple():
            return ", ".join(_format_value(name, one, zone) for one in value)
        case str() if name == "publish_rule":
            return str(RULE_LABELS.get(value, value))
        case str() if name.endswith("_at"):
            return full_datetime(dt.datetime.fromisoformat(value), zone)
        case _:
            return str(value)
