"""Planning cycles, what happens in them week by week, studying them, and what follows. Raises ValidationError, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from budget import services as budget
from budget.models import Source
from cc2h.cases import papers, submitting
from cc2h.cases.cycles import evidence, packs
from cc2h.cases.cycles.models import (
    Conclusion,
    Cycle,
    Dates,
    Finding,
    Note,
    Opened,
    Prediction,
    Proposal,
    Reading,
    RollOut,
    Study,
)
from cc2h.cases.cycles.states import Act, CycleState, Verdict, allowed
from cc2h.cases.models import Case, CaseStep, Purpose
from cc2h.cases.sections import LONG
from cc2h.cases.services import on, step
from cc2h.cases.states import CaseState, Event
from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.dated import recording
from cc2h.kit.problems import check
from cc2h.kit.writing import writing
from kpis.models import Measure
from practices.models import Practice


@dataclass(frozen=True, slots=True)
class Expected:
    """A prediction to be made: the measure, which way it should go, and the number.

    library: the measure of the library that it is; its values of the CHIN are its numbers, and none is entered.
    """

    measure: str
    way: str
    predicted: Decimal
    unit: str = ""
    baseline: Decimal | None = None
    target: Decimal | None = None
    weekly: bool = True
    library: Measure | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What the study says of a prediction."""

    verdict: Verdict
    why: str


def monday_of(day: date) -> date:
    """The Monday of the day’s week."""
    return day - timedelta(days=day.weekday())


def plan(
    *,
    by: Any,
    case: Case,
    title: str,
    question: str,
    who: str,
    place: str,
    first: date,
    last: date,
    predictions: Sequence[Expected],
    today: date,
) -> Cycle:
    """The next cycle of an approved case, with what it predicts."""
    with writing(by):
        current = _lock(case)
        cycle = Cycle(
            case=current,
            number=current.cycles.count() + 1,
            title=" ".join(title.split()),
            question=question.strip(),
            who=" ".join(who.split()),
            place=" ".join(place.split()),
            planned_on=today,
        )
        check(cycle)
        cycle.save(force_insert=True)
        _say_days(cycle, 1, first, last, "", by, today)
        for position, one in enumerate(predictions, start=1):
            _predict(cycle, position, one)
    return cycle


def predict(*, by: Any, cycle: Cycle, expected: Expected) -> Prediction:
    """One more number that the cycle is expected to bring, before it begins."""
    with writing(by):
        current = _current(cycle)
        return _predict(current, current.predictions.count() + 1, expected)


def replan(*, by: Any, cycle: Cycle, first: date, last: date, why: str, today: date) -> Dates:
    """The days slip: the new ones stand beside the old, with the reason."""
    with writing(by):
        current = _current(cycle)
        return _say_days(current, current.dates.count() + 1, first, last, why, by, today)


def begin(*, by: Any, cycle: Cycle, today: date, post: str = "") -> Cycle:
    """What was planned is done from today on. With the first cycle the test of the case begins."""
    with writing(by):
        current = _current(cycle, CycleState.DO)
        current.began_on = today
        _become(current, CycleState.DO)
        if current.case.state == CaseState.APPROVED:
            step(by=by, case=current.case, event=Event.STARTED, day=today, post=post)
    return current


def read(
    *,
    by: Any,
    cycle: Cycle,
    week: date,
    values: Mapping[int, Decimal | None],
    today: date,
    seen: str = "",
    problems: str = "",
) -> list[Reading]:
    """This week’s numbers, by the primary keys of predictions, and what was seen. A number entered anew replaces the
    one before it, which stays readable; None takes it out.
    """
    monday = monday_of(week)
    if monday > today:
        raise ValidationError(f"The week of {words.day(monday)} has not begun yet.", code="to_come")
    with writing(by):
        current = _current(cycle)
        own = {one.pk: one for one in current.predictions.all()}
        made = []
        for pk, value in values.items():
            if pk not in own:
                raise ValidationError("That is no measure of this cycle.", code="not_its_own")
            if own[pk].library_id is not None:
                raise ValidationError(f"“{own[pk]}” has its values from the library.", code="of_the_library")
            held = own[pk].readings.filter(day=monday).order_by("-version").first()
            if (held is None and value is None) or (held is not None and held.value == value):
                continue
            one = Reading(prediction=own[pk], day=monday, version=held.version + 1 if held else 1, value=value, by=by)
            if (pretended := recording()) is not None:
                one.at = pretended
            check(one)
            one.save(force_insert=True)
            made.append(one)
        if seen.strip() or problems.strip():
            note = Note(cycle=current, week=monday, seen=seen.strip(), problems=problems.strip(), by=by)
            if (pretended := recording()) is not None:
                note.at = pretended
            check(note)
            note.save(force_insert=True)
    return made


