"""Interests on the register."""

import factory

from cc2h.governance.decisions.models import Interest
from tests.factories.accounts import UserFactory
from tests.factories.dated import DatedFactory


class InterestFactory(DatedFactory):
    """A financial interest of somebody in an organisation that the portal does not know."""

    class Meta:
        model = Interest

    person = factory.SubFactory(UserFactory)
    kind = "financial"
    organisation = factory.Sequence(lambda n: f"Company {n}")
    what = "Holds shares"
