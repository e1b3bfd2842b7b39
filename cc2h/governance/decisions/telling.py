"""What was said of the items of an agenda, for the rooms below, which list them."""

from collections.abc import Collection, Mapping

from cc2h.governance.decisions.models import Decision
from cc2h.governance.queries import tell_of_items


@tell_of_items
def labels(items: Collection[int]) -> Mapping[int, str]:
    return dict(Decision.objects.filter(item__in=items).values_list("item", "label"))
