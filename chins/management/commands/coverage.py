"""Coverage of a commissioner on a day, or how it changed between two, at a terminal."""

import json
from argparse import ArgumentTypeError
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cc2h.kit import words
from cc2h.kit.days import NotADay, end_of_day, parse_day, today
from chins.coverage import ChangePart, Coverage, Decomposition, PracticeRow, decompose, live_coverage, practice_rows
from chins.workflow import ChinStatus
from practices.models import Commissioner

WRONG_USE = 2


def a_day(text: str) -> date:
    """An argument that is a day."""
    try:
        return parse_day(text)
    except NotADay as problem:
        raise ArgumentTypeError(str(problem)) from None


def a_commissioner(ods_code: str) -> Commissioner:
    """The commissioner of an ODS code. Raises CommandError (wrong use) when there is none."""
    commissioner = Commissioner.objects.filter(ods_code=ods_code.strip().upper()).first()
    if commissioner is None:
        raise CommandError(f"There is no commissioner with the code “{ods_code}”.", returncode=WRONG_USE)
    return commissioner


class Command(BaseCommand):
    help = (
        "Coverage of a commissioner as at a day, or with --from and --to why it changed. Always worked out anew from "
        "the records. Exit status: 0 fine, 2 wrong use."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--commissioner", required=True, metavar="CODE", help="ODS code, like 07M")
        parser.add_argument("--as-at", type=a_day, metavar="DAY", help="the day (default: today), like 2018-11-30")
        parser.add_argument("--known", type=a_day, metavar="DAY", help="by what was held at the end of this day")
        parser.add_argument(
            "--from", type=a_day, metavar="DAY", dest="first", help="decompose the change from this day"
        )
        parser.add_argument("--to", type=a_day, metavar="DAY", dest="last", help="to this day")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, **options: Any) -> None:
        first, last = options["first"], options["last"]
        if (first is None) != (last is None):
            raise CommandError("--from and --to go together.", returncode=WRONG_USE)
        if first and options["as_at"]:
            raise CommandError("Give either --as-at, or --from and --to.", returncode=WRONG_USE)
        if first and last < first:
            raise CommandError("--to must not be before --from.", returncode=WRONG_USE)
        commissioner = a_commissioner(options["commissioner"])
        known = end_of_day(options["known"]) if options["known"] else None
        if first:
            found = decompose(commissioner, first, last, known)
            self._write(options["json"], change_object(found), change_lines(found))
            return
        day = options["as_at"] or today()
        coverage = live_coverage(commissioner, day, known)
        out = [row for row in practice_rows(commissioner, day, known) if not row.covered]
        self._write(options["json"], coverage_object(coverage, out), coverage_lines(coverage, out))

    def _write(self, as_json: bool, found: dict[str, Any], lines: Iterable[str]) -> None:
        if as_json:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(lines))


def coverage_object(coverage: Coverage, out: Sequence[PracticeRow]) -> dict[str, Any]:
    """What `--as-at … --json` prints."""
    return {
        "commissioner": coverage.commissioner.ods_code,
        "as_at": coverage.day.isoformat(),
        "extract": coverage.extract_day and coverage.extract_day.isoformat(),
        "population": {
            "covered": coverage.covered_patients,
            "total": coverage.patients,
            "percent": _number(coverage.population_percent),
        },
        "practices": {
            "covered": coverage.covered_practices,
            "total": coverage.practices,
            "percent": _number(coverage.practices_percent),
        },
        "by_status": {
            status: {"patients": patients, "practices": practices}
            for status, (practices, patients) in coverage.by_status.items()
        },
        "chins": [
            {
                "slug": chin.slug,
                "name": chin.name,
                "status": chin.status,
                "practices": chin.practices,
                "patients": chin.patients,
            }
            for chin in coverage.chins
        ],
        "not_in_a_chin": [{"ods_code": row.ods_code, "name": row.name, "patients": row.patients} for row in out],
    }


def coverage_lines(coverage: Coverage, out: Sequence[PracticeRow]) -> list[str]:
    """The same as a table for people."""
    word = coverage.commissioner.local_word
    lines = [
        f"{coverage.commissioner}, {words.day(coverage.day)}",
        f"{'':<44}{'Practices':>10}{'Patients':>12}",
        _line(f"In a {word}", coverage.covered_practices, coverage.covered_patients),
        *(_line(f"  {ChinStatus(status).label}", *counts) for status, counts in coverage.by_status.items()),
        _line("All", coverage.practices, coverage.patients),
        f"{'Percent':<44}{words.percent1(coverage.practices_percent):>10}{words.percent1(coverage.population_percent):>12}",
        "",
        *(_line(f"{chin.name} ({chin.status})", chin.practices, chin.patients) for chin in coverage.chins),
        _line(f"Not in a {word}", len(out), sum(row.patients for row in out)),
        *(_line(f"  {row.ods_code} {row.name}", 1, row.patients) for row in out),
    ]
    if coverage.extract_day:
        lines.append(f"\nList sizes of {words.day(coverage.extract_day)}.")
    return lines


def change_object(found: Decomposition) -> dict[str, Any]:
    """What `--from … --to … --json` prints: the parts of each change sum exactly to it."""
    before, after = found.before, found.after
    return {
        "commissioner": found.commissioner.ods_code,
        "from": found.first.isoformat(),
        "to": found.last.isoformat(),
        "covered": {
            "from": _counts([row for row in before if row.covered]),
            "to": _counts([row for row in after if row.covered]),
            "change": dict(zip(("practices", "patients"), found.covered_change, strict=True)),
            "parts": [_part(part) for part in found.covered],
        },
        "total": {
            "from": _counts(before),
            "to": _counts(after),
            "change": dict(zip(("practices", "patients"), found.total_change, strict=True)),
            "parts": [_part(part) for part in found.total],
        },
    }


def change_lines(found: Decomposition) -> list[str]:
    """The same as a table for people."""
    lines = [f"{found.commissioner}, from {words.day(found.first)} to {words.day(found.last)}"]
    word = found.commissioner.local_word
    for title, parts, change in (
        (f"In a {word}", found.covered, found.covered_change),
        ("All practices", found.total, found.total_change),
    ):
        lines += ["", f"{title:<44}{'Practices':>10}{'Patients':>12}"]
        for part in parts:
            lines.append(_line(part.label, part.practices, part.patients, change=True))
            lines += [
                _line(f"  {row.practice.ods_code} {row.practice.name}", row.practices, row.patients, change=True)
                for row in part.rows
            ]
        lines.append(_line("Change", *change, change=True))
    return lines


def _number(percent: Decimal | None) -> float | None:
    return None if percent is None else float(percent)


def _line(text: str, practices: int, patients: int, change: bool = False) -> str:
    write = words.signed if change else words.number
    return f"{text:<44.44}{write(practices):>10}{write(patients):>12}"


def _counts(rows: Sequence[PracticeRow]) -> dict[str, int]:
    return {"practices": len(rows), "patients": sum(row.patients for row in rows)}


def _part(part: ChangePart) -> dict[str, Any]:
    return {
        "part": part.kind.value,
        "label": part.label,
        "practices": part.practices,
        "patients": part.patients,
        "rows": [
            {
                "ods_code": row.practice.ods_code,
                "name": row.practice.name,
                "practices": row.practices,
                "patients": row.patients,
                "chin_from": row.before and row.before.chin_slug,
                "chin_to": row.after and row.after.chin_slug,
            }
            for row in part.rows
        ],
    }
