"""The budget of a financial year at a terminal."""

import json
from argparse import ArgumentTypeError
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from budget import queries
from budget.models import Line
from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.days import NotADay, parse_day, parse_year, today, year_name, year_of
from practices.models import Commissioner

WRONG_USE = 2
NAMES = ("allocated", "earmarked", "committed", "paid", "left")


def a_day(text: str) -> Any:
    try:
        return parse_day(text)
    except NotADay as problem:
        raise ArgumentTypeError(str(problem)) from None


def a_year(text: str) -> int:
    try:
        return parse_year(text)
    except NotADay as problem:
        raise ArgumentTypeError(str(problem)) from None


class Command(BaseCommand):
    help = "The budget of a financial year as at a day, from the ledger. Exit status: 0 fine, 2 wrong use."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--financial-year", type=a_year, metavar="YEAR", help="like 2018/19 (default: this one)")
        parser.add_argument("--commissioner", metavar="CODE", help="ODS code, like 07M (default: every one)")
        parser.add_argument("--as-at", type=a_day, metavar="DAY", help="the day (default: today), like 2018-11-30")
        parser.add_argument("--known", type=a_day, metavar="DAY", help="by what was recorded by the end of this day")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, **options: Any) -> None:
        now = today()
        asat = AsAt(options["as_at"] or now, options["known"], now)
        year = year_of(asat.day) if options["financial_year"] is None else options["financial_year"]
        lines = Line.objects.all()
        if options["commissioner"]:
            code = options["commissioner"].strip().upper()
            if not Commissioner.objects.filter(ods_code=code).exists():
                raise CommandError(f"There is no commissioner with the code “{code}”.", returncode=WRONG_USE)
            lines = lines.filter(commissioner__ods_code=code)
        found = queries.budget_of(lines, year, asat)
        if options["json"]:
            self.stdout.write(json.dumps(budget_object(found), ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(budget_lines(found, asat)))


def budget_object(budget: queries.Budget) -> dict[str, Any]:
    """What `--json` prints: amounts as texts with two decimals, null where they are not known."""
    return {
        "lines": [
            {
                "name": row.line.name,
                "type": row.line.kind,
                "duration_years": row.line.duration_years,
                "source": row.line.source.name,
                "inside": row.line.inside,
                **_amounts(row.sums),
            }
            for row in (*budget.inside, *budget.outside)
        ],
        "total": _amounts(budget.total.sums),
        "outside": _amounts(budget.total_outside.sums),
    }


def budget_lines(budget: queries.Budget, asat: AsAt) -> Iterator[str]:
    """The same as a table for people."""
    yield f"Budget {year_name(budget.year)} as at {words.day(asat.day)}"
    parts = (("Programme budget", budget.inside, budget.total), ("Outside it", budget.outside, budget.total_outside))
    for title, rows, total in parts:
        yield ""
        yield f"{title:<46}" + "".join(f"{name.capitalize():>16}" for name in NAMES)
        yield from (_line(row.line.name, row.sums) for row in rows)
        yield _line("Total" + (f", {total.unknown} not stated" if total.unknown else ""), total.sums)


def _amounts(sums: queries.Sums) -> dict[str, str | None]:
    return {name: _text(getattr(sums, name)) for name in NAMES}


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _line(name: str, sums: queries.Sums) -> str:
    return f"{name:<46.46}" + "".join(f"{words.pounds(getattr(sums, of), 2):>16}" for of in NAMES)
