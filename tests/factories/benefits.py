"""Benefits, and what is planned, forecast and validated of them."""

from datetime import date
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from cc2h.kit.dated import record
from kpis.benefits.models import Benefit, Evidence, Forecast, Profile, Split, Validation
from kpis.models import Initiative, Measure
from tests.factories.accounts import UserFactory
from tests.factories.practices import CommissionerFactory

PLANNED = date(2017, 3, 31)
YEAR = 2017


class BenefitFactory(DjangoModelFactory[Benefit]):
    """A benefit of a commissioner, of no point of delivery, with no profile."""

    class Meta:
        model = Benefit

    slug = factory.Sequence(lambda n: f"benefit-{n}")
    title = factory.Sequence(lambda n: f"Benefit {n}")
    initiative = Initiative.CHINS
    commissioner = factory.SubFactory(CommissionerFactory)
    added_on = PLANNED


def _pounds(amount: Any) -> Decimal | None:
    return None if amount is None else Decimal(amount)


def plan(benefit: Benefit, saving: Any = 1_000, year: int = YEAR, **facts: Any) -> Profile:
    """What is planned for a year; investments of £0.00 unless told otherwise."""
    told = {"recurrent": 0, "non_recurrent": 0, "activity": None} | facts
    who, first = told.pop("by", None), told.pop("first", PLANNED)
    amounts = {name: _pounds(told.pop(name)) for name in ("recurrent", "non_recurrent", "activity")}
    return record(Profile, by=who, first=first, benefit=benefit, year=year, saving=_pounds(saving), **amounts, **told)


def a_benefit(saving: Any = 1_000, year: int = YEAR, measures: tuple[Measure, ...] = (), **facts: Any) -> Benefit:
    """A benefit with a profile of one year."""
    benefit = BenefitFactory(**facts)
    Evidence.objects.bulk_create(Evidence(benefit=benefit, measure=one) for one in measures)
    plan(benefit, saving, year)
    return benefit


def forecast(benefit: Benefit, saving: Any, year: int = YEAR, **facts: Any) -> Forecast:
    who, first = facts.pop("by", None), facts.pop("first", PLANNED)
    activity = _pounds(facts.pop("activity", None))
    return record(
        Forecast, by=who, first=first, benefit=benefit, year=year, saving=_pounds(saving), activity=activity, **facts
    )


def validated(benefit: Benefit, saving: Any = 500, year: int = YEAR, **facts: Any) -> Validation:
    """The whole year, validated some weeks after it was over."""
    told = {"first_quarter": 1, "last_quarter": 4, "evidence": "Contract monitoring", "first": date(2018, 6, 28)}
    told |= facts
    by = told.pop("by", None) or UserFactory()
    return record(
        Validation,
        by=by,
        validated_by=by,
        benefit=benefit,
        year=year,
        saving=Decimal(saving),
        **told,
    )


def split(one: Benefit, other: Benefit, percent: Any = 60, other_percent: Any = 40, **facts: Any) -> Split:
    """So many percent count of `one`, and so many of the other."""
    shares = sorted([(one.pk, one, Decimal(percent)), (other.pk, other, Decimal(other_percent))])
    (_, a, of_a), (_, b, of_b) = shares
    told = {"reason": "They share the wards", "first": PLANNED, "by": None} | facts
    return record(Split, one=a, other=b, one_percent=of_a, other_percent=of_b, **told)
