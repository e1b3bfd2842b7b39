"""QISTs, whom they serve, and what they did."""

from datetime import date
from typing import Any

import factory
from factory.django import DjangoModelFactory

from cc2h.kit.dated import record
from chins.models import Chin
from kpis.models import Measure
from kpis.qists.models import Qist, Serves, Support, TargetMeasure
from practices.models import Practice
from tests.factories.practices import CommissionerFactory


class QistFactory(DjangoModelFactory[Qist]):
    class Meta:
        model = Qist

    commissioner = factory.SubFactory(CommissionerFactory)
    slug = factory.Sequence(lambda n: f"qist-{n}")
    name = factory.Sequence(lambda n: f"QIST {n}")
    host = "The federation"
    opens_on = date(2018, 1, 1)


def served(qist: Qist, chin: Chin, first: date = date(2018, 1, 1)) -> Serves:
    return record(Serves, by=None, first=first, qist=qist, chin=chin)


def target(qist: Qist, measure: Measure, first: date = date(2018, 1, 1)) -> TargetMeasure:
    return record(TargetMeasure, by=None, first=first, qist=qist, measure=measure)


def support(qist: Qist, practice: Practice, **facts: Any) -> Support:
    said: dict[str, Any] = {"day": date(2018, 2, 1), "kind": "visit", "what": "Went through the register."}
    return Support.objects.create(qist=qist, practice=practice, **said | facts)  # type: ignore[no-any-return]
