"""Evidence in sentences: each fact about a signature, and each doubt, as staff read it on a page and in a report."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from babel.dates import format_date

from letterhub.domain.i18n import gettext
from letterhub.domain.i18n import translate as _
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.domain.signatures.added_names import AgreementMethod
from letterhub.domain.signatures.evidence import Assessment, Doubt, Evidence, Fact, FactKind
from letterhub.rendering.letter.document_locale import document_locale, format_timestamp

ANSWER_KINDS = frozenset({
    FactKind.SECOND_PERSON, FactKind.SECOND_YES, FactKind.OTHER_YES, FactKind.SECOND_NO, FactKind.NOT_OURS, FactKind.DISPUTED,
})  # fmt: skip
CHANGE_KINDS = frozenset({FactKind.CHANGE_CONFIRMED, FactKind.CHANGE_OBJECTED, FactKind.NOT_OBJECTED})
STAFF_KINDS = frozenset({FactKind.VOUCHED, FactKind.VOUCH_ENDED, FactKind.INVITED})
SUPPORTING_KINDS = frozenset(
    {
        FactKind.MAILBOX, FactKind.OWN_DOMAIN, FactKind.KNOWN_CONTACT, FactKind.INVITED, FactKind.SECOND_PERSON,
        FactKind.SECOND_YES, FactKind.OTHER_YES, FactKind.VOUCHED, FactKind.CHANGE_CONFIRMED,
    }
)  # fmt: skip

_MAY_BE_MISSING = (
    "domain", "file", "title", "published", "reason", "name", "notified", "signed", "revision", "deadline_at", "noticed_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EvidenceSentence:
    """A sentence about a signature, the time it became known (None if just compared), and whether it supports the signature.

    `is_in_force` is False if the fact was taken back, or was about the line before it changed.
    """

    sentence: str
    at: dt.datetime | None
    supports: bool
    is_in_force: bool = True


def evidence_sentence(fact: Fact, source: str, *, holds: bool) -> EvidenceSentence:
    """Return a fact as a sentence; `source` is the name of whoever it came from.

    If the fact no longer `holds`, a second sentence says so.
    """
    missing = dict.fromkeys(_MAY_BE_MISSING, "")
    values = {**missing, **fact.facts, "who": source}
    values["address"] = fact.facts.get("address") or _("an address that has since been erased")
    if fact.kind in ANSWER_KINDS:
        sentence = _answer_sentence(fact.kind, values)
    elif fact.kind in CHANGE_KINDS:
        sentence = _change_sentence(fact.kind, values)
    elif fact.kind in STAFF_KINDS:
        sentence = _staff_sentence(fact.kind, values)
    else:
        sentence = _form_sentence(fact.kind, values)
    if not holds and fact.kind is not FactKind.VOUCH_ENDED:
        sentence = _(
            "%(sentence)s This no longer applies: it was retracted, or the signature has changed since.", sentence=sentence
        )
    return EvidenceSentence(sentence, fact.at, fact.kind in SUPPORTING_KINDS, holds)


def _form_sentence(kind: FactKind, values: Mapping[str, str]) -> str:
    """Return the sentence for a fact about the mailbox or an imported file; `_line_sentence` has those for the others."""
    match kind:
        case FactKind.MAILBOX if values["domain"]:
            return _("Someone with a mailbox at %(domain)s confirmed by the link we emailed there.", **values)
        case FactKind.MAILBOX:
            return _("Someone with access to the mailbox confirmed by the link we emailed there.")
        case FactKind.OWN_DOMAIN:
            return _("The mailbox is at %(domain)s, the domain of the website on the form.", **values)
        case FactKind.KNOWN_CONTACT:
            return _("This mailbox signed for the organization before: “%(title)s”.", **values)
        case FactKind.ADDED:
            return _added_sentence(values)
        case FactKind.IMPORTED:
            return _imported_sentence(values)
        case FactKind.NO_MAIL_SERVER:
            return _("The mailbox’s domain %(domain)s has no mail server on record.", **values)
    return _line_sentence(kind, values)


def _utc_time(stored: str) -> str:
    """Return a stored time as evidence says it: "January 5, 2022, 5:00 PM UTC"; "" for none."""
    if not stored:
        return ""
    return format_timestamp(dt.datetime.fromisoformat(stored).astimezone(ZoneInfo("UTC")), document_locale("en").formats)


_AGREEMENTS = {
    AgreementMethod.EMAIL: gettext("Said yes by email on %(day)s, entered by %(who)s."),
    AgreementMethod.PHONE: gettext("Said yes by phone on %(day)s, entered by %(who)s."),
    AgreementMethod.PAPER: gettext("Signed on paper on %(day)s, entered by %(who)s."),
    AgreementMethod.MEETING: gettext("Said yes in person on %(day)s, entered by %(who)s."),
}
_NOTIFICATIONS = {
    "yes": gettext("The signatory is told by email that the name was added."),
    "no": gettext("Staff chose not to email the signatory about it."),
    "no-address": gettext("There is no address to tell the signatory at."),
}


def _added_sentence(values: Mapping[str, str]) -> str:
    """Return the sentence for a name that staff added by hand: how it said yes, and whether its signatory is told. That is not
    known once it was erased."""
    if "agreed_on" not in values:
        return _("Added by staff. Not confirmed by email.")
    day = format_date(dt.date.fromisoformat(values["agreed_on"]), format="long", locale=document_locale("en").formats)
    agreement = str(_AGREEMENTS[AgreementMethod(values["method"])]) % {"day": day, "who": values["who"]}
    return " ".join((agreement, str(_("Not confirmed by email.")), str(_NOTIFICATIONS[values["notified"]])))


_RECORDED_REPLIES = {
    (FactKind.CHANGE_CONFIRMED, AgreementMethod.EMAIL): gettext("Said yes to version %(revision)s by email on %(day)s"),
    (FactKind.CHANGE_CONFIRMED, AgreementMethod.PHONE): gettext("Said yes to version %(revision)s by phone on %(day)s"),
    (FactKind.CHANGE_CONFIRMED, AgreementMethod.PAPER): gettext("Signed version %(revision)s on paper on %(day)s"),
    (FactKind.CHANGE_CONFIRMED, AgreementMethod.MEETING): gettext("Said yes to version %(revision)s in person on %(day)s"),
    (FactKind.CHANGE_OBJECTED, AgreementMethod.EMAIL): gettext("Objected to version %(revision)s by email on %(day)s"),
    (FactKind.CHANGE_OBJECTED, AgreementMethod.PHONE): gettext("Objected to version %(revision)s by phone on %(day)s"),
    (FactKind.CHANGE_OBJECTED, AgreementMethod.PAPER): gettext("Objected to version %(revision)s on paper on %(day)s"),
    (FactKind.CHANGE_OBJECTED, AgreementMethod.MEETING): gettext("Objected to version %(revision)s in person on %(day)s"),
}


def _change_sentence(kind: FactKind, values: Mapping[str, str]) -> str:
    """Return the sentence for the reply to a change of the text: that there was none, or the one that staff entered. How and
    when is not known once it was erased."""
    if kind is FactKind.NOT_OBJECTED:
        return _(
            "Signed version %(signed)s. Did not object to version %(revision)s by %(deadline)s, after the notice that was "
            "emailed on %(noticed)s.",
            **{**values, "deadline": _utc_time(values["deadline_at"]), "noticed": _utc_time(values["noticed_at"])},
        )
    if "agreed_on" not in values:
        return _("Said yes to a change of the text.") if kind is FactKind.CHANGE_CONFIRMED else _("Objected to a change.")
    day = format_date(dt.date.fromisoformat(values["agreed_on"]), format="long", locale=document_locale("en").formats)
    reply = str(_RECORDED_REPLIES[kind, AgreementMethod(values["method"])]) % {"day": day, "revision": values["revision"]}
    entered = _("%(reply)s, entered by %(who)s.", reply=reply, who=values["who"])
    message = _("We email the signatory what was entered.") if values["notified"] == "yes" else _NOTIFICATIONS["no-address"]
    return f"{entered} {message}"


def _imported_sentence(values: Mapping[str, str]) -> str:
    """Return the sentence for a name from a file, and whether its signatory is told; that is not known once it was erased."""
    origin = _("Imported from a file. Not confirmed by email.")
    if values["file"]:
        origin = _("Imported from the file %(file)s by %(who)s. Not confirmed by email.", **values)
    return " ".join((origin, str(_NOTIFICATIONS[values["notified"]]))) if values["notified"] else origin


def _line_sentence(kind: FactKind, values: Mapping[str, str]) -> str:
    """Return the sentence for a fact about the words in a signature's fields, or about a missing spam check."""
    match kind:
        case FactKind.NAMES_ANOTHER if values["name"]:
            return _("A signer field names, or resembles, another organization in your directory: %(name)s.", **values)
        case FactKind.NAMES_ANOTHER:
            return _("A signer field names, or resembles, another organization in your directory.")
        case FactKind.LIKE_ORGANIZATION:
            return _(
                "The signer, title, affiliation or place reads like an organization’s name, or claims to speak for another one."
            )
        case FactKind.ODD_LETTERS:
            return _("It has characters that don’t belong in names and may disguise another name.")
    return _("The form came without the spam check: JavaScript was off, or a bot sent it.")


