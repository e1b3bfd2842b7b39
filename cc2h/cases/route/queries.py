"""What pages of the route show: what waits where, for how long, and the route itself."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import (
    Aggregate,
    BooleanField,
    Count,
    DateField,
    Exists,
    F,
    FloatField,
    Func,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models import Case as Either
from django.db.models.functions import Cast, Coalesce

from cc2h.accounts.authority import Action, Scope, authority_of
from cc2h.cases.models import Author, Case, Paper
from cc2h.cases.route import acting, wording
from cc2h.cases.route.models import Condition, Outcome, Route, Stage, Turn
from cc2h.cases.route.outcomes import ACTIONS, Part, TurnState
from cc2h.cases.sections import BY_KEY, SHORT, asked_of
from cc2h.cases.states import IN_GOVERNANCE
from cc2h.governance.decisions.models import Decision
from cc2h.governance.models import Body
from cc2h.kit.asat import AsAt
from cc2h.kit.days import year_before
from practices.models import Commissioner


class Days(Func):
    """How many days the second day lies before the first."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


class Median(Aggregate):
    """Of an even number, the mean of the two in the middle."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def post_of(user: Any, action: Action, case: Any) -> str:
    """The post by which somebody acts on a case; a deputy's says for whom."""
    held = authority_of(user).holdings_allowing(action, case.authority_target())
    return "" if not held else held[0].title + (f", deputy for {held[0].deputy_for}" if held[0].deputy_for else "")


def find_case(user: Any, number: str) -> QuerySet[Case]:
    """The case, if it is this person's to see."""
    found: QuerySet[Case] = Case.objects.visible_to(user).filter(number=number).select_related("chin", "commissioner")
    return found


def find_turn(user: Any, pk: int, part: Part) -> QuerySet[Turn]:
    """A turn of such a stage, of a case that this person may see."""
    found: QuerySet[Turn] = Turn.objects.visible_to(user).whole().filter(pk=pk, stage__part=part)
    return found


def find_outcome(user: Any, pk: int) -> QuerySet[Outcome]:
    found: QuerySet[Outcome] = Outcome.objects.visible_to(user).filter(pk=pk)
    return found.select_related(
        "by", "turn__stage__route", "turn__body", "turn__passage__submission__case__chin", "decision__item__meeting"
    ).prefetch_related("conditions__met_by", "conditions__waived_by")


def paper_of(outcome: Outcome) -> Paper | None:
    """The PDF of a decision, once it is made."""
    return Paper.objects.filter(about=f"outcome:{outcome.pk}").defer("pdf").first()


def find_condition(user: Any, pk: int) -> QuerySet[Condition]:
    found: QuerySet[Condition] = Condition.objects.visible_to(user).filter(pk=pk)
    return found.select_related("outcome__turn__passage__submission__case__chin", "outcome__turn__stage")


def conditions_of_meeting(user: Any, meeting: int) -> list[Condition]:
    """The conditions that were set with decisions of a meeting, of cases that this person may see."""
    decided = Decision.objects.filter(item__meeting=meeting).values("pk")
    found = Condition.objects.visible_to(user).filter(outcome__decision__in=decided)
    return list(found.select_related("outcome__turn__passage__submission__case").order_by("pk"))


def find_stage(user: Any, pk: int) -> QuerySet[Stage]:
    found: QuerySet[Stage] = Stage.objects.visible_to(user).filter(pk=pk)
    return found.select_related("route__commissioner", "body")


def commissioners(user: Any, action: Action = Action.VIEW_CASE) -> QuerySet[Commissioner]:
    """Those whose route this person may see, or keep."""
    held = authority_of(user)
    found: QuerySet[Commissioner] = Commissioner.objects.all()
    if not held.everywhere(action):
        found = found.filter(pk__in=held.commissioner_ids(action))
    return found.order_by("short_name")


def sections() -> list[tuple[str, str]]:
    """Every section a case may have: key and title."""
    return [(key, one.title) for key, one in BY_KEY.items()]


def sections_of(case: Case) -> list[tuple[str, str]]:
    """The sections of what was submitted last, of which more can be asked: key and title."""
    last = case.submissions.order_by("-number").values_list("length", "document__answers").first()
    length, answers = last or (SHORT, None)
    return [(one.key, one.title) for one in asked_of(length, answers or {})]


