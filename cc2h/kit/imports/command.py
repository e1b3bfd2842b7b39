"""What the three import commands share: files in, one JSON object out, exit 0, 1 or 2."""

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import structlog
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cc2h.kit import words
from cc2h.kit.days import NotADay, parse_day
from cc2h.kit.imports import services
from cc2h.kit.imports.kinds import kinds
from cc2h.kit.imports.services import Result
from cc2h.kit.models import Programme
from cc2h.kit.programme import kind
from cc2h.kit.terminal import WRONG_USE, must_agree

log = structlog.get_logger(__name__)

DATA_PROBLEM = 1
PROBLEMS_PRINTED = 20


def a_day(text: str) -> date:
    try:
        return parse_day(text)
    except NotADay as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


class ImportCommand(BaseCommand):
    """Imports files of the kinds of one group. Exit 0: fine; 1: a problem in the data; 2: wrong use."""

    group: ClassVar[str]
    requires_system_checks: ClassVar[list[str]] = []  # type: ignore[misc]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.epilog = "Kinds of file: " + "; ".join(k.label for k in kinds.values() if self.group in k.groups())
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="CSV or XLSX, also gzip'd")
        parser.add_argument("--dry-run", action="store_true", help="check and count, but keep nothing")
        parser.add_argument(
            "--json", action="store_true", help="one JSON object on stdout (one a line for several files)"
        )
        parser.add_argument("--day", type=a_day, metavar="YYYY-MM-DD", help="the day of a file that does not say it")
        parser.add_argument(
            "--commissioner",
            action="append",
            default=[],
            metavar="CODE",
            help="only rows of this commissioner, by the file or by the register on the file’s day; may be given again",
        )
        parser.add_argument(
            "--replace-illustrative",
            action="store_true",
            help="remove the illustrative programme, if it is loaded and a file can be imported; asks before it does",
        )
        parser.add_argument("--yes", action="store_true", help="don’t ask before removing")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in options["files"]:
            if not path.is_file():
                raise CommandError(f"There is no file {path}.", returncode=WRONG_USE)
        if options["replace_illustrative"] and not options["dry_run"] and kind() == Programme.Kind.ILLUSTRATIVE:
            must_agree(
                "This removes the illustrative programme if one of the files can be imported: all its practices, CHINs, "
                "list sizes and history. Nobody keeps access.",
                yes=options["yes"],
            )
        try:
            results = services.run(
                options["files"],
                group=self.group,
                dry_run=options["dry_run"],
                day=options["day"],
                only=[code.upper() for code in options["commissioner"]],
                replace=options["replace_illustrative"],
                kind=options.get("kind") or "",
            )
        except OSError as problem:
            raise CommandError(f"The file can’t be read: {problem}.", returncode=WRONG_USE) from None
        for result in results:
            self._log(result)
            self.stdout.write(json.dumps(result.as_json(), ensure_ascii=False) if options["json"] else _told(result))
        if not all(result.fine for result in results):
            sys.exit(DATA_PROBLEM)

    def _log(self, result: Result) -> None:
        counts = {name: getattr(result, name) for name in ("rows", "new", "changed", "unchanged", "closed")}
        log.info("import", file=result.file, status=result.status, problems=result.problem_count, **counts)
        for note in result.notes:
            log.info("note", file=result.file, note=note)


def _told(result: Result) -> str:
    """The result in words, the first problems line by line."""
    lines = [
        f"{result.file}: {result.status}. {words.plural(result.rows, 'row')}: {words.number(result.new)} new, "
        f"{words.number(result.changed)} changed, {words.number(result.unchanged)} unchanged, "
        f"{words.number(result.closed)} closed; {words.plural(result.problem_count, 'problem')}.",
        *(f"  {note}" for note in result.notes),
    ]
    for problem in result.problems[:PROBLEMS_PRINTED]:
        where = ", ".join(
            part
            for part in (f"line {problem['line']}" if problem["line"] else "", problem["column"], problem["value"])
            if part
        )
        lines.append(f"  {where + ': ' if where else ''}{problem['problem']}")
    if result.problem_count > PROBLEMS_PRINTED:
        lines.append(f"  and {words.number(result.problem_count - PROBLEMS_PRINTED)} more")
    return "\n".join(lines)
