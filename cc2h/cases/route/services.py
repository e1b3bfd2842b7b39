"""Taking a case along its route. Everything raises ValidationError, in words, for what is refused."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

from cc2h.cases import services as cases
from cc2h.cases.models import Case, CaseStep, Purpose, Submission
from cc2h.cases.route import checks, conflicts, outcomes, papers, telling
from cc2h.cases.route.models import Condition, Outcome, Passage, Route, Stage, Turn
from cc2h.cases.route.outcomes import BINDING, LATER, RULES, Part, Said, TurnState
from cc2h.cases.sections import asked_of
from cc2h.cases.states import CaseState, Event
from cc2h.governance.decisions.models import Decision
from cc2h.governance.models import Body
from cc2h.kit import words
from cc2h.kit.dated import recording
from cc2h.kit.problems import check
from cc2h.kit.working import working_days_after
from cc2h.kit.writing import writing

# Asking for more, and declining, leave a case that was tested as it was: concluded, with what it learned.
OF_SCALING = {Event.RETURNED: Event.SENT_BACK, Event.DECLINED: Event.SENT_BACK, Event.APPROVED: Event.SCALED}


class Asked(NamedTuple):
    """A condition of an approval: its words, and by when it is to be met, if that is said."""

    text: str
    due_on: date | None = None


# Setting out ------------------------------------------------------------------------------------------


@cases.on(Event.SUBMITTED, Event.SUBMITTED_AGAIN, Event.PROPOSED)
def sets_out(case: Case, taken: CaseStep, by: Any) -> None:
    """What was submitted takes the route in force on that day, and who stands first on it is asked."""
    submission = case.submissions.order_by("-number").first()
    wanted = Purpose.SCALE if taken.event == Event.PROPOSED else Purpose.TEST
    if submission is None or submission.purpose != wanted or Passage.objects.filter(pk=submission.pk).exists():
        raise ValidationError("Nothing was submitted with it that somebody could decide on.", code="no_submission")
    route = Route.objects.filter(commissioner=case.commissioner_id).in_force(submission.day).first()
    if route is None:
        raise ValidationError(
            f"{case.commissioner} has no route for business cases on {words.day(submission.day)}: nobody could decide. "
            "Whoever keeps the route makes one first.",
            code="no_route",
        )
    passage = Passage.objects.create(submission=submission, route=route)
    passage.submission.case = case
    if not _go_on(passage, taken.day):
        raise ValidationError(
            f"The route has no stage for {words.pounds(submission.asked, 2)}: nobody would be asked. "
            "Whoever keeps the route adds one first.",
            code="no_stage",
        )


def _go_on(passage: Passage, day: date) -> list[Turn]:
    """Ask who stands next: the stages of the first position that has not passed it all; at the end, those after deciding.

    What was said of the submission before holds where the sum is the same and nothing that the stage looks at was
    opened again.
    """
    submission = passage.submission
    stages = list(passage.route.stages.on_the_way(submission.asked, submission.purpose).select_related("body"))
    turns = {turn.stage_id: turn for turn in passage.turns.all()}
    holds = _what_holds(passage)
    opened: list[Turn] = []
    for position in sorted({stage.position for stage in stages if stage.part in BINDING}):
        here = [stage for stage in stages if stage.position == position and stage.part in BINDING]
        for stage in here:
            if stage.pk not in turns:
                turns[stage.pk] = _ask(passage, stage, day, holds.get(stage.pk))
                opened.append(turns[stage.pk])
        if any(turns[stage.pk].state != TurnState.PASSED for stage in here):
            return opened
    return opened


def _ask(passage: Passage, stage: Stage, day: date, before: Outcome | None = None) -> Turn:
    turn = Turn(
        passage=passage,
        stage=stage,
        body=stage.body or (_board(passage.submission.case) if stage.own_board else None),
        opened_on=day,
        target_on=target(stage, day),
    )
    if before is not None:
        turn.carried_from, turn.state, turn.closed_on = before, TurnState.PASSED, day
    turn.save(force_insert=True)
    return turn


def target(stage: Stage, day: date) -> date | None:
    """By when a stage that is asked on the day should answer."""
    if stage.target_days is None:
        return None
    return working_days_after(day, stage.target_days) if stage.working else day + timedelta(stage.target_days)


def _board(case: Case) -> Body | None:
    """The management board of the case's CHIN, where one is recorded."""
    board: Body | None = Body.objects.filter(chin=case.chin_id, ended_on=None).order_by("pk").first()
    return board


