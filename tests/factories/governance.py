"""Bodies, who sits on them, their meetings and agendas."""

from datetime import date
from typing import Any

import factory
from factory.django import DjangoModelFactory

from cc2h.accounts.authority import Role
from cc2h.governance.models import Attendance, Body, Item, Meeting, Seat, Terms
from tests.factories.accounts import UserFactory
from tests.factories.chins import PostFactory, PostHoldingFactory
from tests.factories.dated import DatedFactory
from tests.factories.practices import CommissionerFactory


class BodyFactory(DjangoModelFactory):
    """A body of a commissioner; chin=… makes it a CHIN's."""

    class Meta:
        model = Body

    chin: Any = None
    commissioner = factory.LazyAttribute(lambda o: o.chin.commissioner if o.chin else CommissionerFactory())
    name = factory.Sequence(lambda n: f"Body {n}")
    slug = factory.Sequence(lambda n: f"body-{n}")


class TermsFactory(DatedFactory):
    class Meta:
        model = Terms

    body = factory.SubFactory(BodyFactory)
    quorum = 3
    limit: Any = None


class SeatFactory(DatedFactory):
    """A voting seat of a member, whose post is held by somebody; post=None: a vacant one. holder=… holds the post."""

    class Meta:
        model = Seat

    class Params:
        holder = None

    body = factory.SubFactory(BodyFactory)
    title = factory.Sequence(lambda n: f"Member {n}")

    @factory.lazy_attribute
    def post(self) -> Any:
        post = PostFactory(role=Role.BODY_MEMBER, of=self.body.commissioner, title=self.title)
        PostHoldingFactory(post=post, holder=self.holder or UserFactory(name=f"{self.title} person"))
        return post


class MeetingFactory(DjangoModelFactory):
    """To be held on 1 November 2018; state="held": it was."""

    class Meta:
        model = Meeting

    body = factory.SubFactory(BodyFactory)
    day = date(2018, 11, 1)


class ItemFactory(DjangoModelFactory):
    """An item to decide, of its own words."""

    class Meta:
        model = Item

    meeting = factory.SubFactory(MeetingFactory)
    position = factory.Sequence(lambda n: n % 1000 + 1)
    title = factory.Sequence(lambda n: f"Item {n}")
    task = "decide"


class AttendanceFactory(DjangoModelFactory):
    """Present in a seat of the body: its holder."""

    class Meta:
        model = Attendance

    meeting = factory.SubFactory(MeetingFactory, state="held")
    seat = factory.SubFactory(SeatFactory, body=factory.SelfAttribute("..meeting.body"))
    person = factory.LazyAttribute(lambda o: o.seat.post.holdings.get().holder if o.seat else UserFactory())
