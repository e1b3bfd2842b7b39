"""Agreements, their versions and who signed them."""

import hashlib
from datetime import date
from typing import Any

import factory
from factory.django import DjangoModelFactory

from budget.agreements.models import Agreement, Party, Signature, Version
from tests.factories.chins import ChinFactory
from tests.factories.practices import CommissionerFactory


class AgreementFactory(DjangoModelFactory):
    """A memorandum of information of a CHIN; without one, `commissioner` alone: chin=None."""

    class Meta:
        model = Agreement

    chin = factory.SubFactory(ChinFactory)
    commissioner = factory.LazyAttribute(lambda o: o.chin.commissioner if o.chin else CommissionerFactory())
    kind = "moi"
    title = factory.Sequence(lambda n: f"Memorandum {n}")
    slug = factory.Sequence(lambda n: f"memorandum-{n}")


class VersionFactory(DjangoModelFactory):
    """Version 1 of 1 October 2018, a text."""

    class Meta:
        model = Version

    agreement = factory.SubFactory(AgreementFactory)
    number = 1
    from_day = date(2018, 10, 1)
    text = "The practices share information about the CHIN’s patients."
    sha256 = factory.LazyAttribute(lambda o: hashlib.sha256(o.text.encode()).hexdigest())


class PartyFactory(DjangoModelFactory):
    """Another organisation, unless a practice is given."""

    class Meta:
        model = Party

    agreement = factory.SubFactory(AgreementFactory)
    organisation = factory.LazyAttributeSequence(lambda o, n: "" if o.practice else f"Organisation {n}")
    practice: Any = None
    joined_on = date(2018, 10, 1)


class SignatureFactory(DjangoModelFactory):
    """Signed on 5 October 2018, by a practice of the version's CHIN where one is given, else by another organisation."""

    class Meta:
        model = Signature

    version = factory.SubFactory(VersionFactory)
    practice: Any = None
    party = factory.Maybe(
        "practice", None, factory.SubFactory(PartyFactory, agreement=factory.SelfAttribute("..version.agreement"))
    )
    name = "Practice manager"
    role = "Practice manager"
    day = date(2018, 10, 5)
    sha256 = factory.SelfAttribute("version.sha256")
