"""Benefits at a terminal: what they come to in a financial year, and whether what the worker keeps is right."""

import json
from argparse import ArgumentTypeError
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.days import NotADay, parse_day, parse_year, today, year_name, year_of
from kpis.benefits import figures, kept, queries, wording


def a_day(text: str) -> date:
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
    help = (
        "What benefits come to in a financial year. --recompute works out anew what the worker keeps; --check writes "
        "nothing and names every row that differs. Exit status: 0 fine, 1 a row differs, 2 wrong use."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--financial-year", type=a_year, metavar="YEAR", help="like 2018/19 (default: of the day)")
        parser.add_argument("--as-at", type=a_day, metavar="DAY", help="the day (default: today), like 2018-11-30")
        parser.add_argument("--known", type=a_day, metavar="DAY", help="by what was recorded by the end of this day")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--recompute", action="store_true", help="work out anew what is kept, of all years")
        what.add_argument("--check", action="store_true", help="only say what of it differs")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, **options: Any) -> None:
        if options["recompute"]:
            written = kept.recompute()
            self._write(options["json"], {"written": written}, [f"{words.plural(written, 'row')} written."])
        elif options["check"]:
            wrong = [str(one) for one in kept.check()]
            said = wrong or ["Every row is what the records give."]
            self._write(options["json"], {"differences": wrong}, said)
            if wrong:
                raise SystemExit(1)
        else:
            now = today()
            asat = AsAt(options["as_at"] or now, options["known"], now)
            year = year_of(asat.day) if options["financial_year"] is None else options["financial_year"]
            found = year_object(year, asat)
            self._write(options["json"], found, year_lines(found))

    def _write(self, as_json: bool, found: dict[str, Any], lines: Any) -> None:
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) if as_json else "\n".join(lines))


def year_object(year: int, asat: AsAt) -> dict[str, Any]:
    """What `--json` prints: amounts as texts with two decimals, null where they are not known."""
    rows = queries.every_row(asat).filter(year=year).order_by("benefit__title", "benefit")
    book = figures.Book(list(rows), asat)
    complete = book.complete
    return {
        "financial_year": year_name(year),
        "as_at": asat.day.isoformat(),
        "benefits": len(book.rows),
        **_sums(book),
        "net": _net(complete, len(book.rows)),
        "return": _text(figures.cards(book)[-1].figure.value),
        "initiatives": [
            {"initiative": value, "benefits": len(of.rows), **_sums(of)}
            for value in sorted({row.benefit.initiative for row in book.rows})
            for of in [book.only(lambda row, value=value: row.benefit.initiative == value)]  # type: ignore[misc]
        ],
        "rows": [
            {
                "benefit": row.benefit.slug,
                "title": row.benefit.title,
                "initiative": row.benefit.initiative,
                "of": row.benefit.whose,
                "planned": _text(row.saving),
                "counted": _text(row.counted_saving),
                "investment": _text(row.investment),
                "net": _text(row.net),
                "forecast": _text(row.forecast_saving),
                "validated": _text(row.validated_saving),
            }
            for row in book.rows
        ],
    }


def _sums(book: figures.Book) -> dict[str, Any]:
    found = {}
    for name, (_, attribute, _) in figures.AMOUNTS.items():
        known = book.known(attribute)
        found[name] = {
            "amount": _text(sum(known, Decimal()) if known else None),
            "unknown": len(book.rows) - len(known),
        }
    return found


def _net(complete: figures.Book, every: int) -> dict[str, Any]:
    """Of those that state their saving and all of their investment."""
    less = sum(complete.known("investment"), Decimal())
    amount = sum(complete.known("counted_saving"), Decimal()) - less if complete.rows else None
    return {"amount": _text(amount), "unknown": every - len(complete.rows)}


def year_lines(found: dict[str, Any]) -> Iterator[str]:
    """The same for people."""
    yield f"Benefits of {found['financial_year']} as at {found['as_at']}: {found['benefits']}"
    for name in (*figures.AMOUNTS, "net"):
        one = found[name]
        at_least = "at least " if one["unknown"] and one["amount"] and name not in ("net", "validated") else ""
        unknown = f", {one['unknown']} unknown" if one["unknown"] else ""
        yield f"{name.capitalize():<12}{at_least}{_pounds(one['amount'])}{unknown}"
    yield ""
    for row in found["rows"]:
        yield f"{row['title']:<60.60}{row['of']:<24.24}{_pounds(row['planned']):>16}"


def _text(amount: Any) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _pounds(text: str | None) -> str:
    return wording.pounds(None if text is None else Decimal(text))
