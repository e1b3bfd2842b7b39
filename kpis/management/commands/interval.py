"""Confidence intervals at a terminal, by the same rules as the pages."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kpis.statistics.intervals import NoInterval, byar, poisson, wilson


class Command(BaseCommand):
    help = "The interval of a share (wilson X N) or of a count (byar X, poisson X)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("method", choices=["wilson", "byar", "poisson"])
        parser.add_argument("x", type=float, metavar="X")
        parser.add_argument("n", type=float, nargs="?", metavar="N", help="of how many, for wilson")
        parser.add_argument("--level", choices=["95", "99.8"], default="95")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        x, n, level = options["x"], options["n"], options["level"]
        if (options["method"] == "wilson") is (n is None):
            raise CommandError("A share is of how many: wilson X N. A count is X alone.", returncode=2)
        try:
            if options["method"] == "wilson":
                found = wilson(x, n, level)
            else:
                found = (byar if options["method"] == "byar" else poisson)(x, level)
        except NoInterval as refusal:
            raise CommandError(str(refusal)) from refusal
        text = f"{found.value:.7g} ({found.lower:.7g} to {found.upper:.7g})"
        self.stdout.write(json.dumps(asdict(found)) if options["json"] else text)
