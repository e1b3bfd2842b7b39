"""Reading benefits, and what each comes to in a financial year, as at a day.

Where two benefits overlap (models.Overlap) in a year, the larger counts and the other counts nothing, until somebody
splits them. Savings planned, forecast and validated, and the activity of each, are weighed apart; an amount that is not
stated is in nobody's way.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Abs, Coalesce, Greatest, Round

from cc2h.accounts.authority import Action, authority_of
from cc2h.kit.asat import AsAt
from cc2h.kit.dated import DatedQuerySet

POUNDS = DecimalField(max_digits=14, decimal_places=2)
PERCENT = DecimalField(max_digits=7, decimal_places=2)
PLANNED = ("activity", "saving", "recurrent", "non_recurrent")
EXPECTED = ("forecast_activity", "forecast_saving", "validated_activity", "validated_saving")
WEIGHED = ("activity", "saving", *EXPECTED)  # each of them counts once, as counted_…
AMOUNTS = (*PLANNED, *EXPECTED, *(f"counted_{name}" for name in WEIGHED))


def _seen(user: Any, path: str) -> Q:
    held = authority_of(user)
    if held.everywhere(Action.VIEW_REGISTER):
        return Q()
    if not held.may(Action.VIEW_REGISTER):
        return Q(pk__in=[])
    whole = held.commissioner_ids(Action.VIEW_REGISTER)
    return Q(**{f"{path}commissioner__in": whole}) | Q(**{f"{path}commissioner": None})


class BenefitQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """The programme's, and those of the commissioners whose register this person may see."""
        return self.filter(_seen(user, ""))

    def on(self, asat: AsAt) -> Self:
        """Those that had been added by the day."""
        return self.filter(added_on__lte=asat.day)


class _Amounts(QuerySet[Any]):
    """What rows of `standing` and kept ones share."""

    def seen_by(self, user: Any) -> Self:
        return self.filter(_seen(user, "benefit__"))

    def with_benefits(self) -> Self:
        return self.select_related("benefit__commissioner", "benefit__chin")

    def with_sums(self) -> Self:
        """Annotates investment and net, which are not known unless all of what they are made of is."""
        return self.annotate(
            investment=ExpressionWrapper(F("recurrent") + F("non_recurrent"), POUNDS),
            net=ExpressionWrapper(F("saving") - F("recurrent") - F("non_recurrent"), POUNDS),
            below_plan=ExpressionWrapper(F("saving") - F("forecast_saving"), POUNDS),
        )


class KeptQuerySet(_Amounts):
    pass


class ProfileQuerySet(DatedQuerySet, _Amounts):  # type: ignore[override]
    def standing(self, day: date, known: datetime | None = None) -> Self:
        """A row for each benefit and financial year with a profile on the day, and each of AMOUNTS."""
        rows = self.as_at(day, known)
        forecast = Subquery(_of_the_year(_forecasts(day, known)).values("saving"))
        activity = Subquery(_of_the_year(_forecasts(day, known)).values("activity"))
        validated = _validated(day, known)
        rows = rows.annotate(
            forecast_activity=activity,
            forecast_saving=forecast,
            validated_activity=Subquery(_of_the_year(validated).values("all_activity")),
            validated_saving=Subquery(_of_the_year(validated).values("all_saving")),
            share=_share(day, known),
        )
        others: dict[str, tuple[Any, str]] = {
            "activity": (_profiles(day, known), "activity"),
            "saving": (_profiles(day, known), "saving"),
            "forecast_activity": (_forecasts(day, known), "activity"),
            "forecast_saving": (_forecasts(day, known), "saving"),
            "validated_activity": (validated, "all_activity"),
            "validated_saving": (validated, "all_saving"),
        }
        return rows.annotate(
            **{
                f"counted_{name}": Case(
                    When(Exists(_larger(*others[name], name, day, known)), then=Value(Decimal("0.00"))),
                    default=Round(F(name) * F("share") / 100, 2),
                    output_field=POUNDS,
                )
                for name in WEIGHED
            }
        )


def _profiles(day: date, known: datetime | None) -> Any:
    from kpis.benefits.models import Profile

    return Profile.objects.as_at(day, known)


def _forecasts(day: date, known: datetime | None) -> Any:
    from kpis.benefits.models import Forecast

    return Forecast.objects.as_at(day, known)


def _validated(day: date, known: datetime | None) -> Any:
    """The quarters of each benefit and year added up; no activity where that of one is not stated."""
    from kpis.benefits.models import Validation

    rows = Validation.objects.as_at(day, known).order_by().values("benefit", "year")
    told = Case(When(unstated=0, then=F("stated")), output_field=POUNDS)
    sums = rows.annotate(
        all_saving=Sum("saving"), stated=Sum("activity"), unstated=Count("pk", filter=Q(activity__isnull=True))
    )
    return sums.annotate(all_activity=told)


def _of_the_year(rows: Any) -> Any:
    return rows.filter(benefit=OuterRef("benefit_id"), year=OuterRef("year"))


def _splits(day: date, known: datetime | None) -> Any:
    from kpis.benefits.models import Split

    return Split.objects.as_at(day, known)


def _larger(rows: Any, column: str, name: str, day: date, known: datetime | None) -> Any:
    """Of `rows`, those of the year whose benefit overlaps with the outer row's, unsplit, and whose number is larger."""
    from kpis.benefits.models import Overlap

    mine, other = OuterRef("benefit_id"), OuterRef("other_id")
    split = _splits(day, known).filter(Q(one=mine, other=other) | Q(one=other, other=mine))
    beside = Overlap.objects.filter(~Exists(split), benefit=OuterRef(OuterRef("benefit_id"))).values("other_id")
    of_year = rows.filter(year=OuterRef("year"), benefit__in=beside).annotate(theirs=Abs(F(column)))
    ours = Abs(OuterRef(name))
    return of_year.filter(Q(theirs__gt=ours) | Q(theirs=ours, benefit__lt=OuterRef("benefit_id")))


def _share(day: date, known: datetime | None) -> Any:
    """What counts of the outer row's benefit by the splits of its overlaps in the year: percent, of all of them together.

    What each takes off is taken off, as nobody says that two of them take off the same.
    """
    from kpis.benefits.models import Overlap

    in_year = _profiles(day, known).filter(
        year=OuterRef(OuterRef("year")),
        benefit__in=Overlap.objects.filter(benefit=OuterRef(OuterRef(OuterRef("benefit_id")))).values("other_id"),
    )
    off = []
    for own, other in (("one", "other"), ("other", "one")):
        theirs = in_year.filter(benefit=OuterRef(f"{other}_id"))
        mine = _splits(day, known).filter(Exists(theirs), **{own: OuterRef("benefit_id")}).order_by().values(own)
        taken = mine.annotate(n=Sum(Value(Decimal(100)) - F(f"{own}_percent"), output_field=PERCENT)).values("n")
        off.append(Coalesce(Subquery(taken, output_field=PERCENT), Value(Decimal(0)), output_field=PERCENT))
    left = ExpressionWrapper(Value(Decimal(100)) - off[0] - off[1], PERCENT)
    return Greatest(left, Value(Decimal(0)), output_field=PERCENT)
