"""A measure of one organisation at a terminal, judged as its page judges it."""

import json
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cc2h.kit.asat import AsAt
from cc2h.kit.days import NotADay, parse_day, today
from kpis.models import Definition, Measure
from kpis.tracking import queries, shapes, wording


class Command(BaseCommand):
    help = "A measure’s series of a practice, CHIN, commissioner or the programme (ncl): every period and what is found of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--measure", required=True, metavar="M", help="its code, like diabetes-prevalence")
        parser.add_argument(
            "--org", required=True, metavar="O", help="ODS code of a practice or commissioner, a CHIN’s slug, ncl"
        )
        parser.add_argument("--as-at", metavar="D", help="a day (default: today)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, **options: Any) -> None:
        now = today()
        try:
            asat = AsAt(parse_day(options["as_at"]) if options["as_at"] else now, None, now)
            measure = Measure.objects.get(code=options["measure"])
            whose = queries.named(options["org"], asat)
            if whose is None:
                raise CommandError(
                    f"“{options['org']}” is no organisation. Expected: an ODS code of a practice (E83003) or a commissioner "
                    "(07M), a CHIN’s slug, or ncl.",
                    returncode=2,
                )
            tracked = queries.tracked(measure, whose, asat, None)
        except NotADay as wrong:
            raise CommandError(str(wrong), returncode=2) from None
        except Measure.DoesNotExist:
            raise CommandError(f"No measure has the code “{options['measure']}”.", returncode=2) from None
        except Definition.DoesNotExist as none:
            raise CommandError(str(none), returncode=2) from None
        shape = shapes.series_shape(tracked, wording.says(tracked))
        if options["json"]:
            self.stdout.write(json.dumps(msgspec.to_builtins(shape), ensure_ascii=False, indent=2))
            return
        self.stdout.write(f"{wording.title(tracked)}\n{shape.says}\n{wording.judged_by(tracked)}")
        if said := wording.missing(tracked):
            self.stdout.write(said)
        for line in tracked.lines:
            value = "–" if line.point.value is None else f"{line.point.value:g}"
            self.stdout.write(f"{line.point.ends.isoformat()}  {value}  {line.in_words}")
        self.stdout.write(f"Variation: {shape.variation}. Assurance: {shape.assurance or 'none'}.")
