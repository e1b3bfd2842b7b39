"""What the page of a case is told by the route: who would decide, which sections are open, what comes next."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from cc2h.cases import hooks
from cc2h.cases.models import Case, Purpose, Submission
from cc2h.cases.route import papers, wording
from cc2h.cases.route.models import Condition, Outcome, Route, Stage, Turn
from cc2h.cases.route.outcomes import BINDING, Part, TurnState
from cc2h.cases.sections import BY_KEY
from cc2h.kit import words


def who_decides(case: Case, asked: Decimal | None, day: date) -> str:
    """Who decides on a case that asks for so much, and within how many days of being asked; two queries."""
    if asked is None:
        return ""
    route = Route.objects.filter(commissioner=case.commissioner_id).in_force(day).first()
    if route is None:
        return "nobody can decide on it yet, as no route is in force"
    stages = route.stages.on_the_way(asked, Purpose.TEST).filter(part=Part.DECIDE).select_related("body")
    if not (deciding := list(stages)):
        return "nobody can decide on it yet, as the route has nobody for such a sum"
    who = words.listed([_who(stage) for stage in deciding], "and then")
    return f"{who} {'decides' if len(deciding) == 1 else 'decide'}"


def _who(stage: Stage) -> str:
    within = wording.target(stage)
    name = f"the {stage.body}" if stage.body else "one named officer"
    return f"{name} (within {within} of being asked)" if within != wording.NO_TARGET else name


def open_sections(case: Case) -> Collection[str] | None:
    """The sections that more was asked of, and those that were not asked for before; None where all of it came back."""
    newest: Submission | None = case.submissions.order_by("-number").first()
    if newest is None:
        return None
    asked = Outcome.objects.filter(turn__passage=newest.pk, turn__state=TurnState.ENDED).order_by("-pk").first()
    if asked is None or not asked.sections:
        return None
    answered = {section["key"] for section in newest.document.get("sections", ())}
    return {*asked.sections, *(key for key in BY_KEY if answered and key not in answered)}


def next_dates(cases: Iterable[int], today: date) -> Mapping[int, hooks.NextDate]:
    """The target day of the stage that holds a case up, or the day a condition is due; two queries."""
    found: dict[int, hooks.NextDate] = {}
    several = list(cases)
    waiting: Any = Turn.objects.filter(
        state=TurnState.OPEN, stage__part__in=BINDING, passage__submission__case__in=several, target_on__isnull=False
    ).order_by("-target_on", "-pk")
    for case, day, name in waiting.values_list("passage__submission__case", "target_on", "stage__name"):
        found[case] = hooks.NextDate(day, f"{name}: an answer is due")
    due: Any = Condition.objects.filter(
        outcome__turn__passage__submission__case__in=several, met_on=None, waived_on=None, due_on__isnull=False
    ).order_by("-due_on", "-pk")
    for case, day, text in due.values_list("outcome__turn__passage__submission__case", "due_on", "text"):
        if case not in found or day < found[case].day:
            found[case] = hooks.NextDate(day, f"Condition: {text}")
    return found


hooks.provide_who_decides(who_decides)
hooks.provide_open_sections(open_sections)
hooks.provide_next_dates(next_dates)
papers.register()
