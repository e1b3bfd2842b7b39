"""Rounds of the baseline assessment, what practices saved in them, version by version, and what they sent in."""

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.db.models.lookups import Exact

from budget.baseline.guards import LINK_ENDS_ONCE, SAVED_FITS, SENT_WHOLE
from budget.baseline.querysets import (
    AssessmentQuerySet,
    DelegationQuerySet,
    SavedQuerySet,
    StaffingQuerySet,
    SubmissionQuerySet,
)
from budget.baseline.questions import NEWEST_SET, QUESTION_SETS, ROLES, SECTIONS
from cc2h.accounts.authority import Target
from cc2h.kit.history import governed
from practices.models import Commissioner, Practice

USER = settings.AUTH_USER_MODEL
NEVER_CHANGED = pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)


def _known_section(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=Q(section__in=[*SECTIONS]),
        violation_error_message="An assessment has no such section.",
    )


def _behalf(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=Q(on_behalf=False) | ~Q(how_it_came=""),
        violation_error_message="Say how the practice’s answers came.",
    )


@governed
class Assessment(models.Model):
    """A round: a commissioner asks its practices, from a day, until a day. Late answers are taken, and are marked late."""

    slug = models.SlugField(max_length=80, unique=True)
    commissioner = models.ForeignKey(Commissioner, models.PROTECT, related_name="assessments")
    name = models.CharField("name", max_length=150)
    opens = models.DateField("opens on")
    due = models.DateField("due on")
    questions = models.PositiveSmallIntegerField("version of the questions", default=NEWEST_SET)

    objects: ClassVar[Any] = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = "round of the assessment"
        ordering = ["-opens", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["commissioner", "name"],
                name="baseline_assessment_name_once",
                violation_error_message="This commissioner already has a round of that name.",
            ),
            models.CheckConstraint(
                name="baseline_assessment_days_in_order",
                condition=Q(due__gte=F("opens")),
                violation_error_message="A round is due on or after the day it opens.",
            ),
            models.CheckConstraint(
                name="baseline_assessment_known_questions",
                condition=Q(questions__in=[*QUESTION_SETS]),
                violation_error_message="There are no questions of that version.",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name

    def authority_target(self) -> Target:
        return Target(commissioner_ids=frozenset({self.commissioner_id}))


@governed
class Delegation(models.Model):
    """A link by which somebody without an account answers one section of one practice, until it expires or is withdrawn.

    key: what the address names, signed there.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="delegations")
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    section = models.CharField(max_length=20)
    key = models.CharField(max_length=32, unique=True)
    recipient = models.CharField("for whom", max_length=150)
    made_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    made_on = models.DateField("made on")
    expires_on = models.DateField("last day")
    withdrawn_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_on = models.DateField("withdrawn on", null=True, blank=True)

    objects: ClassVar[Any] = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = "link"
        ordering = ["-pk"]
        constraints = [
            _known_section("baseline_delegation_known_section"),
            models.CheckConstraint(
                name="baseline_delegation_days_in_order",
                condition=Q(expires_on__gte=F("made_on")),
                violation_error_message="A link’s last day is the day it is made, or a later one.",
            ),
            models.CheckConstraint(
                name="baseline_delegation_for_somebody",
                condition=~Q(recipient=""),
                violation_error_message="Say for whom the link is.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(name="ends_once", operation=pgtrigger.Update, when=pgtrigger.Before, func=LINK_ENDS_ONCE),
        ]

    def __str__(self) -> str:
        return f"{SECTIONS.get(self.section, self.section)}, for {self.recipient}"


class Saved(models.Model):
    """A version of a section of a practice's answers: never changed, so that each day shows what was held on it.

    on_behalf: staff entered what the practice sent them. link: it came by a link, from whoever typed that name.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="saved")
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    section = models.CharField(max_length=20)
    number = models.PositiveIntegerField("version")
    answers = models.JSONField(default=dict)
    done = models.BooleanField(default=False)
    day = models.DateField("day")
    saved_at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    on_behalf = models.BooleanField("on its behalf", default=False)
    how_it_came = models.CharField("how it came", max_length=300, blank=True)
    link = models.ForeignKey(Delegation, models.PROTECT, null=True, related_name="saved")
    typed_name = models.CharField("name", max_length=150, blank=True)

    objects: ClassVar[Any] = SavedQuerySet.as_manager()

    class Meta:
        verbose_name = "saved section"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "practice", "section", "number"],
                name="baseline_saved_once",
                violation_error_message="Somebody else saved this section meanwhile.",
            ),
            _known_section("baseline_saved_known_section"),
            _behalf("baseline_saved_behalf_says_how"),
            models.CheckConstraint(
                name="baseline_saved_link_or_person",
                condition=Q(link=None, typed_name="") | (Q(link__isnull=False, by=None) & ~Q(typed_name="")),
                violation_error_message="What comes by a link is of whoever typed a name.",
            ),
            models.CheckConstraint(
                name="baseline_saved_is_an_object",
                condition=Exact(Func(F("answers"), function="jsonb_typeof", output_field=models.TextField()), "object"),
                violation_error_message="Answers are kept by the keys of their questions.",
            ),
        ]
        triggers = [
            NEVER_CHANGED,
            pgtrigger.Trigger(name="fits", operation=pgtrigger.Insert, when=pgtrigger.Before, func=SAVED_FITS),
        ]

    def __str__(self) -> str:
        return f"{SECTIONS.get(self.section, self.section)}, version {self.number}"

    @property
    def who(self) -> str:
        """Who said it: a person, or the name typed with a link."""
        return self.typed_name or (self.by.name if self.by else "the portal")


