"""The two local services of the illustrative programme, approved and opened. The approvals are made up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from budget.kinds import EntryKind
from budget.lcs import opening, services, shipped
from budget.lcs.models import Eligible, Service, ServiceState
from budget.models import Entry
from cc2h.config.demonstration import claims
from cc2h.config.demonstration.ledger import moment
from cc2h.kit.dated import recording_at
from practices.models import PracticeStanding


@dataclass(frozen=True)
class Opened:
    """How a service came to be open. opened: also the day whose practices its list is of."""

    slug: str
    approved: date
    where: str
    opened: date


BODY, INTERESTS = (
    "Primary Care Procurement Committee",
    "GP members declared that their practices can claim, and did not vote",
)
OFFICER = "finance.officer@barnet.example"
OPENED = (
    Opened(shipped.IMPROVED_ACCESS, date(2017, 9, 14), "Minutes of 14 September 2017, item 5", date(2017, 10, 1)),
    Opened(shipped.INFRASTRUCTURE, date(2018, 9, 13), "Minutes of 13 September 2018, item 4", date(2018, 10, 1)),
)


def write(today: date, people: Mapping[str, int]) -> None:
    """What had come of them by `today`, each on its day. people: ids by e-mail address."""
    shipped.load()
    found = {service.slug: service for service in Service.objects.select_related("line")}
    for one in OPENED:
        if one.opened <= today:
            _open(found[one.slug], one, people[OFFICER])
    claims.write(today, people)
    _take_off_the_closed(today)
    for day in _later_stages(found, today):
        opening.open_begun(day, at=moment(day))


def _open(service: Service, one: Opened, officer: int) -> None:
    """Step by step, as the database asks."""
    service.state, service.approved_on, service.approved_by = ServiceState.APPROVED, one.approved, BODY
    service.approved_where, service.interests = one.where, INTERESTS
    service.save()
    opening.fill(service, one.opened, "Open on the day the service opened")
    service.frozen_on = one.opened
    service.state = ServiceState.OPEN
    service.save()
    for stage in opening.price(service, one.opened, at=moment(one.opened)):
        if stage.amount:
            Entry.objects.create(
                line=service.line,
                year=stage.year,
                kind=EntryKind.EARMARK,
                amount=stage.amount,
                day=one.opened,
                reason=f"{service}, {stage.name}: {stage.priced} eligible practices",
                by_id=officer,
                recorded_at=moment(one.opened),
            )


def _take_off_the_closed(today: date) -> None:
    """Practices that have closed since are off the list from that day, with their claims."""
    closed = PracticeStanding.objects.held().filter(status="closed", period__startswith__lte=today)
    since = {practice: period.lower for practice, period in closed.values_list("practice", "period")}
    for place in Eligible.objects.filter(practice__in=since).select_related("service"):
        day = since[place.practice_id]
        with recording_at(moment(day)):
            services.take_off(by=None, place=place, day=day, why="The practice closed")


def _later_stages(services: Mapping[str, Service], today: date) -> list[date]:
    """The days on which a stage began that had not when its service opened."""
    opened = {one.slug: one.opened for one in OPENED}
    begun = {
        stage.from_day
        for slug, service in services.items()
        for stage in service.stages.all()
        if service.state == ServiceState.OPEN and opened[slug] < stage.from_day <= today
    }
    return sorted(begun)
