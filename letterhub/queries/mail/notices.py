"""Notices to staff: what each member chose, and the template context of their emails, built when those leave."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from letterhub.domain.i18n import _
from letterhub.domain.mail.notices import (
    DEFAULT_CHOICES,
    DEFAULT_HOUR,
    NoticeChoices,
    NoticeFrequency,
    NoticeTopic,
    topics_chosen,
)
from letterhub.domain.mail.outgoing_mail import MailKind, ObsoleteMail
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import LinkContent, Purpose
from letterhub.mail.messages import signed_url, site_url
from letterhub.models import Coalition, Letter, Membership, NoticeSettings, OutboxMessage, Staff
from letterhub.queries.letters.letter_header import letter_titles
from letterhub.queries.mail.notice_items import NoticeItem, Span, changes_of_names, notice_items

DEFAULT_ZONE = "America/New_York"


@dataclass(frozen=True, slots=True)
class MemberNotices:
    """Notices of a member in one coalition."""

    membership_id: int
    coalition_slug: str
    coalition: str
    choices: NoticeChoices
    digest_hour: int
    digest_zone: str

    @property
    def are_ended(self) -> bool:
        """Return whether the member hears of nothing."""
        return all(frequency is NoticeFrequency.NEVER for frequency in self.choices.values())


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """Line of a notice: how often something happened, and the page that shows it."""

    topic: NoticeTopic
    count: int
    link: str


@dataclass(frozen=True, slots=True)
class NoticeItemsOfLetter:
    """Items of one letter; `title` is "" for those of no letter."""

    title: str
    deadline_at: dt.datetime | None
    zone: str
    lines: tuple[NoticeLine, ...]
    changes: tuple[dict[str, Any], ...]


def notices_of(staff_id: int) -> tuple[MemberNotices, ...]:
    """Return the notices of a member in every coalition they have joined, by name."""
    return _member_notices(Membership.staff_id == staff_id)


def notices_by_link(content: LinkContent) -> MemberNotices | None:
    """Return the notices that an opened link ends; None if the member has left. Raises InvalidLink."""
    membership_id, staff_id = content.subject
    if staff := db.session.get(Staff, staff_id):
        content.check_same_row(staff.created_at)
    found = _member_notices(Membership.id == membership_id, Membership.staff_id == staff_id)
    return found[0] if found else None


def _member_notices(*conditions: Any) -> tuple[MemberNotices, ...]:
    query = (
        select(Membership.id, Coalition.id.label("coalition_id"), Coalition.slug, Coalition.name, NoticeSettings)
        .join(Coalition, Coalition.id == Membership.coalition_id)
        .outerjoin(NoticeSettings, NoticeSettings.membership_id == Membership.id)
        .where(Membership.joined_at.is_not(None), *conditions)
        .order_by(Coalition.name)
    )
    found = []
    for row in db.session.execute(query).all():
        chosen: NoticeSettings | None = row.NoticeSettings
        choices, hour = (chosen.topics, chosen.digest_hour) if chosen else (DEFAULT_CHOICES, DEFAULT_HOUR)
        zone = chosen.digest_zone if chosen else default_zone(row.coalition_id)
        found.append(MemberNotices(row.id, row.slug, row.name, choices, hour, zone))
    return tuple(found)


def default_zone(coalition_id: int) -> str:
    """Return the time zone of a coalition's newest letter, in which its digests leave unless a member chooses another."""
    query = select(Letter.deadline_zone).where(Letter.coalition_id == coalition_id).order_by(Letter.id.desc()).limit(1)
    return db.session.scalar(query) or DEFAULT_ZONE


def end_notices_url(member: Membership, staff: Staff) -> str:
    """Return the link by which a member ends all notices of a coalition."""
    return signed_url(Purpose.END_NOTICES, member.id, staff.id, since=staff.created_at)


