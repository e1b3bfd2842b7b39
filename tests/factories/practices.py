from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from practices.models import (
    Commissioner,
    Contact,
    Federation,
    FederationMembership,
    ListSize,
    NamesRelease,
    Practice,
    PracticeDetail,
    PracticeStanding,
    Status,
    Succession,
)
from tests.factories.accounts import UserFactory
from tests.factories.dated import HELD_SINCE, LONG_AGO, DatedFactory
from tests.factories.kit import ImportFactory


class CommissionerFactory(DjangoModelFactory):
    """A commissioner with codes like 10Q, which no commissioner of North Central London has."""

    class Meta:
        model = Commissioner

    class Params:
        barnet = factory.Trait(
            ods_code="07M",
            name="NHS Barnet CCG",
            short_name="Barnet",
            band_low=50_000,
            band_high=80_000,
            target_day=date(2018, 12, 31),
            in_programme=True,
        )

    ods_code = factory.Sequence(lambda n: f"{10 + n % 90}{'QTUVWYZ'[n // 90 % 7]}")
    name = factory.LazyAttribute(lambda o: f"NHS {o.short_name} CCG")
    short_name = factory.Sequence(lambda n: f"Place {n}")


class PracticeDetailFactory(DatedFactory):
    class Meta:
        model = PracticeDetail

    practice = factory.SubFactory("tests.factories.practices.PracticeFactory", detail=None)
    name = factory.LazyAttribute(lambda o: f"Surgery {o.practice.ods_code}")
    address = "1 High Street, Barnet"
    postcode = "EN5 4BE"
    borough = "Barnet"


class PracticeStandingFactory(DatedFactory):
    class Meta:
        model = PracticeStanding

    practice = factory.SubFactory("tests.factories.practices.PracticeFactory", standing=None)
    commissioner = factory.SubFactory(CommissionerFactory)
    status = Status.ACTIVE


class PracticeFactory(DjangoModelFactory):
    """An active practice with a name and address.

    opened, closed: first and last day it is open (with `closed`, a standing "closed" follows).
    commissioner: whose it is. patients: a number (on 1 April 2017), or {day: number}.
    detail__name=…, standing__status=…: anything else of its first version; `standing=None`, `detail=None`: none.
    The trait `illustrative` gives it one of the codes kept for made-up practices.
    """

    class Meta:
        model = Practice
        skip_postgeneration_save = True

    class Params:
        opened = LONG_AGO
        closed = None
        recorded = HELD_SINCE
        commissioner = factory.SubFactory(CommissionerFactory)

    class _Codes:
        real = staticmethod(lambda n: f"E{10_000 + n % 90_000:05d}")
        made_up = staticmethod(lambda n: f"Z99{n % 1000:03d}")

    ods_code = factory.LazyAttributeSequence(
        lambda o, n: PracticeFactory._Codes.made_up(n) if o.illustrative else PracticeFactory._Codes.real(n)
    )
    illustrative = False
    detail = factory.RelatedFactory(
        PracticeDetailFactory,
        factory_related_name="practice",
        first=factory.SelfAttribute("..opened"),
        recorded=factory.SelfAttribute("..recorded"),
    )
    standing = factory.RelatedFactory(
        PracticeStandingFactory,
        factory_related_name="practice",
        first=factory.SelfAttribute("..opened"),
        last=factory.SelfAttribute("..closed"),
        recorded=factory.SelfAttribute("..recorded"),
        commissioner=factory.SelfAttribute("..commissioner"),
    )

    @factory.post_generation
    def ended(self: Practice, create: bool, extracted: Any, *, closed: date | None, **kwargs: Any) -> None:
        """A practice whose standing has an end is closed from then on."""
        if closed is None:
            return
        for standing in self.standings.all():
            PracticeStandingFactory(
                practice=self,
                commissioner=standing.commissioner,
                status=Status.CLOSED,
                first=standing.period.upper,
                recorded=standing.held.lower,
            )

    ended__closed = factory.SelfAttribute("..closed")

    @factory.post_generation
    def patients(self: Practice, create: bool, extracted: int | dict[date, int] | None, **kwargs: Any) -> None:
        if extracted is not None:
            sizes = extracted if isinstance(extracted, dict) else {date(2017, 4, 1): extracted}
            source = ImportFactory()
            ListSize.objects.bulk_create(
                ListSizeFactory.build(practice=self, day=day, patients=patients, source=source)
                for day, patients in sizes.items()
            )


def many_practices(
    count: int, *, commissioner: Commissioner, patients: Callable[[int], dict[date, int]] = lambda number: {}
) -> list[Practice]:
    """So many active practices with names and addresses, written in a statement a table. patients: those of each."""
    made = Practice.objects.bulk_create(
        PracticeFactory.build_batch(count, commissioner=commissioner, detail=None, standing=None)
    )
    PracticeDetail.objects.bulk_create(PracticeDetailFactory.build(practice=one) for one in made)
    PracticeStanding.objects.bulk_create(
        PracticeStandingFactory.build(practice=one, commissioner=commissioner) for one in made
    )
    source = ImportFactory()
    ListSize.objects.bulk_create(
        ListSizeFactory.build(practice=one, day=day, patients=number_of_them, source=source)
        for number, one in enumerate(made)
        for day, number_of_them in patients(number).items()
    )
    return made


class SuccessionFactory(DatedFactory):
    """`predecessor`'s patients went to `successor` on `first`."""

    class Meta:
        model = Succession

    predecessor = factory.SubFactory(PracticeFactory)
    successor = factory.SubFactory(PracticeFactory)


class FederationFactory(DjangoModelFactory):
    class Meta:
        model = Federation

    slug = factory.Sequence(lambda n: f"federation-{n}")
    name = factory.Sequence(lambda n: f"Federated GPs {n}")
    commissioner = factory.SubFactory(CommissionerFactory)


class FederationMembershipFactory(DatedFactory):
    class Meta:
        model = FederationMembership

    practice = factory.SubFactory(PracticeFactory)
    federation = factory.SubFactory(FederationFactory)


class ListSizeFactory(DjangoModelFactory):
    """Registered patients on an extract day. Superseded: `superseded_at=`; of a file: `source=`."""

    class Meta:
        model = ListSize

    practice = factory.SubFactory(PracticeFactory)
    day = date(2017, 4, 1)
    patients = 7_500
    source = factory.SubFactory(ImportFactory)
    row_number = 2
    recorded_at = HELD_SINCE


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact

    practice = factory.SubFactory(PracticeFactory)
    day = date(2018, 10, 1)
    made_by = factory.SubFactory(UserFactory)
    outcome = "Will answer by the end of the month"
    recorded_at = datetime(2018, 10, 1, 9, tzinfo=UTC)


class NamesReleaseFactory(DatedFactory):
    class Meta:
        model = NamesRelease

    commissioner = factory.SubFactory(CommissionerFactory)
