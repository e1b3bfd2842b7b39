"""Bring coverage snapshots up to date, or check them, at a terminal."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cc2h.kit import words
from chins import coverage
from chins.management.commands.coverage import a_commissioner


class Command(BaseCommand):
    help = (
        "Recomputes the coverage snapshots. With --check nothing is written: they are worked out in memory, and every "
        "one that differs is named. Exit status: 0 fine, 1 a snapshot differs, 2 wrong use."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--commissioner", metavar="CODE", help="ODS code, like 07M (default: every commissioner)")
        parser.add_argument("--check", action="store_true", help="only say what differs")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, **options: Any) -> None:
        only = a_commissioner(options["commissioner"]) if options["commissioner"] else None
        ids = [only.pk] if only else None
        if not options["check"]:
            written = coverage.recompute(ids)
            self._write(options["json"], {"written": written}, f"{words.plural(written, 'snapshot')} written.")
            return
        differences = [str(difference) for difference in coverage.check(ids)]
        said = "\n".join(differences) or "Every snapshot is what the records give."
        self._write(options["json"], {"differences": differences}, said)
        if differences:
            raise SystemExit(1)

    def _write(self, as_json: bool, found: dict[str, Any], text: str) -> None:
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) if as_json else text)
