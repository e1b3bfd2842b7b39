"""Days, months and the NHS financial year (definitions, section 5)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc2h.kit import days

ANY_DAY = st.dates(days.EARLIEST, days.LATEST)


@pytest.mark.parametrize(
    ("day", "year", "quarter"),
    [(date(2018, 3, 31), "2017/18", 4), (date(2018, 4, 1), "2018/19", 1), (date(1999, 12, 1), "1999/00", 3)],
)
def test_the_financial_year_runs_from_april_to_march(day: date, year: str, quarter: int) -> None:
    assert days.financial_year(day) == year
    assert days.quarter(day) == quarter


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2018-02-29", "not a day in the calendar"),
        ("garbage", "is not a day"),
        ("6 December 2018", "is not a day"),
        ("2018-12-6", "is not a day"),
        ("", "is not a day"),
        ("1066-10-14", "outside the days the portal knows"),
        ("2018-13-01", "not a day in the calendar"),
        ("２０１８-12-06", "is not a day"),
        ("x" * 5000, "is not a day"),
    ],
)
def test_a_text_that_is_no_day_is_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(days.NotADay, match=says) as refused:
        days.parse_day(text)
    assert len(str(refused.value)) < 200


@given(ANY_DAY)
def test_every_day_survives_being_written_and_read(day: date) -> None:
    assert days.parse_day(day.isoformat()) == day


@given(ANY_DAY)
def test_a_month_end_is_in_the_month_and_the_next_day_is_not(day: date) -> None:
    end = days.month_end(day)
    assert (end.year, end.month) == (day.year, day.month)
    assert end >= day
    assert (end + days.timedelta(days=1)).day == 1


def test_month_ends_stop_before_a_month_that_is_not_over() -> None:
    assert list(days.month_ends(date(2018, 1, 15), date(2018, 3, 30))) == [date(2018, 1, 31), date(2018, 2, 28)]


def test_a_day_ends_at_london_midnight_also_in_summer() -> None:
    assert days.end_of_day(date(2018, 7, 1)) == datetime(2018, 7, 2, tzinfo=ZoneInfo("Europe/London"))
    assert days.end_of_day(date(2018, 7, 1)).utcoffset() == days.timedelta(hours=1)
