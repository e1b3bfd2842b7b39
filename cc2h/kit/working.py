"""Working days: neither Saturdays and Sundays nor bank holidays of England."""

from datetime import date, timedelta
from functools import cache

SATURDAY = 5
# What was proclaimed besides, or moved for an occasion; None: the holiday of that rule was not then.
SPECIAL = {
    1999: (date(1999, 12, 31),),
    2002: (date(2002, 6, 3), date(2002, 6, 4)),
    2011: (date(2011, 4, 29),),
    2012: (date(2012, 6, 4), date(2012, 6, 5)),
    2020: (date(2020, 5, 8),),
    2022: (date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19)),
    2023: (date(2023, 5, 8),),
}
NOT_THEN = {date(2002, 5, 27), date(2012, 5, 28), date(2020, 5, 4), date(2022, 5, 30)}


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    part = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * part) // 451
    month, day = divmod(h + part - 7 * m + 114, 31)
    return date(year, month, day + 1)


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of England in the year; those on a weekend are the next working day's."""
    sunday = easter(year)
    found = {
        sunday - timedelta(2),
        sunday + timedelta(1),
        _monday(year, 5, 1),
        _monday(year, 5, 25),
        _monday(year, 8, 25),
    }
    found = (found - NOT_THEN) | set(SPECIAL.get(year, ()))
    for day in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        while day.weekday() >= SATURDAY or day in found:
            day += timedelta(1)
        found.add(day)
    return frozenset(found)


def _monday(year: int, month: int, earliest: int) -> date:
    day = date(year, month, earliest)
    return day + timedelta(-day.weekday() % 7)


def is_working(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in bank_holidays(day.year)


def working_days_after(day: date, number: int) -> date:
    """The working day that is so many working days after `day`, which does not count itself."""
    while number:
        day += timedelta(1)
        number -= is_working(day)
    return day
