"""Places organisations in a funnel at a terminal, by the same rules as the pages."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kpis.statistics.files import BadFile, NoFile, numbers, table
from kpis.statistics.funnels import NoFunnel, proportions, ratios

KINDS = {"proportion": ("numerator", "denominator", proportions), "ratio": ("observed", "expected", ratios)}


class Command(BaseCommand):
    help = "Funnel of a CSV: id, numerator and denominator (proportion), or id, observed and expected (ratio)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--csv", required=True, metavar="FILE")
        parser.add_argument("--kind", required=True, choices=[*KINDS])
        parser.add_argument("--overdispersed", action="store_true", help="widen the limits by what all vary")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        first, second, place = KINDS[options["kind"]]
        try:
            rows = table(options["csv"], "id", first, second)
            funnel = place(
                [row["id"] for row in rows],
                numbers(rows, first),
                numbers(rows, second),
                overdispersed=options["overdispersed"],
            )
        except NoFile as none:
            raise CommandError(str(none), returncode=2) from none
        except (BadFile, NoFunnel) as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            points = [{name: value for name, value in asdict(one).items() if name != "size"} for one in funnel.points]
            said = {"centre": funnel.centre, "phi": funnel.phi, "tau2": funnel.tau2, "points": points}
            self.stdout.write(json.dumps(said))
            return
        self.stdout.write(f"Centre {funnel.centre:.6g}, φ {funnel.phi:.6g}, τ² {funnel.tau2:.6g}")
        for one in funnel.points:
            limits = f"{one.lower_95:.6g} to {one.upper_95:.6g}; {one.lower_998:.6g} to {one.upper_998:.6g}"
            self.stdout.write(f"{one.id}: {one.value:.6g} ({limits}) {one.verdict}")
