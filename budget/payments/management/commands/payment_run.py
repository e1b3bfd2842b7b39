"""A payment run at a terminal, by the same services as the pages, and by the same posts."""

import json
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from budget.payments import confirming, exporting, layouts, runs
from budget.payments.models import Run
from cc2h.accounts.authority import Action, of, require
from cc2h.accounts.models import User
from cc2h.kit import words
from cc2h.kit.days import today
from cc2h.kit.problems import errors_of
from practices.models import Commissioner

REFUSED, WRONG_USE = 1, 2


def a_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 18:
        raise ArgumentTypeError(f"“{text}” is no number of a sum owed, like 12.")
    return int(text)


class Command(BaseCommand):
    help = (
        "Prepares, authorises, exports or confirms a payment run. Exit status: 0 done, 1 refused, 2 wrong use. What was done "
        "already is said and exits 0."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="prepare|authorise|export|confirm|withdraw")
        prepare = acts.add_parser("prepare", help="a run of what is owed and in no other run")
        prepare.add_argument("--payable", type=a_number, action="append", metavar="NUMBER", help="only these sums")
        authorise = acts.add_parser("authorise", help="somebody else than its preparer agrees to it")
        authorise.add_argument("--control", help="the control hash that is authorised (default: the one it has)")
        export = acts.add_parser("export", help="make its payment file, or another file, once")
        export.add_argument("--layout", default="Payment file", help="the name of a layout (default: Payment file)")
        export.add_argument("--output", type=Path, metavar="FILE", help="where the bytes go (default: nowhere)")
        confirm = acts.add_parser("confirm", help="record what the paying system’s file says")
        confirm.add_argument("file", type=Path, metavar="FILE")
        withdraw = acts.add_parser("withdraw", help="nothing of it is paid")
        withdraw.add_argument("--why", required=True)
        for one in (prepare, authorise, export, confirm, withdraw):
            if one is not prepare:
                one.add_argument("--run", required=True, metavar="NUMBER", help="like 2018-001")
            one.add_argument("--by", required=True, metavar="EMAIL", help="in whose name")
            one.add_argument("--commissioner", metavar="CODE", help="ODS code, like 07M (default: the only one)")
            one.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, **options: Any) -> None:
        by = self._person(options["by"])
        commissioner = self._commissioner(options["commissioner"])
        try:
            require(by, _NEEDED[options["act"]], commissioner)
            said, found = getattr(self, f"_{options['act']}")(by, commissioner, options)
        except PermissionDenied as refusal:
            raise CommandError(str(refusal), returncode=REFUSED) from None
        except ValidationError as refusal:
            text = "\n".join(" ".join(error.messages) for _, error in errors_of(refusal))
            if getattr(refusal, "code", "") != "already":
                raise CommandError(text, returncode=REFUSED) from None
            run = self._run(commissioner, options["run"])
            said, found = text, self._object(run)
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) if options["json"] else said)

    def _prepare(self, by: Any, commissioner: Commissioner, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        run = runs.prepare(by=by, commissioner=commissioner, payables=options["payable"], today=today())
        return f"{run}: {words.plural(run.count, 'payment')}, {words.pounds(run.total, 2)}.", self._object(run)

    def _authorise(self, by: Any, commissioner: Commissioner, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        run = self._run(commissioner, options["run"])
        done = runs.authorise(by=by, run=run, control=options["control"] or run.control, today=today())
        return f"{done} is authorised.", self._object(done)

    def _export(self, by: Any, commissioner: Commissioner, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        run = self._run(commissioner, options["run"])
        offered = [*layouts.layouts_of(commissioner), *exporting.journals_to_make(run), *exporting.made_of(run)]
        layout = next((one for one in offered if one.name == options["layout"]), None)
        if layout is None:
            raise CommandError(f"There is no layout “{options['layout']}”.", returncode=WRONG_USE)
        made = exporting.export(by=by, run=run, layout=layout, today=today())
        if options["output"]:
            options["output"].write_bytes(exporting.download(by=by, export=made))
        run.refresh_from_db()
        return f"“{made}”, {words.plural(made.rows, 'row')}, SHA-256 {made.sha256}.", self._object(run) | {
            "layout": made.layout,
            "sha256": made.sha256,
            "rows": made.rows,
        }

    def _confirm(self, by: Any, commissioner: Commissioner, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        run = self._run(commissioner, options["run"])
        try:
            data = options["file"].read_bytes()
        except OSError as problem:
            raise CommandError(f"{options['file']}: {problem.strerror}.", returncode=WRONG_USE) from None
        made = confirming.confirm_file(by=by, run=run, data=data, file_name=options["file"].name, today=today())
        run.refresh_from_db()
        counts = {"paid": made.paid, "failed": made.failed, "reversed": made.reversed}
        said = ", ".join(f"{number} {what}" for what, number in counts.items())
        return f"{run}: {said}.", self._object(run) | counts

    def _withdraw(self, by: Any, commissioner: Commissioner, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        run = self._run(commissioner, options["run"])
        done = runs.withdraw(by=by, run=run, why=options["why"], today=today())
        return f"{done} is withdrawn.", self._object(done)

    def _object(self, run: Run) -> dict[str, Any]:
        return {
            "run": run.number,
            "commissioner": run.commissioner.ods_code,
            "state": run.state,
            "payments": run.count,
            "total": f"{run.total:.2f}",
            "control": run.control,
        }

    def _run(self, commissioner: Commissioner, number: str) -> Run:
        found = Run.objects.filter(commissioner=commissioner, number=number).select_related("commissioner").first()
        if found is None:
            raise CommandError(f"{commissioner} has no payment run {number}.", returncode=WRONG_USE)
        return found

    def _person(self, email: str) -> Any:
        found = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
        if found is None:
            raise CommandError(f"Nobody signs in with {email}.", returncode=WRONG_USE)
        found.authority = of(found, today())
        return found

    def _commissioner(self, code: str | None) -> Commissioner:
        if code:
            found = Commissioner.objects.filter(ods_code=code.strip().upper()).first()
            if found is None:
                raise CommandError(f"There is no commissioner with the code “{code}”.", returncode=WRONG_USE)
            return found
        several = list(Commissioner.objects.filter(budget_lines__isnull=False).distinct()[:2])
        if len(several) != 1:
            raise CommandError("Say whose run, with --commissioner CODE.", returncode=WRONG_USE)
        return several[0]


_NEEDED = {
    "prepare": Action.PREPARE_PAYMENT,
    "authorise": Action.AUTHORISE_PAYMENT,
    "export": Action.PREPARE_PAYMENT,
    "confirm": Action.PREPARE_PAYMENT,
    "withdraw": Action.PREPARE_PAYMENT,
}
