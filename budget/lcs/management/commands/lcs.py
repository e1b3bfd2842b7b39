"""A local service at a terminal: who is eligible, and how far each practice has come."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from budget.lcs import queries, wording
from budget.lcs.models import ClaimState, Service
from budget.management.commands.budget import WRONG_USE, a_day
from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.days import today


class Command(BaseCommand):
    help = "How far the practices of a local service have come, as at a day. Exit status: 0 fine, 2 wrong use."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("service", metavar="SERVICE", help="its name in addresses, like chin-infrastructure")
        parser.add_argument("--stage", default="", metavar="NUMBER", help="default: the last that has begun by the day")
        parser.add_argument("--as-at", type=a_day, metavar="DAY", help="the day (default: today), like 2018-11-30")
        parser.add_argument("--known", type=a_day, metavar="DAY", help="by what was recorded by the end of this day")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, **options: Any) -> None:
        now = today()
        asat = AsAt(options["as_at"] or now, options["known"], now)
        service = Service.objects.filter(slug=options["service"]).select_related("line").first()
        if service is None:
            known = words.listed(Service.objects.values_list("slug", flat=True), "or") or "none yet"
            raise CommandError(f"There is no service “{options['service']}”. It can be {known}.", returncode=WRONG_USE)
        stages = queries.stages_of(service)
        numbers = [str(stage.number) for stage in stages]
        if options["stage"] and options["stage"] not in numbers:
            can_be = words.listed(numbers, "or") or "none yet"
            raise CommandError(
                f"{service} has no stage “{options['stage']}”. It can be {can_be}.", returncode=WRONG_USE
            )
        stage = queries.current_stage(stages, asat, options["stage"])
        found = service_object(service, stage, asat)
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(service_lines(found)))


def service_object(service: Service, stage: Any, asat: AsAt) -> dict[str, Any]:
    """What `--json` prints: amounts as texts with two decimals, null where they are not known."""
    found = queries.standing(service, stage, asat)
    rows = queries.places(service, stage, asat, named=True).order_by("code")
    return {
        "service": service.slug,
        "name": service.name,
        "as_at": asat.day.isoformat(),
        "stage": stage.number if stage else None,
        "rate": _text(service.rate),
        "tariff": service.tariff,
        "eligible": found.practices,
        "in_a_chin": found.placed.practices,
        "can_come_to": _text(found.amount if found.priced else None),
        "answered": found.answered.practices,
        "outputs_accepted": [
            {"output": output.name, "evidence": output.evidence, "accepted": number}
            for output, number in queries.outputs_accepted(service, stage, asat)
        ],
        "payable": _claims(found.of(ClaimState.PAYABLE)),
        "paid": _claims(found.of(ClaimState.PAID)),
        "practices": [
            {
                "code": row.code,
                "name": row.name,
                "chin": row.chin_slug,
                "amount": _text(row.stage_amount),
                "claim": row.claim_state,
                "outputs_accepted": row.outputs,
            }
            for row in rows
        ],
    }


def service_lines(found: dict[str, Any]) -> Iterator[str]:
    """The same for people."""
    yield f"{found['name']} as at {found['as_at']}, stage {found['stage']}"
    yield f"{'Eligible':<60}{found['eligible']:>12}"
    yield f"{'In a CHIN':<60}{found['in_a_chin']:>12}"
    yield f"{'They can come to':<60}{_pounds(found['can_come_to']):>12}"
    yield f"{'Answered':<60}{found['answered']:>12}"
    for one in found["outputs_accepted"]:
        yield f"  {'Accepted: ' + one['output']:<58.58}{one['accepted']:>12}"
    for name in ("payable", "paid"):
        yield f"{name.capitalize():<60}{found[name]['practices']:>12}{_pounds(found[name]['amount']):>16}"
    yield ""
    for row in found["practices"]:
        state = ClaimState(row["claim"]).label if row["claim"] else "No claim yet"
        yield f"{row['code']:<8}{row['name']:<40.40}{_pounds(row['amount']):>12}  {state}"


def _claims(part: queries.Standing) -> dict[str, Any]:
    return {"practices": part.practices, "amount": _text(part.amount)}


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _pounds(text: str | None) -> str:
    return wording.NOT_STATED if text is None else words.pounds(text, 2)
