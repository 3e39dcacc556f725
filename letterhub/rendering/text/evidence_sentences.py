"""Evidence in sentences: each fact about a signature, and each doubt, as staff read it on a page and in a report."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from letterhub.domain.organizations.names import domain_of_email, domain_of_website
from letterhub.domain.signatures.evidence import Assessment, Doubt, Evidence, Fact, FactKind
from letterhub.rendering.timestamps import format_timestamp

ANSWER_KINDS = frozenset({
    FactKind.SECOND_PERSON, FactKind.SECOND_YES, FactKind.OTHER_YES, FactKind.SECOND_NO, FactKind.NOT_OURS, FactKind.DISPUTED,
})  # fmt: skip
STAFF_KINDS = frozenset({FactKind.VOUCHED, FactKind.VOUCH_ENDED, FactKind.INVITED})
SUPPORTING_KINDS = frozenset(
    {
        FactKind.MAILBOX, FactKind.OWN_DOMAIN, FactKind.KNOWN_CONTACT, FactKind.INVITED, FactKind.SECOND_PERSON,
        FactKind.SECOND_YES, FactKind.OTHER_YES, FactKind.VOUCHED,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EvidenceSentence:
    """A sentence about a signature, the time it became known (None if just compared), and whether it supports the signature.

    `holds` is False if the fact was taken back, or was about the line before it changed.
    """

    sentence: str
    at: dt.datetime | None
    supports: bool
    holds: bool = True


def evidence_sentence(fact: Fact, who: str, *, holds: bool) -> EvidenceSentence:
    """Return a fact as a sentence; `who` is the name of its source."""
    sentence = _sentence(fact, who)
    if not holds and fact.kind is not FactKind.VOUCH_ENDED:
        sentence = str(
            _("%(sentence)s This no longer holds: it was taken back, or the line has changed since.", sentence=sentence)
        )
    return EvidenceSentence(sentence, fact.at, fact.kind in SUPPORTING_KINDS, holds)


def _sentence(fact: Fact, who: str) -> str:
    said = {"domain": "", "file": "", "title": "", "published": "", "reason": "", "name": "", **fact.facts, "who": who}
    said["address"] = fact.facts.get("address") or str(_("an address that was erased since"))
    words = _answer_sentence if fact.kind in ANSWER_KINDS else _staff_sentence if fact.kind in STAFF_KINDS else _found_sentence
    return str(words(fact.kind, said))


def _found_sentence(kind: FactKind, said: Mapping[str, str]) -> Any:
    match kind:
        case FactKind.MAILBOX if said["domain"]:
            return _("Someone who reads mail at %(domain)s confirmed it through the link that was mailed there.", **said)
        case FactKind.MAILBOX:
            return _("Someone who reads the mailbox confirmed it through the link that was mailed there.")
        case FactKind.OWN_DOMAIN:
            return _("The mailbox is at %(domain)s, the domain of the website that the form gave.", **said)
        case FactKind.KNOWN_CONTACT:
            return _("This mailbox signed for it before: “%(title)s”.", **said)
        case FactKind.IMPORTED if said["file"]:
            return _("Imported from the file %(file)s by %(who)s. No email confirmed it.", **said)
        case FactKind.IMPORTED:
            return _("Imported from a file. No email confirmed it.")
        case FactKind.NO_MAIL_SERVER:
            return _("The mailbox’s domain %(domain)s names no mail server.", **said)
    return _line_sentence(kind, said)


def _line_sentence(kind: FactKind, said: Mapping[str, str]) -> Any:
    match kind:
        case FactKind.NAMES_ANOTHER if said["name"]:
            return _("Its line says, or looks like, the name of another organization that is known here: %(name)s.", **said)
        case FactKind.NAMES_ANOTHER:
            return _("Its line says, or looks like, the name of another organization that is known here.")
        case FactKind.LIKE_ORGANIZATION:
            return _(
                "Its signer, title, affiliation or place reads like the name of an organization, or speaks for another one."
            )
        case FactKind.ODD_LETTERS:
            return _("It has letters or signs that people do not write names with: they may hide another name.")
    return _("It came without the proof of work that its form asked for: its browser ran no scripts, or it was a machine.")


def _staff_sentence(kind: FactKind, said: Mapping[str, str]) -> Any:
    match kind:
        case FactKind.VOUCHED if not said["reason"]:
            return _("%(who)s vouches for it. The reason was erased with the line.", **said)
        case FactKind.VOUCHED:
            return _("%(who)s vouches for it: %(reason)s", **said)
        case FactKind.INVITED:
            return _("%(who)s had invited it by name, at this mailbox.", **said)
    return _("%(who)s stopped vouching for it.", **said)


def _answer_sentence(kind: FactKind, said: Mapping[str, str]) -> Any:
    where = _(" Staff found the address at %(published)s.", **said) if said["published"] else ""
    match kind:
        case FactKind.SECOND_PERSON:
            return _("Someone who reads another mailbox at %(domain)s confirmed it too.", **said)
        case FactKind.SECOND_YES:
            return (
                _("A second address at its domain, %(address)s, answered that the signature is the organization’s own.", **said)
                + where
            )
        case FactKind.OTHER_YES:
            return (
                _("An address at another domain, %(address)s, answered that the signature is the organization’s own.", **said)
                + where
            )
        case FactKind.NOT_OURS | FactKind.DISPUTED:
            return _("Someone who reads mail at %(domain)s said that this signature is not the organization’s own.", **said)
    return _("%(address)s answered that the signature is not the organization’s own.", **said) + where


def doubt_sentences(standing: Assessment, email: str, website: str) -> tuple[EvidenceSentence, ...]:
    """Return the doubts as sentences, the gravest first, after what the directory knows of the mailbox.

    Doubts that have a fact of their own are left to that fact.
    """
    shown_as_facts = {
        Doubt.SECOND_NO, Doubt.NOT_OURS, Doubt.DISPUTED, Doubt.NAMES_ANOTHER, Doubt.LIKE_ORGANIZATION, Doubt.ODD_LETTERS,
        Doubt.NO_MAIL_SERVER, Doubt.NO_PROOF,
    }  # fmt: skip
    said = {"host": email.rpartition("@")[2], "site": domain_of_website(website)}
    known = Evidence.OWN_DOMAIN in standing.evidence and domain_of_email(email) != said["site"]
    sentence = _("The mailbox is at %(host)s, where your directory knows that the organization has mailboxes.", **said)
    directory = (EvidenceSentence(str(sentence), None, supports=True),) if known else ()
    return directory + tuple(
        EvidenceSentence(_doubt_sentence(doubt, said), None, supports=False)
        for doubt in Doubt
        if doubt in standing.doubts and doubt not in shown_as_facts
    )


def _doubt_sentence(doubt: Doubt, said: Mapping[str, str]) -> str:
    sentences = {
        Doubt.TURNED_AWAY: _(
            "Another signature of this organization, this mailbox or its domain was declined by staff under this letter, "
            "denied by an address that they asked, or erased before such an address answered."
        ),
        Doubt.SAME_NAME: _(
            "Another signature of this name, or of this organization by another name, is on the letter or waits for review."
        ),
        Doubt.LIKE_ANOTHER: _("It may be the same as another organization that is known here; staff have not decided."),
        Doubt.OTHER_NAME: _("The directory knows this organization by another name. Its page says which."),
        Doubt.FREE_MAIL: _("Many people can have a mailbox at %(host)s: it says nothing about the organization.", **said),
        Doubt.DISPOSABLE: _("Mailboxes at %(host)s are meant to be thrown away.", **said),
        Doubt.OTHER_DOMAIN: _("The mailbox is at %(host)s, and the website at %(site)s.", **said),
        Doubt.FLOOD: _("It came with many others from one network or domain within a short time."),
        Doubt.NO_WEBSITE: _("No website was given to compare its mailbox with."),
        Doubt.GOVERNMENT: _("The address is of a US government or military body, which may be barred from signing."),
        Doubt.NO_ADDRESS: _("No email address is known."),
        Doubt.FIRST_SEEN: _("It was on no other letter here."),
    }
    return str(sentences[doubt])


def format_report_time(at: dt.datetime, zone: str) -> str:
    """Return a time as a report prints it: "January 5, 2022, 12:00 PM EST"."""
    return format_timestamp(at.astimezone(ZoneInfo(zone)))
