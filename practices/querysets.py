"""Reading practices: what a person may see, and what is true of a practice on a day.

The `with_…` methods join what holds on a day (PostgreSQL hashes thousands of rows at once) and annotate it. Each
may be called again without joining twice, so that a filter, an order and a page can all ask for what they need.
"""

from datetime import date, datetime
from typing import Any, Self

from django.db.models import (
    BooleanField,
    Exists,
    F,
    FilteredRelation,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from cc2h.accounts.authority import Action, Scope, authority_of
from cc2h.kit.asat import AsAt
from cc2h.kit.dated import DatedQuerySet, true_on
from practices.networks import networks


def all_visible_of(user: Any) -> frozenset[int] | None:
    """The commissioners whose every practice the person may see, if those are all the person may see, else None."""
    held = authority_of(user)
    register = held.commissioner_ids(Action.VIEW_REGISTER)
    whole = (
        not held.everywhere(Action.VIEW_REGISTER)
        and held.commissioner_ids(Action.VIEW_UNPLACED) == register
        and not held.own_ids(Action.VIEW_REGISTER, Scope.PRACTICE)
        and not held.own_ids(Action.VIEW_REGISTER, Scope.FEDERATION)
    )
    return register if whole else None


class CommissionerQuerySet(QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Commissioners whose register the person may see."""
        return self.granting(user, Action.VIEW_REGISTER)

    def granting(self, user: Any, action: Action) -> Self:
        """Commissioners for the whole of which the person may do this."""
        held = authority_of(user)
        return self if held.everywhere(action) else self.filter(OneOf("pk", held.commissioner_ids(action)))

    def not_ended(self, day: date) -> Self:
        """Commissioners that had not come to an end by the day."""
        return self.filter(Q(closed__isnull=True) | Q(closed__gte=day))


class FederationQuerySet(QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Federations of the commissioners whose register the person may see."""
        from practices.models import Commissioner

        return self.filter(commissioner__in=Commissioner.objects.visible_to(user))


class PracticeQuerySet(QuerySet):
    def of_commissioners(self, ids: Any, day: date, known: datetime | None = None) -> Self:
        """Practices that belong to any of the commissioners on the day, whatever their status."""
        from practices.models import PracticeStanding

        standing = PracticeStanding.objects.as_at(day, known).filter(practice=OuterRef("pk"), commissioner__in=ids)
        return self.filter(Exists(standing))

    def visible_to(self, user: Any, asat: AsAt) -> Self:
        """Practices this person may see as at a day, with their standing on it.

        They are those of the commissioners whose register the person may see, and their own. An active practice
        in no network is named only to people who may see such names, to its own people and its federation's, and
        to everybody once the names are released. A day still to come hides whom today hides.
        """
        from practices.models import NamesRelease

        held = authority_of(user)
        shown = self.with_standing(asat.day, asat.known_at)
        everywhere, register = held.everywhere(Action.VIEW_REGISTER), held.commissioner_ids(Action.VIEW_REGISTER)
        visible = Q(status__isnull=False) if everywhere else Q(OneOf("commissioner_id", register))
        named = held.commissioner_ids(Action.VIEW_UNPLACED)
        if not held.everywhere(Action.VIEW_UNPLACED) and (
            everywhere or not held.alike(Action.VIEW_UNPLACED, Action.VIEW_REGISTER)
        ):
            shown = shown.with_network(asat.day, asat.known_at)
            released = NamesRelease.objects.as_at(asat.today).filter(commissioner=OuterRef("commissioner_id"))
            placed = ~Q(status="active") | Q(chin_id__isnull=False)
            if asat.is_future:
                placed &= ~Q(pk__in=type(self)(self.model).unplaced(asat.today).values("pk"))
            visible &= placed | Q(OneOf("commissioner_id", named)) | Q(Exists(released))
        if own := held.own_ids(Action.VIEW_REGISTER, Scope.PRACTICE):
            visible |= Q(pk__in=own, status__isnull=False)
        if federations := held.own_ids(Action.VIEW_REGISTER, Scope.FEDERATION):
            shown = shown.with_federation(asat.day, asat.known_at)
            visible |= Q(federation_on__federation__in=federations, status__isnull=False)
        return shown.filter(visible)

    def unplaced(self, day: date, known: datetime | None = None) -> Self:
        """Active practices in no network that counts on the day."""
        return self.with_standing(day, known).with_network(day, known).filter(status="active", chin_id__isnull=True)

    def _has(self, name: str) -> bool:
        return name in self.query.annotations

    def with_standing(self, day: date, known: datetime | None = None) -> Self:
        """Annotates status and commissioner_id; both None before anything is known of the practice."""
        if self._has("status"):
            return self
        return self.annotate(
            standing_on=true_on("standings", day, known),
            status=F("standing_on__status"),
            commissioner_id=F("standing_on__commissioner_id"),
        )

    def with_details(self, day: date, known: datetime | None = None) -> Self:
        """Annotates name, postcode and borough; the rest is reached through `detail_on`."""
        if self._has("name"):
            return self
        return self.annotate(
            detail_on=true_on("details", day, known),
            name=F("detail_on__name"),
            postcode=F("detail_on__postcode"),
            borough=F("detail_on__borough"),
        )

    def with_federation(self, day: date, known: datetime | None = None) -> Self:
        """Annotates federation_slug and federation_name."""
        if self._has("federation_name"):
            return self
        return self.annotate(
            federation_on=true_on("federation_memberships", day, known),
            federation_slug=F("federation_on__federation__slug"),
            federation_name=F("federation_on__federation__name"),
        )

    def with_network(self, day: date, known: datetime | None = None) -> Self:
        """Annotates chin_id, chin_slug, chin_name, chin_status and chin_period; None outside any that counts."""
        if self._has("chin_id"):
            return self
        return networks().join(self, day, known)  # type: ignore[return-value]

    def with_patients(self, day: date, known: datetime | None = None, prefix: str = "") -> Self:
        """Annotates patients (with `prefix`): of the newest list size dated not later than the day, None without any.

        Nearly every practice has a value of the newest extract, which one join finds for all of them; only the
        others are asked one by one.
        """
        if self._has(f"{prefix}patients"):
            return self
        sizes, exact = _sizes(day, known), f"{prefix}list_on"
        newest = Q(list_sizes__day=Subquery(sizes.values("day")[:1]))
        own = sizes.filter(practice=OuterRef("pk")).values("patients")[:1]
        return self.annotate(
            **{
                exact: FilteredRelation("list_sizes", condition=newest & _counted(known)),
                f"{prefix}patients": Coalesce(f"{exact}__patients", Subquery(own)),
            }
        )

    def with_list_size(self, day: date, known: datetime | None = None, prefix: str = "") -> Self:
        """Annotates patients and list_day (with `prefix`): the newest list size dated not later than the day."""
        if self._has(f"{prefix}list_day"):
            return self
        own = _sizes(day, known).filter(practice=OuterRef("pk")).values("day")[:1]
        sized = self.with_patients(day, known, prefix)
        return sized.annotate(**{f"{prefix}list_day": Coalesce(f"{prefix}list_on__day", Subquery(own))})

    def with_ages(self, day: date, known: datetime | None = None) -> Self:
        """Annotates ages (as ListSize.ages) and ages_day: of the newest list with ages dated not later than the day.

        Both are None where no list has any. As with patients, nearly every practice has them of the newest such day.
        """
        if self._has("ages_day"):
            return self
        sizes = _sizes(day, known).filter(ages__isnull=False)
        newest = Q(list_sizes__day=Subquery(sizes.values("day")[:1]), list_sizes__ages__isnull=False)
        own = sizes.filter(practice=OuterRef("pk"))
        return self.annotate(
            ages_on=FilteredRelation("list_sizes", condition=newest & _counted(known)),
            ages=Coalesce("ages_on__ages", Subquery(own.values("ages")[:1])),
            ages_day=Coalesce("ages_on__day", Subquery(own.values("day")[:1])),
        )


def _sizes(day: date, known: datetime | None) -> QuerySet[Any]:
    from practices.models import ListSize

    return ListSize.objects.held(known).filter(day__lte=day).order_by("-day")


class OneOf(Func):
    """A column is one of some whole numbers, which go along as one parameter however many they are."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()

    def __init__(self, column: Any, numbers: Any) -> None:
        super().__init__(column, numbers if hasattr(numbers, "resolve_expression") else Value(sorted(numbers)))


def _counted(known: datetime | None) -> Q:
    """The list sizes that count, now or at the moment `known`, as a condition on `list_sizes`."""
    if known is None:
        return Q(list_sizes__superseded_at__isnull=True)
    unsuperseded = Q(list_sizes__superseded_at__isnull=True) | Q(list_sizes__superseded_at__gte=known)
    return Q(list_sizes__recorded_at__lt=known) & unsuperseded


class ListSizeQuerySet(QuerySet):
    def held(self, known: datetime | None = None) -> Self:
        """The values that count: of each day the newest import, now or just before the moment `known`."""
        if known is None:
            return self.filter(superseded_at__isnull=True)
        return self.filter(recorded_at__lt=known).filter(Q(superseded_at__isnull=True) | Q(superseded_at__gte=known))


__all__ = ["CommissionerQuerySet", "DatedQuerySet", "FederationQuerySet", "ListSizeQuerySet", "PracticeQuerySet"]
