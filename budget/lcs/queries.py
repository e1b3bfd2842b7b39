"""Reading services, who is eligible, and what has become of their claims as at a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    DecimalField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Round, TruncDate

from budget.lcs import shares
from budget.lcs.models import Answer, AnswerState, ClaimState, ClaimStep, Eligible, Output, Service, Stage, Tariff
from budget.models import Line
from cc2h.accounts.authority import Action, can
from cc2h.kit import history, words
from cc2h.kit.asat import AsAt
from cc2h.kit.dated import just_before, true_in_sql, true_on
from cc2h.kit.days import LONDON
from chins.models import Chin
from practices.models import Commissioner, Federation, ListSize, Practice, Status

ANSWERED = (ClaimState.SENT, ClaimState.RETURNED, ClaimState.PAYABLE, ClaimState.PAID)
NOTHING = Decimal(0)
_POUNDS = DecimalField(max_digits=14, decimal_places=2)


def services(user: Any, asat: AsAt) -> Any:
    """The services that this person may see, each with how many practices are on its list (eligible_on)."""
    places = Eligible.objects.on(asat.day).filter(service=OuterRef("pk")).order_by().values("service")
    counted = Subquery(places.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    seen = Service.objects.visible_to(user).select_related("line__commissioner")
    return seen.annotate(eligible_on=Coalesce(counted, 0))


def begun(user: Any, commissioner: Commissioner, asat: AsAt) -> list[Service]:
    """The commissioner's services that had opened by the day, and go on or have ended, by name."""
    states = (Service.State.OPEN, Service.State.ENDED)
    found = Service.objects.visible_to(user).filter(line__commissioner=commissioner, state__in=states)
    return list(found.filter(opens_on__lte=asat.day).order_by("name"))


def find_service(user: Any, slug: str) -> Any:
    """The service as a queryset: of one, or none that this person may see."""
    return Service.objects.visible_to(user).filter(slug=slug).select_related("line__commissioner")


def stages_of(service: Service) -> list[Any]:
    """The stages, each with its outputs."""
    return list(service.stages.prefetch_related("outputs"))


def find_stage(user: Any, pk: int) -> Any:
    seen = Service.objects.visible_to(user)
    return Stage.objects.filter(service__in=seen, pk=pk).select_related("service__line__commissioner")


def find_output(user: Any, pk: int) -> Any:
    seen = Service.objects.visible_to(user)
    return Output.objects.filter(stage__service__in=seen, pk=pk).select_related("stage__service__line__commissioner")


def find_place(user: Any, pk: int) -> Any:
    """A place on a list, of a service whose practices this person may see by name."""
    seen = Service.objects.visible_to(user)
    return Eligible.objects.filter(service__in=seen, pk=pk).select_related("service__line__commissioner", "practice")


def names_seen(user: Any, service: Service) -> bool:
    """Whether practices may be named together with what they sent in."""
    return bool(can(user, Action.VIEW_CLAIM, service))


def line_choices(user: Any, commissioner: Commissioner) -> list[tuple[int, str]]:
    lines = Line.objects.visible_to(user).filter(commissioner=commissioner)
    return list(lines.values_list("pk", "name"))


def line_by_number(pk: int) -> Line:
    line: Line = Line.objects.get(pk=pk)
    return line


def chin_choices(service: Service) -> list[tuple[int, str]]:
    chins = Chin.objects.filter(commissioner=service.line.commissioner_id)
    return list(chins.order_by("name", "pk").values_list("pk", "name"))


def federation_choices(service: Service) -> list[tuple[int, str]]:
    federations = Federation.objects.filter(commissioner=service.line.commissioner_id)
    return list(federations.order_by("name", "pk").values_list("pk", "name"))


def practice_of(service: Service, code: str, asat: AsAt) -> Practice | None:
    """The commissioner's practice of that code, on the day."""
    theirs = Practice.objects.of_commissioners([service.line.commissioner_id], asat.day)
    found: Practice | None = theirs.filter(ods_code=code.strip().upper()).first()
    return found


