"""Business cases: whose, what for, what was written, what was submitted, and every step of their life."""

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.db.models.lookups import Exact

from cc2h.accounts.authority import Target
from cc2h.cases.guards import (
    CASE_BEGINS,
    CASE_FOLLOWS,
    CASE_HAS_A_STEP,
    CASE_ONLY_BY_STEPS,
    SAVED_FITS,
    STEP_FITS,
    SUBMISSION_FITS,
    WITH_REASON,
)
from cc2h.cases.querysets import CaseQuerySet, OfCase
from cc2h.cases.states import CaseState, Event
from cc2h.kit.history import governed
from cc2h.kit.search import trigrams
from chins.models import Chin
from practices.models import Commissioner

USER = settings.AUTH_USER_MODEL
SAYS = r"\S"  # more than white space
NEVER_CHANGED = pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
NEVER_DELETED = pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)
POUNDS: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}


def is_an_object(name: str, field: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=Exact(Func(F(field), function="jsonb_typeof", output_field=models.TextField()), "object"),
        violation_error_message="What was written is kept by the names of its fields.",
    )


class ProportionRule(models.Model):
    """Up to which sum the short form is enough, from a day; the newest of a day holds. Never changed."""

    commissioner = models.ForeignKey(Commissioner, models.PROTECT, related_name="proportion_rules")
    from_day = models.DateField("from")
    limit = models.DecimalField("up to", **POUNDS)
    reason = models.CharField("why", max_length=2000)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "length of the form"
        ordering = ["commissioner", "from_day"]
        constraints = [
            models.UniqueConstraint(
                fields=["commissioner", "from_day"],
                name="cases_proportionrule_once_a_day",
                violation_error_message="From that day another sum holds already. Choose another day.",
            ),
            models.CheckConstraint(
                name="cases_proportionrule_limit",
                condition=Q(limit__gt=0, reason__regex=SAYS),
                violation_error_message="The short form is enough up to more than £0.00, and it is said why.",
            ),
        ]
        triggers = [NEVER_CHANGED]

    def __str__(self) -> str:
        return f"{self.commissioner}, from {self.from_day}"


class Topic(models.TextChoices):
    """The topics that the papers name."""

    DIABETES = "diabetes", "Diabetes"
    PAEDIATRIC = "paediatric", "Children"
    FRAILTY = "frailty", "Frailty"
    WOUND_CARE = "wound_care", "Wound care"
    URGENT_CARE = "urgent_care", "Urgent care"
    CARDIOLOGY = "cardiology", "Cardiology"
    MUSCULOSKELETAL = "musculoskeletal", "Musculoskeletal"
    UROLOGY = "urology", "Urology"
    OTHER = "other", "Another topic"


class Excluded(models.TextChoices):
    """Areas outside the programme: an idea in one of them is flagged, and not refused."""

    NONE = "", "In none of them"
    CORE = "core", "Core primary care"
    EXTENDED_ACCESS = "extended_access", "Extended and improved access"


@governed
class Case(models.Model):
    """A business case of a CHIN. asked: what its costs come to, in pounds; None while that is not stated."""

    State, Topic = CaseState, Topic

    number = models.CharField("number", max_length=10, unique=True)
    commissioner = models.ForeignKey(Commissioner, models.PROTECT, related_name="cases")
    chin = models.ForeignKey(Chin, models.PROTECT, related_name="cases", verbose_name="CHIN")
    title = models.CharField("title", max_length=150)
    problem = models.TextField("problem", max_length=2000)
    topic = models.CharField("topic", max_length=15, choices=Topic)
    excluded = models.CharField("outside the programme", max_length=15, choices=Excluded, blank=True)
    asked = models.DecimalField("sum asked for", **POUNDS, null=True, blank=True)
    state = models.CharField(max_length=10, choices=CaseState, default=CaseState.IDEA)
    since = models.DateField("in this state since")
    put_forward_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    seeded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="seeds", verbose_name="grew out of"
    )

    objects: ClassVar[Any] = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "business case"
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="cases_case_number_shape",
                condition=Q(number__regex=r"^[0-9]{4}-[0-9]{3,5}$"),
                violation_error_message="A case is numbered by its year and its place in it, like 2018-014.",
            ),
            models.CheckConstraint(
                name="cases_case_says_what",
                condition=Q(title__regex=SAYS, problem__regex=SAYS),
                violation_error_message="Give the idea a title, and say which problem it is about.",
            ),
            models.CheckConstraint(
                name="cases_case_known_topic",
                condition=Q(topic__in=Topic.values) & Q(excluded__in=Excluded.values),
                violation_error_message="That is no topic the portal knows.",
            ),
            models.CheckConstraint(
                name="cases_case_known_state",
                condition=Q(state__in=CaseState.values),
                violation_error_message="That is no state of a case.",
            ),
            models.CheckConstraint(
                name="cases_case_asked",
                condition=Q(asked=None) | Q(asked__gt=0),
                violation_error_message="A case asks for more than £0.00, or the sum is not stated yet.",
            ),
        ]
        indexes = [
            models.Index(fields=["commissioner", "state", "-number"], name="cases_case_by_state"),
            models.Index(fields=["chin", "state"], name="cases_case_of_chin"),
            trigrams("cases_case_alike", "title"),
        ]
        triggers = [
            NEVER_DELETED,
            pgtrigger.Trigger(name="begins", operation=pgtrigger.Insert, when=pgtrigger.Before, func=CASE_BEGINS),
            pgtrigger.Trigger(
                name="has_a_step",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func=CASE_HAS_A_STEP,
            ),
            pgtrigger.Trigger(
                name="only_by_steps", operation=pgtrigger.Update, when=pgtrigger.Before, func=CASE_ONLY_BY_STEPS
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def authority_target(self) -> Target:
        return Target(commissioner_ids=frozenset({self.commissioner_id}), chin_ids=frozenset({self.chin_id}))


class CaseStep(models.Model):
    """Something that happened to a case: who, when, in which post, why. Never changed; the state follows from it."""

    Event = Event

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps")
    event = models.CharField(max_length=15, choices=Event)
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10)
    day = models.DateField("day")
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    post = models.CharField("in the post", max_length=200, blank=True)
    reason = models.CharField("reason", max_length=4000, blank=True)

    objects: ClassVar[Any] = OfCase.as_manager()

    class Meta:
        verbose_name = "step"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="cases_casestep_says_why",
                condition=~Q(event__in=WITH_REASON) | Q(reason__regex=SAYS),
                violation_error_message="Say why.",
            ),
        ]
        indexes = [models.Index(fields=["case", "id"], name="cases_casestep_of")]
        triggers = [
            NEVER_CHANGED,
            pgtrigger.Trigger(name="fits", operation=pgtrigger.Insert, when=pgtrigger.Before, func=STEP_FITS),
            pgtrigger.Trigger(name="case_follows", operation=pgtrigger.Insert, when=pgtrigger.After, func=CASE_FOLLOWS),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.get_event_display()}"


