"""What pages of the route show."""

from collections.abc import Sequence

from cc2h.cases.models import Case


def sections_of(case: Case) -> Sequence[tuple[str, str]]:
    """The sections of which more can be asked: key and title."""
    keys = case.saved.order_by("section").values_list("section", flat=True).distinct()
    return [(key, key.capitalize()) for key in keys]