class Submission(models.Model):
    """A practice sends in its answers, whole: these versions of its sections. Sent in again, it is another."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="submissions")
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField("version")
    versions = ArrayField(models.BigIntegerField())
    day = models.DateField("day")
    sent_at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    on_behalf = models.BooleanField("on its behalf", default=False)
    how_it_came = models.CharField("how it came", max_length=300, blank=True)

    objects: ClassVar[Any] = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "practice", "number"],
                name="baseline_submission_once",
                violation_error_message="Somebody else sent it in meanwhile.",
            ),
            _behalf("baseline_submission_behalf_says_how"),
        ]
        triggers = [
            NEVER_CHANGED,
            pgtrigger.Trigger(name="whole", operation=pgtrigger.Insert, when=pgtrigger.Before, func=SENT_WHOLE),
        ]

    def __str__(self) -> str:
        return f"{self.assessment}, {self.practice}, sent in {self.day}"


class Staffing(models.Model):
    """What a submission says of one role in numbers: written with it, so that lists and sums need not read every answer."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="staffing")
    role = models.CharField(max_length=20, choices=[*ROLES.items()])
    headcount = models.PositiveIntegerField("headcount")
    wte = models.DecimalField("WTE", max_digits=8, decimal_places=2)
    aged_55 = models.PositiveIntegerField("aged 55 and over")
    vacancies = models.PositiveIntegerField("vacant posts")
    vacant_wte = models.DecimalField("vacant WTE", max_digits=8, decimal_places=2, null=True)

    objects: ClassVar[Any] = StaffingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "role"], name="baseline_staffing_once"),
            models.CheckConstraint(
                name="baseline_staffing_known_role",
                condition=Q(role__in=[*ROLES]),
                violation_error_message="That is no role of the assessment.",
            ),
            models.CheckConstraint(
                name="baseline_staffing_possible",
                condition=Q(aged_55__lte=F("headcount"), wte__gte=0),
                violation_error_message="Of the headcount not more than all are 55 and over.",
            ),
        ]
        triggers = [NEVER_CHANGED]

    def __str__(self) -> str:
        return f"{self.submission}: {ROLES[self.role]}"


class Workbook(models.Model):
    """A practice's workbook that was brought back and read, waiting for whoever brought it to say yes. taken_on: they did."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+")
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    sections = models.JSONField(default=dict)  # by section: its answers, and whether it is done
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    brought_on = models.DateField()
    taken_on = models.DateField(null=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name
