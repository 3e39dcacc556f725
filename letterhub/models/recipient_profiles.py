"""Tables of recipient profiles that coalitions write, and of the recipients that a letter is checked for."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.editions.recipient_profiles import PROFILE_NAME_LENGTH, SOURCE_LENGTH, RecipientProfile
from letterhub.domain.letters.letter_document import PaperSize
from letterhub.infrastructure.db import Base


class OwnRecipientProfile(Base):
    """Recipient profile of a coalition, with the fields of RecipientProfile. `version` counts its changes."""

    __tablename__ = "own_recipient_profile"
    __table_args__ = (UniqueConstraint("coalition_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    coalition_id: Mapped[int] = mapped_column(ForeignKey("coalition.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(PROFILE_NAME_LENGTH))
    paper: Mapped[PaperSize | None]
    file_limit: Mapped[int | None]
    total_limit: Mapped[int | None]
    most_files: Mapped[int | None]
    text_limit: Mapped[int | None]
    formats: Mapped[list[Any]] = mapped_column(default=list)
    needs_person: Mapped[bool] = mapped_column(default=False)
    name_length: Mapped[int | None]
    plain_names: Mapped[bool] = mapped_column(default=False)
    names_sender: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(SOURCE_LENGTH), default="")
    checked_on: Mapped[dt.date | None]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def profile(self) -> RecipientProfile:
        """The profile as a value."""
        return RecipientProfile(
            key=f"own-{self.id}", name=self.name, paper=self.paper, file_limit=self.file_limit,
            total_limit=self.total_limit, most_files=self.most_files, text_limit=self.text_limit,
            formats=tuple(map(FileFormat, self.formats)), needs_person=self.needs_person, name_length=self.name_length,
            plain_names=self.plain_names, names_sender=self.names_sender, note=self.note, source=self.source,
            checked_on=self.checked_on,
        )  # fmt: skip

    def set_profile(self, profile: RecipientProfile) -> None:
        """Change all that the profile says, but for its key."""
        self.name, self.paper, self.note, self.source = profile.name, profile.paper, profile.note, profile.source
        self.file_limit, self.total_limit, self.most_files = profile.file_limit, profile.total_limit, profile.most_files
        self.text_limit, self.formats = profile.text_limit, [str(one) for one in profile.formats]
        self.needs_person, self.name_length = profile.needs_person, profile.name_length
        self.plain_names, self.names_sender = profile.plain_names, profile.names_sender
        self.checked_on = profile.checked_on


class LetterRecipientProfile(Base):
    """Kind of recipient that a letter is checked for: `profile` is the key of a known one, or of a coalition's own."""

    __tablename__ = "letter_recipient_profile"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), primary_key=True)
    profile: Mapped[str] = mapped_column(String(40), primary_key=True)
