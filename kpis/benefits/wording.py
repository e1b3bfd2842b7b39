"""What benefits are called in words."""

from datetime import date
from decimal import Decimal
from typing import Any

from cc2h.kit import words
from cc2h.kit.days import financial_year, quarter

NOT_STATED = "not stated"


def pounds(value: Any) -> str:
    """Whole pounds where it is; what is not stated is never £0."""
    if value is None:
        return NOT_STATED
    return words.pounds(value, 2 if Decimal(value) % 1 else 0)


def activity(value: Any) -> str:
    """A change of activity, with its sign."""
    if value is None:
        return NOT_STATED
    return words.signed(value, 2 if Decimal(value) % 1 else 0)


def quarter_of(day: date | None) -> str | None:
    """The quarter of a day: Q1 2018/19."""
    return None if day is None else f"Q{quarter(day)} {financial_year(day)}"
