"""Posters of letters: a page with a QR code that leads to the letter, in the original's language and in each translation's."""

import datetime as dt

from letterhub.domain.i18n import translate as _
from letterhub.domain.interface_languages import public_language, speaking
from letterhub.domain.letters.signing_settings import WhoMaySign
from letterhub.mail.messages import letter_url
from letterhub.queries.letters.public_letter import PublicLetter, public_letter
from letterhub.queries.letters.public_translations import published_translation
from letterhub.rendering.lazy_imports import lazy_function

_poster_pdf = lazy_function("pdf.poster", "poster_pdf")


def poster_file(slug: str, language: str, at: dt.datetime) -> tuple[str, bytes] | None:
    """Return the name and PDF of a letter's poster in a translation's language, "" for the original; None if readers can't
    open that page. Raises PdfRenderingFailed, and RenderingInterrupted if this process is ending."""
    letter = public_letter(slug)
    if letter is None or letter.withdrawn_at:
        return None
    text = letter.text
    if language:
        found = published_translation(letter.id, language) if language != text.language else None
        if found is None:
            return None
        text = found[0].text
    with speaking(public_language(text.language)):
        invitation = _invitation(letter, at)
    pdf = _poster_pdf(text, letter.coalition, invitation, letter_url(slug, language))
    return f"{slug}-poster{f'-{language}' if language else ''}.pdf", pdf


def _invitation(letter: PublicLetter, at: dt.datetime) -> str:
    """Return what readers can do on the letter's page, in the language that is spoken now."""
    if not letter.is_open(at):
        return _("Read the letter")
    return _("Sign for your organization") if letter.who_may_sign is WhoMaySign.ORGANIZATIONS else _("Sign this letter")
