"""Actions: what is to be done about a record, by which post, by when, and what came of it."""

from datetime import date
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cc2h.delivery.querysets import ActionQuerySet
from cc2h.kit.history import governed
from chins.models import Post


class State(models.TextChoices):
    OPEN = "open", "Open"
    DONE = "done", "Done"
    DROPPED = "dropped", "Dropped"


_NOT_CLOSED = Q(closed_on__isnull=True, closed_by__isnull=True, evidence="", reason="")
_CLOSED = Q(closed_on__isnull=False, closed_by__isnull=False)


@governed
class Action(models.Model):
    """Something to be done about a record (cc2h.accounts.records), by the holder of a post.

    It is due on a day, or before an event (cc2h.delivery.events) whose day may move: event_name and event_day say what
    the event was and when it was to be as the action was agreed. Reopened, its earlier closing stays in the history.
    """

    State = State

    kind = models.CharField("kind of record", max_length=20)
    key = models.CharField("record", max_length=80)
    what = models.CharField("what is to be done", max_length=300)
    owner = models.ForeignKey(Post, models.PROTECT, related_name="actions", verbose_name="owner’s post")
    due_day = models.DateField("due day", null=True, blank=True)
    event_kind = models.CharField(max_length=20, blank=True)
    event = models.UUIDField(null=True, blank=True)
    event_name = models.CharField("due before", max_length=300, blank=True)
    event_day = models.DateField("day of that as agreed", null=True, blank=True)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="raised by"
    )
    raised_on = models.DateField("raised on")
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    closed_on = models.DateField("done or dropped on", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="closed by"
    )
    evidence = models.TextField("evidence", blank=True, max_length=2000)
    reason = models.TextField("why it was dropped", blank=True, max_length=2000)

    objects: ClassVar[Any] = ActionQuerySet.as_manager()
    event_on: date | None  # the event's day now, by with_due
    due: date | None
    holder: str | None  # by with_holder
    record: Any  # its record as the reader may see it, by queries.with_records

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="delivery_action_known_state",
                condition=Q(state__in=State.values),
                violation_error_message="An action is open, done or dropped.",
            ),
            models.CheckConstraint(
                name="delivery_action_says_what",
                condition=~Q(what=""),
                violation_error_message="Say what is to be done.",
            ),
            models.CheckConstraint(
                name="delivery_action_one_end",
                condition=Q(
                    due_day__isnull=False, event__isnull=True, event_day__isnull=True, event_kind="", event_name=""
                )
                | (
                    Q(due_day__isnull=True, event__isnull=False, event_day__isnull=False)
                    & ~Q(event_kind="")
                    & ~Q(event_name="")
                ),
                violation_error_message="An action is due on a day or before an event: one of the two.",
            ),
            models.CheckConstraint(
                name="delivery_action_open_is_not_closed",
                condition=~Q(state="open") | _NOT_CLOSED,
                violation_error_message="An open action has no day on which it was closed.",
            ),
            models.CheckConstraint(
                name="delivery_action_done_by_somebody",
                condition=~Q(state="done") | (_CLOSED & Q(reason="")),
                violation_error_message="An action that is done says on which day and by whom.",
            ),
            models.CheckConstraint(
                name="delivery_action_dropped_for_a_reason",
                condition=~Q(state="dropped") | (_CLOSED & Q(evidence="") & ~Q(reason="")),
                violation_error_message="An action that is dropped says why, on which day and by whom.",
            ),
            models.CheckConstraint(
                name="delivery_action_closed_after_it_was_raised",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("raised_on")),
                violation_error_message="An action can’t be done before it was raised.",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "key"], name="delivery_action_of_record"),
            models.Index(fields=["owner"], condition=Q(state="open"), name="delivery_action_open_of_post"),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.what


class Reminder(models.Model):
    """Somebody was reminded of an action on a day: kept, so that nobody is told twice."""

    action = models.ForeignKey(Action, models.PROTECT, related_name="reminders")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["action", "person", "day"],
                name="delivery_reminder_once",
                violation_error_message="They have been reminded of this action today.",
            ),
        ]
        indexes = [models.Index(fields=["person", "day"], name="delivery_reminder_of_day")]

    def __str__(self) -> str:
        return f"{self.person_id} of {self.action_id} on {self.day}"