def study(
    *,
    by: Any,
    cycle: Cycle,
    found: Mapping[int, Found],
    summary: str,
    learned: str,
    today: date,
    post: str = "",
) -> Study:
    """Of each prediction whether it held, with its values and chart frozen as they are now."""
    with writing(by):
        current = _current(cycle, CycleState.STUDY)
        predictions = list(current.predictions.select_related("library"))
        values = evidence.values_of(current, predictions, AsAt(today, None, today))
        missing = [one for one in predictions if one.pk not in found]
        if missing:
            raise ValidationError(f"Say whether this held: “{missing[0]}”.", code="missing")
        studied = Study(
            cycle=current, summary=summary.strip(), learned=" ".join(learned.split()), day=today, by=by, post=post[:200]
        )
        check(studied)
        studied.save(force_insert=True)
        for prediction in predictions:
            shown = evidence.of(prediction, values[prediction.pk])
            said = found[prediction.pk]
            if not shown["values"] and said.verdict != Verdict.NOT_SHOWN:
                raise ValidationError(
                    f"“{prediction}” has no numbers, so nothing can be shown of it, one way or the other.",
                    code="no_numbers",
                )
            one = Finding(
                study=studied,
                prediction=prediction,
                verdict=said.verdict,
                why=said.why.strip(),
                evidence=shown,
                sha256=evidence.fingerprint(shown),
            )
            check(one, "why")
            one.save(force_insert=True)
        _become(current, CycleState.STUDY)
    return studied


def conclude(
    *, by: Any, cycle: Cycle, act: str, why: str, today: date, seed: str = "", last: bool = False, post: str = ""
) -> Conclusion:
    """What follows: adopt, adapt or abandon. last: no cycle comes after it, and the case is ready to be decided on."""
    if last and act == Act.ADAPT:
        raise ValidationError("What is adapted is tested in another cycle.", code="not_the_last")
    with writing(by):
        current = _current(cycle, CycleState.ACT)
        decided = Conclusion(
            cycle=current,
            act=act,
            why=why.strip(),
            seed=seed.strip() if act == Act.ADAPT else "",
            day=today,
            by=by,
            post=post[:200],
        )
        check(decided)
        decided.save(force_insert=True)
        _become(current, CycleState.ACT)
        if last:
            step(by=by, case=current.case, event=Event.CONCLUDED, day=today, post=post)
    return decided


def extend(*, by: Any, case: Case, why: str, today: date, post: str = "") -> CaseStep:
    """The test goes on with another cycle, within the money it has."""
    return step(by=by, case=case, event=Event.EXTENDED, day=today, reason=why, post=post)


def stop(*, by: Any, case: Case, why: str, today: date, post: str = "") -> CaseStep:
    """The case ends here, and what was not released returns to its line."""
    return step(by=by, case=case, event=Event.STOPPED, day=today, reason=why, post=post)


