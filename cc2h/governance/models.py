"""Bodies, what each may do from a day, who sits on them, and when they meet about what."""

from typing import Any, ClassVar

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q

from cc2h.accounts.authority import Target
from cc2h.governance.guards import (
    ATTENDANCE_FITS,
    ATTENDANCE_STAYS_WITH_A_DECISION,
    BODY_NOT_BELOW_ITSELF,
    ITEM_OF_A_COMING_MEETING,
    MEETING_KEEPS_TO_ITS_ROUTE,
)
from cc2h.governance.querysets import BodyQuerySet, ItemQuerySet, MeetingQuerySet, SeatQuerySet
from cc2h.kit.dated import Dated, guards, one_truth
from cc2h.kit.history import governed
from chins.models import Chin, Post
from practices.models import Commissioner

SAYS = r"\S"  # more than white space
NEVER_DELETED = pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)


def _kept(name: str, func: str) -> pgtrigger.Trigger:
    """A guard of every row that is written."""
    return pgtrigger.Trigger(name=name, operation=pgtrigger.Insert | pgtrigger.Update, when=pgtrigger.Before, func=func)


@governed
class Body(models.Model):
    """A board, committee or group: of a CHIN, of a commissioner, or of all of them together (neither)."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField("name", max_length=150)
    other_names = ArrayField(models.CharField(max_length=150), default=list, blank=True, verbose_name="other names")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="below", verbose_name="reports to"
    )
    commissioner = models.ForeignKey(Commissioner, models.PROTECT, null=True, blank=True, related_name="bodies")
    chin = models.ForeignKey(Chin, models.PROTECT, null=True, blank=True, related_name="bodies", verbose_name="CHIN")
    paper = models.CharField("paper that names it", max_length=200, blank=True)
    ended_on = models.DateField("last day", null=True, blank=True)

    objects: ClassVar[Any] = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = "body"
        verbose_name_plural = "bodies"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["commissioner", "chin", "name"],
                name="governance_body_name_once",
                nulls_distinct=False,
                violation_error_message="There is a body of that name already.",
            ),
            models.CheckConstraint(
                name="governance_body_has_a_name",
                condition=Q(name__regex=SAYS),
                violation_error_message="A body has a name.",
            ),
            models.CheckConstraint(
                name="governance_body_of_a_chin_of_a_commissioner",
                condition=Q(chin=None) | Q(commissioner__isnull=False),
                violation_error_message="A CHIN’s body is also of the CHIN’s commissioner.",
            ),
            models.CheckConstraint(
                name="governance_body_not_above_itself",
                condition=Q(parent=None) | ~Q(parent=F("pk")),
                violation_error_message="A body does not report to itself.",
            ),
        ]
        triggers = [NEVER_DELETED, _kept("not_below_itself", BODY_NOT_BELOW_ITSELF)]

    def __str__(self) -> str:
        return self.name

    def authority_target(self) -> Target:
        return Target(
            commissioner_ids=frozenset() if self.commissioner_id is None else frozenset({self.commissioner_id}),
            chin_ids=frozenset() if self.chin_id is None else frozenset({self.chin_id}),
        )


@governed
class Terms(Dated):
    """A body's terms of reference from a day: how many voting members it takes to decide, and up to what sum it may.

    limit: None where it is not limited.
    """

    body = models.ForeignKey(Body, models.PROTECT, related_name="terms")
    text = models.TextField("terms of reference", max_length=4000, blank=True)
    quorum = models.PositiveSmallIntegerField("quorum")
    limit = models.DecimalField("decides up to", max_digits=14, decimal_places=2, null=True, blank=True)

    class Meta(Dated.Meta):
        verbose_name_plural = "terms"
        constraints = [
            *guards("governance_terms"),
            one_truth(
                "governance_terms_once", "body", message="The body has terms of reference on some of these days."
            ),
            models.CheckConstraint(
                name="governance_terms_quorum",
                condition=Q(quorum__range=(1, 100)),
                violation_error_message="A quorum is a whole number from 1 to 100.",
            ),
            models.CheckConstraint(
                name="governance_terms_limit",
                condition=Q(limit=None) | Q(limit__gt=0),
                violation_error_message="A limit is more than £0.00, or there is none.",
            ),
        ]

    def __str__(self) -> str:
        return f"Terms of reference, {self.body}"


class Part(models.TextChoices):
    CHAIR = "chair", "Chair"
    VICE_CHAIR = "vice_chair", "Vice chair"
    SECRETARY = "secretary", "Secretary"
    MEMBER = "member", "Member"


@governed
class Seat(Dated):
    """A seat on a body. Whoever holds its post sits there, or their deputy; without a post, or a holder, it is vacant."""

    Part = Part

    body = models.ForeignKey(Body, models.PROTECT, related_name="seats")
    title = models.CharField("seat", max_length=150)
    organisation = models.CharField("organisation", max_length=150, blank=True)
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="seats")
    part = models.CharField("part", max_length=10, choices=Part, default=Part.MEMBER)
    core = models.BooleanField("core member", default=True)
    voting = models.BooleanField("votes", default=True)

    objects: ClassVar[Any] = SeatQuerySet.as_manager()

    class Meta(Dated.Meta):
        ordering = ["pk"]
        constraints = [
            *guards("governance_seat"),
            ExclusionConstraint(
                name="governance_seat_post_once",
                expressions=[
                    ("body", RangeOperators.EQUAL),
                    ("post", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                    ("held", RangeOperators.OVERLAPS),
                ],
                condition=Q(post__isnull=False),
                violation_error_message="That post has a seat on the body already on some of these days.",
            ),
            ExclusionConstraint(
                name="governance_seat_one_chair",
                expressions=[
                    ("body", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                    ("held", RangeOperators.OVERLAPS),
                ],
                condition=Q(part=Part.CHAIR),
                violation_error_message="The body has a chair already on some of these days.",
            ),
            models.CheckConstraint(
                name="governance_seat_known_part",
                condition=Q(part__in=Part.values),
                violation_error_message="A seat is the chair’s, the vice chair’s, the secretary’s or a member’s.",
            ),
            models.CheckConstraint(
                name="governance_seat_has_a_title",
                condition=Q(title__regex=SAYS),
                violation_error_message="A seat has a title.",
            ),
        ]
        indexes = [
            models.Index(fields=["body"], condition=Q(held__upper_inf=True), name="governance_seat_of_body"),
            models.Index(fields=["post"], condition=Q(held__upper_inf=True), name="governance_seat_of_post"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.body}"


class MeetingState(models.TextChoices):
    PLANNED = "planned", "Planned"
    PAPERS_OUT = "papers_out", "Papers sent out"
    HELD = "held", "Held"
    CANCELLED = "cancelled", "Cancelled"


@governed
class Meeting(models.Model):
    """A body meets on a day. Papers go out five clear days before it (papers_due)."""

    State = MeetingState

    body = models.ForeignKey(Body, models.PROTECT, related_name="meetings")
    day = models.DateField("day")
    begins = models.TimeField("begins", null=True, blank=True)
    place = models.CharField("place", max_length=150, blank=True)
    state = models.CharField(max_length=10, choices=MeetingState, default=MeetingState.PLANNED)
    papers_out_on = models.DateField("papers sent out on", null=True, blank=True)
    why_cancelled = models.CharField("why it was cancelled", max_length=500, blank=True)
    minutes = models.TextField("minutes", blank=True)

    objects: ClassVar[Any] = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]
        indexes = [models.Index(fields=["day"], name="governance_meeting_by_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "day"],
                condition=~Q(state=MeetingState.CANCELLED),
                name="governance_meeting_once",
                violation_error_message="The body meets on that day already.",
            ),
            models.CheckConstraint(
                name="governance_meeting_known_state",
                condition=Q(state__in=MeetingState.values),
                violation_error_message="A meeting is planned, its papers are out, it was held, or it was cancelled.",
            ),
            models.CheckConstraint(
                name="governance_meeting_cancelled_with_a_reason",
                condition=Q(state=MeetingState.CANCELLED, why_cancelled__regex=SAYS)
                | (~Q(state=MeetingState.CANCELLED) & Q(why_cancelled="")),
                violation_error_message="Say why the meeting was cancelled.",
            ),
            models.CheckConstraint(
                name="governance_meeting_papers_out_has_a_day",
                condition=~Q(state=MeetingState.PAPERS_OUT) | Q(papers_out_on__isnull=False),
                violation_error_message="Say on which day the papers went out.",
            ),
            models.CheckConstraint(
                name="governance_meeting_papers_before_it",
                condition=Q(papers_out_on=None) | Q(papers_out_on__lte=F("day")),
                violation_error_message="Papers go out before the meeting, or on its day at the latest.",
            ),
        ]
        triggers = [NEVER_DELETED, _kept("route", MEETING_KEEPS_TO_ITS_ROUTE)]

    def __str__(self) -> str:
        return f"{self.body}, {self.day:%-d %B %Y}"

    def authority_target(self) -> Target:
        return self.body.authority_target()


class Task(models.TextChoices):
    """What a body is to do with an item."""

    DECIDE = "decide", "To decide"
    ADVISE = "advise", "To advise"
    NOTE = "note", "To note"


@governed
class Item(models.Model):
    """An item of an agenda: of a record by its kind and key (a business case), or of its own words.

    moved_to: the item of another meeting that took its place.
    """

    Task = Task

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField("place on the agenda")
    title = models.CharField("title", max_length=200)
    kind = models.CharField("kind of record", max_length=20, blank=True)
    key = models.CharField("record", max_length=80, blank=True)
    task = models.CharField("what the body is to do", max_length=6, choices=Task, default=Task.NOTE)
    text = models.TextField("what it is about", max_length=4000, blank=True)
    moved_to = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="moved_from")
    why_moved = models.CharField("why it was moved or taken off", max_length=500, blank=True)
    taken_off = models.BooleanField("taken off the agenda", default=False)

    objects: ClassVar[Any] = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = "item"
        ordering = ["meeting", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "position"],
                name="governance_item_place_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message="There is an item at that place of the agenda.",
            ),
            models.UniqueConstraint(
                fields=["meeting", "kind", "key", "task"],
                condition=~Q(kind="") & Q(taken_off=False),
                name="governance_item_record_once",
                violation_error_message="It is on the agenda already.",
            ),
            models.CheckConstraint(
                name="governance_item_known_task",
                condition=Q(task__in=Task.values),
                violation_error_message="An item is to decide, to advise or to note.",
            ),
            models.CheckConstraint(
                name="governance_item_record_whole",
                condition=Q(kind="", key="") | (~Q(kind="") & ~Q(key="")),
                violation_error_message="A record is named by its kind and its key.",
            ),
            models.CheckConstraint(
                name="governance_item_has_a_title",
                condition=Q(title__regex=SAYS),
                violation_error_message="An item has a title.",
            ),
            models.CheckConstraint(
                name="governance_item_taken_off_with_a_reason",
                condition=Q(taken_off=False, moved_to=None, why_moved="") | Q(taken_off=True, why_moved__regex=SAYS),
                violation_error_message="Say why it is moved or taken off.",
            ),
        ]
        indexes = [models.Index(fields=["kind", "key"], name="governance_item_of_record")]
        triggers = [NEVER_DELETED, _kept("of_a_coming_meeting", ITEM_OF_A_COMING_MEETING)]

    def __str__(self) -> str:
        return self.title

    def authority_target(self) -> Target:
        return self.meeting.authority_target()


class Presence(models.TextChoices):
    PRESENT = "present", "Present"
    APOLOGIES = "apologies", "Apologies"
    ABSENT = "absent", "Absent"


@governed
class Attendance(models.Model):
    """Somebody was at a meeting, in a seat of the body or not, or sent apologies. presides: took the chair."""

    Presence = Presence

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendances")
    person = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField("name or post, of somebody without an account", max_length=150, blank=True)
    seat = models.ForeignKey(Seat, models.PROTECT, null=True, blank=True, related_name="attendances")
    presence = models.CharField(max_length=9, choices=Presence, default=Presence.PRESENT)
    presides = models.BooleanField("took the chair", default=False)
    as_deputy = models.BooleanField("as deputy", default=False)

    class Meta:
        ordering = ["meeting", "seat", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person"],
                condition=Q(person__isnull=False),
                name="governance_attendance_person_once",
                violation_error_message="They are on the list of this meeting already.",
            ),
            models.UniqueConstraint(
                fields=["meeting", "seat"],
                condition=Q(seat__isnull=False, presence="present"),
                name="governance_attendance_seat_once",
                violation_error_message="Somebody else sits in that seat at this meeting.",
            ),
            models.UniqueConstraint(
                fields=["meeting"],
                condition=Q(presides=True),
                name="governance_attendance_one_chair",
                violation_error_message="Somebody else took the chair at this meeting.",
            ),
            models.CheckConstraint(
                name="governance_attendance_says_who",
                condition=Q(person__isnull=False, name="") | Q(person=None, name__regex=SAYS),
                violation_error_message="Say who it is: somebody with an account, or a name or post.",
            ),
            models.CheckConstraint(
                name="governance_attendance_chair_is_there",
                condition=Q(presides=False) | Q(presence="present", person__isnull=False),
                violation_error_message="Whoever takes the chair is there.",
            ),
        ]
        triggers = [
            _kept("fits", ATTENDANCE_FITS),
            pgtrigger.Trigger(
                name="stays_with_a_decision",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=ATTENDANCE_STAYS_WITH_A_DECISION,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.name}, {self.meeting}"


class CalendarFeed(models.Model):
    """The address at which a person’s calendar reads when their bodies meet. Of the address only a digest is kept."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(withdrawn_at=None),
                name="governance_calendarfeed_one_a_person",
                violation_error_message="You have a calendar address already. Withdraw it first.",
            ),
        ]

    def __str__(self) -> str:
        return f"Calendar of {self.user}"