def _what_holds(passage: Passage) -> dict[int, Outcome]:
    """By stage, what was said of the submission before and holds for this one."""
    this = passage.submission
    before = (
        Submission.objects.filter(case=this.case_id, purpose=this.purpose, number__lt=this.number)
        .order_by("-number")
        .first()
    )
    if before is None or before.asked != this.asked:
        return {}
    turns = list(Turn.objects.filter(passage=before.pk).select_related("stage", "carried_from"))
    said = {one.turn_id: one for one in Outcome.objects.filter(turn__in=turns, said__in=outcomes.FINAL)}
    opened: set[str] = set()
    for turn in turns:
        if turn.state == TurnState.ENDED:
            if not said[turn.pk].sections:
                return {}  # all of it was opened again
            opened |= set(said[turn.pk].sections)
    return {
        turn.stage_id: turn.carried_from or said[turn.pk]
        for turn in turns
        if turn.state == TurnState.PASSED and turn.stage.sections and not opened & set(turn.stage.sections)
    }


# What is said ------------------------------------------------------------------------------------------


def record(
    *,
    by: Any,
    turn: Turn,
    said: Said,
    reasons: str,
    day: date,
    post: str = "",
    conditions: Sequence[Asked] = (),
    sections: Sequence[str] = (),
    until: date | None = None,
    decision: Decision | None = None,
    typed: Mapping[str, Any] | None = None,
) -> Outcome:
    """Something is said of a case at a stage, and the case goes on, comes back or is decided, in one transaction.

    typed: what other rooms ask at a check. The caller has asked who may; who is conflicted may not.
    """
    with writing(by):
        case = Case.objects.select_for_update(no_key=True).get(pk=turn.case.pk)
        current: Turn = Turn.objects.whole().select_for_update(no_key=True, of=("self",)).get(pk=turn.pk)
        current.passage.submission.case = case
        _may_be_said(current, said)
        if decision is None:
            _not_conflicted(by, current, day)
        outcome = Outcome(
            turn=current,
            said=said,
            reasons=reasons.strip(),
            sections=_sections(current, sections) if said == Said.ASKED else [],
            until=until if said == Said.DEFERRED else None,
            decision=decision,
            day=day,
            by=by,
            post=post[:200],
        )
        if (pretended := recording()) is not None:
            outcome.at = pretended
        _complete(outcome, conditions)
        outcome.save(force_insert=True)
        for one in conditions if said == Said.CONDITIONS else ():
            Condition.objects.create(outcome=outcome, text=one.text.strip(), due_on=one.due_on)
        if current.stage.part == Part.CHECK and said == Said.AGREED:
            checks.save(outcome, typed or {}, by)
        _becomes(current, outcome, by)
        papers.leave(outcome)
        telling.heard(outcome)
    turn.refresh_from_db(fields=["state", "closed_on", "deferred_until"])
    return outcome


