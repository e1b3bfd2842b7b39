"""The days of several meetings, by a pattern."""

from datetime import date, timedelta

from django.db import models

from cc2h.kit.working import is_working

MOST_AT_ONCE = 24
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PLACES = ("first", "second", "third", "fourth", "last")


class Every(models.TextChoices):
    ONCE = "once", "No other: one meeting"
    WEEK = "week", "Every week"
    FORTNIGHT = "fortnight", "Every two weeks"
    MONTH = "month", "Every month, in the same week and on the same weekday"
    TWO_MONTHS = "two_months", "Every two months, likewise"
    QUARTER = "quarter", "Every three months, likewise"


_WEEKS = {Every.WEEK: 1, Every.FORTNIGHT: 2}
_MONTHS = {Every.MONTH: 1, Every.TWO_MONTHS: 2, Every.QUARTER: 3}


def in_words(day: date, every: Every) -> str:
    """Such as: every month, on the second Thursday."""
    weekday = WEEKDAYS[day.weekday()]
    if every in _MONTHS:
        often = {1: "every month", 2: "every two months", 3: "every three months"}[_MONTHS[every]]
        return f"{often}, on the {PLACES[_week(day)]} {weekday}"
    return {Every.WEEK: f"every {weekday}", Every.FORTNIGHT: f"every other {weekday}"}.get(every, "once")


def days_of(first: date, every: Every, number: int) -> list[date]:
    """So many days from the first; one that is a weekend or a bank holiday is put on the next working day."""
    if every == Every.ONCE:
        return [first]
    return [_working(_nth(first, every, n)) if n else first for n in range(number)]


def _nth(first: date, every: Every, n: int) -> date:
    if every in _WEEKS:
        return first + timedelta(weeks=_WEEKS[every] * n)
    months = first.month - 1 + _MONTHS[every] * n
    start = date(first.year + months // 12, months % 12 + 1, 1)
    found = start + timedelta(days=(first.weekday() - start.weekday()) % 7, weeks=_week(first))
    return found if found.month == start.month else found - timedelta(weeks=1)


def _week(day: date) -> int:
    """Which of its weekday in the month, from 0; the fifth is the last."""
    return (day.day - 1) // 7


def _working(day: date) -> date:
    while not is_working(day):
        day += timedelta(1)
    return day
