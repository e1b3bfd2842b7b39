"""Reading services, who is eligible, and claims."""

from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.db.models import (
    Case,
    DateField,
    DecimalField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Round

from budget.lcs.states import OWED, ClaimState, Event
from cc2h.accounts.authority import Action, Scope, authority_of
from cc2h.kit.asat import AsAt
from cc2h.kit.dated import true_on
from cc2h.kit.sql import Days
from chins.models import Membership, PostHolding

POUNDS = DecimalField(max_digits=14, decimal_places=2)


class ServiceQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Services of the commissioners whose register this person may see."""
        held = authority_of(user)
        if held.everywhere(Action.VIEW_REGISTER):
            return self
        return self.filter(line__commissioner__in=held.commissioner_ids(Action.VIEW_REGISTER))


class EligibleQuerySet(QuerySet[Any]):
    def now(self) -> Self:
        """Those that have not been taken off."""
        return self.filter(removed_on=None)

    def on(self, day: date) -> Self:
        """Those that were on the list on the day; the day somebody is taken off is no longer theirs."""
        return self.filter(Q(removed_on=None) | Q(removed_on__gt=day), added_on__lte=day)


class ClaimQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any, day: date) -> Self:
        """Claims of one's own practices, of the practices of one's CHINs on the day, and of whole commissioners."""
        held = authority_of(user)
        placed = self.with_place(day)
        if held.everywhere(Action.VIEW_CLAIM):
            return placed
        return placed.filter(
            Q(stage__service__line__commissioner__in=held.commissioner_ids(Action.VIEW_CLAIM))
            | Q(chin_now__in=held.own_ids(Action.VIEW_CLAIM, Scope.CHIN))
            | Q(practice__in=held.own_ids(Action.VIEW_CLAIM, Scope.PRACTICE))
        )

    def with_place(self, day: date) -> Self:
        """Annotates what the practice is called on the day, its standing, and the CHIN it is in: chin_now, its slug and name."""
        if "chin_now" in self.query.annotations:
            return self
        return self.annotate(
            detail_on=true_on("practice__details", day),
            standing_on=true_on("practice__standings", day),
            member_on=true_on("practice__memberships", day),
            practice_name=Coalesce(F("detail_on__name"), F("practice__ods_code")),
            practice_status=F("standing_on__status"),
            chin_now=F("member_on__chin_id"),
            chin_now_slug=F("member_on__chin__slug"),
            chin_now_name=F("member_on__chin__name"),
        )

    def with_what_it_comes_to(self) -> Self:
        """Annotates comes_to: what is agreed, or what the practice's place on the list gives for the stage, if that is stated."""
        from budget.lcs.models import Eligible, Stage

        place = Eligible.objects.filter(service=OuterRef("stage__service"), practice=OuterRef("practice"))
        of_place = Subquery(place.order_by("-pk").values("amount")[:1])
        earlier = Stage.objects.filter(service=OuterRef("stage__service"), number__lt=OuterRef("stage__number"))
        shared = Subquery(earlier.order_by().values("service").annotate(sum=Sum("share")).values("sum"))
        before = Coalesce(shared, Value(Decimal(0)), output_field=POUNDS)

        def of(percent: Any) -> Any:
            return Round(of_place * percent / 100, 2, output_field=POUNDS)

        given = of(before + F("stage__share")) - of(before)  # as budget.lcs.shares has it: the parts come to the amount
        return self.annotate(comes_to=Coalesce(F("amount"), given, output_field=POUNDS))

    def whole(self) -> Self:
        """With their stages, services and lines, in one query."""
        return self.select_related("stage__service__line__commissioner", "practice", "chin")

    def lapsed(self, day: date) -> Self:
        """Those that are owed or wait, of which something accepted no longer holds on the day, and nobody has decided on that.

        What holds is judged as `claim_queries.lapsed` does, which says in words what it is.
        """
        from budget.agreements.models import Signature
        from budget.lcs.models import Answer, AnswerState, Evidence, Stood, Whose

        chin = OuterRef(OuterRef("chin_now"))
        posts = PostHolding.objects.as_at(day).filter(post__role=OuterRef("output__role"))
        member = Membership.objects.as_at(day).filter(practice=OuterRef("claim__practice"))
        signed = Signature.objects.counting(day).filter(
            practice=OuterRef("claim__practice"), version__agreement__kind=OuterRef("output__agreement_kind")
        )
        post, agreement = Q(output__evidence=Evidence.POST), Q(output__evidence=Evidence.AGREEMENT)
        of_chin = Q(output__whose=Whose.CHIN)
        lapse = (
            (post & of_chin & ~Exists(posts.filter(post__chin=chin)))
            | (post & ~of_chin & ~Exists(posts.filter(post__practice=OuterRef("claim__practice"))))
            | (agreement & ~Exists(signed))
            | (agreement & of_chin & ~Exists(member))
        )
        decided = Stood.objects.filter(answer=OuterRef("pk"), over_on=None)
        accepted = Answer.objects.filter(claim=OuterRef("pk"), state=AnswerState.ACCEPTED)
        return self.with_place(day).filter(
            Exists(accepted.filter(lapse).exclude(Exists(decided))),
            state__in=(ClaimState.SENT, ClaimState.RETURNED, *OWED),
        )

    def as_at(self, asat: AsAt) -> Self:
        """Those opened by the page's day, each with the state it had then (state_on), since when (since), the day it had been sent in on by then, and for

        how many days it had been waiting to be verified.
        """
        from budget.lcs.models import ClaimStep

        steps = ClaimStep.objects.filter(claim=OuterRef("pk"), day__lte=asat.day)
        if asat.known_at is not None:
            steps = steps.filter(at__lt=asat.known_at)
        last = steps.order_by("-pk")
        sent = last.filter(event__in=(Event.SENT, Event.SENT_AGAIN))
        changed = last.exclude(before=F("after"))
        placed = self.filter(opened_on__lte=asat.day)
        return placed.annotate(
            state_on=Subquery(last.values("after")[:1]),
            since=Subquery(changed.values("day")[:1]),
            sent_by_then=Subquery(sent.values("day")[:1]),
            waiting=Case(When(state_on="sent", then=Days(Cast(Value(asat.day), DateField()), F("sent_by_then")))),
        ).filter(state_on__isnull=False)
