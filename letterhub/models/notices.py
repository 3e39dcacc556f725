"""Tables of notices: what each member of a coalition's team hears of and when, and how far notices at once have come."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.mail.notices import DEFAULT_HOUR, NoticeChoices, next_digest_at, parse_choices
from letterhub.infrastructure.db import Base


class NoticeSettings(Base):
    """Notices of a member, who has a row from the first digest or choice on; the row ends with the membership.

    `choices` has the frequency by topic. The digest leaves at `digest_at` and tells what happened after `digest_since`.
    """

    __tablename__ = "notice_settings"

    membership_id: Mapped[int] = mapped_column(
        ForeignKey("membership.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    choices: Mapped[dict[str, Any]]
    digest_hour: Mapped[int] = mapped_column(SmallInteger, default=DEFAULT_HOUR)
    digest_zone: Mapped[str] = mapped_column(String(64))
    digest_at: Mapped[dt.datetime] = mapped_column(index=True)
    digest_since: Mapped[dt.datetime]

    @property
    def topics(self) -> NoticeChoices:
        """The frequency of each topic."""
        return parse_choices(self.choices)

    def set_choices(self, choices: NoticeChoices, hour: int, zone: str, at: dt.datetime) -> None:
        """Change what is told, and the hour of the digest."""
        self.choices = {str(topic): str(frequency) for topic, frequency in choices.items()}
        self.digest_hour, self.digest_zone, self.digest_at = hour, zone, next_digest_at(hour, zone, at)

    def finish_digest(self, until: dt.datetime, at: dt.datetime) -> None:
        """Take note that everything until then was told, and when the next digest is due."""
        self.digest_since, self.digest_at = until, next_digest_at(self.digest_hour, self.digest_zone, at)


class NoticeProgress(Base):
    """The one row that says until when things were told at once."""

    __tablename__ = "notice_progress"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    notified_until: Mapped[dt.datetime]
