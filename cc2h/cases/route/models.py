"""The route of business cases: its versions and stages, how far each case has come, what was said and on which conditions."""

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cc2h.accounts.authority import Target
from cc2h.cases.models import NEVER_CHANGED, NEVER_DELETED, POUNDS, SAYS, CaseStep, Submission
from cc2h.cases.route import guards
from cc2h.cases.route.outcomes import FINAL, Part, Said, TurnState
from cc2h.cases.route.querysets import (
    ConditionQuerySet,
    OutcomeQuerySet,
    RouteQuerySet,
    StageQuerySet,
    TurnQuerySet,
)
from cc2h.governance.decisions.models import Decision
from cc2h.governance.models import Body
from cc2h.kit.history import governed
from practices.models import Commissioner

USER = settings.AUTH_USER_MODEL


class Route(models.Model):
    """A version of a commissioner's route, from a day until the next one. size: how many stages it has. Never changed."""

    commissioner = models.ForeignKey(Commissioner, models.PROTECT, related_name="case_routes")
    number = models.PositiveSmallIntegerField("version")
    from_day = models.DateField("from")
    size = models.PositiveSmallIntegerField("stages")
    why = models.CharField("what changed, and why", max_length=2000)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")

    objects: ClassVar[Any] = RouteQuerySet.as_manager()

    class Meta:
        ordering = ["commissioner", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["commissioner", "number"],
                name="route_route_once",
                violation_error_message="Somebody else has changed the route meanwhile. Look at it again.",
            ),
            models.CheckConstraint(
                name="route_route_says_why",
                condition=Q(why__regex=SAYS),
                violation_error_message="Say what changed in the route, and why.",
            ),
            models.CheckConstraint(
                name="route_route_has_stages",
                condition=Q(size__range=(1, 40)),
                violation_error_message="A route has 1 to 40 stages.",
            ),
        ]
        triggers = [
            NEVER_CHANGED,
            pgtrigger.Trigger(
                name="follows", operation=pgtrigger.Insert, when=pgtrigger.Before, func=guards.ROUTE_FOLLOWS
            ),
            pgtrigger.Trigger(
                name="has_its_stages",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func=guards.ROUTE_HAS_ITS_STAGES,
            ),
        ]

    def __str__(self) -> str:
        return f"Route of {self.commissioner}, version {self.number}"

    def authority_target(self) -> Target:
        return Target(commissioner_ids=frozenset({self.commissioner_id}))


