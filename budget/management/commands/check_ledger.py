"""Whether every balance is what its entries come to, and what is owed, paid and claimed what the ledger has."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from budget.checking import contradictions, differences
from budget.kinds import SUMS
from budget.models import Entry
from cc2h.kit import words
from cc2h.kit.days import year_name


class Command(BaseCommand):
    help = (
        "Works out every balance and every mark of being overcommitted anew from the entries, and compares what is owed, "
        "paid, asked back and claimed with the ledger. Exit status: 0 all agree, 1 some differ."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, **options: Any) -> None:
        found, others = differences(), contradictions()
        if options["json"]:
            told = [
                {
                    "line": one.line,
                    "financial_year": year_name(one.year),
                    "chin": one.chin or None,
                    "balance": {name: _text(value) for name, value in zip(SUMS, one.balance, strict=True)},
                    "entries": {name: _text(value) for name, value in zip(SUMS, one.entries, strict=True)},
                    "overcommitted": {"balance": one.marked, "entries": one.over},
                }
                for one in found
            ]
            self.stdout.write(json.dumps({"differences": told, "contradictions": others}, indent=2, ensure_ascii=False))
        else:
            for one in found:
                whose = f", {one.chin}" if one.chin else ""
                self.stdout.write(f"{one.line}, {year_name(one.year)}{whose}:")
                for name, held, entered in zip(SUMS, one.balance, one.entries, strict=True):
                    if held != entered:
                        said = f"{words.pounds(held, 2)}, its entries come to {words.pounds(entered, 2)}"
                        self.stdout.write(f"  {name}: the balance says {said}")
                if one.marked != one.over:
                    said = "more is promised than given" if one.over else "no more is promised than given"
                    self.stdout.write(f"  overcommitted: by its entries {said}, and the balance is marked otherwise")
            for said in others:
                self.stdout.write(said)
            entries = words.plural(Entry.objects.count(), "entry", "entries")
            self.stdout.write(f"{entries}: " + (f"{len(found)} balances differ." if found else "every balance agrees."))
            if others:
                self.stdout.write(f"{words.plural(len(others), 'sum')} that the ledger contradicts.")
        if found or others:
            sys.exit(1)


def _text(amount: Any) -> str | None:
    return None if amount is None else f"{amount:.2f}"
