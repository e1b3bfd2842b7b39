"""The number of a case as it stands in addresses."""

from functools import cache

from django.urls import register_converter


class CaseNumber:
    """`2018-014`; nothing else is the number of a case."""

    regex = r"[12][0-9]{3}-[0-9]{3,5}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


@cache
def register_converters() -> None:
    """Once, by whichever room's addresses are read first."""
    register_converter(CaseNumber, "case")
