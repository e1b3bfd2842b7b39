"""Items of agendas as records that comments and files hang on: what members say before a meeting."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from cc2h.accounts.authority import Target
from cc2h.accounts.records import provide
from cc2h.governance.models import Item
from cc2h.kit.asat import AsAt
from cc2h.kit.links import link

KIND = "agenda-item"


class Items:
    key, noun, column = KIND, "Item of an agenda", "number"

    def visible(self, user: Any, asat: AsAt) -> QuerySet[Any]:
        return self._numbered(Item.objects.visible_to(user))

    def within(self, reach: Target, day: date) -> QuerySet[Any]:
        belongs = Q(meeting__body__commissioner__in=reach.commissioner_ids) | Q(meeting__body__chin__in=reach.chin_ids)
        return self._numbered(Item.objects.filter(belongs))

    def names(self, keys: Iterable[str], day: date) -> Mapping[str, str]:
        found = self._numbered(Item.objects.all()).filter(number__in=list(keys))
        return dict(found.values_list("number", "title"))

    def target(self, key: str, day: date) -> Target:
        found: Item = Item.objects.select_related("meeting__body").get(pk=key)
        return found.authority_target()

    def page(self, asat: AsAt, key: str) -> str:
        return link(asat, "decisions:item", int(key))

    @staticmethod
    def _numbered(items: QuerySet[Any]) -> QuerySet[Any]:
        """Keys are texts, and an item is named by its number."""
        return items.annotate(number=Cast("pk", CharField()))


provide(Items())
