"""Tranches of approved cases."""

from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from cc2h.cases.funding.models import Tranche
from tests.factories.payments import PayeeFactory
from tests.factories.route import SENT, approved, routed


class TrancheFactory(DjangoModelFactory):
    """The first £1,000 of an approved case, planned."""

    class Meta:
        model = Tranche

    case = factory.LazyFunction(lambda: approved(routed()))
    number = 1
    year = 2018
    amount = Decimal("1000.00")
    what = "The first month"
    payee = factory.LazyAttribute(lambda o: PayeeFactory(commissioner=o.case.commissioner))
    planned_on = SENT
