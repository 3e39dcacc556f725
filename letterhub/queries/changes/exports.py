"""Exports of which version each signatory agreed to, and how: columns of the table of signatures, and one's own data."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, select, type_coerce

from letterhub.domain.changes.replies import NoticeState
from letterhub.infrastructure.db import db
from letterhub.models import ChangeReply, Revision, Signature, TextChangeNotice


def _text(query: Select[Any]) -> ColumnElement[str]:
    """Return the value of a subquery as text, "" if it has none."""
    return func.coalesce(type_coerce(query.scalar_subquery(), String), "")


def _of_last_reply(query: Select[Any]) -> Select[Any]:
    taken_back = select(TextChangeNotice.revision_id).where(TextChangeNotice.state == NoticeState.TAKEN_BACK)
    query = query.where(ChangeReply.signature_id == Signature.id, ChangeReply.revision_id.not_in(taken_back))
    return query.order_by(ChangeReply.revision_id.desc()).limit(1).correlate(Signature)


_ASKED_VERSION = select(cast(Revision.number, String)).join(ChangeReply, ChangeReply.revision_id == Revision.id)
REPLY_COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "signed_version": _text(select(cast(Revision.number, String)).where(Revision.id == Signature.revision_id)),
    "asked_version": _text(_of_last_reply(_ASKED_VERSION)),
    "reply": _text(_of_last_reply(select(ChangeReply.state))),
    "notice_sent": _of_last_reply(select(ChangeReply.noticed_at)).scalar_subquery(),
}
"""The number of the revision that was signed, and of the last change that its signatory was asked about, with the reply."""


def notice_cell(sent_at: dt.datetime | None) -> str:
    """Return the time of a notice as a cell of a table, in UTC; "" if there was none."""
    return sent_at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M UTC") if sent_at else ""


def replies_to_changes(signature_id: int) -> list[dict[str, Any]]:
    """Return what its signatory replied to each change of the text, and until when."""
    query = (
        select(ChangeReply, TextChangeNotice, Revision.number)
        .join(TextChangeNotice, TextChangeNotice.revision_id == ChangeReply.revision_id)
        .join(Revision, Revision.id == ChangeReply.revision_id)
        .where(ChangeReply.signature_id == signature_id)
        .order_by(ChangeReply.revision_id)
    )
    return [
        {
            "signed_version": reply.signed_number, "version": number, "until": notice.deadline_at.isoformat(),
            "without_reply": str(notice.rule), "reply": str(reply.state), "at": _iso(reply.replied_at),
            "notice_sent": _iso(reply.noticed_at),
        }
        for reply, notice, number in db.session.execute(query)
    ]  # fmt: skip


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None
