"""Drafts of a token's coalition: a letter is created, its text read and saved as in the editor. Only staff publish a text."""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Any

from flask import request
from msgspec import UNSET, Meta, UnsetType
from werkzeug.datastructures import MultiDict

from letterhub.clock import now
from letterhub.commands.letters.drafts import create_letter, save_draft
from letterhub.domain.accounts.api_tokens import ApiScope
from letterhub.domain.i18n import _
from letterhub.domain.letters.drafts import MAX_ADDRESSEES, DraftConflict
from letterhub.domain.letters.letter_document import LetterText
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.drafts import load_draft_state
from letterhub.web.access import get_letter_or_404
from letterhub.web.api.api import Conflict, Input, Struct, checked_form, endpoint
from letterhub.web.forms import MAX_INTEGER
from letterhub.web.staff.letters.letter_forms import MAX_BODY_LENGTH, LetterForm, letter_form_data

Line = Annotated[str, Meta(max_length=300)]
Lines = Annotated[tuple[Line, ...], Meta(max_length=200)]
Title = Annotated[str, Meta(max_length=300, pattern=r"\S")]
Body = Annotated[str, Meta(max_length=MAX_BODY_LENGTH)]
Language = Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]


_NOT_SENT = ("logo_words", "base", "opened")  # of the form: logos keep their descriptions, and the version says what was read


class AddresseeInput(Input):
    """Addressee: a name or office, and the lines below it."""

    name: Line = ""
    lines: Lines = ()


Addressees = Annotated[tuple[AddresseeInput, ...], Meta(max_length=MAX_ADDRESSEES)]


class AddresseeAnswer(Struct):
    """Addressee: a name or office, and the lines below it."""

    name: str
    lines: tuple[str, ...]


class NewLetter(Input):
    """Text of a new letter. `body` is Markdown; `date_words` is printed in place of the date."""

    title: Title
    body: Body = ""
    language: Language = "en"
    date: dt.date | None = None
    date_words: Line = ""
    via: Line = ""
    addressees: Addressees = ()
    re: Line = ""
    short_subject: Line = ""
    salutation: Line = ""
    closing: Line = ""
    cc: Lines = ()
    enclosures: Lines = ()


class DraftChange(Input):
    """Parts of a text to change; a part that isn't sent stays. `version` is that of the draft as it was read."""

    version: Annotated[int, Meta(ge=1, le=MAX_INTEGER)]
    title: Title | UnsetType = UNSET
    body: Body | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    date: dt.date | UnsetType | None = UNSET
    date_words: Line | UnsetType = UNSET
    via: Line | UnsetType = UNSET
    addressees: Addressees | UnsetType = UNSET
    re: Line | UnsetType = UNSET
    short_subject: Line | UnsetType = UNSET
    salutation: Line | UnsetType = UNSET
    closing: Line | UnsetType = UNSET
    cc: Lines | UnsetType = UNSET
    enclosures: Lines | UnsetType = UNSET


class CreatedLetter(Struct):
    """Letter that was created, a draft of this version. The slug is part of its addresses."""

    slug: str
    version: int


class SavedText(Struct):
    """Draft that was saved: the version to change it from."""

    version: int


class DraftAnswer(Struct):
    """Draft of a letter's text. `locked_reason` says why it can't be changed, "" if it can; `differs_from_public`, that readers
    see another text. `remarks` are those of the editor: markup that isn't printed, placeholders that are left."""

    version: int
    saved_at: dt.datetime
    locked_reason: str
    differs_from_public: bool
    remarks: tuple[str, ...]
    title: str
    body: str
    language: str
    date: dt.date | None
    date_words: str
    via: str
    addressees: tuple[AddresseeAnswer, ...]
    re: str
    short_subject: str
    salutation: str
    closing: str
    cc: tuple[str, ...]
    enclosures: tuple[str, ...]


@endpoint("POST", "/letters", scope=ApiScope.WRITE_LETTERS, status=201, large=True)
def add_letter(caller: StaffContext, body: NewLetter) -> CreatedLetter:
    """Create a letter as a draft, in the coalition's branding. Nobody but its staff sees it until they open it."""
    text = _changed_text(LetterText(title="", body=""), 0, body)
    key = f"{caller.actor} {request.headers['Idempotency-Key']}"
    slug = create_letter(
        caller.coalition_id, text, actor=caller.actor, staff_id=caller.staff_id, at=now(), form_token=key
    )  # fmt: skip
    return CreatedLetter(slug=slug, version=1)


@endpoint("GET", "/letters/<slug>/draft", scope=ApiScope.READ_LETTERS)
def draft(caller: StaffContext, slug: str) -> DraftAnswer:
    """The draft of a letter's text, as staff edit it."""
    state = load_draft_state(get_letter_or_404(caller, slug).letter_id)
    text = state.text
    parts = {name: getattr(text, name) for name in NewLetter.__struct_fields__ if name != "addressees"}
    return DraftAnswer(
        version=state.version, saved_at=state.saved_at, locked_reason=str(state.locked_reason),
        differs_from_public=state.differs_from_public, remarks=(*map(str, state.markup_notes), *state.placeholders),
        addressees=tuple(AddresseeAnswer(name=one.name, lines=one.lines) for one in text.addressees), **parts,
    )  # fmt: skip


@endpoint("POST", "/letters/<slug>/draft", scope=ApiScope.WRITE_LETTERS, large=True)
def save_text(caller: StaffContext, slug: str, body: DraftChange) -> SavedText:
    """Save changes to the draft of a letter's text. What readers see stays, until staff publish the draft; logos, pictures and
    layout stay as they are."""
    letter_id = get_letter_or_404(caller, slug).letter_id
    before = load_draft_state(letter_id).text
    text = _changed_text(before, body.version, body)
    try:
        saved = save_draft(letter_id, text, body.version, staff_id=caller.staff_id, at=now())
    except DraftConflict as conflict:
        raise Conflict(_("The draft was saved since this version. Read it again, then send what you change.")) from conflict
    return SavedText(version=saved.version)


def _changed_text(before: LetterText, version: int, changes: NewLetter | DraftChange) -> LetterText:
    """Return a text with changes, checked by the form of the editor. Raises InvalidField."""
    sent = MultiDict(_form_values(letter_form_data(before, version)))
    for name in changes.__struct_fields__:
        value = getattr(changes, name)
        if value is UNSET or name == "version":
            continue
        if name == "addressees":
            for key in [key for key in sent if key.startswith("addressees-")]:
                del sent[key]
            value = [{"name": one.name, "lines": "\n".join(one.lines)} for one in value]
        elif isinstance(value, tuple):
            value = "\n".join(value)
        sent.setlist(name, [])
        sent.update(MultiDict(_form_values({name: value})))
    form = checked_form(LetterForm, sent)
    return form.as_text(before)


def _form_values(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the values of a form as a browser sends them."""
    for name, value in data.items():
        if name == "addressees":
            for at, one in enumerate(value):
                yield from ((f"addressees-{at}-{key}", part) for key, part in one.items())
        elif name not in _NOT_SENT and value not in (False, None):
            yield name, "y" if value is True else str(value)
