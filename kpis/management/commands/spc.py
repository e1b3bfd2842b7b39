"""Judges a series at a terminal, by the same rules as the pages."""

import json
from argparse import ArgumentTypeError
from dataclasses import replace
from math import isfinite
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kpis.statistics.files import BadFile, NoFile, series
from kpis.statistics.series import Improvement, Judged, NotASeries, Settings
from kpis.statistics.xmr import xmr


class Command(BaseCommand):
    help = "XmR chart of the column `value` of a CSV (with `date`: in its order), by NHS Making Data Count’s rules."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--csv", required=True, metavar="FILE")
        parser.add_argument("--improvement", required=True, choices=[one.value for one in Improvement])
        parser.add_argument(
            "--fix", type=int, metavar="N", help="the first segment’s limits rest on its first N points"
        )
        parser.add_argument("--target", type=_finite, metavar="T")
        parser.add_argument("--mode", choices=["mdc", "screened"], default="mdc")
        parser.add_argument("--run", type=int, choices=[6, 7], default=7, help="points that make a trend or a shift")
        parser.add_argument(
            "--rebase", type=int, nargs="+", action="extend", default=[], metavar="INDEX", help="first of a new segment"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        settings = Settings(
            improvement=Improvement(options["improvement"]),
            target=options["target"],
            fixed=options["fix"],
            rebased=tuple(options["rebase"]),
            screened=options["mode"] == "screened",
            run=options["run"],
        )
        try:
            values = series(options["csv"])
            places = [index for index, value in enumerate(values, start=1) if value is not None]
            judged = xmr([value for value in values if value is not None], _without_gaps(settings, places))
        except NoFile as none:
            raise CommandError(str(none), returncode=2) from none
        except (BadFile, NotASeries) as refusal:
            raise CommandError(str(refusal)) from refusal
        said = as_json(judged, places, len(values))
        if options["json"]:
            self.stdout.write(json.dumps(said))
            return
        for one in said["segments"]:
            trial = ", trial limits" if one["trial"] else ""
            self.stdout.write(
                f"Points {one['from']} to {one['to']}: mean {one['mean']:.6g}, "
                f"limits {one['lower']:.6g} to {one['upper']:.6g}{trial}"
            )
        for point in said["points"]:
            if point["rules"]:
                self.stdout.write(
                    f"Point {point['index']}: {point['value']:g}, {point['flag']} ({', '.join(point['rules'])})"
                )
        self.stdout.write(f"Variation: {said['variation']}. Assurance: {said['assurance'] or 'none'}.")


def as_json(judged: Judged, places: list[int], count: int) -> dict[str, Any]:
    """What was found, by the points’ places in the file. A gap is a point without a value, and no rule counts it."""
    values = {places[point.index - 1]: point for point in judged.points}
    points: list[dict[str, Any]] = [
        {"index": place, "value": one.value, "flag": one.flag.value, "rules": [rule.value for rule in one.rules]}
        if (one := values.get(place))
        else {"index": place, "value": None, "flag": "common", "rules": []}
        for place in range(1, count + 1)
    ]
    segments = [
        {
            "from": places[one.first - 1],
            "to": places[one.last - 1],
            "n": one.n,
            "mean": one.mean,
            "lower": one.lower,
            "upper": one.upper,
            "near_lower": one.near_lower,
            "near_upper": one.near_upper,
            "trial": one.trial,
        }
        for one in judged.segments
    ]
    assurance = judged.assurance.value if judged.assurance else None
    return {"segments": segments, "points": points, "variation": judged.variation.value, "assurance": assurance}


def _without_gaps(settings: Settings, places: list[int]) -> Settings:
    """A new baseline that begins in a gap begins at the next value."""
    rebased = []
    for start in settings.rebased:
        later = [number for number, place in enumerate(places, start=1) if place >= start]
        if start < 2 or not later:
            raise NotASeries(
                f"A new baseline begins at one of points 2 to {places[-1] if places else 0}, not at {start}."
            )
        rebased.append(later[0])
    return replace(settings, rebased=tuple(rebased))


def _finite(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise ArgumentTypeError(f"“{text}” is no number.")
    return value