def _staff_sentence(kind: FactKind, values: Mapping[str, str]) -> str:
    """Return the sentence for what staff did: verify the signature, invite the signer, or remove the verification."""
    match kind:
        case FactKind.VOUCHED if not values["reason"]:
            return _("%(who)s verified this signature. The reason was erased with its data.", **values)
        case FactKind.VOUCHED:
            return _("%(who)s verified this signature: %(reason)s", **values)
        case FactKind.INVITED:
            return _("%(who)s invited this signer by name, at this mailbox.", **values)
    return _("%(who)s removed the verification of this signature.", **values)


def _answer_sentence(kind: FactKind, values: Mapping[str, str]) -> str:
    """Return the sentence for what someone at another mailbox than the signer's said about the signature."""
    staff_source = _(" Staff found the address at %(published)s.", **values) if values["published"] else ""
    match kind:
        case FactKind.SECOND_PERSON:
            return _("Someone with another mailbox at %(domain)s confirmed it, too.", **values)
        case FactKind.SECOND_YES:
            return (
                _("A second address at its domain, %(address)s, answered that the signature is the organization’s.", **values)
                + staff_source
            )
        case FactKind.OTHER_YES:
            return (
                _("An address at another domain, %(address)s, answered that the signature is the organization’s.", **values)
                + staff_source
            )
        case FactKind.NOT_OURS | FactKind.DISPUTED:
            return _("Someone with a mailbox at %(domain)s reported that this signature is not the organization’s.", **values)
    return _("%(address)s answered that the signature is not the organization’s.", **values) + staff_source


