"""How a series is judged, and what people add to it: baselines, notes, targets, trajectories.

A series is a measure of one organisation, named as roll-ups name it: its kind and id, 0 for the programme.
"""

from datetime import date
from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cc2h.kit.dated import Dated, guards, one_truth
from cc2h.kit.history import NEVER_EMPTIED, governed
from kpis.models import Level, Measure
from kpis.statistics.series import FEWEST_FIXED, RUNS
from kpis.whose import PRACTICE, Whose

USER = settings.AUTH_USER_MODEL
SAYS = r"\S"  # more than white space
KINDS = (PRACTICE, *Level.values)
EVERY = "every"  # of settings: every organisation that has none of its own
NEVER_DELETED = pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)
MOST = 1e15


class OfSeriesQuerySet(models.QuerySet[Any]):
    def of(self, measure: Measure, whose: Whose) -> "OfSeriesQuerySet":
        return self.filter(measure=measure, kind=whose.kind, organisation=whose.pk)


class OfSeries(models.Model):
    """Something of a measure's series of one organisation."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="+")
    kind = models.CharField("kind of organisation", max_length=12)
    organisation = models.IntegerField()

    class Meta:
        abstract = True

    @property
    def series(self) -> tuple[int, str, int]:
        return self.measure_id, self.kind, self.organisation


def known_organisation(table: str, *further: str) -> models.CheckConstraint:
    """The programme and every organisation have no id, anything else has one."""
    alone = [Level.PROGRAMME.value, *further]
    return models.CheckConstraint(
        name=f"{table}_known_organisation",
        condition=Q(kind__in=alone, organisation=0)
        | Q(kind__in=[kind for kind in KINDS if kind not in alone], organisation__gt=0),
        violation_error_message="A series is a practice’s, a CHIN’s, a commissioner’s or the programme’s.",
    )


@governed
class SeriesSettings(OfSeries):
    """How a measure's series are judged, where it is not as ever: of one organisation, or of every one without its own.

    fixed: the first segment's limits rest on so many points, None: on all. See kpis.statistics.series.Settings.
    """

    fixed = models.PositiveSmallIntegerField("baseline points", null=True, blank=True)
    run = models.PositiveSmallIntegerField("points in a row", default=7)
    screened = models.BooleanField("outlying moving ranges left out", default=False)
    kinder = models.BooleanField("of opposite rules, improvement holds", default=False)

    objects: ClassVar[Any] = OfSeriesQuerySet.as_manager()

    class Meta:
        verbose_name = "settings of a series"
        constraints = [
            known_organisation("tracking_seriessettings", EVERY),
            models.UniqueConstraint(
                fields=["measure", "kind", "organisation"],
                name="tracking_seriessettings_once",
                violation_error_message="Somebody else has set this meanwhile. Look at it again.",
            ),
            models.CheckConstraint(
                name="tracking_seriessettings_possible",
                condition=(Q(fixed__isnull=True) | Q(fixed__gte=FEWEST_FIXED)) & Q(run__in=RUNS),
                violation_error_message=f"A baseline has at least {FEWEST_FIXED} points, and 6 or 7 in a row make a shift.",
            ),
        ]
        triggers = [NEVER_DELETED]

    def __str__(self) -> str:
        return f"{self.measure_id} of {self.kind} {self.organisation}"


class RebaseState(models.TextChoices):
    PROPOSED = "proposed", "Proposed"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Declined"
    TAKEN_BACK = "taken_back", "Taken back"


@governed
class Rebase(OfSeries):
    """A new baseline from the first period that ends on a day or later: proposed with a reason, decided by somebody else.

    proposed_by: None where the portal did, as a shift followed something that was recorded.
    """

    State = RebaseState

    day = models.DateField("from")
    reason = models.CharField("why", max_length=1000)
    state = models.CharField(max_length=10, choices=RebaseState, default=RebaseState.PROPOSED)
    proposed_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    proposed_on = models.DateField("proposed on")
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    decided_on = models.DateField("decided on", null=True, blank=True)
    decided_why = models.CharField("why it was decided so", max_length=1000, blank=True)
    taken_back_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    taken_back_on = models.DateField("taken back on", null=True, blank=True)
    taken_back_why = models.CharField("why it was taken back", max_length=1000, blank=True)

    objects: ClassVar[Any] = OfSeriesQuerySet.as_manager()

    class Meta:
        verbose_name = "new baseline"
        ordering = ["day", "pk"]
        constraints = [
            known_organisation("tracking_rebase"),
            models.UniqueConstraint(
                fields=["measure", "kind", "organisation", "day"],
                condition=Q(state__in=[RebaseState.PROPOSED, RebaseState.APPROVED]),
                name="tracking_rebase_once_a_day",
                violation_error_message="A new baseline from that day has been proposed already, or holds.",
            ),
            models.CheckConstraint(
                name="tracking_rebase_with_a_reason",
                condition=Q(reason__regex=SAYS),
                violation_error_message="Say why the series has a new baseline.",
            ),
            models.CheckConstraint(
                name="tracking_rebase_decided_by_another",
                condition=Q(decided_by__isnull=True) | Q(proposed_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                violation_error_message="What somebody proposed is decided by somebody else.",
            ),
            models.CheckConstraint(
                name="tracking_rebase_taken_back_by_another",
                condition=Q(taken_back_by__isnull=True)
                | Q(proposed_by__isnull=True)
                | ~Q(taken_back_by=F("proposed_by")),
                violation_error_message="What somebody proposed is taken back by somebody else.",
            ),
            models.CheckConstraint(
                name="tracking_rebase_decided_or_not",
                condition=Q(state=RebaseState.PROPOSED, decided_by=None, decided_on=None)
                | Q(
                    state__in=[RebaseState.APPROVED, RebaseState.DECLINED, RebaseState.TAKEN_BACK],
                    decided_by__isnull=False,
                    decided_on__gte=F("proposed_on"),
                    decided_why__regex=SAYS,
                ),
                violation_error_message="A decision says who made it, on which day (not before it was proposed) and why.",
            ),
            models.CheckConstraint(
                name="tracking_rebase_taken_back_or_not",
                condition=(~Q(state=RebaseState.TAKEN_BACK) & Q(taken_back_by=None, taken_back_on=None))
                | Q(
                    state=RebaseState.TAKEN_BACK,
                    taken_back_by__isnull=False,
                    taken_back_on__gte=F("decided_on"),
                    taken_back_why__regex=SAYS,
                ),
                violation_error_message="Taking it back says who did it, on which day (not before it was approved) and why.",
            ),
        ]
        triggers = [
            NEVER_DELETED,
            pgtrigger.Trigger(
                name="begins",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__state__in=["approved", "declined", "taken_back"]),
                func="""
                    RAISE EXCEPTION 'A new baseline is proposed before it is decided.'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'tracking_rebase_begins';
                """,
            ),
            pgtrigger.Trigger(
                name="only_decided",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF (OLD.measure_id, OLD.kind, OLD.organisation, OLD.day, OLD.reason, OLD.proposed_by_id, OLD.proposed_on)
                       IS DISTINCT FROM
                       (NEW.measure_id, NEW.kind, NEW.organisation, NEW.day, NEW.reason, NEW.proposed_by_id, NEW.proposed_on)
                       OR (OLD.state, NEW.state) NOT IN (
                           ('proposed', 'approved'), ('proposed', 'declined'), ('approved', 'taken_back'))
                       OR OLD.state = 'approved' AND (OLD.decided_by_id, OLD.decided_on, OLD.decided_why)
                           IS DISTINCT FROM (NEW.decided_by_id, NEW.decided_on, NEW.decided_why)
                    THEN
                        RAISE EXCEPTION 'A new baseline is approved or declined once, and an approved one taken back.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'tracking_rebase_only_decided';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"New baseline from {self.day:%-d %B %Y}"

    def as_known(self, day: date) -> Self:
        """What it was on a day, as known then: not to be saved."""
        if self.taken_back_on is not None and self.taken_back_on > day:
            self.state, self.taken_back_by, self.taken_back_on = RebaseState.APPROVED, None, None
        if self.decided_on is not None and self.decided_on > day:
            self.state, self.decided_by, self.decided_on = RebaseState.PROPOSED, None, None
        return self


@governed
class Note(OfSeries):
    """What somebody has to say of a day of a series: it is drawn on the chart. Never changed, at most withdrawn."""

    day = models.DateField()
    text = models.CharField(max_length=200)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    written_on = models.DateField()
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar[Any] = OfSeriesQuerySet.as_manager()

    class Meta:
        ordering = ["day", "pk"]
        constraints = [
            known_organisation("tracking_note"),
            models.CheckConstraint(
                name="tracking_note_says",
                condition=Q(text__regex=SAYS),
                violation_error_message="Say what the note says.",
            ),
            models.CheckConstraint(
                name="tracking_note_withdrawn_after",
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("written_on")),
                violation_error_message="A note is withdrawn after it was written.",
            ),
        ]
        indexes = [models.Index(fields=["measure", "kind", "organisation"], name="tracking_note_of_series")]
        triggers = [
            NEVER_DELETED,
            pgtrigger.Trigger(
                name="only_withdrawn",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF OLD.withdrawn_on IS NOT NULL OR NEW.withdrawn_on IS NULL OR
                       (OLD.measure_id, OLD.kind, OLD.organisation, OLD.day, OLD.text, OLD.by_id, OLD.written_on)
                       IS DISTINCT FROM
                       (NEW.measure_id, NEW.kind, NEW.organisation, NEW.day, NEW.text, NEW.by_id, NEW.written_on)
                    THEN
                        RAISE EXCEPTION 'A note is withdrawn once and never changed.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'tracking_note_only_withdrawn';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.text


@governed
class Target(Dated):
    """What a series should reach, from a day: in the unit of its measure."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="+")
    kind = models.CharField("kind of organisation", max_length=12)
    organisation = models.IntegerField()
    value = models.DecimalField("target", max_digits=16, decimal_places=4)

    class Meta(Dated.Meta):
        constraints = [
            *guards("tracking_target"),
            known_organisation("tracking_target"),
            one_truth(
                "tracking_target_one_a_day",
                "measure",
                "kind",
                "organisation",
                message="The series already has a target for some of these days.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value.normalize():f}"


class TrajectoryWay(models.TextChoices):
    DRAWN = "drawn", "Drawn"
    IMPORTED = "imported", "Imported"
    LINEAR = "linear", "Computed: a straight line"


class Trajectory(OfSeries):
    """What a series is to have by each month-end on its way to a target: delivery is held against it, assurance never.

    A new one takes the place of the one before, which stays.
    """

    Way = TrajectoryWay

    way = models.CharField("how it was made", max_length=8, choices=TrajectoryWay)
    reason = models.CharField("why", max_length=1000)
    set_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = OfSeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "trajectories"
        constraints = [
            known_organisation("tracking_trajectory"),
            models.UniqueConstraint(
                fields=["measure", "kind", "organisation"],
                condition=Q(superseded_at__isnull=True),
                name="tracking_trajectory_one_now",
                violation_error_message="Somebody else has set a trajectory meanwhile. Look at it again.",
            ),
            models.CheckConstraint(
                name="tracking_trajectory_with_a_reason",
                condition=Q(reason__regex=SAYS),
                violation_error_message="Say where the trajectory comes from.",
            ),
        ]
        triggers = [
            NEVER_DELETED,
            pgtrigger.Trigger(
                name="only_superseded",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
                       OR (to_jsonb(OLD) - 'superseded_at') IS DISTINCT FROM (to_jsonb(NEW) - 'superseded_at')
                    THEN
                        RAISE EXCEPTION 'A trajectory is superseded once and never changed.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'tracking_trajectory_only_superseded';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()} trajectory"


class TrajectoryPoint(models.Model):
    """What the series is to have by a month's last day."""

    trajectory = models.ForeignKey(Trajectory, models.PROTECT, related_name="points")
    month = models.DateField("last day of the month")
    value = models.FloatField()

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(
                fields=["trajectory", "month"],
                name="tracking_trajectorypoint_once",
                violation_error_message="A trajectory has one value a month.",
            ),
            models.CheckConstraint(
                name="tracking_trajectorypoint_finite",
                condition=Q(value__gt=-MOST, value__lt=MOST),
                violation_error_message="A value is a number, and not without end.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
            NEVER_EMPTIED,
        ]

    def __str__(self) -> str:
        return f"{self.month}: {self.value:g}"


class Alert(OfSeries):
    """Somebody was told that a series stands out: of the same cause nobody is told twice, though it goes on.

    begins and ends: the first and the last period of what stood out when it was told.
    """

    high = models.BooleanField("above the mean")
    begins = models.DateField()
    ends = models.DateField()
    told_on = models.DateField()

    objects: ClassVar[Any] = OfSeriesQuerySet.as_manager()

    class Meta:
        ordering = ["ends", "pk"]
        constraints = [
            known_organisation("tracking_alert"),
            models.UniqueConstraint(
                fields=["measure", "kind", "organisation", "high", "begins"],
                name="tracking_alert_once",
                violation_error_message="This has been told already.",
            ),
            models.CheckConstraint(
                name="tracking_alert_in_order",
                condition=Q(ends__gte=F("begins"), told_on__gt=F("ends")),
                violation_error_message="What is told has happened.",
            ),
        ]
        triggers = [NEVER_DELETED]

    def __str__(self) -> str:
        return f"{self.measure_id} of {self.kind} {self.organisation}, {self.ends}"
