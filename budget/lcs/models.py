"""Services commissioned locally: what practices are asked for, who is eligible, and each practice's claim."""

from datetime import date
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from budget.lcs.claim_guards import (
    ANSWER_STAYS,
    ANSWER_STAYS_AS_IT_IS,
    ANSWERS_BEGIN,
    ANSWERS_CHANGE,
    CLAIM_CHANGED_OTHERWISE,
    CLAIM_HAS_A_STEP,
    CLAIM_ONLY_BY_STEPS,
    CLAIM_OPENS,
    STEPS_TAKEN,
    WITH_REASON,
)
from budget.lcs.guards import (
    ELIGIBLE_CHANGES,
    ELIGIBLE_COME,
    ELIGIBLE_GOES,
    MORE_THAN_ENDED_OR_PRICED,
    OUTPUT_OF_A_DRAFT,
    SERVICE_KEEPS_TO_ITS_ROUTE,
    STAGE_OF_A_DRAFT,
)
from budget.lcs.querysets import ClaimQuerySet, EligibleQuerySet, ServiceQuerySet
from budget.lcs.service_states import ServiceState
from budget.lcs.states import ClaimState, Event
from budget.models import POUNDS, Entry, Line, years_known
from cc2h.accounts.authority import Role, Target
from cc2h.kit.history import NEVER_EMPTIED, governed
from chins.models import Chin
from practices.models import Practice

USER = settings.AUTH_USER_MODEL


def _before(name: str, operation: Any, func: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(name=name, operation=operation, when=pgtrigger.Before, func=func)


_ANY = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete


class Tariff(models.TextChoices):
    FLAT = "flat", "A sum for each practice"
    PER_HEAD = "per_head", "So much for each registered patient"


@governed
class Service(models.Model):
    """What a commissioner buys from its practices beyond their contract. Its rate may be not stated, which is not 0.

    rate: pounds for a practice, or for each patient on the list of `list_day`'s extract. frozen_on: the day whose
    practices were made the list of eligible ones.
    """

    State, Tariff = ServiceState, Tariff

    slug = models.SlugField(max_length=80, unique=True)
    line = models.ForeignKey(Line, models.PROTECT, related_name="services", verbose_name="budget line")
    name = models.CharField(max_length=150)
    purpose = models.CharField("what it is for", max_length=500, blank=True)
    opens_on = models.DateField("opens on")
    closes_on = models.DateField("closes on", null=True, blank=True)
    tariff = models.CharField(max_length=8, choices=Tariff)
    rate = models.DecimalField("rate", max_digits=10, decimal_places=2, null=True, blank=True)
    list_day = models.DateField("list sizes of", null=True, blank=True)
    frozen_on = models.DateField("eligible practices as at", null=True, blank=True)
    state = models.CharField(max_length=9, choices=ServiceState, default=ServiceState.DRAFT)
    approved_on = models.DateField("approved on", null=True, blank=True)
    approved_by = models.CharField("approved by", max_length=200, blank=True)  # a body or a post, not a person's name
    approved_where = models.CharField("where that is written", max_length=300, blank=True)
    interests = models.CharField("interests declared", max_length=500, blank=True)
    ended_on = models.DateField("ended on", null=True, blank=True)
    why_ended = models.CharField("why", max_length=500, blank=True)
    source = models.CharField("paper", max_length=200, blank=True)  # what its rules are from

    objects: ClassVar[Any] = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = "local service"
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="lcs_service_known_state",
                condition=Q(state__in=ServiceState.values),
                violation_error_message="A service is a draft, approved, open, ended or withdrawn.",
            ),
            models.CheckConstraint(
                name="lcs_service_known_tariff",
                condition=Q(tariff__in=Tariff.values),
                violation_error_message="A service pays a sum for each practice, or so much for each patient.",
            ),
            models.CheckConstraint(
                name="lcs_service_days_in_order",
                condition=Q(closes_on=None) | Q(closes_on__gte=F("opens_on")),
                violation_error_message="A service closes on or after the day it opens.",
            ),
            models.CheckConstraint(
                name="lcs_service_rate_possible",
                condition=Q(rate=None) | Q(rate__gt=0),
                violation_error_message="A rate is more than £0.00, or not stated.",
            ),
            models.CheckConstraint(
                name="lcs_service_per_head_names_its_extract",
                condition=~Q(tariff=Tariff.PER_HEAD) | Q(rate=None) | Q(list_day__isnull=False),
                violation_error_message="A rate for each patient names the day of the list sizes it counts.",
            ),
            models.CheckConstraint(
                name="lcs_service_approved_before_it_opens",
                condition=Q(state__in=["draft", "withdrawn"])
                | (Q(approved_on__isnull=False) & ~Q(approved_by="") & ~Q(approved_where="") & ~Q(interests="")),
                violation_error_message="Before it opens, record who approved it, when, where that is written, and what "
                "interests were declared.",
            ),
            models.CheckConstraint(
                name="lcs_service_open_has_a_frozen_list",
                condition=~Q(state__in=["open", "ended"]) | Q(frozen_on__isnull=False),
                violation_error_message="An open service has a list of eligible practices as at a day.",
            ),
            models.CheckConstraint(
                name="lcs_service_ended_says_when",
                condition=(Q(state="ended", ended_on__isnull=False) & ~Q(why_ended=""))
                | (~Q(state="ended") & Q(ended_on=None)),
                violation_error_message="Say on which day the service ended, and why.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            _before("keeps_to_its_route", pgtrigger.Insert | pgtrigger.Update, SERVICE_KEEPS_TO_ITS_ROUTE),
        ]

    def __str__(self) -> str:
        return self.name

    def authority_target(self) -> Target:
        return Target(commissioner_ids=frozenset({self.line.commissioner_id}))


