"""Periods as files write them: a month, a quarter, a half year, a year; each known by its last day and its months."""

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

from cc2h.kit import words
from cc2h.kit.days import EARLIEST, LATEST

PERIOD_EXPECTED = (
    "a month like 2018-10, a quarter like 2018/19 Q3, a financial year like 2018/19, a calendar year like 2019, or the "
    "first and the last day like 2018-04-01 to 2018-09-30"
)
LENGTHS = (1, 3, 6, 12)
_MONTH_NAMES = {
    name: n
    for n, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_MONTH = re.compile(r"(\d{4})-(\d\d)|([a-z]{3})[a-z]*[ -](\d{4})", re.ASCII | re.IGNORECASE)
_YEAR = re.compile(
    r"(\d{4})(?:[/-](\d\d|\d{4}))?(?: ?[ ,]?Q([1-4]))?|Q([1-4])[ /]{1,2}(\d{4})[/-](\d\d)", re.ASCII | re.IGNORECASE
)
_DAYS = re.compile(r"(\d{4})-(\d\d)-(\d\d) ?(?:to|/|–|-) ?(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_MONTHS = re.compile(r"(\d{4})-(\d\d) to (\d{4})-(\d\d)", re.ASCII)


@lru_cache(maxsize=4096)
def read_period(text: str) -> tuple[str, str]:
    """The last day, as YYYY-MM-DD, and the number of months of a period; ("", "") for what is none.

    >>> read_period("2018-10"), read_period("2018/19 Q3"), read_period("2018/19"), read_period("2019"), read_period("2018")
    (('2018-10-31', '1'), ('2018-12-31', '3'), ('2019-03-31', '12'), ('2019-12-31', '12'), ('2018-12-31', '12'))
    >>> read_period("2018-04-01 to 2018-09-30"), read_period("2018-04 to 2019-03"), read_period("soon")
    (('2018-09-30', '6'), ('2019-03-31', '12'), ('', ''))
    """
    try:
        found = _read(" ".join(text.split()))
    except ValueError:  # the thirty-first of June
        return "", ""
    if found is None or not EARLIEST <= found[0] <= LATEST:
        return "", ""
    return found[0].isoformat(), str(found[1])


def _read(text: str) -> tuple[date, int] | None:
    between = None
    if days := _DAYS.fullmatch(text):
        y1, m1, d1, y2, m2, d2 = map(int, days.groups())
        between = date(y1, m1, d1), date(y2, m2, d2)
    elif whole_months := _MONTHS.fullmatch(text):
        y1, m1, y2, m2 = map(int, whole_months.groups())
        between = date(y1, m1, 1), _end(y2, m2)
    if between:
        first, last = between
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        whole = first.day == 1 and (last + timedelta(days=1)).day == 1
        return (last, months) if whole and months in LENGTHS else None
    if month := _MONTH.fullmatch(text):
        year, number, name, its_year = month.groups()
        if name is not None:
            return (_end(int(its_year), _MONTH_NAMES[name.lower()]), 1) if name.lower() in _MONTH_NAMES else None
        if 1 <= int(number) <= 12:  # 2018-19 is a financial year
            return _end(int(year), int(number)), 1
    if year_ := _YEAR.fullmatch(text):
        first_year, second, quarter, before, its, then = year_.groups()
        if before:
            first_year, second, quarter = its, then, before
        if second is None:
            return (_end(int(first_year), 12), 12) if quarter is None else None
        if int(second) % 100 != (int(first_year) + 1) % 100:
            return None
        if quarter is None:
            return _end(int(first_year) + 1, 3), 12
        n = int(quarter)
        return _end(int(first_year) + (n == 4), (3 + 3 * n - 1) % 12 + 1), 3
    return None


def _end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def end_of_financial_year(day: date) -> date:
    """The last day of the financial year that a day is in."""
    return date(day.year + (day.month > 3), 3, 31)


def period_name(ends: date, months: int) -> str:
    """As a person says it: October 2018, 2018/19, 2018/19 Q3."""
    year = ends.year - (ends.month < 4)
    name = f"{year}/{(year + 1) % 100:02}"
    if months == 1:
        return f"{ends:%B %Y}"
    if months == 3:
        return f"{name} Q{(ends.month - 4) % 12 // 3 + 1}"
    if months == 12 and ends.month == 3:
        return name
    if months == 12 and ends.month == 12:
        return f"{ends.year}"
    return f"{words.plural(months, 'month')} to {words.day(ends)}"
