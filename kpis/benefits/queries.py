"""Reading benefits for pages: which there are, what they come to, what overlaps, and what is at risk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, F, OuterRef, Q, Subquery, Sum

from cc2h.accounts.authority import Action
from cc2h.kit import history
from cc2h.kit.asat import AsAt
from chins.models import Chin, Post
from kpis.benefits import kept
from kpis.benefits.models import (
    Benefit,
    Evidence,
    Forecast,
    Kept,
    Overlap,
    PointOfDelivery,
    Profile,
    Run,
    Split,
    Validation,
)
from kpis.models import Definition, Measure
from practices.models import Commissioner

# Of a benefit, what may change and is shown as it was on the page's day.
FACTS = (
    *("initiative", "title", "commissioner", "chin", "owner", "point_of_delivery", "hrg", "unit_price"),
    *("price_source", "price_year", "qipp", "paper", "note", "due"),
)
_POUNDS = DecimalField(max_digits=14, decimal_places=2)
POINTS = PointOfDelivery  # for pages, which ask no model


def every_row(asat: AsAt) -> Any:
    """A row for each benefit and year: as it is kept, or where that is not of the day, as it is read."""
    if asat.is_today and kept.is_fresh(asat.today):
        return Kept.objects.with_benefits().with_sums()
    found = Profile.objects.standing(asat.day, asat.known_at)
    return found.with_benefits().with_sums()


def rows(user: Any, asat: AsAt) -> Any:
    """Those of every_row that this person may see."""
    return every_row(asat).seen_by(user)


def computed_at(asat: AsAt) -> Any:
    """When what is kept was worked out, where pages show it."""
    if not asat.is_today:
        return None
    return Run.objects.order_by("computed_at").values_list("computed_at", flat=True).last()


def benefits(user: Any, asat: AsAt) -> Any:
    """The benefits that had been added by the day, each with what is planned for all of its years, and what is validated."""
    by_benefit = {"benefit": OuterRef("pk")}
    planned = Profile.objects.as_at(asat.day, asat.known_at).filter(**by_benefit).order_by().values("benefit")
    validated = Validation.objects.as_at(asat.day, asat.known_at).filter(**by_benefit).order_by().values("benefit")
    seen = Benefit.objects.visible_to(user).on(asat).select_related("commissioner", "chin", "owner")
    return seen.annotate(
        planned=Subquery(planned.annotate(n=Sum("saving")).values("n"), output_field=_POUNDS),
        unstated=Subquery(planned.annotate(n=Count("pk", filter=Q(saving=None))).values("n")),
        validated=Subquery(validated.annotate(n=Sum("saving")).values("n"), output_field=_POUNDS),
    )


def find(user: Any, slug: str) -> Any:
    """The benefit as a queryset: of one, or none that this person may see."""
    return Benefit.objects.visible_to(user).filter(slug=slug).select_related("commissioner", "chin", "owner")


def find_validation(user: Any, pk: int) -> Any:
    """The validation as a queryset: of one held now, or none whose benefit this person may see."""
    seen = Benefit.objects.visible_to(user)
    return Validation.objects.held().filter(pk=pk, benefit__in=seen).select_related("benefit")


def years_of(benefit: Benefit, asat: AsAt) -> list[Any]:
    """The benefit's rows, year by year, each with what was typed of it (profile, forecast)."""
    found = Profile.objects.standing(asat.day, asat.known_at).with_sums().filter(benefit=benefit)
    return list(found.order_by("year"))


def forecasts(benefit: Benefit, asat: AsAt) -> dict[int, Forecast]:
    found = Forecast.objects.as_at(asat.day, asat.known_at).filter(benefit=benefit)
    return {one.year: one for one in found}


def validations(benefit: Benefit, asat: AsAt) -> list[Validation]:
    """What holds on the day, the latest year first."""
    found = Validation.objects.as_at(asat.day, asat.known_at).filter(benefit=benefit).select_related("validated_by")
    return list(found.order_by("-year", "first_quarter"))


@dataclass(frozen=True)
class Shown:
    """A measure that evidences a benefit, by what it is called on the day."""

    code: str
    name: str


def evidence(benefit: Benefit, asat: AsAt) -> list[Shown]:
    named = Definition.objects.as_at(asat.day, asat.known_at).filter(measure=OuterRef("measure")).values("name")[:1]
    found = Evidence.objects.filter(benefit=benefit).annotate(called=Subquery(named)).order_by("measure__code")
    return [Shown(code, name or code) for code, name in found.values_list("measure__code", "called")]


@dataclass(frozen=True)
class Beside:
    """Another benefit that this one overlaps with, why, and how it was split."""

    other: Benefit
    by_point: bool
    by_measure: bool
    years: Sequence[int]
    split: Split | None
    of_other: Decimal | None = None
    of_this: Decimal | None = None


def overlaps(benefit: Benefit, user: Any, asat: AsAt) -> list[Beside]:
    """The benefits it overlaps with that this person may see, in the years that both have."""
    mine = set(_profiles(asat).filter(benefit=benefit).values_list("year", flat=True))
    pairs = list(
        Overlap.objects.filter(benefit=benefit, other__in=Benefit.objects.visible_to(user).on(asat))
        .select_related("other__commissioner", "other__chin")
        .order_by("other__title", "other")
    )
    theirs: dict[int, list[int]] = {}
    for pk, year in _profiles(asat).filter(benefit__in=[one.other_id for one in pairs]).values_list("benefit", "year"):
        theirs.setdefault(pk, []).append(year)
    splits = {}
    both = Split.objects.as_at(asat.day, asat.known_at).filter(Q(one=benefit) | Q(other=benefit))
    for one in both.select_related("recorded_by"):
        splits[one.other_id if one.one_id == benefit.pk else one.one_id] = one
    found = []
    for pair in pairs:
        years = sorted(mine & set(theirs.get(pair.other_id, ())))
        split = splits.get(pair.other_id)
        this, other = (split.one_percent, split.other_percent) if split is not None else (None, None)
        if split is not None and split.one_id != benefit.pk:
            this, other = other, this
        if years:
            found.append(Beside(pair.other, pair.by_point, pair.by_measure, years, split, of_other=other, of_this=this))
    return found


