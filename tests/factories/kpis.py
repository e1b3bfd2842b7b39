"""Measures, their definitions and values."""

from datetime import date
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cc2h.kit.dated import record
from kpis.models import Definition, Initiative, Level, Measure, Objective, PracticeValue, RollUp
from practices.models import Practice
from tests.factories import PracticeFactory


class MeasureFactory(DjangoModelFactory[Measure]):
    class Meta:
        model = Measure

    code = factory.Sequence(lambda n: f"measure-{n}")
    initiative = Initiative.CHINS


def define(measure: Measure, *, first: date = date(2016, 4, 1), **facts: Any) -> Definition:
    """A definition from a day on: a proportion of which more is better, unless told otherwise."""
    said: dict[str, Any] = {
        "name": measure.code.replace("-", " ").capitalize(),
        "meaning": "What it means.",
        "numerator": "patients with the condition",
        "denominator": "registered patients",
        "kind": Definition.Kind.PROPORTION,
        "better": "up",
    }
    return record(Definition, by=None, first=first, measure=measure, **{**said, **facts})


def a_measure(code: str = "", **facts: Any) -> Measure:
    """A measure with its first definition."""
    measure = MeasureFactory(**({"code": code} if code else {}))
    define(measure, **facts)
    return measure


def value(
    measure: Measure,
    practice: Practice | None = None,
    ends: date = date(2018, 3, 31),
    numerator: int | None = 10,
    denominator: int | None = 100,
    **facts: Any,
) -> PracticeValue:
    return PracticeValue.objects.create(
        measure=measure,
        practice=practice or PracticeFactory(),
        ends=ends,
        months=facts.pop("months", 12),
        numerator=None if numerator is None else Decimal(numerator),
        denominator=None if denominator is None else Decimal(denominator),
        recorded_at=facts.pop("recorded_at", timezone.now()),
        **facts,
    )


def rolled_up(measure: Measure, chin: Any, numerator: int, ends: date = date(2018, 3, 31), **facts: Any) -> RollUp:
    """What a CHIN of five practices has together: so many of a hundred."""
    found: RollUp = RollUp.objects.create(
        measure=measure, level=Level.CHIN, group=chin.pk, ends=ends, months=12, numerator=numerator, denominator=100,
        **{"practices": 5, "practices_with_value": 5, "patients": 100, "patients_with_value": 100} | facts,
    )  # fmt: skip
    return found


def an_objective(chin: Any, measure: Measure, *, first: date = date(2018, 4, 1), **facts: Any) -> Objective:
    """What a CHIN agreed to bring about for health, with a target of 40."""
    said: dict[str, Any] = {"outcome": "health", "text": "More people are at their targets", "target": Decimal(40)}
    said |= {"agreed_by": "Management board", "kind": "chin", "key": chin.slug, "measure": measure}
    return record(Objective, by=None, first=first, **{**said, **facts})