def bodies(commissioner: Commissioner) -> list[tuple[int, str]]:
    """The bodies that a stage may ask: the commissioner's, and those of all commissioners together."""
    found = Body.objects.filter(Q(commissioner=commissioner) | Q(commissioner=None), chin=None, ended_on=None)
    return list(found.order_by("name").values_list("pk", "name"))


def body(commissioner: Commissioner, pk: int | None) -> Body | None:
    """One of them by number, or none."""
    if pk is None:
        return None
    found: Body = Body.objects.get(Q(commissioner=commissioner) | Q(commissioner=None), pk=pk, chin=None)
    return found


# Where cases are ----------------------------------------------------------------------------------------


def turns(user: Any, asat: AsAt) -> QuerySet[Turn]:
    """Every stage that was asked about a case by the day, with how long it took or has waited; what was carried over is not."""
    day = Cast(Value(asat.day), DateField())
    answered = Either(When(closed_on__lte=asat.day, then="closed_on"), output_field=DateField())
    found: QuerySet[Turn] = Turn.objects.visible_to(user).filter(opened_on__lte=asat.day, carried_from=None)
    return found.annotate(
        number=F("passage__submission__case__number"),
        title=F("passage__submission__case__title"),
        chin_slug=F("passage__submission__case__chin__slug"),
        chin_name=F("passage__submission__case__chin__name"),
        asked=F("passage__submission__asked"),
        case_chin=F("passage__submission__case__chin_id"),
        case_commissioner=F("passage__submission__case__commissioner_id"),
        commissioner_code=F("passage__submission__case__commissioner__ods_code"),
        stage_key=F("stage__key"),
        stage_name=F("stage__name"),
        stage_part=F("stage__part"),
        body_name=F("body__name"),
        answered=answered,
        days=Days(Coalesce("answered", day), F("opened_on")),
        state_on=Either(
            When(closed_on__lte=asat.day, state=TurnState.VOID, then=Value("void")),
            When(closed_on__lte=asat.day, then=Value("answered")),
            When(deferred_until__gte=asat.day, then=Value("deferred")),
            When(target_on__lt=asat.day, then=Value("late")),
            default=Value("waiting"),
        ),
        late=Either(
            When(Q(target_on__lt=F("closed_on"), closed_on__lte=asat.day), then=Value(True)),
            When(Q(closed_on=None) | Q(closed_on__gt=asat.day), target_on__lt=asat.day, then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        ),
    ).select_related("stage", "body")


WAITS = ("waiting", "late", "deferred")


def in_state(found: Any, state: str, asat: AsAt) -> Any:
    """Those in a state as the list's filter names it."""
    if state == "all":
        return found
    if state == "year":
        return found.filter(state_on="answered", answered__gt=year_before(asat.day))
    return found.filter(state_on=state)


def choices(found: Any) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(key, name) of the stages, and (slug, name) of the CHINs, that these turns are of."""
    stages: dict[str, Stage] = {}
    chins: dict[str, str] = {}
    for stage in Stage.objects.filter(pk__in=found.order_by().values("stage")).order_by("position", "name", "pk"):
        stages[stage.key] = stage
    for slug, chin in found.order_by().values_list("chin_slug", "chin_name").distinct():
        chins[slug] = chin
    names = Counter(stage.name for stage in stages.values())
    called = [
        (key, stage.name if names[stage.name] == 1 else f"{stage.name}, {wording.sums(stage).lower()}")
        for key, stage in stages.items()
    ]
    return called, sorted(chins.items(), key=lambda one: one[1])


def seats_of(rows: Sequence[Any], asat: AsAt) -> dict[int | None, list[acting.Seat]]:
    """By turn, the posts that may answer; of those that wait."""
    return acting.seats([_Asked(row) for row in rows if row.state_on in WAITS], asat.day)


class _Asked:
    """A row of `turns`, as far as it says who may answer."""

    def __init__(self, row: Any) -> None:
        self.turn_id, self.part, self.body_id = row.pk, row.stage_part, row.body_id
        self.chin_id, self.commissioner_id = row.case_chin, row.case_commissioner


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage, over all versions of the route: what waits there, how much of it late, since when, and how long it takes."""

    key: str
    name: str
    above: Decimal | None
    up_to: Decimal | None
    commissioner: str
    waiting: int
    late: int
    oldest: date | None
    answered: int
    median: Decimal | None


def by_stage(user: Any, asat: AsAt) -> list[StageRow]:
    """How cases stand at each stage on the day, and how long answers took in the year before it; one query."""
    waits = Q(state_on__in=WAITS)
    recent = Q(state_on="answered", answered__gt=year_before(asat.day))
    asked: Any = turns(user, asat)
    rows = (
        asked.values("commissioner_code", "stage_key")
        .annotate(
            place=Min("stage__position"),
            called=Min("stage_name"),
            lower=Min("stage__above"),
            upper=Max("stage__up_to"),
            waiting=Count("pk", filter=waits),
            late_ones=Count("pk", filter=Q(state_on="late")),
            oldest=Min("opened_on", filter=waits),
            done=Count("pk", filter=recent),
            median=Median("days", filter=recent),
        )
        .order_by("commissioner_code", "place", "stage_key")
    )
    return [
        StageRow(
            key=row["stage_key"],
            name=row["called"],
            above=row["lower"],
            up_to=row["upper"],
            commissioner=row["commissioner_code"],
            waiting=row["waiting"],
            late=row["late_ones"],
            oldest=row["oldest"],
            answered=row["done"],
            median=None if row["median"] is None else Decimal(str(row["median"])),
        )
        for row in rows
    ]


# The route itself ---------------------------------------------------------------------------------------


def in_force(commissioner: Commissioner, day: date) -> Route | None:
    """The version that holds on the day."""
    found: Route | None = Route.objects.filter(commissioner=commissioner).in_force(day).select_related("by").first()
    return found


def versions(commissioner: Commissioner) -> list[Route]:
    return list(Route.objects.filter(commissioner=commissioner).select_related("by").order_by("-number"))


def stages(route: Route) -> list[Stage]:
    return list(route.stages.select_related("body").order_by("position", "pk"))


# What waits for somebody ----------------------------------------------------------------------------------


def _named() -> Any:
    """Turns with the names that a list of them shows, without what was submitted."""
    return Turn.objects.whole().defer("passage__submission__document")


def to_answer(user: Any, part: Part) -> QuerySet[Turn]:
    """What waits for an answer that a post of theirs may give outside a meeting, the earliest target first.

    What they may not answer for a case that is theirs is left out.
    """
    held, action = authority_of(user), ACTIONS[part]
    case = "passage__submission__case__"
    found: QuerySet[Turn] = _named().filter(
        Q(**{f"{case}commissioner__in": held.commissioner_ids(action)})
        | Q(**{f"{case}chin__in": held.own_ids(action, Scope.CHIN)}),
        **{f"{case}state__in": IN_GOVERNANCE},
        state=TurnState.OPEN,
        stage__part=part,
    )
    if part == Part.DECIDE:
        found = found.filter(body=None)
    if part != Part.SPONSOR:
        wrote = Author.objects.filter(case=OuterRef("passage__submission__case"), person=user.pk)
        found = found.exclude(
            Q(**{f"{case}put_forward_by": user.pk}) | Q(passage__submission__by=user.pk) | Exists(wrote)
        )
    return found.order_by(F("target_on").asc(nulls_last=True), "pk")


def to_tell(user: Any) -> QuerySet[Turn]:
    """Decisions of officers that a body they keep is to be told of."""
    found: QuerySet[Turn] = _named().filter(
        passage__submission__case__commissioner__in=authority_of(user).commissioner_ids(Action.KEEP_GOVERNANCE),
        state=TurnState.OPEN,
        stage__part=Part.TOLD,
    )
    return found.order_by(F("target_on").asc(nulls_last=True), "pk")


def late(user: Any, day: date) -> QuerySet[Turn]:
    """Stages that are late, of the commissioners whose route they keep."""
    found: QuerySet[Turn] = Turn.objects.late(day).filter(
        passage__submission__case__commissioner__in=authority_of(user).commissioner_ids(Action.KEEP_ROUTE),
        state=TurnState.OPEN,
    )
    return found


def conditions_to_meet(user: Any) -> QuerySet[Condition]:
    """Open conditions of cases that they write for, the earliest due first."""
    held = authority_of(user)
    case = "outcome__turn__passage__submission__case__"
    found: QuerySet[Condition] = Condition.objects.filter(
        Q(**{f"{case}chin__in": held.own_ids(Action.WRITE_CASE, Scope.CHIN)}),
        met_on=None,
        waived_on=None,
    ).select_related("outcome__turn__passage__submission__case")
    found = found.defer("outcome__turn__passage__submission__document")
    return found.order_by(F("due_on").asc(nulls_last=True), "pk")
