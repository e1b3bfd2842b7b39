"""What pages of cycles show."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Sum

from budget.models import Source
from cc2h.accounts.authority import Action, Scope, authority_of
from cc2h.cases import measures
from cc2h.cases.cycles import evidence
from cc2h.cases.cycles.models import Conclusion, Cycle, Dates, Note, Prediction, Proposal, Reading, Study
from cc2h.cases.cycles.states import CycleState
from cc2h.cases.models import Case, Purpose, Submission
from cc2h.cases.querysets import seen_by
from cc2h.cases.states import FINISHED
from cc2h.kit import charts
from cc2h.kit.asat import AsAt
from cc2h.kit.together import Asking, kept
from chins.models import Chin
from kpis.benefits.models import Benefit, Profile, Validation
from kpis.models import Level, Measure
from kpis.tracking.marks import Mark
from kpis.whose import Whose
from practices.models import Practice

SHOWN_WEEKS = 8  # of notes and numbers on a cycle’s page, the newest first


def cycles(user: Any) -> QuerySet[Any]:
    found: QuerySet[Any] = Cycle.objects.visible_to(user)
    return found.select_related("case__chin", "case__commissioner")


class Promised(NamedTuple):
    """What a case promised when it was submitted, by section, and the benefits that are kept of it."""

    predict: Mapping[str, Any] | None
    avoided: Mapping[str, Any] | None
    benefits: Sequence[Any]


def cycles_of(case: Case, asat: AsAt) -> Asking[tuple[list[Any], Proposal | None, Promised]]:
    """The cycles of a case that had been planned by the day, with their days and predictions; what it proposes; and what
    it promised.
    """
    cycles, days, predictions, proposals, sent, benefits = yield (
        kept(_planned, case.pk, asat.day),
        kept(_days, case.pk, asat.day),
        kept(_predictions, case.pk, asat.day),
        kept(_last_proposal, case.pk),
        kept(_promised, case.pk, asat.day),
        kept(_benefits, case.number, asat.day),
    )
    of = {one.pk: one for one in cycles}
    for one in cycles:
        one.planned, one.expected = [], []
        study, conclusion = getattr(one, "study", None), getattr(one, "conclusion", None)
        one.studied = study is not None and study.day <= asat.day
        one.follows = conclusion.get_act_display() if conclusion is not None and conclusion.day <= asat.day else ""
    for one in days:
        of[one.cycle_id].planned.append(one)
    for one in predictions:
        of[one.cycle_id].expected.append(one)
    predict, avoided = next(iter(sent), (None, None))
    promised = Promised(predict, avoided, benefits)
    return [_with_days(one, one.planned) for one in cycles], next(iter(proposals), None), promised


def _planned(case: Any, day: Any) -> QuerySet[Cycle]:
    planned = Cycle.objects.filter(case=case, planned_on__lte=day)
    return planned.select_related("study", "conclusion").order_by("number")


def _days(case: Any, day: Any) -> QuerySet[Dates]:
    return Dates.objects.filter(cycle__case=case, cycle__planned_on__lte=day).order_by("cycle", "number")


def _predictions(case: Any, day: Any) -> QuerySet[Prediction]:
    found = Prediction.objects.filter(cycle__case=case, cycle__planned_on__lte=day)
    return found.select_related("finding").order_by("cycle", "position")


def _promised(case: Any, day: Any) -> QuerySet[Any]:
    """The answers of the newest submission of the test."""
    sent = Submission.objects.filter(case=case, purpose=Purpose.TEST, day__lte=day).order_by("-number")
    return sent.values_list("document__answers__predict", "document__answers__benefits")[:1]


def _benefits(number: Any, day: Any) -> QuerySet[Benefit]:
    """The benefits of the case, each with what is planned for all its years, and what is validated."""
    rows = (model.objects.as_at(day).filter(benefit=OuterRef("pk")) for model in (Profile, Validation))
    planned, validated = (one.order_by().values("benefit").annotate(n=Sum("saving")).values("n") for one in rows)
    found: QuerySet[Benefit] = Benefit.objects.filter(record_kind="case", record_key=number, added_on__lte=day)
    return found.annotate(planned=Subquery(planned), validated=Subquery(validated)).order_by("title", "pk")


def _last_proposal(case: Any) -> QuerySet[Proposal]:
    """What was proposed to scale, the latest."""
    found = Proposal.objects.filter(submission__case=case).select_related("opened__line", "submission")
    return found.defer("submission__document").order_by("-pk")[:1]


def sees_benefit(user: Any, benefit: Benefit) -> bool:
    """The programme’s, or of a commissioner whose register this person may see, as Benefit’s visible_to has it."""
    held = authority_of(user)
    whose = held.commissioner_ids(Action.VIEW_REGISTER)
    return held.everywhere(Action.VIEW_REGISTER) or benefit.commissioner_id is None or benefit.commissioner_id in whose


@dataclass(frozen=True, slots=True)
class Realised:
    """A measure as the case promised it, and what became of it: `value` on `day`. code: of a measure of the library."""

    promised: Mapping[str, Any]
    code: str
    value: Decimal | None = None
    day: date | None = None
    cycle: Cycle | None = None


def realised(case: Case, cycles: Sequence[Any], promised: Promised, asat: AsAt) -> list[Realised]:
    """Each measure that the case promised: of the library the CHIN’s newest value, which goes on after the case; of others
    the last number of the newest cycle that was studied. A few more statements where some are of the library.
    """
    rows = [row for row in (promised.predict or {}).get("measures", ()) if row.get("name") and row.get("prediction")]
    studied = [(cycle, one) for cycle in reversed(cycles) if cycle.studied for one in cycle.expected]
    codes = {row["library"] for row in rows if row.get("library")}
    stands = measures.stands(case, Measure.objects.filter(code__in=codes), asat) if codes else {}
    found = []
    for row in rows:
        code = row.get("library", "")
        if code:
            newest = stands.get(code)
            value = Decimal(f"{newest.value:.2f}") if newest is not None and newest.value is not None else None
            found.append(Realised(row, code, value, newest.ends if newest else None))
            continue
        cycle, one = next(((c, p) for c, p in studied if _same(row["name"], p.measure)), (None, None))
        shown = one.finding.evidence if one is not None else {"values": (), "days": ()}
        values = [(date.fromisoformat(d), Decimal(v)) for d, v in zip(shown["days"], shown["values"], strict=True)]
        day, value = values[-1] if values else (None, None)
        found.append(Realised(row, code, value, day, cycle))
    return found


def _same(promised: str, predicted: str) -> bool:
    """A cycle’s measure begins as the case has it, and may say its unit besides."""
    return predicted.casefold().startswith(promised.casefold())


def dated(cycle: Cycle) -> Any:
    """The cycle with its days."""
    return _dated(cycle)


def _dated(cycle: Any) -> Any:
    return _with_days(cycle, list(cycle.dates.all()))


def _with_days(cycle: Any, several: Sequence[Dates]) -> Any:
    """Its days as they stand and as first planned, and by how many days it slipped."""
    cycle.now, cycle.at_first = several[-1], several[0]
    cycle.slipped = (cycle.now.last - cycle.at_first.last).days if len(several) > 1 else 0
    return cycle


@dataclass(frozen=True, slots=True)
class Shown:
    """A prediction with what it shows: its evidence (frozen, once it was studied), its chart, and its newest number."""

    prediction: Prediction
    evidence: evidence.Evidence
    chart: charts.Chart | None
    last: Decimal | None
    rows: Sequence[Sequence[Any]]


def shown_of(cycle: Any, asat: AsAt) -> list[Shown]:
    """Each prediction of a cycle as at the day: frozen where it was studied by then, else as the numbers are."""
    studied = getattr(cycle, "study", None)
    band = charts.Band(first=cycle.now.first, last=cycle.now.last, label=f"Cycle {cycle.number}")
    found = []
    predictions = list(cycle.predictions.select_related("finding", "library"))
    values = evidence.values_of(cycle, predictions, asat)
    for prediction in predictions:
        if studied is not None and studied.day <= asat.day:
            shown: evidence.Evidence = prediction.finding.evidence
        else:
            shown = evidence.of(prediction, values[prediction.pk])
        days, numbers = shown["days"], shown["values"]
        drawn = evidence.chart(shown, f"{prediction.measure}, {prediction.how_often}", [band])
        found.append((prediction, shown, drawn, days, numbers))
    kept = charts.keep([chart for _, _, chart, _, _ in found])
    return [
        Shown(
            prediction,
            shown,
            chart,
            prediction.shown(numbers[-1]) if numbers else None,
            [(date.fromisoformat(day), prediction.shown(value)) for day, value in zip(days, numbers, strict=True)],
        )
        for (prediction, shown, _, days, numbers), chart in zip(found, kept, strict=True)
    ]


def notes_of(cycle: Cycle, asat: AsAt) -> list[Note]:
    return list(Note.objects.filter(cycle=cycle, week__lte=asat.day).select_related("by").order_by("-week", "-pk"))


def numbers_of_week(cycle: Cycle, monday: date) -> dict[int, Decimal | None]:
    """The numbers held of a week, by prediction."""
    held = Reading.objects.filter(prediction__cycle=cycle, day=monday).newest()
    return dict(held.values_list("prediction", "value"))


def weekly(cycle: Cycle) -> list[Prediction]:
    return list(cycle.predictions.filter(weekly=True))


def source_choices(case: Case) -> list[tuple[int, str]]:
    return list(Source.objects.filter(commissioner=case.commissioner).order_by("name").values_list("pk", "name"))


def source(case: Case, pk: int) -> Source:
    return Source.objects.get(commissioner=case.commissioner, pk=pk)


def practices_of(case: Case, day: date) -> list[Any]:
    """The active practices of its commissioner, by name."""
    found: Any = Practice.objects.with_standing(day).with_details(day)
    return list(found.filter(status="active", commissioner_id=case.commissioner_id).order_by("name", "ods_code"))


def planned_measures(case: Case) -> list[dict[str, Any]]:
    """What the case predicts, of its newest submission, to begin a plan with."""
    newest = case.submissions.filter(purpose="test").order_by("-number").first()
    rows = (newest.document.get("answers", {}).get("predict", {}).get("measures", []) if newest else []) or []
    return [row for row in rows if row.get("name")]


def last_seed(case: Case) -> str:
    found = (
        Conclusion.objects.filter(cycle__case=case).order_by("-cycle__number").values_list("seed", flat=True).first()
    )
    return found or ""


# The library ------------------------------------------------------------------------------------------


def finished(user: Any, asat: AsAt) -> Any:
    """Cases that were scaled or stopped by the day, with what was learned in the last cycle that was studied."""
    last = Study.objects.filter(cycle__case=OuterRef("pk")).order_by("-cycle__number")
    acts = Conclusion.objects.filter(cycle__case=OuterRef("pk")).order_by("-cycle__number")
    found = Case.objects.visible_to(user).filter(state__in=FINISHED, since__lte=asat.day).select_related("chin")
    return found.annotate(
        learned=Subquery(last.values("learned")[:1]), act=Subquery(acts.values("act")[:1]), chin_name=F("chin__name")
    )


def chin_choices(user: Any) -> list[tuple[str, str]]:
    chins = Chin.objects.filter(pk__in=Case.objects.filter(seen_by(user), state__in=FINISHED).order_by().values("chin"))
    return list(chins.order_by("name").values_list("slug", "name"))


def learned_of(cases: Any) -> dict[int, str]:
    """What was learned last of each of these cases, in a sentence."""
    found = Study.objects.filter(cycle__case__in=cases).order_by("cycle__number")
    return dict(found.values_list("cycle__case", "learned"))


def ends_of(cases: Any, today: date) -> dict[int, tuple[date, str]]:
    """When the cycle that goes on ends, of each of these cases."""
    newest = Dates.objects.filter(cycle=OuterRef("pk")).order_by("-number").values("last")[:1]
    going = Cycle.objects.filter(case__in=cases, state__in=(CycleState.PLAN, CycleState.DO)).annotate(
        ends=Subquery(newest)
    )
    return {one.case_id: (one.ends, f"Cycle {one.number} ends") for one in going if one.ends and one.ends >= today}


# What waits -------------------------------------------------------------------------------------------


def lacking_in_week(user: Any, week: date, until: date) -> QuerySet[Any]:
    """Cycles that go on, of cases this person records for, without a number or a note of the week from that Monday."""
    held = authority_of(user)
    going = Cycle.objects.filter(state=CycleState.DO, began_on__lte=until).filter(
        case__chin__in=held.own_ids(Action.RECORD_CYCLE, Scope.CHIN)
    )
    read = Reading.objects.filter(prediction__cycle=OuterRef("pk"), day=week)
    noted = Note.objects.filter(cycle=OuterRef("pk"), week=week)
    found = going.filter(~Exists(read), ~Exists(noted)).select_related("case")
    return found.order_by("case__number", "number")


def to_study(user: Any, today: date) -> QuerySet[Any]:
    """Cycles whose last day is past, of cases this person records for, to be studied or acted on."""
    held = authority_of(user)
    newest = Dates.objects.filter(cycle=OuterRef("pk")).order_by("-number").values("last")[:1]
    found = Cycle.objects.filter(
        state__in=(CycleState.DO, CycleState.STUDY), case__chin__in=held.own_ids(Action.RECORD_CYCLE, Scope.CHIN)
    ).annotate(ends=Subquery(newest))
    return found.filter(ends__lt=today).select_related("case").order_by("ends", "pk")


def marks(whose: Whose, asat: AsAt) -> Iterator[Mark]:
    """The cycles of a CHIN that had begun by the day, for charts of its series: from Plan to Act."""
    if whose.kind != Level.CHIN:
        return
    for band in bands(Chin(pk=whose.pk), asat.day):
        yield Mark(band.first, band.last, band.label, "cycle")


def bands(chin: Chin, day: date) -> list[charts.Band]:
    """The cycles of a CHIN that had been planned by the day, to be shaded on charts of its measures."""
    found = Cycle.objects.filter(case__chin=chin, planned_on__lte=day).select_related("case").prefetch_related("dates")
    return [
        charts.Band(first=one.now.first, last=one.now.last, label=f"{one.case.number}, cycle {one.number}")
        for one in map(_dated, found.order_by("pk"))
    ]
