"""Local services: what they ask for and who is eligible; claims."""

from datetime import date
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from budget import ledger
from budget.lcs import services
from budget.lcs.models import Claim, Eligible, Output, Service, Stage, Tariff
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


def approved(service: Service, day: date = date(2018, 9, 6)) -> Service:
    return services.approve(
        by=None, service=service, body="A committee", day=day, where="Minutes, item 4", interests="None"
    )


class StageFactory(DjangoModelFactory):
    """The whole of a service that is still a draft, charged to 2018/19."""

    class Meta:
        model = Stage

    service = factory.SubFactory(ServiceFactory, stages=())
    number = 1
    name = "The whole"
    share = Decimal(100)
    year = 2018
    from_day = BY_THEN


class OutputFactory(DjangoModelFactory):
    """A pledge of each practice."""

    class Meta:
        model = Output

    stage = factory.SubFactory(StageFactory)
    number = factory.Sequence(lambda n: n + 1)
    name = factory.LazyAttribute(lambda o: f"Output {o.number}")
    whose = "practice"
    evidence = "pledge"


class ClaimFactory(DjangoModelFactory):
    """A claim just opened, of a practice put on the list; the service is opened by the first.

    earmarked=False: what was kept for it has gone elsewhere.
    """

    class Meta:
        model = Claim

    stage = factory.SubFactory(StageFactory)
    practice = factory.SubFactory(
        PracticeFactory, commissioner=factory.SelfAttribute("..stage.service.line.commissioner")
    )
    opened_on = BY_THEN

    @classmethod
    def _create(cls, model_class: type[Claim], *args: Any, earmarked: bool = True, **kwargs: Any) -> Claim:
        stage, practice, day = kwargs["stage"], kwargs["practice"], kwargs["opened_on"]
        service: Service = Service.objects.get(pk=stage.service_id)
        if not stage.outputs.exists():
            OutputFactory(stage=stage)
        if service.state != Service.State.OPEN:
            Service.objects.filter(pk=service.pk).update(frozen_on=day, opens_on=day)
            Eligible.objects.create(service=service, practice=practice, added_on=day, why_added="On the list")
            services.open_service(by=None, service=approved(service, day), day=day)
        elif not Eligible.objects.filter(service=service, practice=practice).exists():
            services.add_practice(by=None, service=service, practice=practice, day=day, why="It takes part")
        claim: Claim = Claim.objects.get(stage=stage, practice=practice)
        if not earmarked:
            ledger.release_earmark(
                by=None,
                line=service.line,
                year=stage.year,
                amount=service.rate or Decimal(0),
                day=day,
                reason="Needed elsewhere",
            )
        return claim