class Stage(models.Model):
    """A stage of a version of the route; stages of the same position are gone through side by side.

    body: that is asked; own_board: the management board of the case's CHIN is; neither: an officer.
    test, scale: for which purposes; above, up_to: for which sums. target_days: in which it should be answered.
    sections: what of the case it looks at, none for all of it. conflicts: whether conflicts of interest count.
    """

    Part = Part

    route = models.ForeignKey(Route, models.PROTECT, related_name="stages")
    key = models.SlugField(max_length=30)
    name = models.CharField("stage", max_length=100)
    position = models.PositiveSmallIntegerField("place on the route")
    part = models.CharField("part", max_length=7, choices=Part)
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")
    own_board = models.BooleanField("the CHIN’s own management board", default=False)
    test = models.BooleanField("to test", default=True)
    scale = models.BooleanField("to scale", default=False)
    above = models.DecimalField("above", **POUNDS, null=True, blank=True)
    up_to = models.DecimalField("up to", **POUNDS, null=True, blank=True)
    target_days = models.PositiveSmallIntegerField("target days", null=True, blank=True)
    working = models.BooleanField("working days", default=True)
    sections = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    conflicts = models.BooleanField("conflicts of interest count", default=True)

    objects: ClassVar[Any] = StageQuerySet.as_manager()

    class Meta:
        ordering = ["route", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["route", "key"],
                name="route_stage_once",
                violation_error_message="The route has a stage of that name already.",
            ),
            models.CheckConstraint(
                name="route_stage_says_what",
                condition=Q(name__regex=SAYS, position__range=(1, 40), part__in=Part.values),
                violation_error_message="A stage has a name, a place from 1 to 40, and a part.",
            ),
            models.CheckConstraint(
                name="route_stage_one_is_asked",
                condition=Q(own_board=False) | Q(body=None),
                violation_error_message="Either the CHIN’s own board is asked or another body, not both.",
            ),
            models.CheckConstraint(
                name="route_stage_body_where_none_acts",
                condition=~Q(part__in=[Part.NOTE, Part.TOLD]) | Q(body__isnull=False),
                violation_error_message="Say which body notes it, or is told.",
            ),
            models.CheckConstraint(
                name="route_stage_checked_by_an_officer",
                condition=~Q(part=Part.CHECK) | Q(body=None, own_board=False),
                violation_error_message="An officer checks, and no body.",
            ),
            models.CheckConstraint(
                name="route_stage_sponsored_by_the_board",
                condition=~Q(part=Part.SPONSOR) | Q(own_board=True),
                violation_error_message="The CHIN’s own management board sponsors.",
            ),
            models.CheckConstraint(
                name="route_stage_own_board_sponsors",
                condition=Q(own_board=False) | Q(part=Part.SPONSOR),
                violation_error_message="The CHIN’s own management board sponsors, and has no other part.",
            ),
            models.CheckConstraint(
                name="route_stage_for_something",
                condition=Q(test=True) | Q(scale=True),
                violation_error_message="A stage is for cases to test, to scale, or both.",
            ),
            models.CheckConstraint(
                name="route_stage_sums",
                condition=(Q(above=None) | Q(above__gte=0))
                & (Q(up_to=None) | Q(up_to__gt=0))
                & (Q(above=None) | Q(up_to=None) | Q(up_to__gt=F("above"))),
                violation_error_message="The sum up to which a stage is for is more than the one above which it is.",
            ),
            models.CheckConstraint(
                name="route_stage_target",
                condition=Q(target_days=None) | Q(target_days__range=(1, 366)),
                violation_error_message="A target is 1 to 366 days, or there is none.",
            ),
            models.CheckConstraint(
                name="route_stage_deciders_conflicts",
                condition=~Q(part=Part.DECIDE) | Q(conflicts=True),
                violation_error_message="Conflicts of interest count where it is decided.",
            ),
        ]
        triggers = [
            NEVER_CHANGED,
            pgtrigger.Trigger(
                name="belongs", operation=pgtrigger.Insert, when=pgtrigger.Before, func=guards.STAGE_BELONGS
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def authority_target(self) -> Target:
        return self.route.authority_target()


class Passage(models.Model):
    """A submission on its way, by the route in force on the day it was submitted. Never changed."""

    submission = models.OneToOneField(Submission, models.PROTECT, primary_key=True, related_name="passage")
    route = models.ForeignKey(Route, models.PROTECT, related_name="passages")

    class Meta:
        triggers = [
            NEVER_CHANGED,
            pgtrigger.Trigger(name="fits", operation=pgtrigger.Insert, when=pgtrigger.Before, func=guards.PASSAGE_FITS),
        ]

    def __str__(self) -> str:
        return f"{self.submission} by {self.route}"


class Turn(models.Model):
    """A stage's turn with a submission: since when it is asked, until when it should answer, what came of it.

    state, closed_on, deferred_until: what the outcomes come to; the database writes them. carried_from: what was said
    of an earlier submission, where it holds for this one too.
    """

    State = TurnState

    passage = models.ForeignKey(Passage, models.PROTECT, related_name="turns")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="turns")
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=6, choices=TurnState, default=TurnState.OPEN)
    opened_on = models.DateField("since")
    target_on = models.DateField("by", null=True, blank=True)
    closed_on = models.DateField("answered on", null=True, blank=True)
    deferred_until = models.DateField("deferred until", null=True, blank=True)
    carried_from = models.ForeignKey("Outcome", models.PROTECT, null=True, blank=True, related_name="carried")

    objects: ClassVar[Any] = TurnQuerySet.as_manager()

    class Meta:
        ordering = ["passage", "stage__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["passage", "stage"],
                name="route_turn_once",
                violation_error_message="The case is at that stage already.",
            ),
            models.CheckConstraint(
                name="route_turn_days_in_order",
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                violation_error_message="A stage is answered on or after the day it is asked.",
            ),
            models.CheckConstraint(
                name="route_turn_closed_with_a_day",
                condition=Q(state=TurnState.OPEN, closed_on=None)
                | (~Q(state=TurnState.OPEN) & Q(closed_on__isnull=False)),
                violation_error_message="A stage that is over is so from a day.",
            ),
        ]
        indexes = [
            models.Index(fields=["body", "opened_on"], condition=Q(state="open"), name="route_turn_waiting"),
            models.Index(fields=["stage", "state"], name="route_turn_of_stage"),
            models.Index(fields=["opened_on", "closed_on"], name="route_turn_by_days"),
        ]
        triggers = [
            NEVER_DELETED,
            pgtrigger.Trigger(name="opens", operation=pgtrigger.Insert, when=pgtrigger.Before, func=guards.TURN_OPENS),
            pgtrigger.Trigger(
                name="follows", operation=pgtrigger.Update, when=pgtrigger.Before, func=guards.TURN_FOLLOWS
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.stage}"

    @property
    def case(self) -> Any:
        return self.passage.submission.case

    def authority_target(self) -> Target:
        return self.case.authority_target()


class Outcome(models.Model):
    """What was said of a case at a stage, by whom, why. Never changed.

    decision: that of the body, where it was said at a meeting. sections: of which more is asked.
    """

    Said = Said

    turn = models.ForeignKey(Turn, models.PROTECT, related_name="outcomes")
    said = models.CharField("outcome", max_length=13, choices=Said)
    reasons = models.CharField("reasons", max_length=4000)
    sections = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    until = models.DateField("deferred until", null=True, blank=True)
    decision = models.OneToOneField(
        Decision, models.PROTECT, null=True, blank=True, related_name="outcome_of_case", verbose_name="at a meeting"
    )
    day = models.DateField("day")
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    post = models.CharField("in the post", max_length=200, blank=True)

    objects: ClassVar[Any] = OutcomeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["turn"],
                condition=Q(said__in=FINAL),
                name="route_outcome_final_once",
                violation_error_message="Somebody else was first: the stage has been answered. Look at it again.",
            ),
            models.CheckConstraint(
                name="route_outcome_says_why",
                condition=Q(reasons__regex=SAYS),
                violation_error_message="Say why.",
            ),
            models.CheckConstraint(
                name="route_outcome_sections",
                condition=(Q(said=Said.ASKED) & ~Q(sections=[])) | (~Q(said=Said.ASKED) & Q(sections=[])),
                violation_error_message="Say of which sections more is asked.",
            ),
            models.CheckConstraint(
                name="route_outcome_until",
                condition=Q(until=None) | Q(said=Said.DEFERRED, until__gt=F("day")),
                violation_error_message="A case is deferred until a later day.",
            ),
        ]
        triggers = [
            NEVER_CHANGED,
            pgtrigger.Trigger(name="fits", operation=pgtrigger.Insert, when=pgtrigger.Before, func=guards.OUTCOME_FITS),
            pgtrigger.Trigger(
                name="turn_hears", operation=pgtrigger.Insert, when=pgtrigger.After, func=guards.TURN_HEARS
            ),
            pgtrigger.Trigger(
                name="has_its_conditions",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func=guards.OUTCOME_HAS_ITS_CONDITIONS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.turn.stage}: {self.get_said_display()}"

    def authority_target(self) -> Target:
        return self.turn.authority_target()


@governed
class Condition(models.Model):
    """Something an approval asks for: met with evidence, or waived by somebody else with a reason.

    why_reopened: why what was brought last did not show it.
    """

    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="conditions")
    text = models.CharField("condition", max_length=1000)
    due_on = models.DateField("by", null=True, blank=True)
    met_on = models.DateField("met on", null=True, blank=True)
    met_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    evidence = models.CharField("what shows it", max_length=4000, blank=True)
    waived_on = models.DateField("waived on", null=True, blank=True)
    waived_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    why_waived = models.CharField("why it was waived", max_length=2000, blank=True)
    why_reopened = models.CharField("why it was opened again", max_length=2000, blank=True)

    objects: ClassVar[Any] = ConditionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="route_condition_says_what",
                condition=Q(text__regex=SAYS),
                violation_error_message="Say what the condition is.",
            ),
            models.CheckConstraint(
                name="route_condition_met_with_evidence",
                condition=Q(met_on=None, met_by=None, evidence="")
                | Q(met_on__isnull=False, met_by__isnull=False, evidence__regex=SAYS),
                violation_error_message="Say what shows that the condition is met.",
            ),
            models.CheckConstraint(
                name="route_condition_waived_with_a_reason",
                condition=Q(waived_on=None, waived_by=None, why_waived="")
                | Q(waived_on__isnull=False, waived_by__isnull=False, why_waived__regex=SAYS),
                violation_error_message="Say why the condition is waived.",
            ),
            models.CheckConstraint(
                name="route_condition_met_or_waived",
                condition=Q(met_on=None) | Q(waived_on=None),
                violation_error_message="A condition is met or waived, not both.",
            ),
        ]
        triggers = [
            NEVER_DELETED,
            pgtrigger.Trigger(
                name="stays", operation=pgtrigger.Update, when=pgtrigger.Before, func=guards.CONDITION_STAYS
            ),
            pgtrigger.Trigger(
                name="waived_by_another",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=guards.CONDITION_WAIVED_BY_ANOTHER,
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def case(self) -> Any:
        return self.outcome.turn.case

    def authority_target(self) -> Target:
        return self.outcome.authority_target()


class StepOnRoute(CaseStep):
    """The steps of cases, as far as the route holds them: no approval that nobody gave."""

    class Meta:
        proxy = True
        triggers = [
            pgtrigger.Trigger(
                name="approved_by_all", operation=pgtrigger.Insert, when=pgtrigger.Before, func=guards.APPROVED_BY_ALL
            ),
            pgtrigger.Trigger(
                name="round_ends", operation=pgtrigger.Insert, when=pgtrigger.After, func=guards.ROUND_ENDS
            ),
        ]
