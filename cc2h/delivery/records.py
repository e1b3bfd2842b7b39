"""Files that came in, as records that something can be about: the room that knows them knows nothing of authority."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast

from cc2h.accounts.authority import Target
from cc2h.accounts.records import hanging_on, provide
from cc2h.delivery.models import Action
from cc2h.kit.asat import AsAt
from cc2h.kit.imports import undoing
from cc2h.kit.links import link
from cc2h.kit.models import Import
from chins.models import Chin, Post
from practices.models import Commissioner, Federation, Practice


class Files:
    """A file may be about the whole country, so it belongs to every commissioner."""

    key, noun, column = "import", "Imported file", "number"

    def visible(self, user: Any, asat: AsAt) -> QuerySet[Any]:
        return Import.objects.visible_to(user).annotate(number=Cast("pk", CharField()))

    def within(self, reach: Target, day: date) -> QuerySet[Any]:
        files = Import.objects.annotate(number=Cast("pk", CharField()))
        return files if reach.commissioner_ids else files.none()

    def names(self, keys: Iterable[str], day: date) -> Mapping[str, str]:
        return {str(pk): name for pk, name in Import.objects.filter(pk__in=keys).values_list("pk", "file_name")}

    def target(self, key: str, day: date) -> Target:
        return Target(frozenset(Commissioner.objects.filter(in_programme=True).values_list("pk", flat=True)))

    def page(self, asat: AsAt, key: str) -> str:
        return link(asat, "imports:import_detail", int(key))


provide(Files())


BROUGHT = {"practice": Practice, "chin": Chin, "commissioner": Commissioner, "federation": Federation, "post": Post}
for name, model in BROUGHT.items():
    found = hanging_on(name, model, Action, "delivery:action_detail")
    undoing.hanging.append((model, "Actions on what it brought", found))
