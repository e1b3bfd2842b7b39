"""Sources, lines and their entries."""

from datetime import date
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from budget import ledger
from budget.models import Line, Source
from tests.factories.practices import CommissionerFactory


class SourceFactory(DjangoModelFactory):
    """The commissioner's own allocation, unless told."""

    class Meta:
        model = Source

    commissioner = factory.SubFactory(CommissionerFactory)
    name = factory.Sequence(lambda n: f"Source {n}")
    funder = "ccg"


class LineFactory(DjangoModelFactory):
    """A recurrent line of 2018/19 and the year after, of which `allocated` pounds are allocated to 2018/19."""

    class Meta:
        model = Line
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"line-{n}")
    name = factory.Sequence(lambda n: f"Line {n}")
    source = factory.SubFactory(SourceFactory)
    commissioner = factory.SelfAttribute("source.commissioner")
    kind = "recurrent"
    first_year = 2018
    last_year = 2019

    @factory.post_generation
    def allocated(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if extracted is not None:
            ledger.allocate(
                by=None, line=self, year=2018, amount=Decimal(extracted), day=date(2018, 4, 1), reason="Budget"
            )
