"""The register of interests; and of an item of an agenda its conflicts, how they were handled, votes and decision."""

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import MD5, Now
from django.db.models.lookups import Exact

from cc2h.accounts.authority import Target, of
from cc2h.governance.decisions.guards import (
    CONFIRMATION_FITS,
    DECLARATION_FITS,
    HANDLING_FITS,
    VOTE_FITS,
    decision_fits,
)
from cc2h.governance.decisions.outcomes import DEFERRED, WITHOUT_A_VOTE
from cc2h.governance.decisions.querysets import (
    ConfirmationQuerySet,
    DecisionQuerySet,
    HandlingQuerySet,
    InterestQuerySet,
    OfItem,
)
from cc2h.governance.models import Item, Meeting, Seat
from cc2h.kit.dated import Dated, guards, one_truth
from cc2h.kit.history import governed
from chins.models import Chin
from practices.models import Practice

USER = settings.AUTH_USER_MODEL
SAYS = r"\S"  # more than white space
NEVER_CHANGED = pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)


def fits(func: str) -> pgtrigger.Trigger:
    """Asked of every row before it is there."""
    return pgtrigger.Trigger(name="fits", operation=pgtrigger.Insert, when=pgtrigger.Before, func=func)


class InterestKind(models.TextChoices):
    FINANCIAL = "financial", "Financial"
    PROFESSIONAL = "professional", "Non-financial professional"
    PERSONAL = "personal", "Non-financial personal"
    INDIRECT = "indirect", "Indirect"


@governed
class Interest(Dated):
    """Somebody has an interest, from a day to a day. practice, chin: what it is in, if that is one the portal knows."""

    Kind = InterestKind

    person = models.ForeignKey(USER, models.PROTECT, related_name="interests")
    kind = models.CharField("kind", max_length=12, choices=InterestKind)
    organisation = models.CharField("organisation", max_length=150, blank=True)
    what = models.CharField("what it is", max_length=500)
    practice = models.ForeignKey(
        Practice, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="practice"
    )
    chin = models.ForeignKey(Chin, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="CHIN")

    objects: ClassVar[Any] = InterestQuerySet.as_manager()

    class Meta(Dated.Meta):
        ordering = ["pk"]
        constraints = [
            *guards("decisions_interest"),
            one_truth(
                "decisions_interest_once",
                "person",
                "kind",
                "organisation",
                "what",
                message="That interest is on the register already on some of these days.",
            ),
            models.CheckConstraint(
                name="decisions_interest_known_kind",
                condition=Q(kind__in=InterestKind.values),
                violation_error_message="An interest is financial, non-financial professional or personal, or indirect.",
            ),
            models.CheckConstraint(
                name="decisions_interest_says_what",
                condition=Q(what__regex=SAYS),
                violation_error_message="Say what the interest is.",
            ),
        ]
        indexes = [
            models.Index(fields=["person"], condition=Q(held__upper_inf=True), name="decisions_interest_of"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.what}"


class Confirmation(models.Model):
    """Somebody says of a day that the register has all their interests; nothing: that there is none. Never changed.

    by: who entered it, where that was somebody else.
    """

    person = models.ForeignKey(USER, models.PROTECT, related_name="confirmations")
    day = models.DateField("on")
    nothing = models.BooleanField("nothing to declare")
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[Any] = ConfirmationQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "day"],
                name="decisions_confirmation_once_a_day",
                violation_error_message="That was confirmed for this day already.",
            ),
        ]
        triggers = [NEVER_CHANGED, fits(CONFIRMATION_FITS)]

    def __str__(self) -> str:
        return f"{self.person}, {self.day:%-d %B %Y}"