def _profiles(asat: AsAt) -> Any:
    return Profile.objects.as_at(asat.day, asat.known_at)


def unsplit(user: Any, asat: AsAt, year: int) -> list[Overlap]:
    """The pairs that overlap in the year and that nobody has split, each once."""
    seen = Benefit.objects.visible_to(user).on(asat)
    in_year = _profiles(asat).filter(year=year).values("benefit")
    splits = Split.objects.as_at(asat.day, asat.known_at).filter(one=OuterRef("benefit"), other=OuterRef("other"))
    pairs = Overlap.objects.filter(benefit__lt=F("other"), benefit__in=in_year, other__in=in_year)
    found = pairs.filter(benefit__in=seen, other__in=seen).annotate(split=Subquery(splits.values("pk")[:1]))
    return list(found.filter(split=None).select_related("benefit", "other").order_by("benefit__title", "pk"))


def history_of(benefit: Benefit) -> list[history.Entry]:
    """What was done to it, its plan, its forecasts and validations, and the splits of its overlaps."""
    splits = Split.objects.filter(Q(one=benefit) | Q(other=benefit)).select_related("one", "other")
    return history.entries(
        Benefit.objects.filter(pk=benefit.pk),
        *(model.objects.filter(benefit=benefit) for model in (Profile, Forecast, Validation)),
        splits,
    )


def overdue(benefit: Benefit, asat: AsAt, validated: Iterable[Any]) -> bool:
    """Whether it was to be validated by a day that has passed, and nothing is."""
    return benefit.due is not None and benefit.due < asat.day and not any(True for _ in validated)


def held_profile(benefit: Benefit, year: int, day: date) -> Profile | None:
    found: Profile | None = Profile.objects.as_at(day).filter(benefit=benefit, year=year).first()
    return found


def held_forecast(benefit: Benefit, year: int, day: date) -> Forecast | None:
    found: Forecast | None = Forecast.objects.as_at(day).filter(benefit=benefit, year=year).first()
    return found


def held_split(benefit: Benefit, other: Benefit, day: date) -> Split | None:
    one, two = sorted((benefit.pk, other.pk))
    found: Split | None = Split.objects.as_at(day).filter(one=one, other=two).first()
    return found


# Choices of forms -----------------------------------------------------------------------------------------


def commissioner_choices(user: Any) -> list[tuple[int, str]]:
    kept_by = Commissioner.objects.granting(user, Action.KEEP_BENEFITS).order_by("short_name")
    return list(kept_by.values_list("pk", "short_name"))


def keeps_the_programmes(user: Any) -> bool:
    """Whether this person keeps benefits of any commissioner of the programme, and so the programme's own."""
    return bool(Commissioner.objects.granting(user, Action.KEEP_BENEFITS).filter(in_programme=True).exists())


def chin_choices(user: Any) -> list[tuple[int, str]]:
    mine = Commissioner.objects.granting(user, Action.KEEP_BENEFITS)
    return list(Chin.objects.filter(commissioner__in=mine).order_by("name", "pk").values_list("pk", "name"))


def owner_choices(user: Any) -> list[tuple[int, str]]:
    """Posts that can own a benefit: of the commissioners whose benefits this person keeps, and of their CHINs."""
    mine = Commissioner.objects.granting(user, Action.KEEP_BENEFITS)
    posts = Post.objects.filter(Q(commissioner__in=mine) | Q(chin__commissioner__in=mine)).order_by("title", "pk")
    return [(post.pk, post.title) for post in posts]


def measure_choices(day: date) -> list[tuple[int, str]]:
    named = Definition.objects.as_at(day).filter(measure=OuterRef("pk")).values("name")[:1]
    found = Measure.objects.annotate(called=Subquery(named)).order_by("code")
    named_or_not = [(pk, called or code) for pk, code, called in found.values_list("pk", "code", "called")]
    return sorted(named_or_not, key=lambda one: one[1].casefold())


def chosen(typed: dict[str, Any]) -> dict[str, Any]:
    """The records that a form names by number."""
    commissioner, chin, owner = (typed.pop(name) for name in ("commissioner", "chin", "owner"))
    found_chin = Chin.objects.get(pk=chin) if chin else None
    found = Commissioner.objects.get(pk=commissioner) if commissioner else found_chin and found_chin.commissioner
    measures = list(Measure.objects.filter(pk__in=typed.pop("measures")))
    return {
        **typed,
        "commissioner": found,
        "chin": found_chin,
        "owner": Post.objects.get(pk=owner) if owner else None,
        "measures": measures,
    }


def would_be(commissioner: Commissioner | None) -> Benefit:
    """A benefit of it that is not there yet: for what authority asks."""
    return Benefit(title="a benefit", commissioner=commissioner)


def names_of_measures(benefit: Benefit) -> list[int]:
    return list(Evidence.objects.filter(benefit=benefit).values_list("measure", flat=True))
