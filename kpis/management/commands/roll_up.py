"""Bring roll-ups of measures up to date, or check them, at a terminal."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cc2h.kit import words
from kpis import rollup
from kpis.models import Measure


class Command(BaseCommand):
    help = (
        "Works out what CHINs, commissioners and the programme have of each measure. With --check nothing is written, and "
        "every roll-up that differs is named. Exit status: 0 fine, 1 a roll-up differs, 2 wrong use."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--measure", metavar="CODE", help="a measure’s code (default: every measure)")
        parser.add_argument("--check", action="store_true", help="only say what differs")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, **options: Any) -> None:
        ids = None
        if options["measure"]:
            ids = list(Measure.objects.filter(code=options["measure"]).values_list("pk", flat=True))
            if not ids:
                raise CommandError(f"No measure has the code “{options['measure']}”.", returncode=2)
        if not options["check"]:
            written = rollup.recompute(ids)
            self._write(options["json"], {"written": written}, f"{words.plural(written, 'roll-up')} written.")
            return
        differences = [str(difference) for difference in rollup.check(ids)]
        said = "\n".join(differences) or "Every roll-up is what the values give."
        self._write(options["json"], {"differences": differences}, said)
        if differences:
            raise SystemExit(1)

    def _write(self, as_json: bool, found: dict[str, Any], text: str) -> None:
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) if as_json else text)