class Declaration(models.Model):
    """Somebody is conflicted on an item: they declared it, or it is plain to the portal (found). Never changed."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="declarations")
    person = models.ForeignKey(USER, models.PROTECT, related_name="+")
    words = models.CharField("what the conflict is", max_length=1000)
    interest = models.ForeignKey(Interest, models.PROTECT, null=True, blank=True, related_name="declarations")
    found = models.BooleanField("found by the portal", default=False)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[Any] = OfItem.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "item",
                "person",
                MD5("words"),
                name="decisions_declaration_once",
                violation_error_message="That is declared already.",
            ),
            models.CheckConstraint(
                name="decisions_declaration_says_what",
                condition=Q(words__regex=SAYS),
                violation_error_message="Say what the conflict is.",
            ),
        ]
        indexes = [models.Index(fields=["person", "-id"], name="decisions_declaration_of")]
        triggers = [NEVER_CHANGED, fits(DECLARATION_FITS)]

    def __str__(self) -> str:
        return f"{self.person}: {self.words}"


class How(models.TextChoices):
    """How the chair lets a conflict be handled."""

    DECIDES = "stays_and_decides", "Stays and decides"
    SILENT = "stays_silent", "Stays, and is silent"
    LEAVES = "leaves", "Leaves for the item"
    MOVED = "item_moved", "The item is moved to another meeting"


class Handling(models.Model):
    """How somebody's conflict on an item is handled; the last one recorded holds. Never changed.

    chair: who said so, never the conflicted person. moved_to: the meeting that the item is moved to.
    """

    How = How

    item = models.ForeignKey(Item, models.PROTECT, related_name="handlings")
    person = models.ForeignKey(USER, models.PROTECT, related_name="+")
    how = models.CharField("how it is handled", max_length=17, choices=How)
    moved_to = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="+")
    chair = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="in the chair")
    reason = models.CharField("why", max_length=1000)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[Any] = HandlingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="decisions_handling_known",
                condition=Q(how__in=How.values),
                violation_error_message="They stay and decide, stay silent, leave, or the item is moved.",
            ),
            models.CheckConstraint(
                name="decisions_handling_moves_the_item_somewhere",
                condition=Q(how=How.MOVED, moved_to__isnull=False) | (~Q(how=How.MOVED) & Q(moved_to=None)),
                violation_error_message="Say to which meeting the item is moved, and only then.",
            ),
            models.CheckConstraint(
                name="decisions_handling_says_why",
                condition=Q(reason__regex=SAYS),
                violation_error_message="Say why it is handled so.",
            ),
        ]
        indexes = [models.Index(fields=["item", "person", "-id"], name="decisions_handling_of")]
        triggers = [NEVER_CHANGED, fits(HANDLING_FITS)]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_how_display()}"


class Choice(models.TextChoices):
    FOR = "for", "For"
    AGAINST = "against", "Against"
    ABSTAINS = "abstains", "Abstains"


class Vote(models.Model):
    """How somebody voted on what was decided of an item, for a seat. Never changed."""

    Choice = Choice

    item = models.ForeignKey(Item, models.PROTECT, related_name="votes")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="votes")
    person = models.ForeignKey(USER, models.PROTECT, related_name="+")
    choice = models.CharField("vote", max_length=8, choices=Choice)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[Any] = OfItem.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "seat"],
                name="decisions_vote_once_a_seat",
                violation_error_message="There is a vote for that seat already.",
            ),
            models.UniqueConstraint(
                fields=["item", "person"],
                name="decisions_vote_once_a_person",
                violation_error_message="They have voted on the item already.",
            ),
            models.CheckConstraint(
                name="decisions_vote_known",
                condition=Q(choice__in=Choice.values),
                violation_error_message="A vote is for, against, or an abstention.",
            ),
        ]
        triggers = [NEVER_CHANGED, fits(VOTE_FITS)]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_choice_display()}"


class Decision(models.Model):
    """What a body said of an item at its meeting, and how it came to that. One an item, never changed.

    label: the outcome in words. conditions: [{"text": …, "due": day or null}]. sections: parts of the record that more
    is asked of, by their keys. until: the day to which it is deferred, where that was said. casting: carried by the
    chair’s casting vote. document: who was there, the conflicts and their handling, the votes, the terms: what the page
    shows, as it was.
    """

    item = models.OneToOneField(Item, models.PROTECT, related_name="decision")
    outcome = models.CharField("outcome", max_length=30)
    label = models.CharField("outcome in words", max_length=150)
    voted = models.BooleanField("took a vote")
    reasons = models.TextField("reasons", max_length=4000)
    conditions = models.JSONField("conditions", default=list, blank=True, encoder=DjangoJSONEncoder)
    sections = ArrayField(models.CharField(max_length=80), default=list, blank=True, verbose_name="more asked of")
    until = models.DateField("deferred until", null=True, blank=True)
    minute = models.TextField("minute", max_length=10_000, blank=True)
    day = models.DateField("decided on")
    chair = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="in the chair")
    quorum = models.PositiveSmallIntegerField("quorum", null=True)
    could_vote = models.PositiveSmallIntegerField("could vote", null=True)
    votes_for = models.PositiveSmallIntegerField("for", null=True)
    votes_against = models.PositiveSmallIntegerField("against", null=True)
    abstained = models.PositiveSmallIntegerField("abstained", null=True)
    casting = models.BooleanField("by the chair’s casting vote", default=False)
    document = models.JSONField(encoder=DjangoJSONEncoder)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    post = models.CharField("in the post", max_length=200, blank=True)
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[Any] = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="decisions_decision_says_why",
                condition=Q(outcome__regex=SAYS, label__regex=SAYS, reasons__regex=SAYS),
                violation_error_message="Say what was decided, and why.",
            ),
            models.CheckConstraint(
                name="decisions_decision_with_its_votes",
                condition=Q(
                    voted=True,
                    quorum__isnull=False,
                    could_vote__isnull=False,
                    votes_for__isnull=False,
                    votes_against__isnull=False,
                    abstained__isnull=False,
                )
                | Q(
                    voted=False,
                    casting=False,
                    quorum=None,
                    could_vote=None,
                    votes_for=None,
                    votes_against=None,
                    abstained=None,
                ),
                violation_error_message="A decision that took a vote says how many could vote, and how they did.",
            ),
            models.CheckConstraint(
                name="decisions_decision_deferred_until",
                condition=Q(until=None) | Q(outcome=DEFERRED, until__gt=F("day")),
                violation_error_message="An item is deferred until a day after the meeting; no other outcome has such a day.",
            ),
            models.CheckConstraint(
                name="decisions_decision_lists_its_conditions",
                condition=Exact(
                    Func(F("conditions"), function="jsonb_typeof", output_field=models.TextField()), "array"
                ),
                violation_error_message="Conditions are a list.",
            ),
            models.CheckConstraint(
                name="decisions_decision_keeps_a_document",
                condition=Exact(
                    Func(F("document"), function="jsonb_typeof", output_field=models.TextField()), "object"
                ),
                violation_error_message="A decision keeps who was there and how it came about.",
            ),
        ]
        indexes = [models.Index(fields=["-day", "-id"], name="decisions_decision_by_day")]
        triggers = [NEVER_CHANGED, fits(decision_fits(WITHOUT_A_VOTE))]

    def __str__(self) -> str:
        return f"{self.label}: {self.item}"

    def authority_target(self) -> Target:
        return self.item.authority_target()


def whose(person: Any, day: Any) -> Target:
    """The commissioners that somebody works for, whose staff keep their interests."""
    found = {holding.commissioner_on(day) for holding in of(person, day).holdings}
    return Target(commissioner_ids=frozenset(one for one in found if one is not None))
