"""Due times of planned reminders."""

import datetime as dt

import pytest

from letterhub.domain.invitations.planned_reminders import reminder_due_at


@pytest.mark.parametrize(
    ("deadline", "zone", "days", "minute", "due"),
    [
        ("2022-01-07T21:00", "America/New_York", 2, 540, "2022-01-05T14:00"),
        ("2022-01-07T21:00", "America/New_York", 0, 540, "2022-01-07T14:00"),
        ("2022-01-08T04:00", "America/New_York", 1, 0, "2022-01-06T05:00"),  # still the 7th in Washington
        ("2022-03-14T16:00", "America/New_York", 2, 540, "2022-03-12T14:00"),  # before summer time begins
        ("2022-01-07T21:00", "Asia/Tokyo", 1, 570, "2022-01-07T00:30"),
    ],
)
def test_a_reminder_is_due_days_before_at_a_time_of_the_letters_zone(
    deadline: str, zone: str, days: int, minute: int, due: str
) -> None:
    at = dt.datetime.fromisoformat(f"{deadline}+00:00")
    assert reminder_due_at(at, zone, days, minute) == dt.datetime.fromisoformat(f"{due}+00:00")
