"""What papers state, as records that something can be about; board days, as events that something is due before."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet

from cc2h.accounts.authority import Target
from cc2h.accounts.records import provide
from cc2h.board.models import BoardDay, Statement
from cc2h.delivery import events
from cc2h.kit.asat import AsAt
from cc2h.kit.links import link


class Statements:
    key, noun, column = "statement", "Figure in a paper", "reference"

    def visible(self, user: Any, asat: AsAt) -> QuerySet[Any]:
        return Statement.objects.visible_to(user)

    def within(self, reach: Target, day: date) -> QuerySet[Any]:
        return Statement.objects.filter(commissioner__in=reach.commissioner_ids)

    def names(self, keys: Iterable[str], day: date) -> Mapping[str, str]:
        return dict(Statement.objects.filter(reference__in=keys).values_list("reference", "says"))

    def target(self, key: str, day: date) -> Target:
        return Statement.objects.get(reference=key).authority_target()

    def page(self, asat: AsAt, key: str) -> str:
        return link(asat, "board:statement", key)


class BoardDays:
    key, joined, day_field = "board_day", "of", "day"

    def of(self, thread: OuterRef) -> QuerySet[Any]:
        return BoardDay.objects.held().filter(thread=thread)

    def coming(self, target: Target, day: date) -> list[events.Event]:
        days = (
            BoardDay.objects.held().filter(commissioner__in=target.commissioner_ids, day__gt=day).order_by("day", "pk")
        )
        return [events.Event(self.key, one.thread, f"the {one.title}", one.day, self.joined) for one in days]


provide(Statements())
events.provide(BoardDays())
