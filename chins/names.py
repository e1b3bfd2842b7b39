"""What practices were called on a day, for sentences and tables."""

from collections.abc import Iterable
from datetime import date, datetime

from practices.models import Practice, PracticeDetail


def practice_names(practice_ids: Iterable[int], day: date, known: datetime | None = None) -> dict[int, str]:
    """What each practice is called on the day; its first or last name where it had none that day, else its code."""
    ids = {*practice_ids}
    names = dict(Practice.objects.filter(pk__in=ids).values_list("pk", "ods_code"))
    details = PracticeDetail.objects.held(known).filter(practice__in=ids).order_by("period")
    on_the_day = set()
    for practice_id, name, period in details.values_list("practice_id", "name", "period"):
        if practice_id not in on_the_day:
            names[practice_id] = name
        if (period.lower is None or period.lower <= day) and (period.upper is None or day < period.upper):
            on_the_day.add(practice_id)
    return names
