"""Table of known recipients. To add one, copy a row: its facts, where they come from, and the day on which that was read.

What no source says is left out: None is "unknown", and is never checked. A row without `checked_on` was not confirmed.
"""

import datetime as dt

from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.editions.recipient_profiles import MB, RecipientProfile
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import PaperSize

READ_ON = dt.date(2026, 12, 1)

KNOWN_RECIPIENTS: tuple[RecipientProfile, ...] = (
    RecipientProfile(
        key="white-house",
        name=_("The White House"),
        paper=PaperSize.LETTER,
        text_limit=4_000,
        note=_(
            "The contact form takes text and the address of one person, and we know of no place for a file: enter the text for "
            "comment boxes, and email the PDF to staff whose address you have. Paper mail is screened for weeks."
        ),
        source="govfacts.org/?p=42866 (form); lovetoknow.com, quoting WhiteHouse.gov (paper)",
        checked_on=READ_ON,
    ),
    RecipientProfile(
        key="member-of-congress",
        name=_("A Member of Congress"),
        paper=PaperSize.LETTER,
        total_limit=7 * MB,
        note=_(
            "Contact forms are for constituents, and each office has its own limits: email the PDF to legislative staff. "
            "No limit on files is published; 7 MB of files make an email of 10 MB, which nearly every mailbox takes. Paper "
            "mail to Capitol Hill is delayed by screening."
        ),
        source="powertree.us/how-to-contact-congress.html; votervoice.zendesk.com/hc/en-us/articles/23114376747291",
        checked_on=READ_ON,
    ),
    RecipientProfile(
        key="congressional-committee",
        name=_("A congressional committee"),
        paper=PaperSize.LETTER,
        total_limit=7 * MB,
        formats=(FileFormat.PDF, FileFormat.DOCX),
        needs_person=True,
        note=_(
            "Statements for the record name a person with title and organization at the top, and have four to ten pages, "
            "12-point type and 1-inch margins, as each subcommittee says for its hearing. Its instructions come before "
            "this table. The formats and the size were not confirmed."
        ),
        source=(
            "House Appropriations subcommittees, Instructions for Written Testimony, fiscal year 2010 "
            "(webarchive.library.unt.edu)"
        ),
        checked_on=READ_ON,
    ),
    RecipientProfile(
        key="regulations-gov",
        name=_("A docket on regulations.gov"),
        paper=PaperSize.LETTER,
        file_limit=10 * MB,
        most_files=20,
        text_limit=5_000,
        formats=(FileFormat.PDF, FileFormat.DOCX),
        names_sender=True,
        note=_(
            "The notice in the Federal Register may ask for more, and comes before this table. Agencies prefer PDF or "
            "Word, and file names that name who submits; we could not read the site’s list of other formats."
        ),
        source=(
            "regulations.gov FAQ, quoted at historians.org (Responding to Federal Regulations); "
            "USTR hearing notice of June 16, at viewer.joomag.com (names, formats)"
        ),
        checked_on=READ_ON,
    ),
    RecipientProfile(
        key="eu-have-your-say",
        name=_("EU Commission: Have your say"),
        paper=PaperSize.A4,
        file_limit=5 * MB,
        most_files=1,
        text_limit=4_000,
        formats=(FileFormat.PDF, FileFormat.DOCX, FileFormat.ODT, FileFormat.TXT),
        note=_(
            "Check with the recipient: the form is known for these limits, and we found no page that states them. The period "
            "for feedback ends at midnight Brussels time on the closing date."
        ),
        source="ec.europa.eu/info/law/better-regulation/rules-feedback-and-suggestions_en (closing date alone)",
    ),
    RecipientProfile(
        key="state-legislature",
        name=_("A state legislature"),
        paper=PaperSize.LETTER,
        most_files=1,
        formats=(FileFormat.PDF,),
        needs_person=True,
        plain_names=True,
        note=_(
            "As California’s Position Letter Portal and its committees ask: a letter on letterhead, signed by a person "
            "whom the organization authorized, some days before the hearing. Other states differ. A limit on the size, and "
            "plain file names, were not confirmed."
        ),
        source="ahcd.assembly.ca.gov/content/position-letters; apawla.com/post/make-your-voice-heard",
        checked_on=READ_ON,
    ),
    RecipientProfile(
        key="company",
        name=_("A company"),
        total_limit=7 * MB,
        note=_(
            "Companies publish no rules. Many mailboxes take emails of 25 MB, some of 10: 7 MB of files make an email of "
            "10 MB. Send it to the executive’s office and copy investor relations."
        ),
        source="helpdesk.troy.edu, Message limits of Office 365 (25 MB)",
        checked_on=READ_ON,
    ),
)
