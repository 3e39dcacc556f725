"""Attachment or link for the PDF of an email, and the schedule of the signatories' copies."""

import datetime as dt

import pytest

from letterhub.domain.editions.deliveries import (
    BYTES_PER_SECOND,
    DEFAULT_MAIL_LIMIT,
    MESSAGE_OVERHEAD,
    AttachmentMode,
    CopyBatch,
    attachment_mode_of,
    choose_attachment_mode,
    mail_size,
)
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.mail.smtp import is_too_large

KB, MB, GB = 1_000, 1_000_000, 1_000_000_000
NO_WAIT = dt.timedelta()


@pytest.mark.parametrize(
    ("file", "mail"),
    [
        (0, MESSAGE_OVERHEAD),
        (3, MESSAGE_OVERHEAD + 6),
        (57, MESSAGE_OVERHEAD + 78),
        (58, MESSAGE_OVERHEAD + 84),
        (57 * KB, MESSAGE_OVERHEAD + 78 * KB),
        (MB, 1_388_424),
    ],
)
def test_a_file_weighs_more_in_a_mail(file: int, mail: int) -> None:
    assert mail_size(file) == mail


@pytest.mark.parametrize(
    ("file", "limit", "brought"),
    [
        (300 * KB, DEFAULT_MAIL_LIMIT, AttachmentMode.ATTACHED),
        (7 * MB, DEFAULT_MAIL_LIMIT, AttachmentMode.ATTACHED),
        (8 * MB, DEFAULT_MAIL_LIMIT, AttachmentMode.LINK),  # 8 MB are 11 MB when encoded
        (8 * MB, 25 * MB, AttachmentMode.ATTACHED),
        (300 * KB, 200 * KB, AttachmentMode.LINK),
        (57 * KB, MESSAGE_OVERHEAD + 78 * KB, AttachmentMode.ATTACHED),
        (57 * KB, MESSAGE_OVERHEAD + 78 * KB - 1, AttachmentMode.LINK),
    ],
)
def test_a_file_is_attached_where_the_mailbox_takes_the_mail(file: int, limit: int, brought: AttachmentMode) -> None:
    assert choose_attachment_mode(file, limit) is brought


@pytest.mark.parametrize(
    ("kind", "facts", "brought"),
    [
        (MailKind.DELIVERY, {"sent": "link"}, AttachmentMode.LINK),
        (MailKind.DELIVERY, {"sent": "attached"}, AttachmentMode.ATTACHED),
        (MailKind.COPY, {"sent": "attached"}, AttachmentMode.ATTACHED),
        (MailKind.DELIVERY, {}, AttachmentMode.ATTACHED),  # rows written before the field existed
        (MailKind.COPY, {}, AttachmentMode.LINK),
        (MailKind.CONFIRM, {}, None),
        (MailKind.TYPO, {"revision_id": 2}, None),
    ],
)
def test_a_line_says_how_its_mail_brings_a_file(
    kind: MailKind, facts: dict[str, object], brought: AttachmentMode | None
) -> None:
    assert attachment_mode_of(kind, facts) is brought


@pytest.mark.parametrize(
    ("count", "file", "brought"),
    [
        (20, 150 * KB, AttachmentMode.ATTACHED),
        (1_000, 300 * KB, AttachmentMode.ATTACHED),
        (1, 3 * MB, AttachmentMode.ATTACHED),
        (1, 4 * MB, AttachmentMode.LINK),  # more than an email with a copy may have
        (10_000, 300 * KB, AttachmentMode.ATTACHED),  # 4.4 GB together
        (10_000, 400 * KB, AttachmentMode.LINK),  # 5.8 GB together
        (100_000, MB, AttachmentMode.LINK),
        (0, MB, AttachmentMode.ATTACHED),
    ],
)
def test_copies_are_attached_where_each_and_all_together_are_small(count: int, file: int, brought: AttachmentMode) -> None:
    copies = CopyBatch(count, file)
    assert copies.attachment_mode is brought
    assert copies.message_size == (mail_size(file) if brought is AttachmentMode.ATTACHED else MESSAGE_OVERHEAD)
    assert copies.total_size == count * copies.message_size


@pytest.mark.parametrize(
    ("count", "file", "last"),
    [
        (0, MB, NO_WAIT),
        (1, 300 * KB, NO_WAIT),
        (100, 300 * KB, NO_WAIT),
        (101, 300 * KB, dt.timedelta(seconds=0.25)),
        (1_100, 300 * KB, dt.timedelta(seconds=250)),
        (1_100, MB, dt.timedelta(seconds=1_000 * mail_size(MB) / BYTES_PER_SECOND)),
        (100_000, MB, dt.timedelta(seconds=24_975)),  # links, seven hours
    ],
)
def test_copies_leave_other_mail_its_turn(count: int, file: int, last: dt.timedelta) -> None:
    assert abs(CopyBatch(count, file).max_delay - last) < dt.timedelta(seconds=1)


def test_however_many_copies_leave_within_a_day() -> None:
    assert dt.timedelta(hours=23) < CopyBatch(10_000_000, MB).max_delay <= dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("code", "reply", "large"),
    [
        (552, "The mail server answered 552: message size exceeds fixed maximum message size", True),
        (552, "The mail server answered 552: 5.3.4 Message too big for system", True),
        (554, "The mail server answered 554: 5.2.3 too long for this mailbox", True),
        (550, "The mail server answered 550: 5.3.4 Message size exceeds fixed limit", True),
        (552, "The mail server answered 552: 5.2.2 Mailbox full", False),
        (552, "The mail server answered 552: 5.7.0 This message was blocked because its content", False),
        (550, "The mail server answered 550: 5.1.1 No such mailbox", False),
        (452, "The mail server answered 452: 4.3.1 No room now", False),
        (554, "The mail server answered 554: 15.3.4 of June", False),
    ],
)
def test_a_server_says_that_a_mail_is_too_large(code: int, reply: str, large: bool) -> None:
    assert is_too_large(code, reply) is large
