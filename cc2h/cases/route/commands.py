"""The acts of the command `case` that are the route's: what becomes of a case, and whether the route can be gone."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from cc2h.accounts.authority import Action, require
from cc2h.cases import drafting, submitting, terminal
from cc2h.cases.models import Case
from cc2h.cases.queries import post_of
from cc2h.cases.route import checking, outcomes, queries, services, wording
from cc2h.cases.route.models import Turn
from cc2h.cases.route.outcomes import ACTIONS, BY_STAFF, Part, Said
from cc2h.cases.route.way import OfCommissioner
from cc2h.cases.states import CaseState, Event
from cc2h.cases.terminal import UNKNOWN, Act, Answer, a_day, a_person
from cc2h.kit import words
from practices.models import Commissioner

Step = Callable[[Any, Case, date, str], Any]


def _take_up(by: Any, case: Case, day: date, reason: str) -> None:
    drafting.take_up(by=by, case=case, day=day, excluded=case.excluded, post=post_of(by, Action.SHAPE_CASE, case))


def _submit(by: Any, case: Case, day: date, reason: str) -> None:
    submitting.submit(by=by, case=case, day=day, post=post_of(by, Action.WRITE_CASE, case))


def _withdraw(by: Any, case: Case, day: date, reason: str) -> None:
    submitting.withdraw(by=by, case=case, day=day, reason=reason, post=post_of(by, Action.WRITE_CASE, case))


def _reopen(by: Any, case: Case, day: date, reason: str) -> None:
    submitting.reopen(by=by, case=case, day=day, reason=reason, post=post_of(by, Action.WRITE_CASE, case))


# What happens to a case otherwise than by what is said at a stage: the action it takes, and the service.
EVENTS: dict[str, tuple[Action, Step]] = {
    Event.TAKEN_UP: (Action.SHAPE_CASE, _take_up),
    Event.SUBMITTED: (Action.WRITE_CASE, _submit),
    Event.SUBMITTED_AGAIN: (Action.WRITE_CASE, _submit),
    Event.WITHDRAWN: (Action.WRITE_CASE, _withdraw),
    Event.REOPENED: (Action.WRITE_CASE, _reopen),
    Event.RESUMED: (Action.WRITE_CASE, _reopen),
}


def provide(event: Event, action: Action, step: Step) -> None:
    """Register how a room above makes an event happen; called from its AppConfig.ready()."""
    EVENTS[event] = (action, step)


def _transition_arguments(parser: Any) -> None:
    parser.add_argument("number", help="the case, like 2018-014")
    parser.add_argument(
        "event",
        help=f"what happens: {', '.join(EVENTS)}; or what is said at the stage it waits at: {', '.join(Said)}",
    )
    parser.add_argument("--by", type=a_person, required=True, metavar="E-MAIL", help="who does it, by a post of theirs")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why")
    parser.add_argument("--stage", default="", metavar="KEY", help="where several are asked: which of them")
    parser.add_argument(
        "--condition", action="append", default=[], metavar="TEXT", help="of an approval; may be repeated"
    )
    parser.add_argument(
        "--section", action="append", default=[], metavar="KEY", help="more is asked of it; may be repeated"
    )
    parser.add_argument("--until", type=a_day, metavar="YYYY-MM-DD", help="deferred until")
    parser.add_argument("--line", default="", metavar="NUMBER", help="the budget line that pays, of a check")


def transition(given: Mapping[str, Any], today: date) -> Answer:
    """Something happens to a case. Raises ValidationError, PermissionDenied."""
    event, by = given["event"], given["by"]
    if event not in EVENTS and event not in Said.values:
        known = words.listed([*EVENTS, *(said for said in Said.values if said not in EVENTS)], "or")
        raise ValidationError(f"“{event}” is nothing that happens to a case. It can be {known}.", code=UNKNOWN)
    case = terminal.find(given["number"])
    if case is None or not queries.find_case(by, case.number).exists():
        raise ValidationError(f"No case that {by} may see has the number {given['number']}.", code=UNKNOWN)
    if event in EVENTS:
        action, step = EVENTS[event]
        require(by, action, case)
        step(by, case, today, given["reason"])
    else:
        _say(given, case, Said(event), today)
    case.refresh_from_db()
    state = CaseState(case.state)
    waiting = _waits_for(case)
    said = {"number": case.number, "status": state.value, "since": case.since, "waits_for": waiting}
    waits = f" It waits for {words.listed(waiting)}." if waiting else ""
    return Answer(said, f"{case.number} is “{state.label}” since {words.day(case.since)}.{waits}")


def _say(given: Mapping[str, Any], case: Case, said: Said, today: date) -> None:
    by = given["by"]
    waiting = (
        Turn.objects.whole().filter(passage__submission__case=case, state="open").order_by("stage__position", "pk")
    )
    turns = [turn for turn in waiting if said in outcomes.of(turn.stage.part)]
    if given["stage"]:
        turns = [turn for turn in turns if turn.stage.key == given["stage"]]
    if not turns:
        here = words.listed([f"{turn.stage} ({turn.stage.key})" for turn in waiting]) or "nothing"
        raise ValidationError(f"Nobody is asked who could say “{said.label}”: it waits for {here}.", code="not_now")
    if len(turns) > 1:
        keys = words.listed([turn.stage.key for turn in turns], "or")
        raise ValidationError(f"Several are asked who could say it. Add --stage with {keys}.", code="which")
    (turn,) = turns
    whose: Any = case
    if said in BY_STAFF:
        action, whose = Action.KEEP_GOVERNANCE, OfCommissioner(case)
    elif Part(turn.stage.part) in ACTIONS:
        action = ACTIONS[Part(turn.stage.part)]
    else:
        raise ValidationError(f"{turn.body} says it at a meeting, and its secretary records it there.", code="meeting")
    require(by, action, whose)
    services.record(
        by=by,
        turn=turn,
        said=said,
        reasons=given["reason"],
        day=today,
        post=post_of(by, action, whose),
        conditions=[services.Asked(text) for text in given["condition"]],
        sections=given["section"],
        until=given["until"],
        typed={"pays": given["line"]},
    )


def _waits_for(case: Case) -> list[str]:
    waiting = Turn.objects.filter(passage__submission__case=case, state="open").order_by("stage__position", "pk")
    return list(waiting.values_list("stage__name", flat=True))


def _route_arguments(parser: Any) -> None:
    parser.add_argument("--check", action="store_true", help="say what keeps cases from being decided")
    parser.add_argument("--commissioner", default="", metavar="CODE", help="only of this one, like 07M")
    parser.add_argument("--day", type=a_day, metavar="YYYY-MM-DD", help="as at this day (today if not given)")


def route(given: Mapping[str, Any], today: date) -> Answer:
    """The routes in force; with --check what is wrong with each, and exit code 1 where anything is."""
    day = given["day"] or today
    found = Commissioner.objects.order_by("ods_code")
    code = given["commissioner"].upper()
    several = list(found.filter(ods_code=code) if code else found.filter(case_routes__isnull=False).distinct())
    if code and not several:
        raise ValidationError(f"No commissioner has the code {code}.", code=UNKNOWN)
    said: list[dict[str, Any]] = []
    lines: list[str] = []
    for commissioner in several:
        version = queries.in_force(commissioner, day)
        stages = queries.stages(version) if version else []
        one: dict[str, Any] = {
            "commissioner": commissioner.ods_code,
            "version": version.number if version else None,
            "ways": wording.paths(stages),
        }
        lines += [
            f"{commissioner}: " + (f"version {version.number}" if version else "no route is in force"),
            *one["ways"],
        ]
        if given["check"]:
            one["problems"] = checking.problems_of(commissioner, version, day)
            lines += [f"! {problem}" for problem in one["problems"]] or ["Nothing is wrong with it."]
        said.append(one)
    wrong = any(one.get("problems") for one in said)
    return Answer(said, "\n".join(lines) or "No commissioner has a route for business cases.", wrong)


terminal.provide(
    Act(
        "transition",
        "Something happens to a case, by somebody whose posts let them.",
        _transition_arguments,
        transition,
    )
)
terminal.provide(
    Act("route", "The route of business cases, and whether it can be gone to its end.", _route_arguments, route)
)