@governed
class Stage(models.Model):
    """A part of a service that is claimed for by itself: its share of the rate, and the financial year it is charged to."""

    service = models.ForeignKey(Service, models.PROTECT, related_name="stages")
    number = models.PositiveSmallIntegerField("number")
    name = models.CharField(max_length=150)
    share = models.DecimalField("share, percent", max_digits=5, decimal_places=2, null=True, blank=True)
    year = models.PositiveSmallIntegerField("financial year charged")
    from_day = models.DateField("from")
    due = models.DateField("to be claimed by", null=True, blank=True)

    class Meta:
        ordering = ["service", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "number"],
                name="lcs_stage_once",
                violation_error_message="The service has a stage of that number.",
            ),
            models.CheckConstraint(
                name="lcs_stage_share_possible",
                condition=Q(share=None) | Q(share__gt=0, share__lte=100),
                violation_error_message="A share is more than 0% and at most 100%, or not stated.",
            ),
            years_known("lcs_stage_year", "year"),
        ]
        triggers = [_before("of_a_draft", _ANY, STAGE_OF_A_DRAFT)]

    def __str__(self) -> str:
        return self.name

    @property
    def in_full(self) -> str:
        """With its service, after which a single stage is often called."""
        return self.name if self.name == self.service.name else f"{self.service.name}, {self.name}"


class Whose(models.TextChoices):
    PRACTICE = "practice", "Each practice’s own"
    CHIN = "chin", "Its CHIN’s, for all of its practices"


class Evidence(models.TextChoices):
    POST = "post", "A post that is held"
    AGREEMENT = "agreement", "An agreement that is signed"
    PLEDGE = "pledge", "A pledge that is answered"
    TEXT = "text", "A text"
    FILE = "file", "A file"


@governed
class Output(models.Model):
    """What a stage asks for, whose it is, and what shows it."""

    Whose, Evidence = Whose, Evidence

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="outputs")
    number = models.PositiveSmallIntegerField("number")
    name = models.CharField(max_length=200)
    guidance = models.CharField("what is expected", max_length=500, blank=True)
    whose = models.CharField(max_length=8, choices=Whose)
    evidence = models.CharField(max_length=9, choices=Evidence)
    role = models.CharField("post", max_length=30, choices=Role, blank=True)  # of evidence by a post
    agreement_kind = models.CharField("kind of agreement", max_length=30, blank=True)  # of evidence by an agreement

    class Meta:
        ordering = ["stage", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "number"],
                name="lcs_output_once",
                violation_error_message="The stage has an output of that number.",
            ),
            models.CheckConstraint(
                name="lcs_output_known",
                condition=Q(whose__in=Whose.values, evidence__in=Evidence.values),
                violation_error_message="An output is a practice’s or a CHIN’s, and is shown by one of five kinds of evidence.",
            ),
            models.CheckConstraint(
                name="lcs_output_names_what_it_reads",
                condition=(~Q(evidence="post") | ~Q(role="")) & (~Q(evidence="agreement") | ~Q(agreement_kind="")),
                violation_error_message="Evidence by a post names the post, evidence by an agreement its kind.",
            ),
        ]
        triggers = [_before("of_a_draft", _ANY, OUTPUT_OF_A_DRAFT)]

    def __str__(self) -> str:
        return self.name


