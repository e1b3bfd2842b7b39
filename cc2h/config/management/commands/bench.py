"""Measure the portal against its limits, at a terminal."""

import json
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandParser

from cc2h.config.bench.database import scratch_database
from cc2h.config.bench.groups import GROUPS, NAMES
from cc2h.config.bench.measures import Row, Setting
from cc2h.kit.days import today

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = (
        "Measures the portal with 6,500 practices and 780,000 list sizes in a database of its own, which it drops. "
        "Takes some minutes; leave the machine alone meanwhile. Exit status: 0 all within their limits, 1 not, 2 wrong use."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="a JSON array on standard output")
        parser.add_argument(
            "--only", action="append", metavar="NAME", choices=NAMES, help=f"only this, of {', '.join(NAMES)}"
        )

        parser.add_argument(
            "--millions",
            type=int,
            default=20,
            choices=[5, 10, 20],
            help="so many million values of measures instead of 20: sooner done, and the growth is not measured",
        )

    def handle(self, **options: Any) -> None:
        only = set(options["only"] or NAMES)
        rows: list[Row] = []
        day = today()
        if not options["json"]:
            self.stdout.write(f"{'':<24}{'value':>10}{'limit':>10}")
        with scratch_database(day) as url:
            for group, names in GROUPS.items():
                if only.intersection(names):
                    log.info("measuring", group=group.__name__)
                    for row in group(Setting(url, day, options["millions"])):
                        if row.name in only:
                            rows.append(row)
                            if not options["json"]:  # at once: what is measured is said even if the next one fails
                                self.stdout.write(str(row))
                                self.stdout.flush()
        if options["json"]:
            self.stdout.write(json.dumps([row.as_json() for row in rows], indent=2))
        if not all(row.ok for row in rows):
            raise SystemExit(1)