def current_stage(stages: Sequence[Stage], asat: AsAt, asked: str = "") -> Stage | None:
    """The stage asked for by number, or the last that has begun by the day, or the first."""
    for stage in stages:
        if asked == str(stage.number):
            return stage
    begun = [stage for stage in stages if stage.from_day <= asat.day]
    return begun[-1] if begun else next(iter(stages), None)


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list of practices is of: the stages of its service, the one it shows, and whether practices are named."""

    stages: Sequence[Any]
    stage: Any
    named: bool


def listed(service: Service, asat: AsAt, asked: str, *, named: bool) -> Any:
    """`places` for the stage asked for; `.listed` says what they are of, for the filters."""
    stages = stages_of(service)
    stage = current_stage(stages, asat, asked)
    rows = places(service, stage, asat, named=named)
    rows.listed = Listed(stages, stage, named)
    return rows


def _share_of(stage: Stage | None) -> tuple[Decimal | None, Decimal]:
    """In percent, the stage's and that of the stages before it."""
    return (stage.share, shares.before([stage.pk])[stage.pk]) if stage is not None else (None, NOTHING)


def _rounded(percent: Decimal) -> Any:
    return Round(F("amount") * percent / 100, 2, output_field=_POUNDS)


def places(service: Service, stage: Stage | None, asat: AsAt, *, named: bool) -> Any:
    """The list as at the day: of each practice its CHIN, what the stage comes to, and how far its claim has gone.

    named: with code and name; else both are blank.
    """
    day, known = asat.day, asat.known_at
    steps = ClaimStep.objects.filter(claim__stage=stage, claim__practice=OuterRef("practice"), day__lte=day)
    if known is not None:
        steps = steps.filter(at__lt=known)
    accepted = accepted_by(stage, asat).filter(claim__practice=OuterRef("practice")).order_by().values("claim")
    share, before = _share_of(stage)
    amount = Cast(Value(None), _POUNDS) if share is None else _rounded(before + share) - _rounded(before)
    blank = Cast(Value(None), CharField())
    return (
        service.eligible.on(day)
        .annotate(
            detail_on=true_on("practice__details", day, known),
            member_on=true_on("practice__memberships", day, known),
        )
        .annotate(
            code=F("practice__ods_code") if named else blank,
            name=Coalesce(F("detail_on__name"), F("practice__ods_code")) if named else blank,
            chin_slug=F("member_on__chin__slug"),
            chin_name=F("member_on__chin__name"),
            stage_amount=amount,
            claim_state=Subquery(steps.order_by("-pk").values("after")[:1], output_field=CharField()),
            outputs=Coalesce(Subquery(accepted.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0),
        )
        .annotate(
            payable=Case(When(claim_state=ClaimState.PAYABLE, then=F("stage_amount")), output_field=_POUNDS),
            paid=Case(When(claim_state=ClaimState.PAID, then=F("stage_amount")), output_field=_POUNDS),
        )
    )


def accepted_by(stage: Stage | None, asat: AsAt) -> Any:
    """The answers to the stage's outputs that stood as accepted on the day, whatever became of them since."""
    by = min(asat.day, asat.known or asat.day)
    answers = Answer.objects.filter(claim__stage=stage)
    if by >= asat.today:
        return answers.filter(state=AnswerState.ACCEPTED, judged_on__lte=by)
    versions: Any = Answer.pgh_event_models["insert"]  # type: ignore[attr-defined]
    by_then = versions.objects.filter(pgh_obj=OuterRef("pk")).annotate(
        of_day=Coalesce("judged_on", TruncDate("entered_at", tzinfo=LONDON), output_field=DateField())
    )
    state_then = Subquery(by_then.filter(of_day__lte=by).order_by("-pgh_id").values("state")[:1])
    return answers.alias(state_then=state_then).filter(state_then=AnswerState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Group:
    """Practices of a list in one CHIN (or none) whose claims are in one state (None: no claim yet)."""

    chin: str | None
    chin_name: str | None
    state: str | None
    practices: int
    priced: int
    amount: Decimal
    outputs: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What has become of a service, or of the part of it in one CHIN."""

    groups: Sequence[Group]

    def of(self, *states: str) -> "Standing":
        return Standing([group for group in self.groups if group.state in states])

    def in_chin(self, slug: str | None) -> "Standing":
        return Standing([group for group in self.groups if group.chin == slug])

    @property
    def placed(self) -> "Standing":
        return Standing([group for group in self.groups if group.chin is not None])

    @property
    def answered(self) -> "Standing":
        return self.of(*ANSWERED)

    @property
    def practices(self) -> int:
        return sum(group.practices for group in self.groups)

    @property
    def priced(self) -> int:
        """Of how many the amount is known."""
        return sum(group.priced for group in self.groups)

    @property
    def amount(self) -> Decimal | None:
        """None where it is known of none of them, and there are some."""
        if self.practices and not self.priced:
            return None
        return sum((group.amount for group in self.groups), NOTHING)

    @property
    def outputs(self) -> int:
        return sum(group.outputs for group in self.groups)

    @property
    def chins(self) -> list[tuple[str | None, str | None]]:
        """The CHINs by name, those in none last."""
        found = {(group.chin, group.chin_name) for group in self.groups}
        return sorted(found, key=lambda one: (one[0] is None, one[1] or ""))


# By the CHIN that each practice on the list is in on the day, and the state that its claim had then. Steps and answers are
# looked up claim by claim: right after a service opens, the planner knows nothing yet of its thousands of claims, and would
# join sets of them row by row. What was never sent in has no output accepted.
_STANDING = """
    SELECT n.slug, n.name, step.after, count(*), count(e.amount * %(share)s::numeric),
           coalesce(sum({part}), 0), coalesce(sum(accepted.outputs), 0)::bigint
    FROM lcs_eligible e
    LEFT JOIN chins_membership m ON m.practice_id = e.practice_id AND {member}
    LEFT JOIN chins_chin n ON n.id = m.chin_id
    LEFT JOIN lcs_claim c ON c.practice_id = e.practice_id AND c.stage_id = %(stage)s
    LEFT JOIN LATERAL (
        SELECT t.after FROM lcs_claimstep t
        WHERE t.claim_id = c.id AND t.day <= %(day)s AND (%(known)s::timestamptz IS NULL OR t.at <= %(known)s)
        ORDER BY t.id DESC LIMIT 1
    ) AS step ON true
    LEFT JOIN LATERAL (
        SELECT count(*) AS outputs FROM lcs_answer a
        WHERE a.claim_id = c.id AND c.sent_on IS NOT NULL AND {accepted}
    ) AS accepted ON true
    WHERE e.service_id = %(service)s AND e.added_on <= %(day)s AND (e.removed_on IS NULL OR e.removed_on > %(day)s)
    GROUP BY n.slug, n.name, step.after
"""


_ACCEPTED = "a.state = 'accepted' AND a.judged_on <= %(judged)s"
_ACCEPTED_THEN = f"""(
    SELECT v.state FROM {history.event_table(Answer)} v
    WHERE v.pgh_obj_id = a.id
        AND coalesce(v.judged_on, (v.entered_at AT TIME ZONE 'Europe/London')::date) <= %(judged)s
    ORDER BY v.pgh_id DESC LIMIT 1
) = 'accepted'"""  # noqa: S608 - a table of ours


def standing(service: Service, stage: Stage | None, asat: AsAt) -> Standing:
    """The same as `places` say practice by practice, by one statement over all of them."""
    member = true_in_sql("m", asat.known_at is not None)
    part = shares.part_in_sql("e.amount", "%(share)s::numeric", "%(before)s::numeric")
    share, before = _share_of(stage)
    judged = min(asat.day, asat.known or asat.day)
    given = {
        "service": service.pk,
        "stage": stage.pk if stage is not None else None,
        "share": share,
        "before": before,
        "day": asat.day,
        "judged": judged,
        "known": just_before(asat.known_at),
    }
    with connection.cursor() as cursor:
        accepted = _ACCEPTED if judged >= asat.today else _ACCEPTED_THEN
        cursor.execute(_STANDING.format(member=member, part=part, accepted=accepted), given)
        return Standing([Group(*row) for row in cursor.fetchall()])


def outputs_accepted(service: Service, stage: Stage | None, asat: AsAt) -> list[tuple[Output, int]]:
    """Each output of the stage, and of how many practices on the list it had been accepted by the day."""
    if stage is None:
        return []
    listed = service.eligible.on(asat.day).values("practice")
    found = accepted_by(stage, asat).filter(claim__practice__in=listed).values("output").annotate(n=Count("pk"))
    by_output = dict(found.order_by().values_list("output", "n"))
    return [(output, by_output.get(output.pk, 0)) for output in stage.outputs.all()]


def has_accepted(rows: Any, stage: Stage, number: str, asat: AsAt) -> Any:
    """Those of `places` of whom that output had been accepted."""
    theirs = accepted_by(stage, asat).filter(output__number=number)
    return rows.filter(practice__in=theirs.values("claim__practice"))


def unpriced(service: Service, asat: AsAt) -> int:
    """Of how many practices on the list no list size of the day is held."""
    return int(service.eligible.on(asat.day).filter(amount=None).count())


def not_priced(commissioners: Any) -> Any:
    """Services that are open, of these commissioners, with practices whose list size came and that no amount is stated of:

    the line had too little left. how_many: of each.
    """
    sized = ListSize.objects.filter(
        practice=OuterRef("practice"), day=OuterRef("service__list_day"), superseded_at=None, patients__gt=0
    )
    waiting = Eligible.objects.filter(service=OuterRef("pk"), amount=None, removed_on=None).filter(Exists(sized))
    counted = Subquery(waiting.order_by().values("service").annotate(n=Count("pk")).values("n"))
    found = Service.objects.filter(
        line__commissioner__in=commissioners, state=Service.State.OPEN, tariff=Tariff.PER_HEAD
    )
    return (
        found.exclude(rate=None).annotate(how_many=counted).filter(how_many__gt=0).select_related("line").order_by("pk")
    )


def service_history(service: Service, limit: int | None = None) -> list[history.Entry]:
    """What was done to the service, its stages and outputs; its list has a page of its own."""
    return history.entries(
        Service.objects.filter(pk=service.pk),
        Stage.objects.filter(service=service),
        Output.objects.filter(stage__service=service),
        limit=limit,
    )


def commissioners(user: Any) -> list[Any]:
    """Those whose services this person may keep."""
    return list(Commissioner.objects.granting(user, Action.CHANGE_SERVICE).order_by("short_name"))


def commissioner(user: Any, code: str) -> Any:
    """The commissioner of that code as a queryset: of one, or none that this person may see."""
    return Commissioner.objects.visible_to(user).filter(ods_code=code.upper())


CANDIDATES = 30  # practices named, at most


@dataclass(frozen=True, slots=True)
class Candidate:
    """A practice of the commissioner that is not on the list on the day, and why, as far as the portal knows."""

    code: str
    name: str
    why: str


def candidates(user: Any, service: Service, asat: AsAt) -> tuple[int, list[Candidate]]:
    """How many practices the register has that are not on the list, and those this person may see by name, open ones first."""
    listed = service.eligible.on(asat.day).values("practice")
    theirs = Practice.objects.of_commissioners([service.line.commissioner_id], asat.day, asat.known_at)
    number = theirs.exclude(pk__in=listed).count()
    if not number:
        return 0, []
    seen = Practice.objects.visible_to(user, asat).filter(pk__in=theirs.values("pk")).exclude(pk__in=listed)
    found = seen.annotate(
        detail_then=true_on("details", asat.day, asat.known_at),
        standing_then=true_on("standings", asat.day, asat.known_at),
    ).values_list("pk", "ods_code", "detail_then__name", "standing_then__status", "standing_then__period")
    rows = list(found.order_by("standing_then__status", "ods_code")[:CANDIDATES])
    off = Eligible.objects.filter(service=service, practice__in=[row[0] for row in rows], removed_on__lte=asat.day)
    taken = {one.practice_id: one for one in off.order_by("removed_on", "pk")}

    def why(pk: int, status: str, since: date) -> str:
        if one := taken.get(pk):
            return f"Taken off on {words.day(one.removed_on)}: “{one.why_removed}”"
        if status == Status.ACTIVE:
            return "Open, and never put on the list"
        if status == Status.CLOSED:
            return f"Closed on {words.day(since - timedelta(days=1))}"
        return f"{Status(status).label} since {words.day(since)}"

    return number, [
        Candidate(code, name or code, why(pk, status, period.lower)) for pk, code, name, status, period in rows
    ]


def of_state(rows: Any, state: str) -> Any:
    """Those of `places` whose claim is in that state; `none`: that have no claim yet; `answered`: that have responded."""
    if state == "none":
        return rows.filter(claim_state=None)
    if state == "answered":
        return rows.filter(claim_state__in=ANSWERED)
    return rows.filter(claim_state=state)
