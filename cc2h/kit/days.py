"""Days, months and financial years. Days are Europe/London; nothing else in the product asks for today."""

import calendar
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

LONDON = ZoneInfo("Europe/London")
EARLIEST = date(1948, 7, 5)  # the day the NHS began: no record of it is older
LATEST = date(2099, 12, 31)
FIRST_YEAR, LAST_YEAR = EARLIEST.year, LATEST.year  # financial years, each by the calendar year it begins in


class NotADay(ValueError):
    """A text that is no day the portal can use; the message says what was found and what is expected."""


def today() -> date:
    """Today in London. Only the outermost layer (middleware, task, command) calls this, once."""
    return timezone.now().astimezone(LONDON).date()


def parse_day(text: str) -> date:
    """The day written `YYYY-MM-DD`.

    Raises NotADay for anything else, for days that do not exist (29 February 2018) and for days outside
    1948 to 2099.
    """
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip(), re.ASCII):
        raise NotADay(f"“{text[:40]}” is not a day. Write the year, month and day, like 2018-12-06.")
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise NotADay(f"“{text[:40]}” is not a day in the calendar.") from None
    if not EARLIEST <= day <= LATEST:
        raise NotADay(f"“{text[:40]}” is outside the days the portal knows, 1948 to 2099.")
    return day


def end_of_day(day: date) -> datetime:
    """The first moment after `day` in London: what was held *by the end of* the day was held just before it."""
    return datetime.combine(day + timedelta(days=1), time.min, LONDON)


def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def month_ends(first: date, last: date) -> Iterator[date]:
    """Every month-end from that of `first` to the latest not after `last`."""
    day = month_end(first)
    while day <= last:
        yield day
        day = month_end(day + timedelta(days=1))


def day_before(day: date) -> date:
    return day - timedelta(days=1)


def day_after(day: date) -> date:
    return day + timedelta(days=1)


def year_before(day: date) -> date:
    """The same day a year earlier; 28 February for the 29th."""
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def financial_year(day: date) -> str:
    """The NHS financial year, 1 April to 31 March: 31 March 2018 is in `2017/18`."""
    return year_name(year_of(day))


def year_of(day: date) -> int:
    """The financial year of a day, by the calendar year it begins in: 31 March 2018 is in 2017."""
    return day.year if day.month >= 4 else day.year - 1


def year_name(year: int) -> str:
    """A financial year as it is written: 2018 is `2018/19`."""
    return f"{year}/{(year + 1) % 100:02d}"


def year_in_address(year: int) -> str:
    """A financial year as it stands in addresses: 2018 is `2018-19`."""
    return year_name(year).replace("/", "-")


def parse_year(text: str) -> int:
    """The financial year written `2018/19`, or `2018-19` as it stands in addresses.

    Raises NotADay for anything else, for years that do not follow each other and for those the portal does not know.
    """
    found = re.fullmatch(r"(\d{4})[/-](\d{2})", text.strip(), re.ASCII)
    if not found or (int(found[1]) + 1) % 100 != int(found[2]) or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise NotADay(f"“{text[:40]}” is not a financial year. Write it like 2018/19.")
    return int(found[1])


def first_of_year(year: int) -> date:
    """Its first day, 1 April."""
    return date(year, 4, 1)


def last_of_year(year: int) -> date:
    """Its last day, 31 March."""
    return date(year + 1, 3, 31)


def quarter(day: date) -> int:
    """The quarter of the financial year: April to June is 1, January to March is 4."""
    return (day.month - 4) % 12 // 3 + 1
