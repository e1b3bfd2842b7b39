"""A directly standardised rate at a terminal, by the same rules as the pages."""

import json
from argparse import ArgumentTypeError
from dataclasses import asdict
from math import isfinite
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kpis.statistics.files import BadFile, NoFile, numbers, table
from kpis.statistics.intervals import EXACT_BELOW, NoInterval, standardised


class Command(BaseCommand):
    help = "The directly standardised rate of a CSV with count, population and weight for each group."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--csv", required=True, metavar="FILE")
        parser.add_argument("--multiplier", type=_above_0, default=100_000)
        parser.add_argument("--level", choices=["95", "99.8"], default="95")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = table(options["csv"], "count", "population", "weight")
            if not rows:
                raise BadFile(f"{options['csv']} has a header but no rows.")
            counts, populations, weights = (numbers(rows, name) for name in ("count", "population", "weight"))
            found = standardised(counts, populations, weights, options["multiplier"], options["level"])
        except NoFile as none:
            raise CommandError(str(none), returncode=2) from none
        except (BadFile, NoInterval) as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found)))
        elif found.rate is None:
            self.stdout.write(f"No rate: {found.events:g} events are fewer than {EXACT_BELOW}.")
        else:
            self.stdout.write(f"{found.rate:.5f} ({found.lower:.5f} to {found.upper:.5f}), {found.events:g} events")


def _above_0(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not isfinite(value) or value <= 0:
        raise ArgumentTypeError(f"“{text}” is no number above 0.")
    return value