def _may_be_said(turn: Turn, said: Said) -> None:
    if turn.state != TurnState.OPEN:
        last = turn.outcomes.select_related("by").last()
        if last is None or turn.state == TurnState.VOID:
            raise ValidationError(
                f"“{turn.stage}” is not asked any more: {_where_it_is(turn.case)}. Look at it again.", code="not_open"
            )
        raise ValidationError(
            f"{last.by or 'Somebody else'} was first, on {words.day(last.day)}: {RULES[Said(last.said)].done}. "
            f"They say why: “{last.reasons}”",
            code="not_open",
        )
    if said not in outcomes.of(turn.stage.part):
        can = words.listed([f"“{one.label}”" for one in outcomes.of(turn.stage.part)], "or")
        raise ValidationError(
            f"“{said.label}” is not for “{turn.stage}” to say. It can say {can}.", code="not_its_part"
        )


def _where_it_is(case: Case) -> str:
    return f"the case is “{CaseState(case.state).label}”"


def _not_conflicted(by: Any, turn: Turn, day: date) -> None:
    """Whoever checks, advises or decides outside a meeting has nothing to do with the case."""
    if by is None or not turn.stage.conflicts or turn.stage.part not in outcomes.ACTIONS:
        return
    if turn.stage.part == Part.SPONSOR:
        return
    if found := conflicts.of_officer(turn.case, by, day):
        raise ValidationError(
            f"{by} can’t say it, for a conflict of interest: {' '.join(found)} Somebody else does.", code="conflicted"
        )


def _sections(turn: Turn, keys: Sequence[str]) -> list[str]:
    """The sections of which more is asked, each once and in the order of the form."""
    submission = turn.passage.submission
    known = {one.key: one.title for one in asked_of(submission.length, submission.document.get("answers", {}))}
    if unknown := [key for key in keys if key not in known]:
        raise ValidationError(
            {"sections": f"“{unknown[0]}” is no section of what was submitted. There are: {words.listed(known)}."},
            code="sections",
        )
    return [key for key in known if key in keys]


def _complete(outcome: Outcome, conditions: Sequence[Asked]) -> None:
    """What goes with the outcome is there, and nothing else is."""
    said = Said(outcome.said)
    check(outcome)
    if not outcome.reasons:
        raise ValidationError({"reasons": "Say why."}, code="reason_required")
    if said == Said.ASKED and not outcome.sections:
        raise ValidationError({"sections": "Choose the sections of which more is asked."}, code="no_sections")
    unknown = outcome.until is None and outcome.decision is None  # a body defers until it has it on an agenda again
    if said == Said.DEFERRED and (unknown or (outcome.until is not None and outcome.until <= outcome.day)):
        raise ValidationError({"until": f"Say until when, a day after {words.day(outcome.day)}."}, code="no_until")
    if said == Said.CONDITIONS and not any(one.text.strip() for one in conditions):
        raise ValidationError({"conditions": "Say what the conditions are."}, code="no_conditions")
    if said != Said.CONDITIONS and conditions:
        raise ValidationError({"conditions": f"Conditions go with “{Said.CONDITIONS.label}”."}, code="conditions")


def _becomes(turn: Turn, outcome: Outcome, by: Any) -> None:
    """What the outcome makes of the case."""
    rule, case, passage = RULES[Said(outcome.said)], turn.case, turn.passage
    if turn.stage.part in LATER:
        return
    event = rule.event
    assert event is not None, "every outcome is told"
    if rule.after == TurnState.PASSED:
        opened = _go_on(passage, outcome.day)
        left = passage.turns.filter(stage__part__in=BINDING).exclude(state=TurnState.PASSED).exists()
        event = Event.PASSED if opened or left else Event.APPROVED
    if passage.submission.purpose == Purpose.SCALE:
        event = OF_SCALING.get(event, event)
    why = f"{turn.stage}: {rule.done}. {outcome.reasons}"[:4000]
    cases.step(by=by, case=case, event=event, day=outcome.day, reason=why, post=outcome.post)
    if event in (Event.APPROVED, Event.SCALED):
        submission = passage.submission
        for stage in passage.route.stages.on_the_way(submission.asked, submission.purpose).select_related("body"):
            if stage.part in LATER:
                _ask(passage, stage, outcome.day)