@governed
class Eligible(models.Model):
    """A practice that may claim: put on the frozen list, or added later; taken off again, with reasons.

    amount: of all stages together, frozen with the list size it rests on; none where the rate is not stated.
    """

    service = models.ForeignKey(Service, models.PROTECT, related_name="eligible")
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    list_size = models.PositiveIntegerField("registered list size", null=True, blank=True)
    amount = models.DecimalField(**POUNDS, null=True, blank=True)
    added_on = models.DateField("added on")
    why_added = models.CharField("why added", max_length=500)
    removed_on = models.DateField("taken off on", null=True, blank=True)
    why_removed = models.CharField("why taken off", max_length=500, blank=True)

    objects: ClassVar[Any] = EligibleQuerySet.as_manager()

    class Meta:
        verbose_name = "eligible practice"
        ordering = ["service", "practice", "pk"]  # who came back: the newest place last
        constraints = [
            models.UniqueConstraint(
                fields=["service", "practice"],
                condition=Q(removed_on=None),
                name="lcs_eligible_once",
                violation_error_message="The practice is on the list already.",
            ),
            models.CheckConstraint(
                name="lcs_eligible_taken_off_with_a_reason",
                condition=Q(removed_on=None) | ~Q(why_removed=""),
                violation_error_message="Say why the practice is taken off.",
            ),
            models.CheckConstraint(
                name="lcs_eligible_taken_off_after_it_came",
                condition=Q(removed_on=None) | Q(removed_on__gte=F("added_on")),
                violation_error_message="A practice is taken off on or after the day it was put on the list.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="fits",
                level=pgtrigger.Statement,
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                referencing=pgtrigger.Referencing(new="come"),
                func=ELIGIBLE_COME,
            ),
            pgtrigger.Trigger(
                name="stays",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition(MORE_THAN_ENDED_OR_PRICED),
                func=ELIGIBLE_CHANGES,
            ),
            _before("not_deleted", pgtrigger.Delete, ELIGIBLE_GOES),
        ]

    def __str__(self) -> str:
        return f"{self.practice}, {self.service}"


@governed
class Claim(models.Model):
    """A practice's claim for a stage: one, which opens itself. Its state is changed by its steps (budget.lcs.states).

    amount: what it comes to when it is payable. chin: the practice's on the day it was sent in. commitment: the entry.
    """

    State = ClaimState

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="claims")
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")
    chin = models.ForeignKey(Chin, models.PROTECT, null=True, blank=True, related_name="+")
    amount = models.DecimalField(**POUNDS, null=True, blank=True)
    state = models.CharField(max_length=9, choices=ClaimState, default=ClaimState.OPEN)
    opened_on = models.DateField("opened on")
    sent_on = models.DateField("sent in on", null=True, blank=True)
    payable_on = models.DateField("payable from", null=True, blank=True)
    paid_on = models.DateField("paid on", null=True, blank=True)
    commitment = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar[Any] = ClaimQuerySet.as_manager()
    practice_name: str  # these by with_place
    practice_status: str | None
    chin_now: int | None
    chin_now_slug: str | None
    chin_now_name: str | None
    state_on: str  # these by as_at
    since: date
    sent_by_then: date | None
    waiting: int | None

    class Meta:
        ordering = ["stage", "practice"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "practice"],
                name="lcs_claim_once",
                violation_error_message="The practice has a claim for this stage already.",
            ),
            models.CheckConstraint(
                name="lcs_claim_known_state",
                condition=Q(state__in=ClaimState.values),
                violation_error_message="That is no state of a claim.",
            ),
            models.CheckConstraint(
                name="lcs_claim_payable_of_an_amount",
                condition=~Q(state__in=["payable", "paid"]) | Q(amount__gt=0, payable_on__isnull=False),
                violation_error_message="What is payable is of more than £0.00, from a day.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="begins_open",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=~pgtrigger.Q(new__state=ClaimState.OPEN),
                func=CLAIM_OPENS,
            ),
            pgtrigger.Trigger(
                name="has_a_step",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func=CLAIM_HAS_A_STEP,
            ),
            pgtrigger.Trigger(
                name="only_by_steps",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition(CLAIM_CHANGED_OTHERWISE),
                func=CLAIM_ONLY_BY_STEPS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage}, {self.practice}"

    def authority_target(self) -> Target:
        """The practice's, its CHIN's and the commissioner's; the CHIN is the one it is in on the day (annotated or kept)."""
        return Target(
            commissioner_ids=frozenset({self.stage.service.line.commissioner_id}),
            chin_ids=frozenset({chin} if (chin := getattr(self, "chin_now", self.chin_id)) else ()),
            practice_ids=frozenset({self.practice_id}),
        )