def doubt_sentences(assessment: Assessment, email: str, website: str) -> tuple[EvidenceSentence, ...]:
    """Return the doubts about a signature as sentences, the gravest first; without those that a fact says already.

    If the directory lists other mailboxes of the organization at the same domain, a sentence that says so comes first.
    """
    shown_as_facts = {
        Doubt.SECOND_NO, Doubt.NOT_OURS, Doubt.DISPUTED, Doubt.NAMES_ANOTHER, Doubt.LIKE_ORGANIZATION, Doubt.ODD_LETTERS,
        Doubt.NO_MAIL_SERVER, Doubt.NO_PROOF,
    }  # fmt: skip
    values = {"host": email.rpartition("@")[2], "site": domain_of_website(website)}
    at_known_domain = Evidence.OWN_DOMAIN in assessment.evidence and EmailAddress(email).domain != values["site"]
    sentence = _("The mailbox is at %(host)s, where the organization has mailboxes according to your directory.", **values)
    from_directory = (EvidenceSentence(sentence, None, supports=True),) if at_known_domain else ()
    return from_directory + tuple(
        EvidenceSentence(_doubt_sentence(doubt, values), None, supports=False)
        for doubt in Doubt
        if doubt in assessment.doubts and doubt not in shown_as_facts
    )


_DOUBTS_WITHOUT_VALUES = {
    Doubt.TURNED_AWAY: gettext(
        "Another signature from this organization, mailbox or domain was declined on this letter, denied by an address "
        "that staff asked, or erased before that address answered."
    ),
    Doubt.SAME_NAME: gettext("This organization may already have signed."),
    Doubt.LIKE_ANOTHER: gettext("It may be the same as another organization in your directory; staff haven’t decided."),
    Doubt.OTHER_NAME: gettext("The directory lists this organization under another name; see its page."),
    Doubt.FLOOD: gettext("It arrived with many others from one network or domain in a short time."),
    Doubt.NO_WEBSITE: gettext("There is no website to compare the mailbox with."),
    Doubt.GOVERNMENT: gettext("The address belongs to a US government or military body, which may be barred from signing."),
    Doubt.NO_ADDRESS: gettext("We have no email address."),
    Doubt.NEW_ORGANIZATION: gettext("It has signed no other letter here."),
}


def _doubt_sentence(doubt: Doubt, values: Mapping[str, str]) -> str:
    """Return the sentence for a doubt; `values` are the domains of the mailbox, `host`, and of the website, `site`."""
    match doubt:
        case Doubt.FREE_MAIL:
            return _("Anyone can get a mailbox at %(host)s, so it says nothing about the organization.", **values)
        case Doubt.DISPOSABLE:
            return _("Mailboxes at %(host)s are disposable.", **values)
        case Doubt.OTHER_DOMAIN:
            return _("The mailbox is at %(host)s, but the website is at %(site)s.", **values)
    return str(_DOUBTS_WITHOUT_VALUES[doubt])


def format_report_time(at: dt.datetime, zone: str) -> str:
    """Return a time as a report prints it: "January 5, 2022, 12:00 PM EST"."""
    return format_timestamp(at.astimezone(ZoneInfo(zone)), document_locale("en").formats)
