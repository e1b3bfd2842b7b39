from datetime import date, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from cc2h.accounts.authority import ROLE_SCOPE, Role, Scope
from chins.models import Chin, ChinState, Deputy, Membership, Partner, Post, PostHolding
from chins.workflow import FIRST, TRANSITIONS, ChinStatus
from tests.factories.accounts import UserFactory
from tests.factories.dated import HELD_SINCE, LONG_AGO, DatedFactory
from tests.factories.practices import CommissionerFactory, FederationFactory, PracticeFactory


class ChinStateFactory(DatedFactory):
    class Meta:
        model = ChinState

    chin = factory.SubFactory("tests.factories.chins.ChinFactory", status=None)
    status = ChinStatus.PROPOSED


def _route(kind: str, status: str) -> list[ChinStatus]:
    """The states from the first to `status`."""
    routes = [[first] for first in FIRST[kind]]
    for route in routes:
        if route[-1] == status:
            return route
        routes.extend([*route, following] for following in TRANSITIONS[route[-1]])
    raise ValueError(f"{kind} can't become {status}")


class ChinFactory(DjangoModelFactory):
    """A CHIN that has gone to `status` (default operational), a day a state from `first`.

    since={"proposed": day, "approved": day, …} gives the days instead; status=None: no state at all.
    The trait `pcn` makes a primary care network.
    """

    class Meta:
        model = Chin
        skip_postgeneration_save = True

    class Params:
        pcn = factory.Trait(kind=Chin.Kind.PCN, code=factory.Sequence(lambda n: f"U{10_000 + n:05d}"))

    commissioner = factory.SubFactory(CommissionerFactory)
    name = factory.Sequence(lambda n: f"CHIN {n}")
    slug = factory.Sequence(lambda n: f"chin-{n}")

    @classmethod
    def _create(
        cls,
        model_class: type[Chin],
        *args: Any,
        status: str | None = ChinStatus.OPERATIONAL,
        since: dict[str, date] | None = None,
        first: date = LONG_AGO,
        recorded: Any = HELD_SINCE,
        **kwargs: Any,
    ) -> Chin:
        chin = super()._create(model_class, *args, **kwargs)
        route = [] if status is None else _route(chin.kind, status)
        days = since or {state: first + timedelta(days=n) for n, state in enumerate(route)}
        following = [*days.values(), None][1:]
        for (state, day), until in zip(days.items(), following, strict=False):
            last = until and until - timedelta(days=1)
            ChinStateFactory(chin=chin, status=state, first=day, last=last, recorded=recorded)
        return chin


class MembershipFactory(DatedFactory):
    """An active practice of the CHIN's commissioner, in the CHIN."""

    class Meta:
        model = Membership

    chin = factory.SubFactory(ChinFactory)
    practice = factory.SubFactory(PracticeFactory, commissioner=factory.SelfAttribute("..chin.commissioner"))


class PostFactory(DjangoModelFactory):
    """A post of `role`; `of` is what it belongs to (made when not given)."""

    class Meta:
        model = Post

    role = Role.CHIN_LEAD
    title = factory.LazyAttribute(lambda o: Role(o.role).label)

    @classmethod
    def _create(cls, model_class: type[Post], *args: Any, of: Any = None, **kwargs: Any) -> Post:
        makers = {
            Scope.COMMISSIONER: CommissionerFactory,
            Scope.CHIN: ChinFactory,
            Scope.PRACTICE: PracticeFactory,
            Scope.FEDERATION: FederationFactory,
        }
        scope = ROLE_SCOPE[Role(kwargs["role"])]
        if scope in makers and scope.value not in kwargs:
            kwargs[scope.value] = of or makers[scope]()
        return super()._create(model_class, *args, **kwargs)


class PostHoldingFactory(DatedFactory):
    class Meta:
        model = PostHolding

    post = factory.SubFactory(PostFactory)
    holder = factory.SubFactory(UserFactory)


class DeputyFactory(DatedFactory):
    class Meta:
        model = Deputy

    post = factory.SubFactory(PostFactory)
    deputy = factory.SubFactory(UserFactory)


class PartnerFactory(DatedFactory):
    class Meta:
        model = Partner

    chin = factory.SubFactory(ChinFactory)
    organisation = factory.Sequence(lambda n: f"Partner {n}")
    sector = Partner.Sector.COUNCIL
