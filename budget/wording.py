"""Lines of the budget in words."""

from collections.abc import Sequence

from budget.models import Line
from budget.queries import Growing
from cc2h.kit import words
from cc2h.kit.days import last_of_year, year_name


def duration(line: Line) -> str:
    """`2 years`; nothing for a line that is not recurrent, as the papers have it."""
    return words.plural(line.duration_years, "year") if line.duration_years else ""


def runs(line: Line) -> str:
    """`2018/19 to 2019/20`."""
    if line.last_year is None:
        return f"from {year_name(line.first_year)}"
    if line.last_year == line.first_year:
        return year_name(line.first_year)
    return f"{year_name(line.first_year)} to {year_name(line.last_year)}"


def ends(line: Line) -> str:
    return "" if line.last_year is None else f"ends on {words.day(last_of_year(line.last_year))}"


def grows(growth: Sequence[Growing]) -> str:
    """What a line is assumed to grow by; nothing where it is not."""
    if not growth:
        return ""
    stated = [one for one in growth if one.percent is not None]
    if not stated:
        return "due to grow, by how much not stated"
    told = words.listed(f"{_percent(one)} in {year_name(one.year)}" for one in stated)
    left = ", in other years by how much not stated" if len(stated) < len(growth) else ""
    return f"due to grow {told}{left}"


def _percent(one: Growing) -> str:
    percent = words.decimal(one.percent or 0).normalize()
    return f"{percent:f}%".replace("-", words.MINUS)
