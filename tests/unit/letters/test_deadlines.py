"""A date, a time and a time zone are one moment, or an error that says why not."""

import datetime as dt

import pytest

from letterhub.domain.signatures.signing import SkippedTime, YearOutOfRange, local_to_utc, utc_to_local


@pytest.mark.parametrize(
    ("day", "time", "zone", "moment"),
    [
        ((2022, 1, 7), (16, 0), "America/New_York", "2022-01-07T21:00:00+00:00"),
        ((2022, 7, 7), (16, 0), "America/New_York", "2022-07-07T20:00:00+00:00"),
        ((2022, 1, 7), (16, 0), "America/Phoenix", "2022-01-07T23:00:00+00:00"),
        ((2022, 3, 13), (2, 30), "America/Phoenix", "2022-03-13T09:30:00+00:00"),
        ((2022, 11, 6), (1, 30), "America/New_York", "2022-11-06T06:30:00+00:00"),  # occurs twice: the later one
        ((2022, 1, 7), (0, 15), "Asia/Kathmandu", "2022-01-06T18:30:00+00:00"),
    ],
)
def test_a_moment(day: tuple[int, int, int], time: tuple[int, int], zone: str, moment: str) -> None:
    found = local_to_utc(dt.date(*day), dt.time(*time), zone)
    assert found.isoformat() == moment
    assert utc_to_local(found, zone) == (dt.date(*day), dt.time(*time))


@pytest.mark.parametrize(
    ("day", "time", "zone"),
    [
        ((2022, 3, 13), (2, 0), "America/New_York"),
        ((2022, 3, 13), (2, 59), "America/New_York"),
        ((2022, 3, 27), (2, 30), "Europe/Berlin"),
        ((2022, 10, 2), (2, 15), "Australia/Lord_Howe"),  # half an hour is skipped there
    ],
)
def test_an_hour_that_clocks_skip(day: tuple[int, int, int], time: tuple[int, int], zone: str) -> None:
    with pytest.raises(SkippedTime, match="Clocks go forward"):
        local_to_utc(dt.date(*day), dt.time(*time), zone)


@pytest.mark.parametrize("year", [1, 1999, 2101, 9999])
@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "UTC"])
@pytest.mark.parametrize("day", [(1, 1), (12, 31)])
def test_a_year_that_is_a_slip_of_the_hand(year: int, zone: str, day: tuple[int, int]) -> None:
    with pytest.raises(YearOutOfRange, match="between 2000 and 2100"):
        local_to_utc(dt.date(year, *day), dt.time(23, 59), zone)


@pytest.mark.parametrize("year", [2000, 2100])
def test_a_year_of_this_century(year: int) -> None:
    assert local_to_utc(dt.date(year, 6, 1), dt.time(12), "UTC").year == year
