"""Local services: what they ask for and who is eligible."""

from datetime import date
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from budget.lcs import services
from budget.lcs.models import Eligible, Output, Service, Stage, Tariff
from tests.factories.budget import LineFactory
from tests.factories.practices import PracticeFactory

BY_THEN = date(2018, 10, 1)


class ServiceFactory(DjangoModelFactory):
    """A draft of £1,500 for each practice from 1 October 2018, of one stage that asks for one thing.

    state: how far it has gone, with the list of BY_THEN. stages: for each its share and the day it begins.
    """

    class Meta:
        model = Service
        skip_postgeneration_save = True

    line = factory.SubFactory(LineFactory, allocated=90_000)
    slug = factory.Sequence(lambda n: f"service-{n}")
    name = factory.Sequence(lambda n: f"Service {n}")
    opens_on = BY_THEN
    tariff = Tariff.FLAT
    rate = Decimal(1500)

    @classmethod
    def _create(
        cls,
        model_class: type[Service],
        *args: Any,
        state: str = "draft",
        stages: Any = ((100, BY_THEN),),
        **kwargs: Any,
    ) -> Service:
        service: Service = super()._create(model_class, *args, **kwargs)
        for number, (share, day) in enumerate(stages, 1):
            stage = Stage.objects.create(
                service=service, number=number, name=f"Stage {number}", share=share, year=2018, from_day=day
            )
            Output.objects.create(stage=stage, number=1, name="A pledge", whose="practice", evidence="pledge")
        if state in ("approved", "open", "ended"):
            approved(service)
        if state in ("open", "ended"):
            services.freeze(by=None, service=service, day=BY_THEN)
            services.open_service(by=None, service=service, day=BY_THEN)
        if state == "ended":
            services.end_service(by=None, service=service, day=date(2018, 12, 1), why="It is over")
        service.refresh_from_db()
        return service


class EligibleFactory(DjangoModelFactory):
    """A practice of the commissioner's on the list of a service."""

    class Meta:
        model = Eligible

    service = factory.SubFactory(ServiceFactory)
    practice = factory.SubFactory(PracticeFactory, commissioner=factory.SelfAttribute("..service.line.commissioner"))
    added_on = BY_THEN
    why_added = "Open then"


def approved(service: Service) -> Service:
    return services.approve(
        by=None, service=service, body="A committee", day=date(2018, 9, 6), where="Minutes, item 4", interests="None"
    )
