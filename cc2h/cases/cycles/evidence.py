"""What a measure shows, as a study freezes it: its values, how they are judged, and what can’t be concluded."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, cast

from django.contrib.auth.models import AnonymousUser

from cc2h.cases.cycles.models import Cycle, Prediction, Reading
from cc2h.kit import charts
from cc2h.kit.asat import AsAt
from kpis import drawing
from kpis.drawing import Unit
from kpis.series import many_series
from kpis.statistics.attributes import run_chart
from kpis.statistics.series import TRIAL_BELOW, Improvement, Settings
from kpis.statistics.xmr import xmr
from kpis.whose import Whose

Evidence = Mapping[str, Any]


class Value(NamedTuple):
    day: date
    value: Decimal


def values_of(cycle: Cycle, predictions: Iterable[Prediction], asat: AsAt) -> dict[int, list[Value]]:
    """The numbers of each up to the day, those before the cycle included: week by week as entered, or period by period
    as the library has them of the CHIN and anybody may be told. In one statement, and a few more for the library's.
    """
    found: dict[int, list[Value]] = {one.pk: [] for one in predictions}
    of_the_library = {one.pk: one.library for one in predictions if one.library is not None}
    readings = Reading.objects.filter(prediction__cycle=cycle, day__lte=asat.day, value__isnull=False).newest()
    for pk, day, value in readings.order_by("prediction", "day").values_list("prediction", "day", "value"):
        if value is not None:
            found[pk].append(Value(day, value))
    if of_the_library:
        chin = Whose.of(cycle.case.chin)
        several = many_series([*of_the_library.values()], [chin], asat, AnonymousUser())
        for pk, measure in of_the_library.items():
            points = several[measure.pk, chin].told if (measure.pk, chin) in several else ()
            found[pk] = [Value(one.ends, Decimal(f"{one.value:.4f}")) for one in points if one.value is not None]
    return found


def settings_of(prediction: Prediction) -> Settings:
    target = prediction.target if prediction.target is not None else prediction.predicted
    return Settings(improvement=Improvement(prediction.way), target=float(target))


def of(prediction: Prediction, values: Sequence[Value]) -> dict[str, Any]:
    """Everything the chart and its words rest on, as JSON: the same values give the same bytes."""
    settings = settings_of(prediction)
    numbers = [float(one.value) for one in values]
    enough = len(numbers) >= TRIAL_BELOW
    found: dict[str, Any] = {
        "kind": "control" if enough else "run",
        "measure": prediction.measure,
        "unit": prediction.unit,
        "predicted": str(prediction.predicted.normalize()),
        "days": [one.day.isoformat() for one in values],
        "values": [str(one.value) for one in values],
        "settings": {**asdict(settings), "improvement": settings.improvement.value},
    }
    if prediction.library is not None:
        found["library"] = prediction.library.code
    if enough:
        judged = xmr(numbers, settings)
        found["segments"] = [asdict(one) | {"trial": one.trial} for one in judged.segments]
        found["points"] = [
            {"index": one.index, "flag": one.flag.value, "rules": [rule.value for rule in one.rules]}
            for one in judged.points
        ]
        days = [one.day for one in values]
        found["said"] = drawing.in_words(judged, days, unit=cast(Unit, prediction.unit))
    else:
        found["said"] = drawing.too_few(len(numbers)) if numbers else "There are no numbers: nothing can be concluded."
    return found


def canonical(evidence: Evidence) -> bytes:
    return json.dumps(evidence, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def fingerprint(evidence: Evidence) -> str:
    return hashlib.sha256(canonical(evidence)).hexdigest()


def chart(evidence: Evidence, title: str, bands: Sequence[charts.Band] = ()) -> charts.Chart | None:
    """Evidence as a chart, drawn from what was frozen; None where there is nothing to draw."""
    numbers = [float(value) for value in evidence["values"]]
    days = [date.fromisoformat(day) for day in evidence["days"]]
    unit = cast(Unit, evidence["unit"])
    if not numbers:
        return None
    if evidence["kind"] == "control":
        settings = dict(evidence["settings"])
        settings |= {"improvement": Improvement(settings["improvement"]), "rebased": tuple(settings["rebased"])}
        judged = xmr(numbers, Settings(**settings))
        return drawing.control_chart(judged, days, title=title, name=evidence["measure"], unit=unit, bands=bands)
    run = run_chart(numbers)
    if run is None:
        return None
    target = evidence["settings"]["target"]
    return drawing.run_chart(
        run, numbers, days, title=title, name=evidence["measure"], unit=unit, target=target, bands=bands
    )