def propose(
    *,
    by: Any,
    case: Case,
    source: Source,
    line_name: str,
    kind: str,
    amounts: Mapping[int, Decimal],
    roll_out: Mapping[Practice, date],
    day: date,
    post: str = "",
) -> Proposal:
    """Scale it borough-wide: the evidence of all cycles is frozen, and the proposal takes the route of its sum.

    amounts: by financial year; roll_out: practices by the month in which they begin.
    """
    if not amounts:
        raise ValidationError("Say what it costs in each year.", code="no_amounts")
    if not roll_out:
        raise ValidationError("Say which practices begin, and in which month.", code="no_roll_out")
    with writing(by):
        current = _lock(case)
        if current.state != CaseState.CONCLUDED:
            raise ValidationError("A case is scaled once its last cycle is concluded.", code="not_now")
        asked = sum(amounts.values(), Decimal("0.00"))
        called = " ".join(line_name.split())
        starts = sorted(roll_out.items(), key=lambda one: (one[1], one[0].ods_code))
        submission = submitting.frozen(
            by=by,
            case=current,
            asked=asked,
            length=LONG,
            sections=[
                packs.of_money(called, source.name, amounts),
                packs.of_roll_out(starts),
                *packs.of_cycles(current),
            ],
            answers={"evidence": packs.evidence_of(current)},
            day=day,
            post=post[:200],
            purpose=Purpose.SCALE,
        )
        proposal = Proposal(
            submission=submission,
            source=source,
            line_name=called,
            kind=kind,
            first_year=min(amounts),
            last_year=max(amounts),
            amounts={str(year): f"{amount:.2f}" for year, amount in sorted(amounts.items())},
        )
        check(proposal)
        proposal.save(force_insert=True)
        RollOut.objects.bulk_create(
            RollOut(proposal=proposal, practice=practice, month=month.replace(day=1))
            for practice, month in roll_out.items()
        )
        step(by=by, case=current, event=Event.PROPOSED, day=day, post=post)
        papers.leave(f"submission:{submission.pk}")
    return proposal


@on(Event.SCALED)
def open_its_line(case: Case, taken: CaseStep, by: Any) -> None:
    """What is scaled gets a line of its own, outside the programme budget; its money is allocated by finance."""
    newest = case.submissions.filter(purpose=Purpose.SCALE).order_by("-number").first()
    proposal = Proposal.objects.filter(submission=newest).select_related("source").first()
    if proposal is None:
        raise ValidationError("There is no proposal to scale the case.", code="no_proposal")
    line = budget.add_line(
        by=by,
        commissioner=case.commissioner,
        name=proposal.line_name,
        source=proposal.source,
        kind=proposal.kind,
        first_year=proposal.first_year,
        last_year=proposal.last_year,
        inside=False,
        note=f"Scaled from business case {case.number}, {case.title}"[:500],
    )
    Opened.objects.create(proposal=proposal, line=line, day=taken.day)


def _predict(cycle: Cycle, position: int, one: Expected) -> Prediction:
    prediction = Prediction(
        cycle=cycle,
        position=position,
        measure=" ".join(one.measure.split()),
        unit=one.unit,
        way=one.way,
        baseline=one.baseline,
        predicted=one.predicted,
        target=one.target,
        weekly=one.weekly and one.library is None,
        library=one.library,
    )
    check(prediction)
    prediction.save(force_insert=True)
    return prediction


def _say_days(cycle: Cycle, number: int, first: date, last: date, why: str, by: Any, day: date) -> Dates:
    dates = Dates(cycle=cycle, number=number, first=first, last=last, why=" ".join(why.split()), by=by, day=day)
    check(dates)
    dates.save(force_insert=True)
    return dates


def _lock(case: Case) -> Any:
    return Case.objects.select_for_update(no_key=True).get(pk=case.pk)


def _current(cycle: Cycle, after: CycleState | None = None) -> Cycle:
    """The cycle as the database has it, kept for this transaction; refused where it can’t become that."""
    _lock(cycle.case)
    found: Cycle = Cycle.objects.select_for_update(no_key=True, of=("self",)).select_related("case").get(pk=cycle.pk)
    if after is not None and not allowed(found.state, after):
        state = CycleState(found.state).label
        raise ValidationError(f"The cycle stands at “{state}”: look at it again.", code="state")
    return found


def _become(cycle: Cycle, after: CycleState) -> None:
    cycle.state = after
    cycle.save()