class AnswerState(models.TextChoices):
    ENTERED = "entered", "Entered"
    ACCEPTED = "accepted", "Accepted"
    RETURNED = "returned", "Returned"


@governed
class Answer(models.Model):
    """What was entered for one output of a claim, by whom; and who else accepted or returned it, when and why.

    on_behalf: staff entered what the practice sent them; how_it_came says how. basis: what the portal read itself (a post,
    a signature) when it was accepted, in words.
    """

    State = AnswerState

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="answers")
    output = models.ForeignKey(Output, models.PROTECT, related_name="+")
    text = models.TextField(max_length=4000, blank=True)
    pledged = models.BooleanField(null=True)
    on_behalf = models.BooleanField("entered on its behalf", default=False)
    how_it_came = models.CharField("how it came", max_length=300, blank=True)
    entered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=8, choices=AnswerState, default=AnswerState.ENTERED)
    judged_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    judged_on = models.DateField("judged on", null=True, blank=True)
    reason = models.CharField("reason", max_length=500, blank=True)
    basis = models.CharField("what it rests on", max_length=500, blank=True)

    class Meta:
        ordering = ["claim", "output"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "output"],
                name="lcs_answer_once",
                violation_error_message="The claim has an answer for this output.",
            ),
            models.CheckConstraint(
                name="lcs_answer_known_state",
                condition=Q(state__in=AnswerState.values),
                violation_error_message="An answer is entered, accepted or returned.",
            ),
            models.CheckConstraint(
                name="lcs_answer_judged_by_another",
                condition=Q(judged_by=None) | Q(entered_by=None) | ~Q(judged_by=F("entered_by")),
                violation_error_message="What somebody entered is judged by somebody else.",
            ),
            models.CheckConstraint(
                name="lcs_answer_returned_with_a_reason",
                condition=~Q(state="returned") | ~Q(reason=""),
                violation_error_message="Say why it is returned.",
            ),
            models.CheckConstraint(
                name="lcs_answer_judged_on_a_day",
                condition=Q(state="entered", judged_by=None, judged_on=None, reason="", basis="")
                | (~Q(state="entered") & Q(judged_on__isnull=False)),
                violation_error_message="What is accepted or returned says when.",
            ),
            models.CheckConstraint(
                name="lcs_answer_says_how_it_came",
                condition=Q(on_behalf=False, how_it_came="") | (Q(on_behalf=True) & ~Q(how_it_came="")),
                violation_error_message="What staff enter for a practice says how it came, like “e-mail of 3 October 2018”.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="begins",
                level=pgtrigger.Statement,
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                referencing=pgtrigger.Referencing(new="entered"),
                func=ANSWERS_BEGIN,
            ),
            pgtrigger.Trigger(
                name="stays",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition(ANSWER_STAYS_AS_IT_IS),
                func=ANSWER_STAYS,
            ),
            pgtrigger.Trigger(
                name="changes",
                level=pgtrigger.Statement,
                operation=pgtrigger.Update,
                when=pgtrigger.After,
                referencing=pgtrigger.Referencing(old="were", new="entered"),
                func=ANSWERS_CHANGE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim}, {self.output}"


class ClaimStep(models.Model):
    """What happened to a claim: from which state to which, when, by whom and why. Never changed."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="steps", db_index=False)
    event = models.CharField(max_length=20, choices=Event)
    before = models.CharField(max_length=9, choices=ClaimState, blank=True)
    after = models.CharField(max_length=9, choices=ClaimState)
    day = models.DateField("day")
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    on_behalf = models.BooleanField(default=False)
    why = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["claim", "-id"], name="lcs_claimstep_newest_first")]
        constraints = [
            models.CheckConstraint(
                name="lcs_claimstep_says_why",
                condition=~Q(event__in=WITH_REASON) | ~Q(why=""),
                violation_error_message="Say why.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
            NEVER_EMPTIED,
            pgtrigger.Trigger(
                name="taken",
                level=pgtrigger.Statement,
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                referencing=pgtrigger.Referencing(new="entered"),
                func=STEPS_TAKEN,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim}: {self.event}"


class Stood(models.Model):
    """What had lapsed when somebody let a claim stand, or asked its payment back: nobody decides on it again.

    over_on: since when it holds again, or more was accepted; what lapses after that is decided anew.
    """

    step = models.ForeignKey(ClaimStep, models.PROTECT, related_name="+")
    answer = models.ForeignKey(Answer, models.PROTECT, related_name="stood")
    over_on = models.DateField("over on", null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["answer"],
                condition=Q(over_on=None),
                name="lcs_stood_once",
                violation_error_message="That was decided on already.",
            )
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.answer}"