@governed
class Author(models.Model):
    """Somebody writes the case, besides whoever put it forward. left_on: the last day."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="authors")
    person = models.ForeignKey(USER, models.PROTECT, related_name="+")
    joined_on = models.DateField("from")
    left_on = models.DateField("until", null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person"],
                condition=Q(left_on=None),
                name="cases_author_once",
                violation_error_message="They write this case already.",
            ),
            models.CheckConstraint(
                name="cases_author_days_in_order",
                condition=Q(left_on=None) | Q(left_on__gte=F("joined_on")),
                violation_error_message="An author leaves on or after the day they began.",
            ),
        ]
        triggers = [NEVER_DELETED]

    def __str__(self) -> str:
        return f"{self.person}, {self.case}"


class Saved(models.Model):
    """A version of one section of a case: never changed, so that every version can be read and compared."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="saved")
    section = models.CharField(max_length=20)
    number = models.PositiveIntegerField("version")
    answers = models.JSONField(default=dict)
    done = models.BooleanField("marked as done", default=False)
    day = models.DateField("day")
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")

    objects: ClassVar[Any] = OfCase.as_manager()

    class Meta:
        verbose_name = "version of a section"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "section", "number"],
                name="cases_saved_once",
                violation_error_message="Somebody else saved this section meanwhile.",
            ),
            is_an_object("cases_saved_is_an_object", "answers"),
        ]
        triggers = [
            NEVER_CHANGED,
            pgtrigger.Trigger(name="fits", operation=pgtrigger.Insert, when=pgtrigger.Before, func=SAVED_FITS),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}, {self.section}, version {self.number}"


class Typed(models.Model):
    """What somebody has typed into a section and not saved yet, kept by the server. base: the version they began from."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="typed")
    section = models.CharField(max_length=20)
    person = models.ForeignKey(USER, models.CASCADE, related_name="+")
    base = models.PositiveIntegerField("begun from version", default=0)
    answers = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "section", "person"],
                name="cases_typed_once",
                violation_error_message="One unsaved text is kept of a section and a person.",
            ),
            is_an_object("cases_typed_is_an_object", "answers"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}, {self.section}, unsaved"


class Purpose(models.TextChoices):
    TEST = "test", "To test it"
    SCALE = "scale", "To scale it borough-wide"


class Submission(models.Model):
    """What was submitted, whole and word for word, frozen. Submitted again, it is another.

    document: everything that was written, by section, with the labels of its fields; sha256: of its canonical JSON.
    length: of the form that the sum asks for. reopened: the sections that more was asked of, which this one answers.
    """

    Purpose = Purpose

    case = models.ForeignKey(Case, models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField("submission")
    purpose = models.CharField(max_length=5, choices=Purpose, default=Purpose.TEST)
    asked = models.DecimalField("sum asked for", **POUNDS)
    length = models.CharField("form", max_length=5, choices=[("short", "Short form"), ("long", "Long form")])
    document = models.JSONField()
    sha256 = models.CharField("SHA-256", max_length=64)
    day = models.DateField("submitted on")
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    post = models.CharField("in the post", max_length=200, blank=True)

    objects: ClassVar[Any] = OfCase.as_manager()

    class Meta:
        ordering = ["case", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "number"],
                name="cases_submission_once",
                violation_error_message="Somebody else has submitted the case meanwhile.",
            ),
            models.CheckConstraint(
                name="cases_submission_asks",
                condition=Q(asked__gt=0, sha256__regex="^[0-9a-f]{64}$"),
                violation_error_message="A case that is submitted asks for more than £0.00.",
            ),
            is_an_object("cases_submission_is_an_object", "document"),
        ]
        triggers = [
            NEVER_CHANGED,
            pgtrigger.Trigger(name="fits", operation=pgtrigger.Insert, when=pgtrigger.Before, func=SUBMISSION_FITS),
        ]

    def __str__(self) -> str:
        return f"{self.case}, submission {self.number}"


class Paper(models.Model):
    """The PDF of a submission or of a decision, made by a worker. Never changed.

    about: "submission:12", "outcome:34"; sha256: of the PDF's bytes.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="papers")
    about = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    file_name = models.CharField("name of the file", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    pdf = models.BinaryField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["pk"]
        triggers = [NEVER_CHANGED]

    def __str__(self) -> str:
        return self.title