def notice_member(message: OutboxMessage) -> Membership:
    """Return the member whom a notice is for, with coalition and account. Raises ObsoleteMail if they left."""
    options = [joinedload(Membership.coalition), joinedload(Membership.staff)]
    member = db.session.get(Membership, message.parameters["membership_id"], options=options)
    if member is None or member.joined_at is None or not member.staff.active:
        raise ObsoleteMail(_("Not sent: this person is no longer on the team."))
    return member


def notice_mail_context(message: OutboxMessage, _at: dt.datetime) -> dict[str, Any]:
    """Return the context of a notice at once or a digest. Raises ObsoleteMail if there is nothing left to tell its member."""
    member, facts = notice_member(message), message.parameters
    chosen = db.session.get(NoticeSettings, member.id)
    frequency = NoticeFrequency.DAILY if message.kind == MailKind.DIGEST else NoticeFrequency.AT_ONCE
    topics = topics_chosen(chosen.topics if chosen else DEFAULT_CHOICES, frequency)
    span = Span(dt.datetime.fromisoformat(facts["since"]), dt.datetime.fromisoformat(facts["until"]))
    items = notice_items(span, topics, member.coalition_id)
    if not items:
        raise ObsoleteMail(_("Not sent: staff have already seen it, or this person chose not to hear of it."))
    coalition = member.coalition
    return {
        "coalition": coalition.name, "accent": coalition.accent, "choose": site_url("/account/notices"),
        "is_digest": frequency is NoticeFrequency.DAILY,
        "letters": _items_by_letter(coalition, items, span),
    }  # fmt: skip


def _items_by_letter(coalition: Coalition, items: Sequence[NoticeItem], span: Span) -> tuple[NoticeItemsOfLetter, ...]:
    """Return the items of each letter, newest letter first, followed by those that are about no letter."""
    ids = sorted({item.letter_id for item in items if item.letter_id is not None}, reverse=True)
    titles = letter_titles(ids)
    letters = {letter.id: letter for letter in db.session.scalars(select(Letter).where(Letter.id.in_(ids)))}
    tells_changes = any(item.topic is NoticeTopic.CHANGES for item in items)
    changes = changes_of_names(span, coalition.id) if tells_changes else ()
    home = site_url(f"/staff/{coalition.slug}")
    found = []
    for letter_id in [*ids, None]:
        letter = letters.get(letter_id) if letter_id is not None else None
        pages = f"{home}/letters/{letter.slug}" if letter else home
        lines = tuple(
            NoticeLine(item.topic, item.count, _page_of(item.topic, home, pages))
            for topic in NoticeTopic
            for item in items
            if item.topic is topic and item.letter_id == letter_id and topic is not NoticeTopic.CHANGES
        )
        changed = tuple(
            {"event": str(one.event), "name": one.name, "at": one.at, "link": f"{pages}/signatures/{one.signature_id}"}
            for one in changes
            if one.letter_id == letter_id
        )
        if lines or changed:
            zone, deadline_at = (letter.deadline_zone, letter.deadline_at) if letter else (DEFAULT_ZONE, None)
            title = titles.get(letter_id, "") if letter_id is not None else ""
            found.append(NoticeItemsOfLetter(title, deadline_at, zone, lines, changed))
    return tuple(found)


def _page_of(topic: NoticeTopic, home: str, letter_pages: str) -> str:
    """Return the page that shows the items of a topic."""
    match topic:
        case NoticeTopic.SIGNATURES:
            return f"{letter_pages}/signatures"
        case NoticeTopic.WAITING:
            return f"{letter_pages}/review"
        case NoticeTopic.BOUNCES:
            return f"{home}/email?state=failed"
        case NoticeTopic.ALERTS:
            return f"{home}/alerts"
        case NoticeTopic.EDITION_READY:
            return f"{letter_pages}/editions"
        case NoticeTopic.REPLY:
            return f"{letter_pages}/replies"
        case _:
            return f"{letter_pages}/settings"
