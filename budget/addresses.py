"""Financial years and months as they stand in addresses."""

from datetime import date
from functools import cache

from django.urls import register_converter

from cc2h.kit.days import parse_day, parse_year, year_in_address


class FinancialYear:
    """`2018-19`; a text that is no financial year is no address."""

    regex = r"[12][0-9]{3}-[0-9]{2}"

    def to_python(self, value: str) -> int:
        return parse_year(value)

    def to_url(self, value: int) -> str:
        return year_in_address(value)


class Month:
    """`2018-09`, as its first day."""

    regex = r"[12][0-9]{3}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> date:
        return parse_day(f"{value}-01")

    def to_url(self, value: date) -> str:
        return f"{value:%Y-%m}"


@cache
def register_converters() -> None:
    """Once, by whichever room's addresses are read first."""
    register_converter(FinancialYear, "financial_year")
    register_converter(Month, "month")
